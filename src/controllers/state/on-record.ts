/** What a link's status records about it. Nobody but the operator writes statuses. */
import { findCondition } from '../../api/conditions.ts';
import type { Reason } from '../../api/reasons.ts';
import type { TasksOnRecord } from '../../desired/requirements.ts';
import { recordedTasks } from '../../report/task-record.ts';
import type { LinkMemory } from './link-memory.ts';
import type { LinkObject } from './link-object.ts';

/** Whether the operator wrote to AWS for the link, according to its status. */
export function hasWritten({ status }: LinkObject): boolean {
  return (status.inventory ?? []).length > 0;
}

const ROLE_REFUSALS: readonly string[] = [
  'RoleNotOwned',
  'RoleOwnedByOtherNamespace',
  'AdoptionNeedsBoundary',
  'AdoptionTooStrong',
] satisfies readonly Reason[];

/** Whether a reason says that the link may not use the role. Other reasons say what is wrong with a role that it may use. */
export function isRoleRefusal(reason: string): boolean {
  return ROLE_REFUSALS.includes(reason);
}

/** Whether the link was refused its role, according to its status. It holds until the link is reconciled again. */
export function wasRefusedRole({ status }: LinkObject): boolean {
  const role = findCondition(status.conditions, 'TargetRoleReady');
  return role?.status === 'False' && isRoleRefusal(role.reason);
}

/** Whether the operator is known to have written to AWS for the link: by its status, or in this process. */
export function isOnRecord(object: LinkObject, { wroteForLink }: Readonly<LinkMemory>): boolean {
  return wroteForLink || hasWritten(object);
}

/** Which Tasks were the link's before, and whether all of them were in order. They are in order once all have named the role,
 *  which a revision in the status shows. They stay so while repairs are paused, fail or are only observed, until a Task turns
 *  out to be somebody else's or the role is refused. */
export function tasksOnRecord(object: LinkObject): TasksOnRecord {
  const { status } = object;
  const credentials = findCondition(status.conditions, 'StateMachineCredentialsReady');
  const wereInOrder = status.stateMachineRevisionID !== undefined || credentials?.reason === 'Conflict';
  const wasTakenBack = wasRefusedRole(object) || isRoleRefusal(credentials?.reason ?? '');
  const inOrder =
    !wasTakenBack &&
    (credentials?.status === 'True' || (wereInOrder && credentials?.reason !== 'ForeignCredentials'));
  return { tasks: recordedTasks(status), inOrder };
}
