import type { LeaseOptions } from '../../../src/kubernetes/lease.ts';
import type { FakeApiServer } from './fake-api-server.ts';
import { FakeClock } from './fake-clock.ts';
import { until } from '../../until.ts';

/** One process that takes part in what a Lease decides, with a clock of its own: as machines have. */
export class Participant {
  readonly clock = new FakeClock();
  readonly events: string[] = [];
  /** Counts what is under way. */
  protected readonly client: LeaseOptions['client'];
  readonly #stop = new AbortController();
  #running = Promise.resolve();
  #underWay = 0;

  constructor(server: FakeApiServer) {
    const client = server.client(this.clock);
    this.client = {
      get: (...call) => this.#counted(client.get(...call)),
      create: (...call) => this.#counted(client.create(...call)),
      update: (...call) => this.#counted(client.update(...call)),
    };
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Waits until the attempt under way is over and the pause before the next has begun. */
  async settled(): Promise<void> {
    const isPausing = () => this.underWay === 0 && this.clock.pending.length === 1;
    await until(isPausing, () => [this.events, this.underWay, this.clock.pending]);
  }

  /** Lets time pass in steps of 100 ms, so that each attempt gets its answer at once. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 100) {
      this.clock.advance(100);
      await this.settled();
    }
  }

  protected run(work: (signal: AbortSignal) => Promise<void>): void {
    this.#running = work(this.#stop.signal);
  }

  /** Requests that have no answer yet. */
  protected get underWay(): number {
    return this.#underWay;
  }

  async #counted<T>(answer: Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await answer;
    } finally {
      this.#underWay -= 1;
    }
  }
}
