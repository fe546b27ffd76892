/** What stands in a link's status before the operator writes to AWS for it. */
import type { CrossAccountLinkStatus, InventoryEntry } from '../../api/generated.ts';
import { reportConditions } from '../../report/conditions.ts';
import { driftOf, newRepairs } from '../../report/drift.ts';
import { linkStatus } from '../../report/link-status.ts';
import { withRecorded } from '../../report/task-record.ts';
import type { ComingWrites } from '../objects/object-update.ts';
import type { LinkObject } from '../state/link-object.ts';
import { inventoryOf, MOST_ENTRIES, recordedRoles } from './inventory.ts';

/**
 * The status with the object in its inventory: after a crash right after the write, nothing else would show that the link
 * has a hand in it. Target role and state machine stand in the spec; execution roles are on record in the status, or
 * since the finalizer came, in an annotation. Before a role is made anew, the RoleId of the former one goes: the operator
 * would otherwise take its own role for somebody else's. Drift is on record before it is undone, for nothing would show
 * it any more; and so are the Tasks that the role is about to be put on, for only those are the link's to take it off again.
 * @param now RFC 3339
 * @returns undefined where nothing has to be written
 */
export function statusBeforeWrite(
  object: LinkObject,
  { arn, makesRole, drift: changes, isKnown, executionRoleArn, tasks = [] }: WriteAhead,
  now: string,
): CrossAccountLinkStatus | undefined {
  const { link, metadata, status } = object;
  const { inventory = [], targetRoleID, conditions = [] } = status;
  const inventoried = inventory.some((entry) => entry.arn === arn);
  const isStale = makesRole && (targetRoleID !== undefined || (isKnown && !inventoried));
  const drift = newRepairs(status.drift, driftOf(changes, { repaired: false }));
  const isNoted = inventoried || recordedRoles(object).includes(arn) || isInSpec(object, arn);
  const lacksEntry = !inventoried && (isStale || !isNoted);
  const furtherTasks = withRecorded(status, tasks);
  const lacksTasks = furtherTasks.length > (status.furtherTasks ?? []).length;
  if (!isStale && !lacksEntry && !lacksTasks && drift.length === 0) return undefined;
  const { targetRoleID: _, ...without } = status;
  const facts = {
    drift,
    furtherTasks,
    ...(lacksEntry && { inventory: withEntry(object, arn, executionRoleArn) }),
    conditions:
      conditions.length > 0 ? conditions : reportConditions([], { legs: {} }, metadata.generation, now),
    observedGeneration: status.observedGeneration ?? -1,
  };
  return linkStatus(makesRole ? without : status, link, facts, now);
}

interface WriteAhead extends ComingWrites {
  /** Whether a link that shares the role has a RoleId on record. */
  readonly isKnown: boolean;
  /** Under which the link's state machine runs, where that is known. */
  readonly executionRoleArn: string | undefined;
}

function isInSpec({ link }: LinkObject, arn: string): boolean {
  return arn === link.targetRole.text || arn === link.stateMachine.text;
}

/** What the annotation names besides the execution role of now stays there: a status is taken for the operator's word. */
function withEntry(
  object: LinkObject,
  arn: string,
  executionRoleArn: string | undefined,
): readonly InventoryEntry[] {
  const { link, status } = object;
  const recorded = recordedRoles(object).filter((role) => role === executionRoleArn);
  const roles = isInSpec(object, arn) ? recorded : [arn];
  const entries = [...inventoryOf(link, roles), ...(status.inventory ?? [])];
  return [...new Map(entries.map((entry) => [`${entry.leg} ${entry.arn}`, entry])).values()].slice(
    0,
    MOST_ENTRIES,
  );
}
