/** What is read off a link object and a finished reconcile for the link's status. */
import { hash } from 'node:crypto';
import { findCondition } from '../../api/conditions.ts';
import { ANNOTATIONS } from '../../api/metadata.ts';
import { adoptionOn } from '../../plan/adoption-record.ts';
import type { LinkFacts } from '../../report/link-status.ts';
import { furtherTasksOf } from '../../report/task-record.ts';
import { knowsPending, pendingWrites } from '../../report/pending.ts';
import type { ReconcileRecord } from './reconcile-record.ts';
import { inventoryOf } from './inventory.ts';
import type { LinkObject } from '../state/link-object.ts';

export function factsOf(
  object: LinkObject,
  record: ReconcileRecord,
): Omit<LinkFacts, 'drift' | 'conditions' | 'observedGeneration'> {
  const executionRoleArn = record.view?.executionRole.text;
  const revisionId = record.view?.machine.revisionId;
  const roleId = record.targetRole?.roleId;
  return {
    ...(executionRoleArn !== undefined && mayShowExecutionRole(object, record) && { executionRoleArn }),
    ...(roleId !== undefined && record.legs.targetRole?.kind === 'inSync' && { targetRoleId: roleId }),
    ...adoptionFacts(object, record),
    ...(revisionId !== undefined && record.onTrack && mayShowRevision(object) && { revisionId }),
    ...taskFacts(object, record),
    ...(record.deniedTasks !== undefined && { deniedTasks: record.deniedTasks }),
    ...inventoryFacts(object, record),
    ...pendingFacts(object, record),
  };
}

/** The definition as it is after the reconcile says which Tasks still name the role. A reconcile that did not come to the
 *  permissions leaves the Tasks as they were, which these were made for: else a restarted operator would take the permissions of
 *  a Task that was taken out for somebody else's. */
function taskFacts(
  { link, status, metadata }: LinkObject,
  { tasks, view, legs }: ReconcileRecord,
): Pick<LinkFacts, 'tasks' | 'furtherTasks'> {
  if (tasks === undefined || view === undefined) return {};
  const isKnownOfSpec = status.tasks !== undefined && status.observedGeneration === metadata.generation;
  if (isKnownOfSpec && legs.permissions === undefined) return {};
  return { tasks, furtherTasks: furtherTasksOf(status, view.definition, link.targetRole.text, tasks) };
}

/** Only what the operator itself has brought in order is put on record. */
function adoptionFacts(
  { link }: LinkObject,
  { targetRole, legs }: ReconcileRecord,
): Pick<LinkFacts, 'adoption'> {
  if (targetRole === undefined || legs.targetRole?.kind !== 'inSync') return {};
  return { adoption: (link.legs.targetRole === 'Enforce' && adoptionOn(targetRole)) || 'none' };
}

/** What could not be found out this time stays as it was, unless it was said of another spec. */
function pendingFacts(
  { link, status, metadata }: LinkObject,
  { legs, observed }: ReconcileRecord,
): Pick<LinkFacts, 'pending'> {
  const sameSpec = status.observedGeneration === metadata.generation;
  return sameSpec && !knowsPending(link.legs, legs) ? {} : { pending: pendingWrites(observed) };
}

/** The inventory proves that the operator wrote: it begins with the first write, or with objects found in order. */
function inventoryFacts(object: LinkObject, record: ReconcileRecord): Pick<LinkFacts, 'inventory'> {
  const { link } = object;
  if (record.grantsOn !== undefined) return { inventory: inventoryOf(link, record.grantsOn) };
  if (object.status.inventory !== undefined) return { inventory: object.status.inventory };
  if (record.applied.length === 0) return {};
  const executionRoleArn = record.view?.executionRole.text;
  return { inventory: inventoryOf(link, executionRoleArn === undefined ? [] : [executionRoleArn]) };
}

/** A reconcile that did not come to the trust policy leaves the execution role as it was, for the same reason. */
function mayShowExecutionRole({ status, metadata }: LinkObject, { legs }: ReconcileRecord): boolean {
  const isNew = status.executionRoleARN === undefined || status.observedGeneration !== metadata.generation;
  return isNew || legs.trustPolicy !== undefined;
}

/** A new revision alone is no reason to write a status; with a new generation one is written anyhow. */
function mayShowRevision(object: LinkObject): boolean {
  const { status, metadata } = object;
  return (
    status.stateMachineRevisionID !== undefined ||
    status.observedGeneration !== metadata.generation ||
    !wasReady(object) ||
    requestOf(object) !== undefined
  );
}

export function wasReady({ status }: LinkObject): boolean {
  return findCondition(status.conditions ?? [], 'Ready')?.status === 'True';
}

/** Whether the link waits for a person, as its status says of this very spec. */
export function isStopped({ status, metadata }: LinkObject): boolean {
  const stalled = findCondition(status.conditions ?? [], 'Stalled');
  return stalled?.status === 'True' && stalled.observedGeneration === metadata.generation;
}

/** Longest token that the status repeats whole: an annotation may be a thousand times as long. */
const LONGEST_TOKEN = 256;

/** The token of a request that was not handled yet, as far as the status can hold it. */
export function requestOf({ metadata, status }: LinkObject): string | undefined {
  const token = metadata.annotations[ANNOTATIONS.reconcileRequestedAt]
    ?.slice(0, LONGEST_TOKEN)
    .toWellFormed();
  return token === status.lastHandledReconcileAt ? undefined : token;
}

/** The request is handled with this status. */
export function handledRequest(object: LinkObject): { readonly handledRequest?: string } {
  const request = requestOf(object);
  return request === undefined ? {} : { handledRequest: request };
}

/** Digest of the spec without `suspend`. */
export function specDigest({ spec, status }: LinkObject): string {
  const digest = hash('sha256', JSON.stringify({ ...spec, suspend: false }), 'base64');
  // It is remembered, and mostly stands in the status: one copy will do.
  return digest === status.specDigest ? status.specDigest : digest;
}

/** The digest of a spec that was reconciled. It alone is no reason to write a status; one that says that something is waited for
 *  is written anew in any case, and may have been written without it. */
export function digestFacts(object: LinkObject): Pick<LinkFacts, 'specDigest'> {
  const { status, metadata } = object;
  const isNew = status.observedGeneration !== metadata.generation;
  const isWaiting = findCondition(status.conditions ?? [], 'Ready')?.status === 'Unknown';
  return isNew || isWaiting || status.specDigest !== undefined ? { specDigest: specDigest(object) } : {};
}

/** Whether the spec says something else than what Ready speaks of. Suspending is a change of the spec, too, and counts
 *  one generation; where no digest tells the spec of then, that is all there is to go by.
 *  @param known digest of the spec that was reconciled last, where this process did that */
export function isEditedBesidesSuspend(object: LinkObject, known: string | undefined): boolean {
  const ready = findCondition(object.status.conditions ?? [], 'Ready')?.observedGeneration;
  // A status that was lost speaks of nothing.
  if (ready === undefined) return true;
  const before = known ?? object.status.specDigest;
  return before === undefined ? object.metadata.generation > ready + 1 : before !== specDigest(object);
}
