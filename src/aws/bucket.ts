/** A token bucket that learns: it shrinks its refill when AWS throttles, and grows back in time. No I/O, no clock. */
import type { Rate } from './quotas.ts';

/** A little under the published figures: our clock and AWS's differ, and each call over the quota is refused. */
const SHARE = 0.95;
/** From half to whole again in this time, if nothing is throttled. */
const RECOVERY_MS = 60_000;
/** Throttling of calls that were under way together counts once. */
const SAME_SIGN_MS = 1_000;
const SMALLEST_SHARE = 1 / 32;

export class TokenBucket {
  readonly #burst: number;
  readonly #fullPerMs: number;
  #tokens: number;
  #countedAt: number;
  #shrunkPerMs: number;
  #shrunkAt = Number.NEGATIVE_INFINITY;
  #closedUntil = Number.NEGATIVE_INFINITY;

  constructor(rate: Rate, now: number) {
    this.#burst = Math.max(1, rate.burst * SHARE);
    this.#fullPerMs = (rate.perSecond * SHARE) / 1000;
    this.#shrunkPerMs = this.#fullPerMs;
    this.#tokens = this.#burst;
    this.#countedAt = now;
  }

  /** Tokens that come in per millisecond at this time. */
  perMs(now: number): number {
    const grown = (Math.max(0, now - this.#shrunkAt) / RECOVERY_MS) * (this.#fullPerMs / 2);
    return Math.min(this.#fullPerMs, this.#shrunkPerMs + grown);
  }

  /** Milliseconds until so many tokens are there at once, were none taken; 0 when they are. */
  waitMs(now: number, tokens: number): number {
    this.#count(now);
    const refillMs = Math.max(0, tokens - this.#tokens) / this.perMs(now);
    return Math.max(refillMs, this.#closedUntil - now, 0);
  }

  /** Takes one token; asked only when `waitMs(now, 1)` is 0. */
  take(now: number): void {
    this.#count(now);
    this.#tokens -= 1;
  }

  /** AWS refused a call: the bucket is empty, the refill halves, nothing goes out before `retryAfterMs`. */
  throttled(now: number, retryAfterMs = 0): void {
    this.#count(now);
    this.#tokens = Math.min(this.#tokens, 0);
    this.#closedUntil = Math.max(this.#closedUntil, now + retryAfterMs);
    if (now - this.#shrunkAt < SAME_SIGN_MS) return;
    this.#shrunkPerMs = Math.max(this.perMs(now) / 2, this.#fullPerMs * SMALLEST_SHARE);
    this.#shrunkAt = now;
  }

  #count(now: number): void {
    const gained = Math.max(0, now - this.#countedAt) * this.perMs(now);
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#countedAt = Math.max(this.#countedAt, now);
  }
}
