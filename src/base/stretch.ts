/** Limits how long many short pieces of work, by several workers, together block the event loop. */
import type { Clock } from './clock.ts';
import { nextTurn } from './turns.ts';

/** Longest block of work before timers, such as that of the lease, and sockets get a turn. */
const SLICE_MS = 8;

/** One instance for everything that works at the same time. To the event loop, work that goes from one promise to the next
 *  without waiting for anything else is one long piece, such as a thousand reconciles that find nothing to do. */
export class Stretch {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  /** When work began in this turn of the event loop; undefined as long as there was none. */
  #sinceMs: number | undefined;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** To be awaited before each piece of work: waits for the next turn if this one has taken too long. */
  async breathe(): Promise<void> {
    while (this.#isSpent()) await nextTurn();
  }

  #isSpent(): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (this.#sinceMs !== undefined) return nowMs - this.#sinceMs >= SLICE_MS;
    this.#sinceMs = nowMs;
    void this.#endWithTurn();
    return false;
  }

  async #endWithTurn(): Promise<void> {
    await nextTurn();
    this.#sinceMs = undefined;
  }
}
