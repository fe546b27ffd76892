/** A reconcile in which something failed: what its legs are, and when it is tried again. */
import type { AwsFailure } from '../../aws/errors.ts';
import type { Leg } from '../../desired/leg.ts';
import { compareRetries, handlingOf, type Retry } from '../objects/failure-handling.ts';
import type { Interruption } from '../objects/write-failure.ts';
import type { LinkRecollection } from '../state/link-memory.ts';
import type { ReconcileRecord } from './reconcile-record.ts';

/** The failure that decides about the next try. */
export interface FailedReconcile {
  readonly failure: AwsFailure;
  readonly retry: Retry;
}

/** Puts every failure into the legs of `record`; returns the one that is to be tried again first, if there is one.
 *  @param interruption what broke the reconcile off
 *  @param now monotonic milliseconds */
export function handleFailures(
  record: ReconcileRecord,
  interruption: Interruption | undefined,
  memory: LinkRecollection,
  now: number,
): FailedReconcile | undefined {
  const failures = record.failures.map(({ action, failure }) => ({ leg: action.leg, failure }));
  const all = interruption === undefined ? failures : [...failures, interruption];
  if (all.length === 0) return undefined;
  memory.failures += 1;
  const [first] = all
    .map(({ leg, failure }) => ({ failure, retry: handle(leg, failure, record, memory, now) }))
    .toSorted((a, b) => compareRetries(a.retry, b.retry));
  return first;
}

function handle(
  leg: Leg | undefined,
  failure: AwsFailure,
  record: ReconcileRecord,
  memory: LinkRecollection,
  now: number,
): Retry {
  if (failure.kind === 'waiting') memory.waitingSince ??= now;
  const waitedMs = memory.waitingSince === undefined ? 0 : now - memory.waitingSince;
  const { outcome, retry } = handlingOf(failure, { kind: 'ensure', waitedMs, failures: memory.failures });
  if (retry.kind === 'readAgain') memory.suspect = true;
  const { reason, message } = failure;
  if (outcome !== undefined) record.legs[leg ?? 'targetRole'] = outcome;
  else if (leg !== undefined) record.legs[leg] = { kind: 'interrupted', reason, message };
  return retry;
}
