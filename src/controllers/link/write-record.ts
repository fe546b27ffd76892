/** What a link's status has to say before the operator writes to AWS for it. */
import type { CrossAccountLinkStatus, InventoryEntry } from '../../api/generated.ts';
import { reportConditions } from '../../report/conditions.ts';
import { driftOf, newRepairs } from '../../report/drift.ts';
import { linkStatus } from '../../report/link-status.ts';
import { withRecorded } from '../../report/task-record.ts';
import type { ComingWrites } from '../objects/object-update.ts';
import type { LinkObject } from '../state/link-object.ts';
import { inventoryOf, MOST_ENTRIES, recordedRoles } from './inventory.ts';

/**
 * Returns the status to write before a write to AWS; undefined if nothing has to be recorded. It keeps what nothing else would
 * show after a crash:
 * - The object, in the inventory. Target role and state machine are in the spec; execution roles are in the status or, since
 *   the finalizer was added, in an annotation.
 * - No RoleId of the former role, if the role is made again. Otherwise the operator would take its own new role for somebody
 *   else's.
 * - Drift that is about to be undone.
 * - The Tasks that are about to name the role: only these may be taken off it again by the link.
 * @param now RFC 3339
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
  /** Whether a link that shares the role has recorded a RoleId. */
  readonly isKnown: boolean;
  /** The role under which the link's state machine runs, if it is known. */
  readonly executionRoleArn: string | undefined;
}

function isInSpec({ link }: LinkObject, arn: string): boolean {
  return arn === link.targetRole.text || arn === link.stateMachine.text;
}

/** Execution roles that the annotation names besides the present one stay in the annotation: a status has to be the operator's
 *  own word. */
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
