/** A reflector on a fake API server and a fake clock, with a record of all that it told. */
import { ApiError } from '../../../src/kubernetes/api-error.ts';
import { Reflector } from '../../../src/kubernetes/reflector.ts';
import type { ReflectorOptions } from '../../../src/kubernetes/reflector.ts';
import { FakeApiServer } from './fake-api-server.ts';
import type { SeenRequest } from './fake-api-server.ts';
import { FakeClock } from './fake-clock.ts';
import { parseWidget, widgets, widgetsIn } from './fixtures.ts';
import type { Widget } from './fixtures.ts';
import { until } from '../../until.ts';

export const isWatch = (request: SeenRequest) => request.query.has('watch');
/** A list of one name is none: it asks whether the server still has its past. */
export const isList = ({ query }: SeenRequest) => !query.has('watch') && !query.has('fieldSelector');
export const red = { spec: { colour: 'red' } };
export const blue = { spec: { colour: 'blue' } };

/** The client waits so long for the headers of an answer, and thrice for the next line of a watch. */
const requestTimeoutMs = 30_000;
const longestRetryPauseMs = 1_000;
/** A list is asked for so often before the reflector hears that it failed. */
export const ATTEMPTS = 5;

export class ReflectorHarness {
  readonly server = new FakeApiServer();
  readonly clock = new FakeClock();
  /** Everything that listeners were told, in order: `added one red list`. */
  readonly notified: string[] = [];
  readonly errors: string[] = [];
  readonly refused: string[] = [];
  readonly #stop = new AbortController();
  #reflector: Reflector<Widget> | undefined;
  #running: Promise<void> = Promise.resolve();
  #passedPauses = 0;

  /** With a server that has one widget. To be ended by `end`. */
  static async begin(): Promise<ReflectorHarness> {
    const harness = new ReflectorHarness();
    await harness.server.start();
    harness.server.put(widgetsIn('a'), 'one', red);
    return harness;
  }

  async end(): Promise<void> {
    await this.stop();
    await this.server.stop();
  }

  get reflector(): Reflector<Widget> {
    if (this.#reflector === undefined) throw new Error('not started');
    return this.#reflector;
  }

  start(options: Partial<ReflectorOptions<Widget>> = {}): void {
    this.#reflector = new Reflector<Widget>({
      client: this.server.client(this.clock, { random: () => 1 }),
      resource: widgets,
      parse: parseWidget,
      clock: this.clock,
      random: () => 0,
      onError: (error) =>
        this.errors.push(error instanceof ApiError ? `${error.status} ${error.reason}` : String(error)),
      onRefused: (key) => this.refused.push(key),
      ...options,
    });
    this.#reflector.addIndex('colour', ({ colour }) => [colour]);
    this.#reflector.onChange((change, origin) => {
      const { metadata, colour } = change.kind === 'deleted' ? change.old : change.object;
      this.notified.push(`${change.kind} ${metadata.name} ${colour} ${origin}`);
    });
    this.#running = this.#reflector.run(this.#stop.signal);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  get lists(): number {
    return this.server.requests.filter(isList).length;
  }

  get watches(): number {
    return this.server.requests.filter(isWatch).length;
  }

  /** Names in the cache. */
  get cached(): string[] {
    return [...this.reflector.cache.values()].map(({ metadata }) => metadata.name);
  }

  async until(condition: () => boolean): Promise<void> {
    const { notified, errors, clock, server } = this;
    await until(condition, () => ({ notified, errors, pending: clock.pending, open: server.watchers.size }));
  }

  /** Waits until the reflector has synced and hears the server's watch. */
  async watching(): Promise<void> {
    const isListening = () =>
      this.clock.pending.length === 1 && (this.clock.pending[0] ?? 0) > requestTimeoutMs;
    await this.until(() => this.reflector.hasSynced && this.server.watchers.size === 1 && isListening());
  }

  async notifiedOf(changes: number): Promise<void> {
    await this.until(() => this.notified.length === changes);
  }

  async heard(): Promise<void> {
    await this.until(() => this.reflector.sinceLastAnswerMs() === 0);
  }

  /** Waits for the next failure and the pause that follows it; answers the pause's length, not yet passed. */
  async pause(): Promise<number> {
    this.#passedPauses += 1;
    const hasFailed = () => this.errors.length >= this.#passedPauses;
    await this.until(() => {
      if (!hasFailed()) this.passRetryPause();
      return hasFailed() && this.clock.pending.length === 1;
    });
    return this.clock.pending[0] ?? 0;
  }

  /** Lets the pause pass after which a request is sent again, if one is under way. */
  passRetryPause(): void {
    const [pauseMs = Infinity, ...others] = this.clock.pending;
    if (others.length === 0 && pauseMs <= longestRetryPauseMs) this.clock.advance(pauseMs);
  }

  /** Waits for the next failure and lets its pause pass. */
  async passPause(): Promise<void> {
    this.clock.advance(await this.pause());
  }
}
