/** One process of the operator, from its start to its end: what it waits for comes only while it lives. */
import type { Clock } from '../../src/base/clock.ts';
import type { Scheduler } from './scheduler.ts';

/** When simulations begin, on the clock on the wall. */
export const EPOCH = Date.parse('2026-01-01T00:00:00Z');

/** A crash that is to come: at its so manieth call from now on, sent or not. */
export interface Doom {
  calls: number;
  /** Only calls whose text has this in it are counted. */
  readonly at?: string;
  readonly sent: boolean;
}

export class Life {
  /** Another for each process. */
  readonly id: string;
  /** Which of the replicas this is. */
  readonly replica: number;
  readonly clock: Clock;
  /** On the simulation's own clock. */
  readonly startedAtMs: number;
  doom: Doom | undefined;
  /** How much the process's clock on the wall is ahead, in milliseconds. */
  skewMs = 0;
  readonly #scheduler: Scheduler;
  readonly #onEnd: (life: Life) => void;
  #alive = true;
  #frozenUntilMs = 0;
  /** For how long its machine was suspended in all: its monotonic clock has not seen that. */
  #suspendedMs = 0;

  /** @param onEnd called once, when the process crashes */
  constructor(id: string, replica: number, scheduler: Scheduler, onEnd: (life: Life) => void) {
    this.id = id;
    this.replica = replica;
    this.#scheduler = scheduler;
    this.#onEnd = onEnd;
    this.startedAtMs = scheduler.nowMs;
    this.clock = {
      monotonicMs: () => scheduler.nowMs - this.#suspendedMs,
      bootMs: () => scheduler.nowMs,
      wallMs: () => EPOCH + scheduler.nowMs + this.skewMs,
      after: (ms, action) => this.#timer(ms, action),
    };
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Ends the process between two instructions: nothing of it happens any more. */
  end(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#onEnd(this);
  }

  /** Stops the process for a while, as a busy machine or SIGSTOP does. */
  freeze(ms: number): void {
    this.#frozenUntilMs = Math.max(this.#frozenUntilMs, this.#scheduler.nowMs + ms);
  }

  /** Milliseconds since the simulation began, whatever the process's own clocks say. */
  get nowMs(): number {
    return this.#scheduler.nowMs;
  }

  /** For how many milliseconds from now on it is stopped. */
  get frozenMs(): number {
    return Math.max(0, this.#frozenUntilMs - this.#scheduler.nowMs);
  }

  /** Stops the process together with its clocks, as whoever suspends a virtual machine does. */
  suspend(ms: number): void {
    if (this.frozenMs > 0) return;
    this.freeze(ms);
    this.#suspendedMs += ms;
  }

  /** What was to come after so long on the process's own clock comes no sooner. */
  #timer(ms: number, action: () => void): () => void {
    const before = this.#suspendedMs;
    let cancel = this.after(ms, () => {
      const missedMs = this.#suspendedMs - before;
      if (missedMs > 0) cancel = this.#timer(Math.min(ms, missedMs), action);
      else action();
    });
    return () => cancel();
  }

  /** Has something happen to the process, if it lives then; later, while it is frozen. */
  after(ms: number, action: () => void): () => void {
    let cancel = this.#scheduler.after(ms, () => {
      if (!this.#alive) return;
      const frozenMs = this.#frozenUntilMs - this.#scheduler.nowMs;
      if (frozenMs > 0) cancel = this.after(frozenMs, action);
      else action();
    });
    return () => cancel();
  }

  /** To be asked for each call that the process makes: whether it is sent. A doomed process may die of it. */
  calls(what: string): boolean {
    if (!this.#alive) return false;
    if (this.doom === undefined || !what.includes(this.doom.at ?? '')) return true;
    this.doom.calls -= 1;
    if (this.doom.calls > 0) return true;
    const { sent } = this.doom;
    this.end();
    return sent;
  }
}
