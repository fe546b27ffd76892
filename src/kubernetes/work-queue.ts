/** Keys that wait for work, with the semantics of client-go's work queue, priorities, and fairness between groups. */
import { backoffMs } from '../base/backoff.ts';
import type { BackoffLimits } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import { DelayedKeys } from './delayed-keys.ts';
import { ReadyKeys } from './ready-keys.ts';

/** Higher numbers go first, with an occasional turn for lower ones. Any number will do; these are what controllers need. */
export const priority = { begun: 20, event: 10, resync: 0, routine: -10 } as const;

/** client-go's `workqueue_*` metrics, with their meaning there; times in seconds. */
export interface WorkQueueMetrics {
  depth(keys: number): void;
  added(): void;
  /** Seconds from being added to being handed out. */
  queueDuration(seconds: number): void;
  /** Seconds from being handed out to `done`. */
  workDuration(seconds: number): void;
  /** Called when a key was put off with a delay. */
  retried(): void;
}

export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly random?: () => number;
  /** The group of a key, for example its namespace: groups of one priority are served in turn. */
  readonly groupOf?: (key: string) => string;
  /** Delays of `retry`; 250 ms to 5 min when left out. */
  readonly backoff?: BackoffLimits;
  readonly metrics?: WorkQueueMetrics;
}

export interface Taken {
  readonly key: string;
  readonly priority: number;
}

interface Waiting {
  priority: number;
  readonly addedMs: number;
}

/** Laws: a key is handed to one worker at a time; added any number of times while it waits, it is handed out once; added while
 *  it runs, it runs exactly once more; of two priorities the higher counts; of two times at which it is due ("at once"
 *  included) the earlier counts, because that run finds out when the next one is wanted. */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #groupOf: (key: string) => string;
  readonly #backoff: BackoffLimits;
  readonly #metrics: WorkQueueMetrics | undefined;

  /** Added and not handed out yet: ready, or to be run again by the worker that runs it now. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #ready = new ReadyKeys();
  readonly #delayed: DelayedKeys;
  /** Key → when it was handed out. */
  readonly #running = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  readonly #takers: ((taken: Taken | undefined) => void)[] = [];
  #shutDown = false;

  constructor(options: WorkQueueOptions) {
    this.#clock = options.clock;
    this.#random = options.random ?? Math.random;
    this.#groupOf = options.groupOf ?? (() => '');
    this.#backoff = options.backoff ?? { minMs: 250, maxMs: 300_000 };
    this.#metrics = options.metrics;
    this.#delayed = new DelayedKeys(options.clock, (due) => this.add(due.key, due.priority));
  }

  /** How many keys wait to be handed out. */
  get depth(): number {
    return this.#waiting.size;
  }

  /** Adds the key at once. If it was to come later, it comes now, with the higher of both priorities. */
  add(key: string, at: number = priority.event): void {
    if (this.#shutDown) return;
    this.#metrics?.added();
    const delayed = this.#delayed.take(key);
    this.#enqueue(key, Math.max(at, delayed?.priority ?? at));
  }

  /** Adds the key `ms` milliseconds from now. */
  addAfter(key: string, ms: number, at: number = priority.resync): void {
    if (this.#shutDown) return;
    this.#metrics?.retried();
    if (ms <= 0) return this.add(key, at);
    if (this.#waiting.has(key)) return this.#enqueue(key, at);
    const dueMs = this.#clock.monotonicMs() + ms;
    const earlier = this.#delayed.get(key);
    if (earlier !== undefined && earlier.dueMs <= dueMs) {
      earlier.priority = Math.max(earlier.priority, at);
      return;
    }
    const replaced = this.#delayed.take(key);
    this.#delayed.add(key, dueMs, Math.max(at, replaced?.priority ?? at));
  }

  /** Adds the key after a delay that grows with each call until `forget`, and is no shorter than `atLeastMs`. */
  retry(key: string, at: number = priority.resync, atLeastMs = 0): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.addAfter(key, Math.max(atLeastMs, backoffMs(this.#backoff, failures, this.#random)), at);
  }

  /** Resets the key's delay. Adds that are due stay. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key, as soon as there is one; undefined once the queue is shut down. Each key needs a `done`. */
  take(): Promise<Taken | undefined> {
    if (this.#shutDown) return Promise.resolve(undefined);
    const key = this.#ready.next();
    if (key !== undefined) return Promise.resolve(this.#handOut(key));
    const { promise, resolve } = Promise.withResolvers<Taken | undefined>();
    this.#takers.push(resolve);
    return promise;
  }

  /** Gives back a key that was taken; if it was added meanwhile, it is ready again. */
  done(key: string): void {
    const sinceMs = this.#running.get(key);
    if (sinceMs === undefined) throw new Error(`done with ${key}, which is not being worked on`);
    this.#running.delete(key);
    this.#metrics?.workDuration((this.#clock.monotonicMs() - sinceMs) / 1000);
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) this.#makeReady(key, waiting.priority);
  }

  /** Drops what waits and accepts nothing more. Keys being worked on stay with their workers. */
  shutDown(): void {
    this.#shutDown = true;
    this.#delayed.clear();
    this.#waiting.clear();
    this.#metrics?.depth(0);
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  /** Keys being worked on. */
  running(): string[] {
    return [...this.#running.keys()];
  }

  /** How long each of these has been worked on, in milliseconds: their sum is `workqueue_unfinished_work_seconds`, the longest
   *  `workqueue_longest_running_processor_seconds`. */
  runningMs(): number[] {
    const nowMs = this.#clock.monotonicMs();
    return [...this.#running.values()].map((sinceMs) => nowMs - sinceMs);
  }

  #enqueue(key: string, at: number): void {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) {
      this.#waiting.set(key, { priority: at, addedMs: this.#clock.monotonicMs() });
      this.#metrics?.depth(this.depth);
      if (!this.#running.has(key)) this.#makeReady(key, at);
    } else if (at > waiting.priority) {
      this.#ready.move(key, this.#groupOf(key), waiting.priority, at);
      waiting.priority = at;
    }
  }

  #makeReady(key: string, at: number): void {
    this.#ready.add(key, this.#groupOf(key), at);
    if (this.#takers.length === 0) return;
    const next = this.#ready.next();
    if (next !== undefined) this.#takers.shift()?.(this.#handOut(next));
  }

  #handOut(key: string): Taken {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) throw new Error(`${key} is ready, but was never added`);
    const nowMs = this.#clock.monotonicMs();
    this.#waiting.delete(key);
    this.#running.set(key, nowMs);
    this.#metrics?.depth(this.depth);
    this.#metrics?.queueDuration((nowMs - waiting.addedMs) / 1000);
    return { key, priority: waiting.priority };
  }
}
