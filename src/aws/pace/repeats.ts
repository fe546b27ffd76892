/**
 * Which failed calls are repeated in place, and after what pause: the reconcile around them goes on as if nothing had happened.
 * It takes seconds, so that no worker is held for long; only a read that gets no answer takes longer, as each of its limits does
 * (`answer-limits.ts`).
 */
import { backoffMs, type BackoffLimits } from '../../base/backoff.ts';
import type { AwsFailure } from '../errors/errors.ts';
import { isWrite } from '../transport/fence.ts';
import { READ_TIMEOUT_MS } from '../transport/transport.ts';
import { NOT_SENT } from './service-health.ts';

/** Attempts for a call, with the first. */
const ATTEMPTS = 5;
const PAUSES: BackoffLimits = { minMs: 100, maxMs: 1_000 };
/** A call that AWS asks to put off for so long is not repeated in place. */
const LONGEST_PAUSE_MS = 4_000;
/** A write that has taken this long is not repeated in place: what it was planned from grows old. Two answers may be lost before
 *  that, each of which takes four seconds to miss. */
const WRITE_PATIENCE_MS = 10_000;

/** Writes that leave the object the same however often they are made. CreateRole, DeleteRole and UpdateStateMachine are not
 *  among them: if their answer was lost, a read shows whether they were made (`lost-answers.ts`). */
const IDEMPOTENT: ReadonlySet<string> = new Set([
  'AttachRolePolicy',
  'DeleteRolePermissionsBoundary',
  'DeleteRolePolicy',
  'DetachRolePolicy',
  'PutRolePermissionsBoundary',
  'PutRolePolicy',
  'RemoveRoleFromInstanceProfile',
  'TagRole',
  'UntagRole',
  'UpdateAssumeRolePolicy',
  'UpdateRoleDescription',
]);

/** Whether repeating the call can do no harm. */
export function mayRepeat(operation: string, { kind, reason, subject, code }: AwsFailure): boolean {
  // The code that opens a session repeats that by itself.
  if (subject.operation !== operation || code === NOT_SENT) return false;
  // First, what it overwrites has to be read again.
  if (operation === 'UpdateStateMachine') return false;
  if (kind === 'throttled') return true;
  if (kind !== 'retryable' || reason !== 'Unavailable') return false;
  return !isWrite(operation) || IDEMPOTENT.has(operation);
}

/** Milliseconds until the next attempt; undefined if there is none.
 *  @param attempt that failed, counted from 1
 *  @param tookMs since the first attempt was sent
 *  @param random between 0 and 1 */
export function repeatAfterMs(
  failure: AwsFailure,
  attempt: number,
  tookMs: number,
  random: () => number,
): number | undefined {
  if (attempt >= ATTEMPTS) return undefined;
  const pauseMs = Math.max(backoffMs(PAUSES, attempt, random), failure.retryAfterMs ?? 0);
  // A read changes nothing, and a reconcile that ends makes all its reads again.
  const patienceMs = isWrite(failure.subject.operation) ? WRITE_PATIENCE_MS : READ_TIMEOUT_MS;
  return pauseMs > LONGEST_PAUSE_MS || tookMs + pauseMs > patienceMs ? undefined : pauseMs;
}
