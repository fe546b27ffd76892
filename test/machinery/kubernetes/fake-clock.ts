import type { Cancel, Clock } from '../../../src/base/clock.ts';

interface Timer {
  readonly dueMs: number;
  readonly action: () => void;
}

/** A clock that only moves when told to. */
export class FakeClock implements Clock {
  #nowMs = 1000;
  #suspendedMs = 0;
  #wallAheadMs = Date.parse('2026-01-01T00:00:00Z');
  readonly #timers = new Set<Timer>();

  monotonicMs(): number {
    return this.#nowMs;
  }

  bootMs(): number {
    return this.#nowMs + this.#suspendedMs;
  }

  wallMs(): number {
    return this.#wallAheadMs + this.#nowMs;
  }

  after(ms: number, action: () => void): Cancel {
    const timer = { dueMs: this.#nowMs + ms, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Milliseconds until each pending timer, soonest first. */
  get pending(): number[] {
    return [...this.#timers].map((timer) => timer.dueMs - this.#nowMs).sort((a, b) => a - b);
  }

  /** Moves on by `ms`, running what falls due, in order. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined || next.dueMs > untilMs) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.action();
    }
    this.#nowMs = untilMs;
  }

  /** The machine is suspended, and with it the monotonic clock. */
  suspend(ms: number): void {
    this.#suspendedMs += ms;
    this.setWall(ms);
  }

  /** A hypervisor stops the machine with all its clocks, and the one on the wall is put right when it goes on. */
  stop(ms: number): void {
    this.setWall(ms);
  }

  /** Somebody sets the clock on the wall forward, or back. */
  setWall(byMs: number): void {
    this.#wallAheadMs += byMs;
  }

  /** Time passes while the process does not run (SIGSTOP): what falls due waits for the next `advance`. */
  freeze(ms: number): void {
    this.#nowMs += ms;
  }
}
