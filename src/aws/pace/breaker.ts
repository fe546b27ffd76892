/** Stops calls to a service that has not answered for a while: one probe with growing pauses finds out when it is back,
 *  however many callers there are. No I/O, no clock; times are monotonic milliseconds. */
import { backoffMs, type BackoffLimits } from '../../base/backoff.ts';

/** This many calls in a row without an answer are no coincidence: if two calls in five fail, such a row occurs once in ten
 *  thousand. */
const FAILURES_IN_A_ROW = 10;
const PROBES: BackoffLimits = { minMs: 1_000, maxMs: 15_000 };
/** A probe that does not come back for so long counts as lost. */
const PROBE_MS = 35_000;
/** If nobody calls for so long, nothing is known any more. */
const FORGOTTEN_AFTER_MS = 30_000;

type Admission =
  | { readonly kind: 'go' }
  /** Not to be sent, and for how long. */
  | { readonly kind: 'wait'; readonly ms: number };

const GO: Admission = { kind: 'go' };

export class Breaker {
  readonly #random: () => number;
  #failures = 0;
  /** How many probes in a row have failed, counting the row of calls that opened it; 0 while closed. */
  #opened = 0;
  #openedAt = 0;
  #closedUntil = 0;
  #probeUntil = 0;

  /** @param random between 0 and 1 */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Whether a call may be sent now. The first one after a pause is the probe. */
  admit(now: number): Admission {
    if (this.#opened === 0) return GO;
    const waitMs = Math.max(this.#closedUntil, this.#probeUntil) - now;
    if (waitMs > 0) return { kind: 'wait', ms: Math.min(waitMs, PROBES.maxMs) };
    this.#probeUntil = now + PROBE_MS;
    return GO;
  }

  /** To be called when the service answered, whatever it said. Returns whether it was out of reach before. */
  answered(): boolean {
    const wasOut = this.#opened > 0;
    this.#failures = 0;
    this.#opened = 0;
    this.#probeUntil = 0;
    return wasOut;
  }

  /** To be called when a call ended without showing whether the service answers: another call may be the probe. */
  undecided(): void {
    this.#probeUntil = 0;
  }

  /** To be called when a call got no answer. Returns whether an outage is to be reported from now on. */
  failed(now: number): boolean {
    this.#failures += 1;
    if (this.#failures < FAILURES_IN_A_ROW || now < this.#closedUntil) return false;
    if (this.#opened === 0) this.#openedAt = now;
    this.#opened += 1;
    this.#probeUntil = 0;
    this.#closedUntil = now + backoffMs(PROBES, this.#opened, this.#random);
    return this.#opened === 2;
  }

  /** How long the service has been out of reach, in milliseconds, once a probe has confirmed it; undefined while it is not
   *  known to be. */
  outageMs(now: number): number | undefined {
    const isKnown =
      this.#opened > 1 && now < Math.max(this.#closedUntil, this.#probeUntil) + FORGOTTEN_AFTER_MS;
    return isKnown ? now - this.#openedAt : undefined;
  }
}
