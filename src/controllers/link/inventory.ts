/** The AWS objects that a link has, or may still have, a hand in. A status is a hint: it only adds places to look at. */
import type { InventoryEntry } from '../../api/generated.ts';
import { parseRoleArn, type RoleArn } from '../../arn/arn.ts';
import type { Link } from '../../desired/link.ts';
import type { LinkObject } from '../state/link-object.ts';

/** Execution roles on which the link's grant may stand: those it needs, and those its status remembers. */
export function grantRoles({ status, link }: LinkObject, needed: readonly string[]): readonly RoleArn[] {
  const remembered = (status.inventory ?? [])
    .filter(({ leg }) => leg === 'ExecutionRoleGrant')
    .map(({ arn }) => arn);
  const inUse = status.executionRoleARN === undefined ? [] : [status.executionRoleARN];
  return [...new Set([...needed, ...remembered, ...inUse])]
    .map(parseRoleArn)
    .filter((role) => role !== undefined)
    .filter(({ accountId }) => accountId === link.stateMachine.accountId);
}

/** The CRD bears ten entries, two of which are the target role and the machine. */
const LISTED_EXECUTION_ROLES = 8;

/** What stands in the status: each leg that the link writes, with the object that it stands on. */
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
