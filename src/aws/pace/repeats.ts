/** Which failed calls are made again in place, and after what pause: the reconcile around them goes on as if nothing had
 *  happened. What comes of it takes seconds at most, so that no worker is held for long. */
import { backoffMs, type BackoffLimits } from '../../base/backoff.ts';
import type { AwsFailure } from '../errors/errors.ts';
import { isWrite } from '../transport/fence.ts';
import { NOT_SENT } from './service-health.ts';

/** Attempts of a call, the first included. */
const ATTEMPTS = 5;
const PAUSES: BackoffLimits = { minMs: 100, maxMs: 1_000 };
/** A call that has taken so long is not made again in place: each attempt may run into its timeout. */
const PATIENCE_MS = 4_000;

/** Writes after which the object is the same however often they are made. CreateRole, DeleteRole and UpdateStateMachine
 *  are not among them: what became of one whose answer was lost is read (`lost-answers.ts`). */
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

/** Whether making the call once more can do no harm. */
export function mayRepeat(operation: string, { kind, reason, subject, code }: AwsFailure): boolean {
  // Opening a session is repeated by whoever opens it.
  if (subject.operation !== operation || code === NOT_SENT) return false;
  // What it overwrites has to be read again first.
  if (operation === 'UpdateStateMachine') return false;
  if (kind === 'throttled') return true;
  if (kind !== 'retryable' || reason !== 'Unavailable') return false;
  return !isWrite(operation) || IDEMPOTENT.has(operation);
}

/** Milliseconds until the next attempt; undefined when there is to be none.
 *  @param attempt that failed, from 1
 *  @param tookMs since the first attempt began
 *  @param random between 0 and 1 */
export function repeatAfterMs(
  failure: AwsFailure,
  attempt: number,
  tookMs: number,
  random: () => number,
): number | undefined {
  if (attempt >= ATTEMPTS) return undefined;
  const pauseMs = Math.max(backoffMs(PAUSES, attempt, random), failure.retryAfterMs ?? 0);
  return tookMs + pauseMs > PATIENCE_MS ? undefined : pauseMs;
}
