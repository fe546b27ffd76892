/** What is read off a link object and a finished build, for whoever reports. */
import { findCondition } from '../../api/conditions.ts';
import { ANNOTATIONS } from '../../api/metadata.ts';
import type { LinkFacts } from '../../report/link-status.ts';
import type { ReconcileRecord } from './reconcile-record.ts';
import { inventoryOf } from './inventory.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { ResolvedLink } from '../objects/contributors.ts';

export function factsOf(
  { object, link }: ResolvedLink,
  record: ReconcileRecord,
): Omit<LinkFacts, 'drift' | 'conditions' | 'observedGeneration'> {
  const executionRoleArn = record.view?.executionRole.text;
  const revisionId = record.view?.machine.revisionId;
  const roleId = record.targetRole?.roleId;
  return {
    ...(executionRoleArn !== undefined && { executionRoleArn }),
    ...(roleId !== undefined && record.legs.targetRole?.kind === 'inSync' && { targetRoleId: roleId }),
    ...(revisionId !== undefined && record.onTrack && isWorthTelling(object) && { revisionId }),
    ...(record.tasks !== undefined && { tasks: record.tasks }),
    inventory:
      record.grantsOn === undefined
        ? (object.status.inventory ??
          inventoryOf(link, executionRoleArn === undefined ? [] : [executionRoleArn]))
        : inventoryOf(link, record.grantsOn),
  };
}

/** A revision alone is no reason to write a status. */
function isWorthTelling(object: LinkObject): boolean {
  return (
    object.status.stateMachineRevisionID !== undefined || !wasReady(object) || requestOf(object) !== undefined
  );
}

export function wasReady({ status }: LinkObject): boolean {
  return findCondition(status.conditions ?? [], 'Ready')?.status === 'True';
}

/** The token of a request that was not answered yet. */
export function requestOf({ metadata, status }: LinkObject): string | undefined {
  const token = metadata.annotations[ANNOTATIONS.reconcileRequestedAt];
  return token === status.lastHandledReconcileAt ? undefined : token;
}

export function handledBy(object: LinkObject): { readonly handledRequest?: string } {
  const request = requestOf(object);
  return request === undefined ? {} : { handledRequest: request };
}

export function keptSentence(tasks: readonly string[], machine: string): string {
  const names = tasks.map((task) => `"${task}"`).join(', ');
  return (
    `Credentials stay on ${names} of ${machine}: without them the names that these Tasks use would mean resources of ` +
    `the source account. They fail until you remove their Credentials, or give them another role.`
  );
}
