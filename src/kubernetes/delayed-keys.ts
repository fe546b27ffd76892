/** Keys that are to come later: one timer for all of them, because there may be tens of thousands. */
import type { Cancel, Clock } from '../base/clock.ts';

export interface DelayedKey {
  readonly key: string;
  /** Monotonic milliseconds. */
  readonly dueMs: number;
  priority: number;
}

interface Held extends DelayedKey {
  /** Its place in the heap. */
  place: number;
}

export class DelayedKeys {
  readonly #clock: Pick<Clock, 'monotonicMs' | 'after'>;
  readonly #onDue: (delayed: DelayedKey) => void;
  readonly #byKey = new Map<string, Held>();
  /** A binary heap: the soonest first. */
  readonly #heap: Held[] = [];
  #timer: { readonly dueMs: number; readonly cancel: Cancel } | undefined;

  /** @param onDue called with each key once its time has come; it is no longer held then */
  constructor(clock: Pick<Clock, 'monotonicMs' | 'after'>, onDue: (delayed: DelayedKey) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  get(key: string): DelayedKey | undefined {
    return this.#byKey.get(key);
  }

  /** Holds a key that is not held yet. */
  add(key: string, dueMs: number, priority: number): void {
    const held = { key, dueMs, priority, place: this.#heap.length };
    this.#byKey.set(key, held);
    this.#heap.push(held);
    this.#rise(held);
    this.#setTimer();
  }

  /** Takes a key out before its time. */
  take(key: string): DelayedKey | undefined {
    const held = this.#byKey.get(key);
    if (held === undefined) return undefined;
    this.#remove(held);
    this.#setTimer();
    return held;
  }

  clear(): void {
    this.#byKey.clear();
    this.#heap.length = 0;
    this.#setTimer();
  }

  /** Sets the timer for the soonest. */
  #setTimer(): void {
    const dueMs = this.#heap[0]?.dueMs;
    if (this.#timer?.dueMs === dueMs) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (dueMs === undefined) return;
    const cancel = this.#clock.after(dueMs - this.#clock.monotonicMs(), () => this.#release(dueMs));
    this.#timer = { dueMs, cancel };
  }

  /** A timer may go off a little early: then its own key counts as due. */
  #release(dueMs: number): void {
    this.#timer = undefined;
    const untilMs = Math.max(dueMs, this.#clock.monotonicMs());
    for (let next = this.#heap[0]; next !== undefined && next.dueMs <= untilMs; next = this.#heap[0]) {
      this.#remove(next);
      this.#onDue(next);
    }
    this.#setTimer();
  }

  #remove(held: Held): void {
    this.#byKey.delete(held.key);
    const last = this.#heap.pop();
    if (last === undefined || last === held) return;
    this.#put(last, held.place);
    this.#rise(last);
    this.#sink(last);
  }

  #rise(held: Held): void {
    for (;;) {
      const above = held.place === 0 ? undefined : this.#heap[(held.place - 1) >> 1];
      if (above === undefined || above.dueMs <= held.dueMs) return;
      this.#swap(above, held);
    }
  }

  #sink(held: Held): void {
    for (;;) {
      const [left, right] = [this.#heap[2 * held.place + 1], this.#heap[2 * held.place + 2]];
      const below = right !== undefined && left !== undefined && right.dueMs < left.dueMs ? right : left;
      if (below === undefined || below.dueMs >= held.dueMs) return;
      this.#swap(held, below);
    }
  }

  #swap(above: Held, below: Held): void {
    const { place } = above;
    this.#put(above, below.place);
    this.#put(below, place);
  }

  #put(held: Held, place: number): void {
    held.place = place;
    this.#heap[place] = held;
  }
}
