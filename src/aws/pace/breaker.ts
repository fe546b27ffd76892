/** Stops calls to a service that has not answered for a while: one probe with growing pauses finds out when it is back,
 *  however many callers there are. No I/O, no clock; times are monotonic milliseconds. */
import { backoffMs, type BackoffLimits } from '../../base/backoff.ts';

/** So many calls in a row without an answer are no chance: where two of five fail, one in ten thousand such rows. */
const FAILURES_IN_A_ROW = 10;
const PROBES: BackoffLimits = { minMs: 1_000, maxMs: 15_000 };
/** A probe that does not come back is taken for lost. */
const PROBE_MS = 35_000;
/** Without anybody who calls, nothing is known any more. */
const FORGOTTEN_AFTER_MS = 30_000;

type Admission =
  | { readonly kind: 'go' }
  /** Not to be sent; for how long. */
  | { readonly kind: 'wait'; readonly ms: number };

const GO: Admission = { kind: 'go' };

export class Breaker {
  readonly #random: () => number;
  #failures = 0;
  /** Probes in a row that failed, the row that opened it included; 0 while closed. */
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

  /** The service answered, whatever it said. Returns whether that is news. */
  answered(): boolean {
    const wasOut = this.#opened > 0;
    this.#failures = 0;
    this.#opened = 0;
    this.#probeUntil = 0;
    return wasOut;
  }

  /** A call ended without showing whether the service is there: another one may be the probe. */
  undecided(): void {
    this.#probeUntil = 0;
  }

  /** A call got no answer. Returns whether an outage is to be reported from now on. */
  failed(now: number): boolean {
    this.#failures += 1;
    if (this.#failures < FAILURES_IN_A_ROW || now < this.#closedUntil) return false;
    if (this.#opened === 0) this.#openedAt = now;
    this.#opened += 1;
    this.#probeUntil = 0;
    this.#closedUntil = now + backoffMs(PROBES, this.#opened, this.#random);
    return this.#opened === 2;
  }

  /** For how long the service has been out of reach, in milliseconds, once a probe has confirmed that; undefined while it
   *  is not known to be. */
  outageMs(now: number): number | undefined {
    const isKnown =
      this.#opened > 1 && now < Math.max(this.#closedUntil, this.#probeUntil) + FORGOTTEN_AFTER_MS;
    return isKnown ? now - this.#openedAt : undefined;
  }
}
