/** The API server as one process sees it: through a network that delays, refuses, loses and cuts. */
import { objectAt, stringAt, type JsonObject } from '../../src/base/json.ts';
import { ApiError, fencedError } from '../../src/kubernetes/api-error.ts';
import type {
  KubernetesApi,
  ListPage,
  ListQuery,
  WatchEvent,
  WatchQuery,
} from '../../src/kubernetes/client.ts';
import { TARGET_ROLE } from '../../src/controllers/state/live-links.ts';
import { fieldEquals } from '../../src/kubernetes/field-selector.ts';
import { keyOf, type ObjectName, type ResourceType } from '../../src/kubernetes/metadata.ts';
import type { RequestOptions } from '../../src/kubernetes/transport.ts';
import type { KubernetesModel } from './kubernetes-model.ts';
import type { Life } from './life.ts';
import type { Scheduler } from './scheduler.ts';
import type { Weather } from './weather.ts';

/** How long a sender waits if no answer comes, unless it says otherwise. */
const DEFAULT_TIMEOUT_MS = 30_000;

export interface KubernetesClientParts {
  readonly model: KubernetesModel;
  readonly life: Life;
  readonly scheduler: Scheduler;
  readonly weather: Weather;
  readonly onCall: (life: Life, call: string) => void;
  readonly beforeEffect: (call: string) => void;
}

export class SimulatedKubernetes implements KubernetesApi {
  readonly #parts: KubernetesClientParts;
  readonly #feeds = new Set<Feed>();
  /** By how many milliseconds watches lag, and until when. */
  #lag = { ms: 0, untilMs: 0 };
  /** The rest of each list that is read page by page, by its continue token. */
  readonly #pages = new Map<string, ListPage>();
  /** Set since lists come page by page. @see cutLists */
  #paging: { cut: ApiError | undefined } | undefined;

  constructor(parts: KubernetesClientParts) {
    this.#parts = parts;
  }

  get(resource: ResourceType, name: ObjectName, options?: RequestOptions): Promise<JsonObject> {
    return this.#call(`get ${resource.plural} ${keyOf(name)}`, options, (model) => model.get(resource, name));
  }

  list(resource: ResourceType, query?: ListQuery, options?: RequestOptions): Promise<ListPage> {
    const token = query?.continue;
    return this.#call(`list ${resource.plural}`, options, (model) => {
      if (token !== undefined) return this.#nextPage(token);
      const list = model.list(resource);
      return query?.fieldSelector === undefined
        ? this.#firstPage(resource.plural, list)
        : {
            ...list,
            items: list.items.filter((object) => isSelected(object, query)),
          };
    });
  }

  create(resource: ResourceType, body: JsonObject, options?: RequestOptions): Promise<JsonObject> {
    // Events decide nothing, and there are many of them.
    if (resource.plural === 'events') return Promise.resolve(body);
    return this.#call(`create ${resource.plural}`, options, (model) => model.create(resource, body));
  }

  update(
    resource: ResourceType,
    name: ObjectName,
    body: JsonObject,
    options?: RequestOptions,
  ): Promise<JsonObject> {
    return this.#call(`update ${resource.plural} ${keyOf(name)}`, options, (model) =>
      model.update(resource, name, body),
    );
  }

  patch(
    resource: ResourceType,
    name: ObjectName,
    body: JsonObject,
    options?: RequestOptions,
  ): Promise<JsonObject> {
    if (resource.plural === 'events') return Promise.resolve(body);
    return this.#call(`patch ${resource.plural} ${keyOf(name)}`, options, (model) =>
      model.patch(resource, name, body),
    );
  }

  applyStatus(
    resource: ResourceType,
    name: ObjectName,
    body: JsonObject,
    options?: RequestOptions,
  ): Promise<JsonObject> {
    return this.#call(`status ${resource.plural} ${keyOf(name)}`, options, (model) =>
      model.applyStatus(resource, name, body),
    );
  }

  delete(resource: ResourceType, name: ObjectName, options?: RequestOptions): Promise<JsonObject> {
    return this.#call(`delete ${resource.plural} ${keyOf(name)}`, options, (model) =>
      model.delete(resource, name),
    );
  }

  async *watch(
    resource: ResourceType,
    { resourceVersion }: WatchQuery,
    silenceMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent> {
    const feed = await this.#call(`watch ${resource.plural}`, { signal }, () =>
      Promise.resolve(this.#open(resource, resourceVersion)),
    );
    const abort = () => feed.cut(new ApiError(0, 'Aborted', 'the watch was ended'));
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    const hear = this.#listenFor(feed, resourceVersion, silenceMs);
    try {
      for (;;) yield await feed.next();
    } finally {
      signal.removeEventListener('abort', abort);
      hear();
      this.#feeds.delete(feed);
      feed.close();
    }
  }

  /** A restored server sends nothing, not even bookmarks, to a client that watches from a version that is still to come. A client
   *  that asked for signs of life ends such a watch. Other clients get a bookmark a minute, which need not be played. */
  #listenFor(feed: Feed, since: string, silenceMs: number): () => void {
    const { model, life } = this.#parts;
    if (Number(since) <= model.version) return () => undefined;
    return life.after(silenceMs, () => {
      if (Number(since) >= model.version) feed.cut(new ApiError(0, 'Timeout', 'the watch sent nothing'));
    });
  }

  /** From now on, and for `forMs`, watches deliver everything `ms` milliseconds later. */
  lag(ms: number, forMs: number): void {
    this.#lag = { ms, untilMs: this.#parts.scheduler.nowMs + forMs };
  }

  /** Cuts every watch.
   *  @param expired whether the server then says that it has forgotten where they were */
  cutWatches(expired: boolean): void {
    const error = expired
      ? new ApiError(410, 'Expired', 'too old resource version')
      : new ApiError(0, 'ConnectionFailed', 'the connection was cut');
    for (const feed of this.#feeds) feed.cut(error);
  }

  /** Cuts every watch. From now on, lists come one object a page, and the second page of one list does not come.
   *  @param expired whether the server then says that it has forgotten where they were */
  cutLists(expired: boolean): void {
    const cut = expired
      ? new ApiError(410, 'Expired', 'the provided continue parameter is too old')
      : new ApiError(0, 'ConnectionFailed', 'the connection was cut');
    this.#paging = { cut };
    this.cutWatches(true);
  }

  #firstPage(plural: string, list: ListPage): ListPage {
    return this.#paging === undefined ? list : this.#pageOf(plural, list);
  }

  /** All pages show what was there when the first was asked for.
   *  @throws ApiError if the page does not come */
  #nextPage(token: string): ListPage {
    const rest = this.#pages.get(token);
    this.#pages.delete(token);
    const cut = this.#paging?.cut;
    if (cut !== undefined) this.#paging = { cut: undefined };
    if (cut !== undefined || rest === undefined)
      throw cut ?? new ApiError(410, 'Expired', 'the provided continue parameter is too old');
    return this.#pageOf(token, rest);
  }

  #pageOf(name: string, { items, resourceVersion }: ListPage): ListPage {
    const [first, ...others] = items;
    if (first === undefined || others.length === 0) return { items, resourceVersion };
    const token = `${name} ${resourceVersion} ${others.length}`;
    this.#pages.set(token, { items: others, resourceVersion });
    return { items: [first], resourceVersion, continue: token };
  }

  #open(resource: ResourceType, since: string): Feed {
    const { scheduler, weather, life, model } = this.#parts;
    const lagMs = () => (scheduler.nowMs < this.#lag.untilMs ? this.#lag.ms : 0);
    const feed = new Feed(
      (deliver) => model.watch(resource, since, deliver),
      () => weather.latencyMs() + lagMs(),
      life,
    );
    this.#feeds.add(feed);
    return feed;
  }

  /** Sends a request and resolves with its answer, if the process still lives. */
  #call<Answer>(
    what: string,
    options: RequestOptions = {},
    effect: (model: KubernetesModel) => Answer | Promise<Answer>,
  ): Promise<Answer> {
    const { model, life, scheduler, weather, onCall, beforeEffect } = this.#parts;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    if (options.fence?.mayWrite() === false) return Promise.reject(fencedError());
    if (!life.calls(what)) return promise;
    onCall(life, what);
    const fate = what.startsWith('watch') ? 'answered' : weather.fate('kubernetes');
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const silent = () => reject(new ApiError(0, 'Timeout', `${what}: no answer in ${timeoutMs} ms`));
    scheduler.after(weather.latencyMs(), () => {
      if (fate === 'throttled')
        return void life.after(weather.latencyMs(), () =>
          reject(
            new ApiError(429, 'TooManyRequests', 'slow down', {
              retryAfterSeconds: 1,
            }),
          ),
        );
      if (fate === 'failed')
        return void life.after(weather.latencyMs(), () =>
          reject(new ApiError(500, 'InternalError', 'etcd is busy')),
        );
      if (fate === 'dropped') return void life.after(timeoutMs, silent);
      beforeEffect(what);
      try {
        const answer = effect(model);
        if (fate === 'lost') life.after(timeoutMs, silent);
        else life.after(weather.latencyMs(), () => resolve(answer));
      } catch (error) {
        life.after(weather.latencyMs(), () => reject(error));
      }
    });
    return promise;
  }
}

