/** Many short pieces of work, by several at once, that would together hold up the event loop. */
import type { Clock } from './clock.ts';
import { nextTurn } from './turns.ts';

/** Longest stretch of work before timers, such as that of the lease, and sockets get a turn. */
const SLICE_MS = 8;

/**
 * One for all that work side by side: what runs from one promise to the next without waiting for anything else, such as a
 * thousand reconciles that find nothing to do, is one long piece of work to the event loop.
 */
export class Stretch {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  /** When work began in this turn of the event loop; undefined as long as nobody has worked in it. */
  #sinceMs: number | undefined;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** To be awaited before each piece of work: waits for the next turn while this one has gone on for too long. */
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
