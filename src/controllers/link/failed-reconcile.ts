/** What a reconcile in which something failed says about its legs, and when it is tried again. */
import { findCondition } from '../../api/conditions.ts';
import type { Reason } from '../../api/reasons.ts';
import { isImplicitDenial, notYet, type AwsFailure } from '../../aws/errors/errors.ts';
import type { Leg } from '../../desired/leg.ts';
import { compareRetries, handlingOf, type Retry } from '../objects/failure-handling.ts';
import type { Interruption } from '../objects/write-failure.ts';
import type { LinkMemory } from '../state/link-memory.ts';
import type { LinkObject } from '../state/link-object.ts';
import { progressing } from '../../report/outcome.ts';
import { mayBeUnspread } from '../../report/unspread-writes.ts';
import { isStopped, wasReady } from './status-facts.ts';
import type { ReconcileRecord } from './reconcile-record.ts';

/** The failure that decides about the next try. */
export interface FailedReconcile {
  readonly failure: AwsFailure;
  readonly retry: Retry;
}

interface FailureContext {
  readonly object: LinkObject;
  readonly memory: LinkMemory;
  /** How long an outage leaves Ready as it was, in milliseconds. */
  readonly toleratedMs: number;
  /** Monotonic milliseconds. */
  readonly now: number;
  /** Monotonic milliseconds since when this process leads. */
  readonly leadingSince: number;
  /** Milliseconds since 1970. */
  readonly wallMs: number;
}

/** Notes every failure in the legs of `record`. Returns the one that is to be tried again first; undefined if there is none.
 *  @param interruption what broke the reconcile off */
export function handleFailures(
  record: ReconcileRecord,
  interruption: Interruption | undefined,
  context: FailureContext,
): FailedReconcile | undefined {
  const { memory, now } = context;
  const failures = record.failures.map(({ action, failure }) => ({ leg: action.leg, failure }));
  const all = interruption === undefined ? failures : [...failures, interruption];
  if (all.length === 0) return undefined;
  memory.failures += 1;
  memory.failingSince ??= now;
  const [first] = all
    .map(({ leg, failure }) => ({ leg, failure: judged(leg, failure, context) }))
    .map(({ leg, failure }) => ({ failure, retry: handle(leg, failure, record, context) }))
    .toSorted((a, b) => compareRetries(a.retry, b.retry));
  return first;
}

/** Whether the next reconcile, too, has to read everything afresh.
 *  @param wasSuspect whether something had happened to the link's objects before this reconcile */
export function staysSuspect(
  { lagsForMs, unreachable }: ReconcileRecord,
  failed: FailedReconcile | undefined,
  wasSuspect: boolean,
): boolean {
  // AWS still showed the state before an own write: the next reconcile has to ask again and must not trust a snapshot.
  if (lagsForMs !== undefined) return true;
  if (unreachable !== undefined) return wasSuspect;
  // A failure that only a person can resolve does not undo that everything was read afresh.
  return wasSuspect && failed !== undefined && failed.retry.kind !== 'atNextCheck';
}

/** A denial may be temporary if the process before this one wrote, just before it died, what allows the call. */
function judged(
  leg: Leg | undefined,
  failure: AwsFailure,
  { object, now, leadingSince, wallMs }: FailureContext,
): AwsFailure {
  if (leg === undefined || !isImplicitDenial(failure)) return failure;
  const isUnspread = mayBeUnspread({ leg, ...failure.subject }, object, now - leadingSince, wallMs);
  return isUnspread
    ? notYet(failure, 'denied, which may be because IAM has not yet spread what was written before a restart')
    : failure;
}

/** Handles an account that is out of reach: leaves the link as it was for a while, or notes it in its legs at once.
 *  @param isLeft whether the link is left as it was; if not given: whether it was Ready, or needed a person */
export function handleUnreachable(
  record: ReconcileRecord,
  { object, memory, toleratedMs, now, wallMs }: FailureContext,
  isLeft: boolean = wasReady(object) || needsPerson(object),
): void {
  if (record.unreachable === undefined) return;
  const { leg, message, since } = record.unreachable;
  memory.failingSince ??= now;
  // Only the wall clock reaches back before this process began; it may have been set back.
  const lastedMs = Math.max(now - memory.failingSince, since === undefined ? 0 : wallMs - since);
  const remainingMs = toleratedMs - lastedMs;
  if (isLeft && remainingMs > 0) record.continueAfterMs = remainingMs;
  else record.legs[leg] = progressing('AccountNotReady', message);
}

/** Refusals by the rules alone. A reconcile that reads anything has just found that the rules allow the link. */
const BY_RULES: readonly string[] = ['AccountNotAllowed', 'TooManyLinks'] satisfies readonly Reason[];

/** Whether the link still needs a person, as far as can be told without its accounts. */
function needsPerson(object: LinkObject): boolean {
  const ready = findCondition(object.status.conditions, 'Ready');
  return isStopped(object) && ready !== undefined && !BY_RULES.includes(ready.reason);
}

function handle(
  leg: Leg | undefined,
  failure: AwsFailure,
  record: ReconcileRecord,
  { object, memory, toleratedMs, now }: FailureContext,
): Retry {
  if (failure.kind === 'waiting') memory.waitingSince ??= now;
  const waitedMs = memory.waitingSince === undefined ? 0 : now - memory.waitingSince;
  const outageTolerated = now - (memory.failingSince ?? now) < toleratedMs;
  const { outcome, retry } = handlingOf(failure, {
    kind: 'ensure',
    waitedMs,
    failures: memory.failures,
    ...(wasReady(object) && { outageTolerated }),
    isStopped: isStopped(object),
  });
  if (retry.kind === 'readAgain') memory.suspect = true;
  const { reason, message } = failure;
  if (outcome !== undefined) record.legs[leg ?? 'targetRole'] = outcome;
  else if (leg !== undefined) record.legs[leg] = { kind: 'interrupted', reason, message };
  return retry;
}
