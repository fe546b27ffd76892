/** What a failed AWS call means for the link: the one place where a kind of failure becomes a condition and a next try. */
import type { AwsFailure } from '../../aws/errors.ts';
import { progressing, stalled, type LegOutcome } from '../../report/outcome.ts';

export interface Handling {
  /** Left out: the conditions stay as they are. */
  readonly outcome?: LegOutcome;
  readonly retry: Retry;
}

export type Retry =
  /** The next drift check will do: only a person can help. */
  | { readonly kind: 'atNextCheck' }
  | { readonly kind: 'after'; readonly ms: number }
  /** With growing pauses. */
  | { readonly kind: 'backOff' }
  /** With growing pauses, and without relying on anything read before. */
  | { readonly kind: 'readAgain' };

/** "Invalid principal" means "not yet" as often as "never": so long it is taken for the first. */
const PATIENCE_MS = 120_000;

/** So many checks in a row may stay unfinished without a link being called into question. */
const TOLERATED_FAILURES = 3;

/** What was not found so often in a row is not about to turn up. */
const TRIES_TO_FIND = 3;

/** @param waitedMs how long AWS has been saying "not yet" to this link
 *  @param failures checks in a row, this one included, that could not be finished */
export function handlingOf(failure: AwsFailure, waitedMs: number, failures: number): Handling {
  const { kind, reason, message } = failure;
  const inQuestion = failures > TOLERATED_FAILURES;
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
      // Once it may have gone since it was read; what stays away, such as a boundary's policy, a person has to make.
      return failures >= TRIES_TO_FIND
        ? { outcome: stalled(reason, message), retry: { kind: 'atNextCheck' } }
        : { retry: { kind: 'readAgain' } };
    case 'fenced':
      return { retry: { kind: 'backOff' } };
  }
}

function retryOf({ kind, retryAfterMs, outcomeUnknown }: AwsFailure): Retry {
  if (kind === 'conflict' || outcomeUnknown) return { kind: 'readAgain' };
  return retryAfterMs === undefined ? { kind: 'backOff' } : { kind: 'after', ms: retryAfterMs };
}
