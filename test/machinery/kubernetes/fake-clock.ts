import type { Cancel, Clock } from '../../../src/base/clock.ts';

interface Timer {
  readonly dueMs: number;
  readonly action: () => void;
}

/** A clock that only moves when told to. */
export class FakeClock implements Clock {
  #nowMs = 1000;
  readonly #timers = new Set<Timer>();

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return Date.parse('2026-01-01T00:00:00Z') + this.#nowMs;
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

  /** Time passes while the process does not run (SIGSTOP): what falls due waits for the next `advance`. */
  freeze(ms: number): void {
    this.#nowMs += ms;
  }
}
