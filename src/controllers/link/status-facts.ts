/** What is read off a link object and a finished reconcile for the link's status. */
import { hash } from 'node:crypto';
import { findCondition, isTrue } from '../../api/conditions.ts';
import { ANNOTATIONS } from '../../api/metadata.ts';
import { adoptionOn } from '../../plan/adoption-record.ts';
import type { LinkFacts } from '../../report/link-status.ts';
import { furtherTasksOf } from '../../report/task-record.ts';
import { knowsPending, pendingWrites } from '../../report/pending.ts';
import type { ReconcileRecord } from './reconcile-record.ts';
import { inventoryOf } from './inventory.ts';
import type { LinkObject } from '../state/link-object.ts';

/** Returns what a finished reconcile adds to the link's status. What it did not find out stays as the status has it. */
export function factsOf(
  object: LinkObject,
  record: ReconcileRecord,
): Omit<LinkFacts, 'drift' | 'conditions' | 'observedGeneration'> {
  const executionRoleArn = record.view?.executionRole.text;
  const revisionId = record.view?.machine.revisionId;
  const roleId = record.targetRole?.roleId;
  const hasRole = record.legs.targetRole?.kind === 'inSync';
  return {
    ...(executionRoleArn !== undefined && mayShowExecutionRole(object, record) && { executionRoleArn }),
    ...(roleId !== undefined && hasRole && { targetRoleId: roleId }),
    ...(hasRole && { accountBoundaryArn: record.accountBoundaryArn ?? 'none' }),
    ...adoptionFacts(object, record),
    ...(revisionId !== undefined && record.onTrack && mayShowRevision(object) && { revisionId }),
    ...taskFacts(object, record),
    ...(record.deniedTasks !== undefined && { deniedTasks: record.deniedTasks }),
    ...inventoryFacts(object, record),
    ...pendingFacts(object, record),
  };
}

/** The Tasks, from the definition as it is after the reconcile. If the reconcile did not get as far as the permissions, the
 *  Tasks in the status stay, because the permissions in AWS were made for these: otherwise a restarted operator would take the
 *  permissions of a removed Task for a change by somebody else. */
function taskFacts(
  { link, status, metadata }: LinkObject,
  { tasks, view, legs }: ReconcileRecord,
): Pick<LinkFacts, 'tasks' | 'furtherTasks'> {
  if (tasks === undefined || view === undefined) return {};
  const isKnownOfSpec = status.tasks !== undefined && status.observedGeneration === metadata.generation;
  if (isKnownOfSpec && legs.permissions === undefined) return {};
  return { tasks, furtherTasks: furtherTasksOf(status, view.definition, link.targetRole.text, tasks) };
}

/** Records an adoption only if the operator itself has brought the role in order. */
function adoptionFacts(
  { link }: LinkObject,
  { targetRole, legs }: ReconcileRecord,
): Pick<LinkFacts, 'adoption'> {
  if (targetRole === undefined || legs.targetRole?.kind !== 'inSync') return {};
  return { adoption: (link.legs.targetRole === 'Enforce' && adoptionOn(targetRole)) || 'none' };
}

/** What could not be found out this time stays as it was, unless it was about another spec. */
function pendingFacts(
  { link, status, metadata }: LinkObject,
  { legs, observed }: ReconcileRecord,
): Pick<LinkFacts, 'pending'> {
  const sameSpec = status.observedGeneration === metadata.generation;
  return sameSpec && !knowsPending(link.legs, legs) ? {} : { pending: pendingWrites(observed) };
}

/** The inventory proves that the operator wrote. It begins with the first write, or with objects that were found in order. */
function inventoryFacts(object: LinkObject, record: ReconcileRecord): Pick<LinkFacts, 'inventory'> {
  const { link } = object;
  if (record.grantsOn !== undefined) return { inventory: inventoryOf(link, record.grantsOn) };
  if (object.status.inventory !== undefined) return { inventory: object.status.inventory };
  if (record.applied.length === 0) return {};
  const executionRoleArn = record.view?.executionRole.text;
  return { inventory: inventoryOf(link, executionRoleArn === undefined ? [] : [executionRoleArn]) };
}

/** If the reconcile did not get as far as the trust policy, the execution role stays as it was, for the same reason. */
function mayShowExecutionRole({ status, metadata }: LinkObject, { legs }: ReconcileRecord): boolean {
  const isNew = status.executionRoleARN === undefined || status.observedGeneration !== metadata.generation;
  return isNew || legs.trustPolicy !== undefined;
}

/** A new revision alone is no reason to write a status; a new generation is one in any case. */
function mayShowRevision(object: LinkObject): boolean {
  const { status, metadata } = object;
  return (
    status.stateMachineRevisionID !== undefined ||
    status.observedGeneration !== metadata.generation ||
    !wasReady(object) ||
    requestOf(object) !== undefined
  );
}

/** Whether Ready is True, for whatever generation of the spec. */
export function wasReady({ status }: LinkObject): boolean {
  return isTrue(status.conditions, 'Ready');
}

/** Whether the link waits for a person, according to its status for the present spec. */
export function isStopped({ status, metadata }: LinkObject): boolean {
  const stalled = findCondition(status.conditions, 'Stalled');
  return stalled?.status === 'True' && stalled.observedGeneration === metadata.generation;
}

/** The longest token that the status repeats in full. An annotation may be a thousand times as long. */
const LONGEST_TOKEN = 256;

/** The token of a request that was not handled yet, cut to what the status can hold; undefined if there is none. */
export function requestOf({ metadata, status }: LinkObject): string | undefined {
  const token = metadata.annotations[ANNOTATIONS.reconcileRequestedAt]
    ?.slice(0, LONGEST_TOKEN)
    .toWellFormed();
  return token === status.lastHandledReconcileAt ? undefined : token;
}

/** The fields that mark the request as handled. */
export function handledRequest(object: LinkObject): { readonly handledRequest?: string } {
  const request = requestOf(object);
  return request === undefined ? {} : { handledRequest: request };
}

/** Digest of the spec without `suspend`. */
export function specDigest({ spec, status }: LinkObject): string {
  const digest = hash('sha256', JSON.stringify({ ...spec, suspend: false }), 'base64');
  // Usually it is in the status already: returning that text keeps one copy in memory.
  return digest === status.specDigest ? status.specDigest : digest;
}

/** The digest of a spec that was reconciled. The digest alone is no reason to write a status. A status that says that something
 *  is waited for is written in any case, and may have been written without the digest. */
export function digestFacts(object: LinkObject): Pick<LinkFacts, 'specDigest'> {
  const { status, metadata } = object;
  const isNew = status.observedGeneration !== metadata.generation;
  const isWaiting = findCondition(status.conditions, 'Ready')?.status === 'Unknown';
  return isNew || isWaiting || status.specDigest !== undefined ? { specDigest: specDigest(object) } : {};
}

/** Whether the spec differs from the one that Ready speaks of. Suspending changes the spec, too, and counts one generation; if
 *  there is no digest of the former spec, the generation is all there is to compare.
 *  @param known digest of the spec that was last reconciled, if this process did that */
export function isEditedBesidesSuspend(object: LinkObject, known: string | undefined): boolean {
  const ready = findCondition(object.status.conditions, 'Ready')?.observedGeneration;
  // A status that was lost says nothing about any spec.
  if (ready === undefined) return true;
  const before = known ?? object.status.specDigest;
  return before === undefined ? object.metadata.generation > ready + 1 : before !== specDigest(object);
}
