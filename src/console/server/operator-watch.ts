/** Whether an operator is at work behind what the console shows: asked now and then, as Leases are renewed all the time. */
import type { Clock } from '../../base/clock.ts';
import type { SourceState } from '../model/contract.ts';

const EVERY_MS = 30_000;

export interface OperatorAnswer {
  /** In a sentence, that none is at work; undefined while one is, or where that is not to be seen. */
  readonly message: string | undefined;
}

export class OperatorWatch {
  readonly #clock: Clock;
  readonly #ask: () => Promise<OperatorAnswer | undefined>;
  #askedMs = -Infinity;
  #message: string | undefined;

  /** @param ask answers undefined where it is too early to say: it is asked again at the next look */
  constructor(clock: Clock, ask: () => Promise<OperatorAnswer | undefined>) {
    this.#clock = clock;
    this.#ask = ask;
  }

  /** Asks, unless it has done so a moment ago. */
  async recheck(): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#askedMs < EVERY_MS) return;
    try {
      const answer = await this.#ask();
      if (answer === undefined) return;
      this.#message = answer.message;
    } catch {
      // That the cluster does not answer is told by those who watch links.
    }
    this.#askedMs = nowMs;
  }

  states(): readonly SourceState[] {
    const message = this.#message;
    return message === undefined ? [] : [{ kind: 'operator', state: 'lost', message }];
  }
}
