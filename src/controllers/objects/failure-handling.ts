/** What a failed AWS call means: the one place where a kind of failure becomes a condition and a next try. */
import type { AwsFailure, FailureKind } from '../../aws/errors/errors.ts';
import type { ReconcileResult } from '../../kubernetes/controller.ts';
import { BLOCKED_RECHECK_MS, quotasUsedUp } from '../../report/deletion-outcome.ts';
import { progressing, stalled, type UnfinishedOutcome } from '../../report/outcome.ts';

/** What was being done when the call failed. */
type Situation =
  | {
      readonly kind: 'ensure';
      /** How long AWS has been saying "not yet" to this link. */
      readonly waitedMs: number;
      /** How many checks in a row, this one included, could not be finished. */
      readonly failures: number;
      /** Set for a link that was Ready: whether AWS has been out of reach so briefly that the link stays as it was. If set, the
       *  time decides and not the number of failures. */
      readonly outageTolerated?: boolean;
      /** Set for a link whose status says that it waits for a person. */
      readonly isStopped?: boolean;
    }
  | {
      readonly kind: 'finalize';
      /** Whether the deletion has taken so long that its obstacle will not pass by itself. */
      readonly isOverdue: boolean;
    }
  /** A read of aliases or executions, for which no part of the link waits. */
  | { readonly kind: 'backgroundRead' };

export interface Handling {
  /** If left out, the conditions stay as they are. */
  readonly outcome?: UnfinishedOutcome;
  readonly retry: Retry;
}

export type Retry =
  /** Only a person can help: the next routine check will do. */
  | { readonly kind: 'atNextCheck' }
  | { readonly kind: 'after'; readonly ms: number }
  /** With growing pauses. */
  | { readonly kind: 'backOff' }
  /** With growing pauses, and without relying on anything read before. */
  | { readonly kind: 'readAgain' }
  /** The object of the call does not exist. */
  | { readonly kind: 'never' };

/** The order of retries: the lowest number first. */
const URGENCY: Readonly<Record<Retry['kind'], number>> = {
  readAgain: 0,
  backOff: 1,
  after: 2,
  atNextCheck: 3,
  never: 4,
};

/** Compares retries for sorting: negative if the first is the one to do. */
export function compareRetries(a: Retry, b: Retry): number {
  return URGENCY[a.kind] - URGENCY[b.kind];
}

/** "Invalid principal" means "not yet" as often as "never". For this long it is taken as "not yet". */
const PATIENCE_MS = 120_000;

/** How many checks in a row may stay unfinished before the conditions say so. */
const TOLERATED_FAILURES = 3;

/** If a call has to wait this long for its turn, the status of a link that is being made says so from the first time on. */
const LONG_TURN_MS = 30_000;

/** What was not found this often in a row is not about to turn up. */
const TRIES_TO_FIND = 3;

/** Decides which condition a failure leads to, and when to try again. */
export function handlingOf(failure: AwsFailure, situation: Situation): Handling {
  switch (situation.kind) {
    case 'ensure':
      return whileEnsuring(failure, situation);
    case 'finalize':
      return whileFinalizing(failure, situation);
    case 'backgroundRead':
      return whileReadingInBackground(failure);
  }
}

/** Whether the queue tries again with growing pauses. */
export function pausesLonger({ kind }: Retry): boolean {
  return kind === 'backOff' || kind === 'readAgain';
}

/** When to come again.
 *  @param nextCheckMs milliseconds until the next routine check
 *  @throws the failure, if the queue is to try again with growing pauses */
export function requeueFor(retry: Retry, failure: AwsFailure, nextCheckMs: number): ReconcileResult {
  switch (retry.kind) {
    case 'never':
      return {};
    case 'after':
      return { requeueAfterMs: retry.ms };
    case 'atNextCheck':
      return { requeueAfterMs: nextCheckMs };
    case 'backOff':
    case 'readAgain':
      throw failure;
  }
}

function whileEnsuring(
  failure: AwsFailure,
  { waitedMs, failures, outageTolerated, isStopped = false }: Extract<Situation, { kind: 'ensure' }>,
): Handling {
  const { kind, reason, message, retryAfterMs = 0 } = failure;
  const hasLongTurn = kind === 'laneBusy' && retryAfterMs >= LONG_TURN_MS && !isStopped;
  const tooOften = failures > TOLERATED_FAILURES || hasLongTurn;
  const inQuestion = kind === 'conflict' || outageTolerated === undefined ? tooOften : !outageTolerated;
  switch (kind) {
    case 'terminal':
      return { outcome: stalled(reason, message), retry: { kind: 'atNextCheck' } };
    case 'waiting':
      return waitedMs < PATIENCE_MS
        ? { outcome: progressing(reason, message), retry: { kind: 'backOff' } }
        : { outcome: stalled('PolicyRefused', message), retry: { kind: 'atNextCheck' } };
    case 'throttled':
    case 'laneBusy':
    case 'retryable':
    case 'conflict':
      return { retry: retryOf(failure), ...(inQuestion && { outcome: progressing(reason, message) }) };
    case 'notFound':
      // Once, the object may just have been deleted since it was read. If it stays away, such as the policy of a boundary, a
      // person has to make it.
      return failures >= TRIES_TO_FIND
        ? { outcome: stalled(reason, message), retry: { kind: 'atNextCheck' } }
        : { retry: { kind: 'readAgain' } };
    case 'fenced':
      return { retry: { kind: 'backOff' } };
  }
}

function whileFinalizing(
  failure: AwsFailure,
  { isOverdue }: Extract<Situation, { kind: 'finalize' }>,
): Handling {
  const { kind, message, retryAfterMs } = failure;
  if (kind === 'fenced') return { retry: { kind: 'backOff' } };
  if (kind === 'laneBusy' && retryAfterMs !== undefined) {
    // The same words for every call: a deletion waits for several in turn, and each would otherwise be another status.
    const { outcome, afterMs: ms } = quotasUsedUp(retryAfterMs);
    return { outcome, retry: { kind: 'after', ms } };
  }
  const isBlocked = kind === 'terminal' || (isOverdue && !SLOWED.has(kind));
  const outcome = isBlocked
    ? stalled('DeletionBlocked', `${message}. Fix that, or abandon the link.`)
    : progressing('Deleting', `${message}.`);
  if (kind === 'terminal') return { outcome, retry: { kind: 'after', ms: BLOCKED_RECHECK_MS } };
  return { outcome, retry: { kind: 'backOff' } };
}

/** These take their time but go on by themselves, and nobody can help. */
const SLOWED: ReadonlySet<FailureKind> = new Set(['throttled', 'laneBusy']);

function whileReadingInBackground({ kind, retryAfterMs }: AwsFailure): Handling {
  if (kind === 'notFound') return { retry: { kind: 'never' } };
  if (kind === 'terminal') return { retry: { kind: 'atNextCheck' } };
  return { retry: retryAfterMs === undefined ? { kind: 'backOff' } : { kind: 'after', ms: retryAfterMs } };
}

function retryOf({ kind, retryAfterMs, outcomeUnknown }: AwsFailure): Retry {
  if (kind === 'conflict' || outcomeUnknown) return { kind: 'readAgain' };
  return retryAfterMs === undefined ? { kind: 'backOff' } : { kind: 'after', ms: retryAfterMs };
}

/** Whether the call was only put off by the pace of calls: nothing was found out. */
export function isPutOff({ kind }: AwsFailure): boolean {
  return SLOWED.has(kind);
}
