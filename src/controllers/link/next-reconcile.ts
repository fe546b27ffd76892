/** When a link is reconciled again. */
import type { ReconcileResult } from '../../kubernetes/controller.ts';
import { pausesLonger, requeueFor } from '../objects/failure-handling.ts';
import type { LinkRecollection } from '../state/link-memory.ts';
import type { ResolvedLink } from '../state/resolved-link.ts';
import type { FailedReconcile } from './failed-reconcile.ts';
import { nextCheckMs, stateMachineRecheckMs } from './read-policy.ts';
import type { ReconcileRecord } from './reconcile-record.ts';

/** Pause after a failure that came after something had got done. */
const AFTER_PROGRESS_MS = 250;

/**
 * UpdateStateMachine has no compare-and-swap: of two writers at once, such as a deployment or the operator of another
 * cluster, the later one wins, and the other one's Credentials are lost. So long after a write, before which both may
 * have read, the definition is read again. One read a write, and only once no link waits that is more urgent.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html
 */
const READ_BACK_MS = 10_000;

interface Timing {
  readonly memory: LinkRecollection;
  /** Between two drift checks, where the link does not say. */
  readonly defaultDriftCheckMs: number;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  /** Monotonic milliseconds. */
  readonly now: number;
}

/** Where AWS still showed what was before an own write, it is asked again so often until it is to be believed. */
const LAGGING_RECHECK_MS = 5_000;

/** A watch that lags is a matter of milliseconds, or of minutes. */
const UNCACHED_RECHECK_MS = 5_000;

/** Notes when a definition that was written is to be read again; once that time has come, whatever came of it. */
export function noteReadBack(
  { applied }: ReconcileRecord,
  memory: LinkRecollection,
  { now, random }: Pick<Timing, 'now' | 'random'>,
): void {
  if (applied.some(({ operation }) => operation === 'UpdateStateMachine'))
    memory.readBackAt = now + READ_BACK_MS * (1 + random() / 5);
  else if (memory.readBackAt !== undefined && memory.readBackAt <= now) memory.readBackAt = undefined;
}

/** @throws the failure, where the queue is to try again with growing pauses: they grow only as long as nothing gets on */
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
  // At a start, links that were not looked at yet go before those whose next check has come.
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

/** Whether what AWS had no room for may fit by now: something else went in the same reconcile. */
function madeRoom({ applied }: ReconcileRecord, { failure }: FailedReconcile): boolean {
  return failure.reason === 'QuotaExceeded' && applied.length > 0;
}

/** Notes how many legs are in sync. Returns whether the reconcile, though it failed, wrote something or got further than the
 *  one before. */
function noteProgress({ applied, legs }: ReconcileRecord, memory: LinkRecollection): boolean {
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
