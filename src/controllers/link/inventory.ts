/** The AWS objects that a link has written, or may have written. A status proves nothing: it only adds objects to check. */
import type { InventoryEntry } from '../../api/generated.ts';
import { ANNOTATIONS } from '../../api/metadata.ts';
import { parseRoleArn, type RoleArn } from '../../arn/arn.ts';
import type { Link } from '../../desired/link.ts';
import type { LinkRequirements } from '../../desired/requirements.ts';
import type { LinkObject } from '../state/link-object.ts';
import { mayBeGranted, type ResolvedLink } from '../state/resolved-link.ts';

/** The execution roles that need the link's grant, or keep it. */
export function neededRoles({
  executionRoleArns,
  keptExecutionRoleArns,
}: LinkRequirements): readonly string[] {
  return [...executionRoleArns, ...keptExecutionRoleArns];
}

/** Execution roles that may have the link's grant: those that it needs, those in its status, and those in its annotation that
 *  the rules let it change. Anybody who may edit the link can write that annotation. */
export function grantRoles(resolved: ResolvedLink, needed: readonly string[]): readonly RoleArn[] {
  const { object, link } = resolved;
  const { status } = object;
  const remembered = (status.inventory ?? [])
    .filter(({ leg }) => leg === 'ExecutionRoleGrant')
    .map(({ arn }) => arn);
  const inUse = status.executionRoleARN === undefined ? [] : [status.executionRoleARN];
  const known = new Set([...needed, ...remembered, ...inUse]);
  return [...known.union(new Set(recordedRoles(object)))]
    .map(parseRoleArn)
    .filter((role) => role !== undefined)
    .filter((role) => role.accountId === link.stateMachine.accountId)
    .filter((role) => known.has(role.text) || mayBeGranted(resolved, role));
}

/** Whether the status says that the definition may have named the link's role. */
export function hadCredentials({ status }: LinkObject): boolean {
  return (status.inventory ?? []).some(({ leg }) => leg === 'StateMachineCredentials');
}

/** Execution roles that the operator recorded together with its finalizer. Anybody who may edit the link can write anything
 *  there: such roles are checked, and the annotation alone decides nothing. */
export function recordedRoles({ metadata }: LinkObject): readonly string[] {
  const text = metadata.annotations[ANNOTATIONS.executionRoles] ?? '';
  return text.split(' ').filter(Boolean).slice(0, LISTED_EXECUTION_ROLES);
}

/** The annotation that records execution roles, as {@link recordedRoles} reads it; empty for no roles. */
export function roleRecord(executionRoleArns: readonly string[]): Readonly<Record<string, string>> {
  return executionRoleArns.length === 0
    ? {}
    : { [ANNOTATIONS.executionRoles]: executionRoleArns.slice(0, LISTED_EXECUTION_ROLES).join(' ') };
}

/** As many as the CRD allows. Two of them are the target role and the state machine. */
export const MOST_ENTRIES = 10;
const LISTED_EXECUTION_ROLES = MOST_ENTRIES - 2;

/** The inventory in the status: each leg that the link writes, with the AWS object. */
export function inventoryOf(link: Link, executionRoleArns: readonly string[]): readonly InventoryEntry[] {
  const { legs } = link;
  return [
    ...(legs.targetRole === 'Enforce' ? [{ leg: 'TargetRole', arn: link.targetRole.text } as const] : []),
    ...(legs.executionRoleGrant === 'Enforce'
      ? executionRoleArns
          .slice(0, LISTED_EXECUTION_ROLES)
          .map((arn) => ({ leg: 'ExecutionRoleGrant', arn }) as const)
      : []),
    ...(legs.stateMachineCredentials === 'Enforce'
      ? [{ leg: 'StateMachineCredentials', arn: link.stateMachine.text } as const]
      : []),
  ];
}
