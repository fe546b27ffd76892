/** What stands in a link's status before the operator writes to AWS for it. */
import type { CrossAccountLinkStatus, InventoryEntry } from '../../api/generated.ts';
import { reportConditions } from '../../report/conditions.ts';
import { linkStatus } from '../../report/link-status.ts';
import type { LinkObject } from '../state/link-object.ts';
import { inventoryOf, MOST_ENTRIES } from './inventory.ts';

/**
 * The status with the object in its inventory: after a crash right after the write, nothing else would tell that the link
 * has a hand in it, once the state machine is gone or runs under another role. Before a role is created, the RoleId of the
 * former one goes: the operator would otherwise take its own role for somebody else's.
 * @param executionRoleArn of the state machine: all that is about to be written is named at once
 * @param now RFC 3339
 * @returns undefined where the status says so already
 */
export function statusBeforeWrite(
  object: LinkObject,
  { arn, makesRole, executionRoleArn }: WriteAhead,
  now: string,
): CrossAccountLinkStatus | undefined {
  const { link, metadata, status } = object;
  const { inventory = [], targetRoleID, conditions = [] } = status;
  const isRecorded = inventory.some((entry) => entry.arn === arn);
  if (isRecorded && (!makesRole || targetRoleID === undefined)) return undefined;
  const { targetRoleID: _, ...without } = status;
  const facts = {
    drift: [],
    inventory: isRecorded ? inventory : withEntry(object, arn, executionRoleArn),
    conditions:
      conditions.length > 0 ? conditions : reportConditions([], { legs: {} }, metadata.generation, now),
    observedGeneration: status.observedGeneration ?? -1,
  };
  return linkStatus(makesRole ? without : status, link, facts, now);
}

export interface WriteAhead {
  readonly arn: string;
  /** Whether the role is created. */
  readonly makesRole: boolean;
  readonly executionRoleArn: string | undefined;
}

function withEntry(
  { link, status }: LinkObject,
  arn: string,
  executionRoleArn: string | undefined,
): readonly InventoryEntry[] {
  const isShared = arn === link.targetRole.text || arn === link.stateMachine.text;
  const roles = [isShared ? undefined : arn, executionRoleArn].filter((role) => role !== undefined);
  const entries = [...inventoryOf(link, [...new Set(roles)]), ...(status.inventory ?? [])];
  return [...new Map(entries.map((entry) => [`${entry.leg} ${entry.arn}`, entry])).values()].slice(
    0,
    MOST_ENTRIES,
  );
}
