/**
 * When a connection to an account is verified, and what the last verification found: one probe with growing pauses, however
 * many links there are. All times are in milliseconds since 1970.
 */
import { backoffMs, type BackoffLimits } from '../../base/backoff.ts';
import type { AccountVerdict } from './account-verdict.ts';

/** How often a connection that works is verified again. */
export const VERIFY_AGAIN_MS = 600_000;
/** A failed call does not put in doubt a connection that was verified this recently: the call may have begun before. */
const BELIEVED_FOR_MS = 5_000;
const PROBES: BackoffLimits = { minMs: 1_000, maxMs: 15_000 };

interface Found {
  readonly verdict: AccountVerdict;
  readonly at: number;
  /** When it is verified next. */
  readonly dueAt: number;
}

export class ConnectionCheck {
  readonly #random: () => number;
  #found: Found | undefined;
  #failures = 0;
  #isDoubted = false;
  #unreachableSince: number | undefined;

  /** @param unreachableSince since when the account could not be reached, as an earlier process reported it
   *  @param random between 0 and 1 */
  constructor(unreachableSince: number | undefined, random: () => number) {
    this.#unreachableSince = unreachableSince;
    this.#random = random;
  }

  /** The last verdict if it is still valid; undefined when AWS is to be asked. */
  known(now: number): AccountVerdict | undefined {
    const found = this.#found;
    if (found === undefined || now < found.at) return undefined;
    return now < this.#dueAt(found) ? found.verdict : undefined;
  }

  /** Notes what AWS said. */
  note(verdict: AccountVerdict, now: number): void {
    this.#isDoubted = false;
    if (verdict.status === 'True') {
      this.#failures = 0;
      this.#unreachableSince = undefined;
      this.#found = { verdict, at: now, dueAt: now + VERIFY_AGAIN_MS * 0.9 };
      return;
    }
    this.#failures += 1;
    this.#unreachableSince ??= now;
    const dueAt = now + Math.round(backoffMs(PROBES, this.#failures, this.#random));
    this.#found = { verdict, at: now, dueAt };
  }

  /** To be called when a call failed in a way that makes the connection doubtful: AWS is asked again soon. Returns whether the
   *  connection was not in doubt before. */
  doubt(): boolean {
    const isNews = !this.#isDoubted && this.#found?.verdict.status === 'True';
    this.#isDoubted = true;
    return isNews;
  }

  /** Milliseconds until the next verification. */
  againMs(now: number): number {
    const found = this.#found;
    if (found === undefined) return 0;
    if (found.verdict.status === 'True' && !this.#isDoubted) return VERIFY_AGAIN_MS;
    return Math.max(0, this.#dueAt(found) - now);
  }

  /** Since when the account cannot be reached; undefined while it can. */
  get unreachableSince(): number | undefined {
    return this.#unreachableSince;
  }

  #dueAt({ verdict, at, dueAt }: Found): number {
    return this.#isDoubted && verdict.status === 'True' ? Math.min(dueAt, at + BELIEVED_FOR_MS) : dueAt;
  }
}
