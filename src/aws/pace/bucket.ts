/** A token bucket that learns: it shrinks its refill when AWS throttles, and grows back in time. No I/O, no clock. */
import type { Rate } from './quotas.ts';

/** A little below the published figures: our clock and AWS's differ, and each call over the quota is refused. */
const SHARE = 0.95;
/** From half to the whole rate in this time, if nothing is throttled. */
const RECOVERY_MS = 60_000;
/** If calls that were under way together are throttled, that counts once. */
const SAME_SIGN_MS = 1_000;
const SMALLEST_SHARE = 1 / 32;
/** If one call in forty is throttled, as in a bad hour of AWS, that says nothing about our rate. One in eight does. The share is
 *  a running mean in which each call has this weight. While tokens are left, throttled calls are not counted: the refill did not
 *  send them. */
const WEIGHT = 0.04;
const SIGN = 0.12;
/** If AWS's own bucket is empty, it throttles nearly all that is sent at once: so many in a row are a sign, too, and our tokens
 *  are worth nothing. If calls are throttled now and then, AWS's bucket still has what ours has. */
const EMPTY = 4;

export class TokenBucket {
  readonly #burst: number;
  readonly #fullPerMs: number;
  #tokens: number;
  #countedAt: number;
  #shrunkPerMs: number;
  #shrunkAt = Number.NEGATIVE_INFINITY;
  #closedUntil = Number.NEGATIVE_INFINITY;
  /** Recent share of calls that were throttled. */
  #throttledShare = 0;
  /** How many calls were throttled since one was accepted. */
  #throttledInRow = 0;

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

  /** Milliseconds until this many tokens are there at once, if none is taken; 0 if they are there. */
  waitMs(now: number, tokens: number): number {
    this.#count(now);
    const refillMs = Math.max(0, tokens - this.#tokens) / this.perMs(now);
    return Math.max(refillMs, this.#closedUntil - now, 0);
  }

  /** Takes one token. To be called only if `waitMs(now, 1)` is 0. */
  take(now: number): void {
    this.#count(now);
    this.#tokens -= 1;
  }

  /** To be called when AWS accepted a call. */
  answered(): void {
    this.#throttledShare *= 1 - WEIGHT;
    this.#throttledInRow = 0;
  }

  /** To be called when AWS throttled a call: nothing goes out before `retryAfterMs`. If several in a row are, the bucket is
   *  emptied and the refill halved; if many are that went out at the refill, it is halved. */
  throttled(now: number, retryAfterMs = 0): void {
    this.#count(now);
    this.#closedUntil = Math.max(this.#closedUntil, now + retryAfterMs);
    this.#throttledInRow += 1;
    const isUsedUp = this.#throttledInRow >= EMPTY;
    if (isUsedUp) this.#tokens = Math.min(this.#tokens, 0);
    if (this.#tokens >= 1) return;
    this.#throttledShare += (1 - this.#throttledShare) * WEIGHT;
    if (!isUsedUp && this.#throttledShare < SIGN) return;
    if (now - this.#shrunkAt < SAME_SIGN_MS) return;
    this.#throttledShare = 0;
    this.#shrunkPerMs = Math.max(this.perMs(now) / 2, this.#fullPerMs * SMALLEST_SHARE);
    this.#shrunkAt = now;
  }

  #count(now: number): void {
    const gained = Math.max(0, now - this.#countedAt) * this.perMs(now);
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#countedAt = Math.max(this.#countedAt, now);
  }
}
