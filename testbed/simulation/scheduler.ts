/**
 * Time, and the order in which everything happens: one thing at a time, each when its time has come. What falls on the same
 * millisecond happens in an order that the seed decides. Between two of them, every promise that can settle has settled, so that
 * nothing depends on the machine.
 */
import type { Cancel } from '../../src/base/clock.ts';
import { nextTurn, turnsAwaited } from '../../src/base/turns.ts';
import type { Random } from '../random.ts';

interface Due {
  readonly atMs: number;
  /** Decides among what is due at the same time. */
  readonly order: number;
  action: (() => void) | undefined;
}

export class Scheduler {
  /** Milliseconds since the simulation began. */
  nowMs = 0;
  /** How many things have happened. */
  turns = 0;
  readonly #random: Random;
  /** A binary heap: the soonest first. */
  readonly #due: Due[] = [];
  #held = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Makes `action` happen this many milliseconds from now, unless it is cancelled before. */
  after(ms: number, action: () => void): Cancel {
    const due: Due = { atMs: this.nowMs + Math.max(0, ms), order: this.#random.next(), action };
    this.#push(due);
    return () => {
      due.action = undefined;
    };
  }

  /** For work that takes turns of Node's event loop, such as reading a stream: time stands still until it is done. */
  async hold<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#held += 1;
    try {
      return await work();
    } finally {
      this.#held -= 1;
    }
  }

  /** Lets things happen until `isOver`, or until nothing is left that is due by this time; then the time is `untilMs`. */
  async run(untilMs: number, isOver: () => boolean = () => false): Promise<void> {
    await this.#settle();
    while (!isOver()) {
      const next = this.#due[0];
      if (next === undefined || next.atMs > untilMs) {
        this.nowMs = Math.max(this.nowMs, untilMs);
        return;
      }
      this.#pop();
      if (next.action === undefined) continue;
      this.nowMs = Math.max(this.nowMs, next.atMs);
      this.turns += 1;
      next.action();
      await this.#settle();
    }
  }

  /** Waits until every promise that can settle has settled. A turn of the event loop costs as much as what happens in it, so
   *  turns are made only if something waits for one. */
  async #settle(): Promise<void> {
    await afterMicrotasks();
    while (this.#held > 0 || turnsAwaited() > 0) {
      await nextTurn();
      await afterMicrotasks();
    }
  }

  #push(due: Due): void {
    const heap = this.#due;
    let at = heap.push(due) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(due, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = due;
  }

  #pop(): void {
    const heap = this.#due;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (!isBefore(child, last)) break;
      heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = last;
  }
}

/** Resolves when no microtask is left, including those that microtasks have added: until then Node runs nothing else.
 *  https://nodejs.org/api/process.html#when-to-use-queuemicrotask-vs-processnexttick */
function afterMicrotasks(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

function isBefore(a: Due, b: Due): boolean {
  return a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs;
}
