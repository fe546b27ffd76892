/** The loop around a reconcile function: workers, backoff, and an end within a grace period. */
import { askedPauseMs } from './api-error.ts';
import type { Clock } from '../base/clock.ts';
import { startDeadline } from '../base/deadline.ts';
import { Stretch } from '../base/stretch.ts';
import { priority } from './work-queue.ts';
import type { Taken, WorkQueue } from './work-queue.ts';

export interface ReconcileResult {
  /** Come back after this many milliseconds although nothing is wrong. Left out: only when something happens. */
  readonly requeueAfterMs?: number;
  /** A routine check that nothing asks for: whatever else waits then goes first. */
  readonly isRoutine?: boolean;
  /** What was begun goes on after a pause: before anything new is begun, or thousands of objects that come at once would all be
   *  begun before the first of them is finished. */
  readonly isBegun?: boolean;
}

/**
 * Brings one object's world to what it should be. Gets a key, never an object, so that it always starts from what
 * holds now. Throwing means: again, after a delay that grows. Once `signal` aborts, nothing new is to be begun.
 */
export type Reconcile = (key: string, signal: AbortSignal) => Promise<ReconcileResult>;

/** controller-runtime's label values of `controller_runtime_reconcile_total`. */
type ReconcileKind = 'success' | 'requeue_after' | 'error';

export interface Reconciled {
  readonly key: string;
  readonly kind: ReconcileKind;
  readonly seconds: number;
  readonly error?: unknown;
}

interface ControllerOptions {
  readonly queue: WorkQueue;
  readonly reconcile: Reconcile;
  /** Reconciles at a time. */
  readonly workers: number;
  readonly clock: Clock;
  /** Shared with others that work at the same time; its own if left out. */
  readonly stretch?: Stretch;
  readonly onReconciled?: (reconciled: Reconciled) => void;
}

export class Controller {
  readonly #options: ControllerOptions;
  readonly #stopping = new AbortController();
  readonly #stretch: Stretch;
  #workers: Promise<void>[] = [];

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#stretch = options.stretch ?? new Stretch(options.clock);
  }

  /** Starts the workers. To be called when the caches have synced and, with leader election, once elected. */
  start(): void {
    this.#workers = Array.from({ length: this.#options.workers }, () => this.#work());
  }

  /** Takes no more keys and lets the reconciles under way end, for at most `graceMs`. Then their signal aborts and they are no
   *  longer waited for. Returns the keys that were abandoned like that. */
  async stop(graceMs: number): Promise<string[]> {
    const { queue, clock } = this.#options;
    queue.shutDown();
    const grace = startDeadline(clock, graceMs, () => new Error('the grace period is over'));
    const { promise: expired, resolve } = Promise.withResolvers<void>();
    grace.signal.addEventListener('abort', () => resolve());
    await Promise.race([Promise.all(this.#workers), expired]);
    grace.end();
    this.#stopping.abort(new Error('the controller was stopped'));
    return queue.running();
  }

  async #work(): Promise<void> {
    for (let taken = await this.#take(); taken !== undefined; taken = await this.#take()) {
      await this.#reconcile(taken);
      this.#options.queue.done(taken.key);
    }
  }

  /** The next key. Reconciles that wait for nothing would otherwise follow one another until the queue is empty, and nothing
   *  else would get a turn. */
  async #take(): Promise<Taken | undefined> {
    await this.#stretch.breathe();
    return this.#options.queue.take();
  }

  async #reconcile(taken: Taken): Promise<void> {
    const { clock, onReconciled } = this.#options;
    const startedMs = clock.monotonicMs();
    const outcome = await this.#attempt(taken);
    onReconciled?.({ key: taken.key, seconds: (clock.monotonicMs() - startedMs) / 1000, ...outcome });
  }

  async #attempt({ key, priority: at }: Taken): Promise<Pick<Reconciled, 'kind' | 'error'>> {
    const { queue, reconcile } = this.#options;
    try {
      const result = await reconcile(key, this.#stopping.signal);
      const { requeueAfterMs } = result;
      queue.forget(key);
      if (requeueAfterMs === undefined) return { kind: 'success' };
      queue.addAfter(key, requeueAfterMs, priorityOf(result));
      return { kind: 'requeue_after' };
    } catch (error) {
      queue.retry(key, at, askedPauseMs(error));
      return { kind: 'error', error };
    }
  }
}

function priorityOf({ isBegun = false, isRoutine = false }: ReconcileResult): number {
  if (isBegun) return priority.begun;
  return isRoutine ? priority.routine : priority.resync;
}
