/** When a link is reconciled again. */
import type { ReconcileResult } from '../../kubernetes/controller.ts';
import { pausesLonger, requeueFor } from '../objects/failure-handling.ts';
import type { LinkMemory } from '../state/link-memory.ts';
import type { ResolvedLink } from '../state/resolved-link.ts';
import type { FailedReconcile } from './failed-reconcile.ts';
import { nextCheckMs, stateMachineRecheckMs } from './read-policy.ts';
import type { ReconcileRecord } from './reconcile-record.ts';

/** Pause after a failure, if something was written or brought in order before it. */
const AFTER_PROGRESS_MS = 250;

/** How long after a write the definition is read again. UpdateStateMachine has no compare-and-swap: if two write at once, such
 *  as a deployment or the operator of another cluster, the later write wins and the Credentials of the other are lost. After
 *  this time, both have written. There is one such read for a write, and only once no more urgent link waits.
 *  https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html */
const READ_BACK_MS = 10_000;

interface Timing {
  readonly memory: LinkMemory;
  /** Milliseconds between two drift checks of a link that sets no interval. */
  readonly defaultDriftCheckMs: number;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  /** Monotonic milliseconds. */
  readonly now: number;
}

/** If AWS still showed the state before an own write, it is asked again after this pause until its answer can be trusted. */
const LAGGING_RECHECK_MS = 5_000;

/** A watch usually lags for milliseconds; if not, for minutes. */
const UNCACHED_RECHECK_MS = 5_000;

/** Notes when a definition that was written is to be read again. Once that time has come, the note is dropped, whatever the
 *  read shows. */
export function noteReadBack(
  { applied }: ReconcileRecord,
  memory: LinkMemory,
  { now, random }: Pick<Timing, 'now' | 'random'>,
): void {
  if (applied.some(({ operation }) => operation === 'UpdateStateMachine'))
    memory.readBackAt = now + READ_BACK_MS * (1 + random() / 5);
  else if (memory.readBackAt !== undefined && memory.readBackAt <= now) memory.readBackAt = undefined;
}

/** Returns when the link is to be reconciled again.
 *  @throws the failure, if the queue is to try again with growing pauses: they grow only as long as nothing is achieved */
export function nextReconcile(
  resolved: ResolvedLink,
  record: ReconcileRecord,
  failed: FailedReconcile | undefined,
  { memory, defaultDriftCheckMs, random, wallMs, now }: Timing,
): ReconcileResult {
  const checkMs = nextCheckMs(resolved, defaultDriftCheckMs, random);
  const readBackMs = (memory.readBackAt ?? Infinity) - now;
  const lagMs = record.lagsForMs === undefined ? Infinity : Math.min(record.lagsForMs, LAGGING_RECHECK_MS);
  const uncachedMs = record.awaitsUncached ? UNCACHED_RECHECK_MS : Infinity;
  const afterMs =
    record.againAfterMs ??
    Math.min(checkMs, readBackMs, lagMs, uncachedMs, recheckMs(resolved, record, wallMs));
  const next =
    failed === undefined
      ? { requeueAfterMs: afterMs }
      : afterFailure(record, failed, afterMs, { memory, random });
  if (failed === undefined && record.awaitsPropagation) return { ...next, isBegun: true };
  // After a start, links that were not reconciled yet go before those that are due for their next check.
  return next.requeueAfterMs === checkMs ? { ...next, isRoutine: true } : next;
}

/** @throws the failure, as `nextReconcile` does */
function afterFailure(
  record: ReconcileRecord,
  failed: FailedReconcile,
  afterMs: number,
  { memory, random }: Pick<Timing, 'memory' | 'random'>,
): ReconcileResult {
  const getsOn = noteProgress(record, memory);
  return getsOn && (pausesLonger(failed.retry) || madeRoom(record, failed))
    ? { requeueAfterMs: AFTER_PROGRESS_MS * (1 + random()) }
    : requeueFor(failed.retry, failed.failure, afterMs);
}

/** Whether something that did not fit, by AWS's limits, may fit now: the same reconcile removed something else. */
function madeRoom({ applied }: ReconcileRecord, { failure }: FailedReconcile): boolean {
  return failure.reason === 'QuotaExceeded' && applied.length > 0;
}

/** Notes how many legs are in sync. Returns whether the failed reconcile nevertheless wrote something or got further than the
 *  one before. */
function noteProgress({ applied, legs }: ReconcileRecord, memory: LinkMemory): boolean {
  const inSync = Object.values(legs).filter(({ kind }) => kind === 'inSync').length;
  const isFurther = inSync > (memory.legsInSync ?? inSync);
  memory.legsInSync = inSync;
  return applied.length > 0 || isFurther;
}

function recheckMs({ object }: ResolvedLink, { legs }: ReconcileRecord, wallMs: number): number {
  const leg = legs.stateMachineCredentials;
  if (leg?.kind !== 'stalled' || leg.reason !== 'StateMachineNotFound') return Infinity;
  return stateMachineRecheckMs(wallMs - Date.parse(object.metadata.creationTimestamp));
}
