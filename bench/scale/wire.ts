/** The way to a model of a server, and back: it takes simulated time, and calls are counted. */
import type { Life } from '../../testbed/simulation/life.ts';
import type { Scheduler } from '../../testbed/simulation/scheduler.ts';

/** For both ways together. */
const LATENCY_MS = 20;

export class Wire {
  /** How many calls were sent, by name. */
  readonly calls = new Map<string, number>();
  readonly #scheduler: Scheduler;
  readonly #life: Life;

  constructor(scheduler: Scheduler, life: Life) {
    this.#scheduler = scheduler;
    this.#life = life;
  }

  /** Resolves with what `answer` returns half-way, or rejects with what it throws. */
  send<Answer>(what: string, answer: () => Answer | Promise<Answer>): Promise<Answer> {
    this.calls.set(what, (this.calls.get(what) ?? 0) + 1);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const back = (action: () => void) => void this.#life.after(LATENCY_MS / 2, action);
    this.#scheduler.after(LATENCY_MS / 2, () => {
      try {
        const answered = answer();
        back(() => resolve(answered));
      } catch (error) {
        back(() => reject(error));
      }
    });
    return promise;
  }
}