/** Whether a list of one name, or of one target role, asks for this object. */
function isSelected(object: JsonObject, { namespace, fieldSelector }: ListQuery): boolean {
  const metadata = objectAt(object, 'metadata');
  const { arn = '' } = objectAt(objectAt(object, 'spec'), 'targetRole');
  const selectors = [`metadata.name=${stringAt(metadata, 'name')}`, fieldEquals(TARGET_ROLE, String(arn))];
  return (
    selectors.some((selector) => selector === fieldSelector) &&
    (namespace === undefined || stringAt(metadata, 'namespace') === namespace)
  );
}

/** One watch: its events arrive in order, some time after they have happened. */
class Feed {
  readonly #delayMs: () => number;
  readonly #life: Life;
  readonly #stop: () => void;
  readonly #sent: WatchEvent[] = [];
  readonly #arrived: WatchEvent[] = [];
  #lastAtMs = 0;
  #broken: ApiError | undefined;
  #wake: (() => void) | undefined;

  constructor(open: (deliver: (event: WatchEvent) => void) => () => void, delayMs: () => number, life: Life) {
    this.#delayMs = delayMs;
    this.#life = life;
    this.#stop = open((event) => this.#send(event));
  }

  /** The next event.
   *  @throws ApiError when the watch is cut */
  async next(): Promise<WatchEvent> {
    for (;;) {
      const event = this.#arrived.shift();
      if (event !== undefined) return event;
      if (this.#broken !== undefined) throw this.#broken;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  cut(error: ApiError): void {
    this.#broken ??= error;
    this.#wake?.();
  }

  close(): void {
    this.#stop();
  }

  #send(event: WatchEvent): void {
    const { nowMs } = this.#life;
    this.#lastAtMs = Math.max(this.#lastAtMs, nowMs + this.#delayMs());
    this.#sent.push(event);
    this.#life.after(this.#lastAtMs - nowMs, () => {
      // Takes the oldest event under way, which need not be this one: a process that was frozen wakes to all of them at once.
      const arrived = this.#sent.shift();
      if (this.#broken !== undefined || arrived === undefined) return;
      this.#arrived.push(arrived);
      this.#wake?.();
    });
  }
}
