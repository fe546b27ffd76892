/** One process of the operator, from its start to its end. Whatever it waits for comes only while it lives. */
import type { Clock } from '../../src/base/clock.ts';
import type { Scheduler } from './scheduler.ts';

/** When simulations begin, on the wall clock. */
export const EPOCH = Date.parse('2026-01-01T00:00:00Z');

/** A crash that is to come: at this many calls from now on, with the last call sent or not. */
export interface Doom {
  calls: number;
  /** Only calls whose text contains this are counted. */
  readonly at?: string;
  readonly sent: boolean;
}

export class Life {
  /** Different for each process. */
  readonly id: string;
  /** Which of the replicas this is. */
  readonly replica: number;
  readonly clock: Clock;
  /** On the simulation's own clock. */
  readonly startedAtMs: number;
  doom: Doom | undefined;
  /** How many milliseconds the process's wall clock is ahead. */
  skewMs = 0;
  readonly #scheduler: Scheduler;
  readonly #onEnd: (life: Life) => void;
  #alive = true;
  #frozenUntilMs = 0;
  /** How long its machine was suspended in all: its monotonic clock stood still for that time. */
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

  /** Ends the process between two instructions: it does nothing any more. */
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

  /** For how many more milliseconds the process is stopped. */
  get frozenMs(): number {
    return Math.max(0, this.#frozenUntilMs - this.#scheduler.nowMs);
  }

  /** Stops the process together with its clocks, as suspending a virtual machine does. */
  suspend(ms: number): void {
    if (this.frozenMs > 0) return;
    this.freeze(ms);
    this.#suspendedMs += ms;
  }

  /** A timer on the process's own clock: it does not fire earlier because the machine was suspended. */
  #timer(ms: number, action: () => void): () => void {
    const before = this.#suspendedMs;
    let cancel = this.after(ms, () => {
      const missedMs = this.#suspendedMs - before;
      if (missedMs > 0) cancel = this.#timer(Math.min(ms, missedMs), action);
      else action();
    });
    return () => cancel();
  }

  /** Makes something happen to the process, if it still lives then; later, if it is frozen. */
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
