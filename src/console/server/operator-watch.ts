/**
 * Whether an operator is working behind what the console shows. It is asked at intervals, because Leases are renewed all the
 * time.
 */
import type { Clock } from '../../base/clock.ts';
import type { SourceState } from '../model/contract.ts';

const EVERY_MS = 30_000;

export interface OperatorAnswer {
  /** A sentence that no operator is working; undefined while one is, or if that cannot be read. */
  readonly message: string | undefined;
}

export class OperatorWatch {
  readonly #clock: Clock;
  readonly #ask: () => Promise<OperatorAnswer | undefined>;
  #askedMs = -Infinity;
  #message: string | undefined;

  /** @param ask returns undefined if it is too early to say: it is asked again the next time */
  constructor(clock: Clock, ask: () => Promise<OperatorAnswer | undefined>) {
    this.#clock = clock;
    this.#ask = ask;
  }

  /** Asks, unless it did so a moment ago. */
  async recheck(): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#askedMs < EVERY_MS) return;
    try {
      const answer = await this.#ask();
      if (answer === undefined) return;
      this.#message = answer.message;
    } catch {
      // If the cluster does not answer, the watch of links reports that.
    }
    this.#askedMs = nowMs;
  }

  states(): readonly SourceState[] {
    const message = this.#message;
    return message === undefined ? [] : [{ kind: 'operator', state: 'lost', message }];
  }
}
