/** A link's whole status, made from the former one and what a reconcile found. */
import type {
  AdoptionRecord,
  Condition,
  CrossAccountLinkStatus,
  DeniedTask,
  InventoryEntry,
  PendingWrite,
} from '../api/generated.ts';
import { observesAnything, type Link } from '../desired/link.ts';
import { recordDrift, type Drift } from './drift.ts';
import { listedTasks } from './task-record.ts';

export interface LinkFacts {
  readonly executionRoleArn?: string;
  readonly targetRoleId?: string;
  /** The boundary that the account asked for when its role was last in sync; left out if a reconcile did not get so far. */
  readonly accountBoundaryArn?: string | 'none';
  /** The record of its adoption on the role; left out if a reconcile did not get so far. */
  readonly adoption?: AdoptionRecord | 'none';
  readonly revisionId?: string;
  readonly tasks?: readonly string[];
  /** Left out if a reconcile did not get so far. */
  readonly furtherTasks?: readonly string[];
  readonly inventory?: readonly InventoryEntry[];
  /** What the operator would write for observed legs; left out if that was not found out. */
  readonly pending?: readonly PendingWrite[];
  /** Left out if a reconcile did not get so far. */
  readonly deniedTasks?: readonly DeniedTask[];
  readonly drift: readonly Drift[];
  readonly conditions: readonly Condition[];
  readonly observedGeneration: number;
  /** Digest of the spec that was reconciled; left out if none was, or if nothing else is new. */
  readonly specDigest?: string;
  /** The token of `reconcile-requested-at` that was handled. */
  readonly handledRequest?: string;
}

/** Makes the status. It holds nothing that changes with each check: a link in sync gets no writes.
 *  @param now RFC 3339 */
export function linkStatus(
  before: CrossAccountLinkStatus,
  link: Link,
  facts: LinkFacts,
  now: string,
): CrossAccountLinkStatus {
  const drift = recordDrift(before.drift, facts.drift, now);
  const handled = facts.handledRequest ?? before.lastHandledReconcileAt;
  const specDigest = facts.specDigest ?? before.specDigest;
  const executionRoleARN = facts.executionRoleArn ?? before.executionRoleARN;
  const targetRoleID = facts.targetRoleId ?? before.targetRoleID;
  const accountBoundaryARN = facts.accountBoundaryArn ?? before.accountBoundaryARN ?? 'none';
  const adoption = facts.adoption ?? before.adoption ?? 'none';
  const revision = facts.revisionId ?? before.stateMachineRevisionID;
  const tasks = (facts.tasks && listedTasks(facts.tasks)) ?? before.tasks;
  const taskCount = facts.tasks?.length ?? before.taskCount;
  const furtherTasks = facts.furtherTasks ?? before.furtherTasks ?? [];
  const inventory = facts.inventory ?? before.inventory;
  const pending = observesAnything(link) ? (facts.pending ?? before.pending ?? []) : [];
  const deniedTasks = facts.deniedTasks ?? before.deniedTasks ?? [];
  return {
    observedGeneration: facts.observedGeneration,
    ...(handled !== undefined && { lastHandledReconcileAt: handled }),
    ...(specDigest !== undefined && { specDigest }),
    stateMachine: link.stateMachine.name,
    targetRole: link.targetRole.name,
    externalID: link.stateMachine.text,
    ...(executionRoleARN !== undefined && { executionRoleARN }),
    ...(targetRoleID !== undefined && { targetRoleID }),
    ...(accountBoundaryARN !== 'none' && { accountBoundaryARN }),
    ...(revision !== undefined && { stateMachineRevisionID: revision }),
    ...(taskCount !== undefined && { taskCount }),
    ...(tasks !== undefined && { tasks }),
    ...(furtherTasks.length > 0 && { furtherTasks }),
    ...(drift !== undefined && { drift }),
    ...(pending.length > 0 && { pending }),
    ...(adoption !== 'none' && { adoption }),
    ...(inventory !== undefined && { inventory }),
    ...(deniedTasks.length > 0 && { deniedTasks }),
    conditions: facts.conditions,
  };
}
