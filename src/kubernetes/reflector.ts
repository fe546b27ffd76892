/** Keeps a store equal to the API server's objects of one kind, whatever the server and the network do. */
import { ApiError, askedPauseMs, errorFromStatus, isExpired } from './api-error.ts';
import { backoffMs } from '../base/backoff.ts';
import type { KubernetesClient, Scope, WatchEvent } from './client.ts';
import { sleep } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { Stretch } from '../base/stretch.ts';
import { objectAt, stringAt } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import { compareResourceVersions, keyOf, newerVersion, parseMetadata } from './metadata.ts';
import type { KubernetesObject, ResourceType } from './metadata.ts';
import { pagesOf } from './pages.ts';
import type { Removals } from './removals.ts';
import { hasSameHistory, newestSeen, type LastSeen } from './restore-check.ts';
import { Store } from './store.ts';
import type { Cache, Change, IndexFunction } from './store.ts';

export interface ReflectorOptions<T> extends Scope {
  readonly client: Pick<KubernetesClient, 'list' | 'watch'>;
  readonly resource: ResourceType;
  /** Makes a `T` of an object from the server. When it throws, the object is reported to `onRefused` and left out. */
  readonly parse: (object: unknown) => T;
  /** Whether it matters that an object that cannot be parsed is left out of the cache. If not given, it always does. */
  readonly isMissed?: (object: JsonObject) => boolean;
  /** Whether an object counts as gone although the server still has it. If not given, none does. */
  readonly isGone?: (object: T) => boolean;
  /** Objects that the server removed and that stay in the cache all the same. If not given, none does. */
  readonly removals?: Removals;
  readonly clock: Clock;
  readonly random?: () => number;
  /** Objects a page of a list; 100 when left out. */
  readonly pageSize?: number;
  readonly onRefused?: (key: string, error: unknown) => void;
  /** What went wrong on the way; the reflector goes on by itself. */
  readonly onError?: (error: unknown) => void;
}

/** `list` for what a complete list showed, at the start and after a gap; `watch` for what has just happened. */
export type Origin = 'list' | 'watch';
export type Listener<T> = (change: Change<T>, origin: Origin) => void;

/** A page is parsed at once, while garbage is collected: 250 links blocked the event loop for up to 67 ms. */
const DEFAULT_PAGE_SIZE = 100;
const BACKOFF_LIMITS = { minMs: 800, maxMs: 30_000 };
const SHORTEST_WATCH_SECONDS = 300;
/** The server sends a bookmark about once a minute: three missed are no coincidence. */
const SILENCE_MS = 200_000;
/** A watch that ends sooner is treated as a failure, or a broken server would be asked in a tight loop. */
const SHORT_WATCH_MS = 1000;
/** For how long lists are refused that are older than what was already seen. After that, the cluster must have been restored
 *  from a backup. */
const LAG_PATIENCE_MS = 60_000;
/** The same for lists older than a version known from elsewhere, which may come from another store. */
const OTHER_PATIENCE_MS = 300_000;

export class Reflector<T extends KubernetesObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #store = new Store<T>();
  readonly #refused = new Map<string, string>();
  readonly #listeners: Listener<T>[] = [];
  readonly #random: () => number;
  /** Where the next watch begins; undefined if a list has to come first. */
  #resumeFrom: string | undefined;
  /** Whether the last watch ended before its time: the server that answers now may have been restored from a backup. */
  #wasCut = false;
  /** The newest resource version ever seen. */
  #newest = '0';
  #lastSeen: LastSeen | undefined;
  /** Since when the server does not show what was already seen. */
  #laggingSinceMs: number | undefined;
  /** The resource version, known from elsewhere, that the next list has to reach. */
  #atLeast = '0';
  /** Called once a list was taken in that began after they were added. */
  #awaitList: (() => void)[] = [];
  /** Ends what the reflector is doing: a watch, or a pause. */
  #turn = new AbortController();
  #lastAnswerAtMs: number | undefined;
  #failures = 0;
  #pageSize: number | undefined;
  #synced = false;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#pageSize = options.pageSize ?? DEFAULT_PAGE_SIZE;
  }

  get cache(): Cache<T> {
    return this.#store;
  }

  /** True once the first complete list is in the cache and its listeners were called. It stays true. */
  get hasSynced(): boolean {
    return this.#synced;
  }

  /** Objects that exist, cannot be parsed, and matter, by key. While there are any, absence from the cache proves nothing. */
  get refused(): ReadonlyMap<string, string> {
    return this.#refused;
  }

  /** Milliseconds since the server last sent anything (list, event or bookmark); infinite before the first. */
  sinceLastAnswerMs(): number {
    return this.#lastAnswerAtMs === undefined
      ? Infinity
      : this.#options.clock.monotonicMs() - this.#lastAnswerAtMs;
  }

  /** The newest resource version seen; `0` before the first. */
  get newest(): string {
    return this.#newest;
  }

  /** Lists again at once, because the watch may lag. Resolves when the cache holds a list that began after this call and has
   *  reached a resource version known from elsewhere; never if `run` ends before. */
  refresh(atLeast: string): Promise<void> {
    this.#atLeast = newerVersion(atLeast, this.#atLeast);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#awaitList.push(resolve);
    this.#turn.abort();
    return promise;
  }

  /** Lists again, and trusts nothing in the cache: the server has said something else, and no watch has brought it. */
  doubt(): void {
    this.#laggingSinceMs ??= this.#options.clock.monotonicMs();
    void this.refresh('0');
  }

  /** Takes in a change of an object that stays in the cache although the server removed it. */
  heldChanged({ type, object }: WatchEvent): void {
    const parsed = type === 'DELETED' ? undefined : this.#parseHeld(object);
    for (const change of this.#taken(parsed, parseMetadata(object).uid)) this.#notify(change, 'watch');
  }

  /** Adds an index to the cache, before `run`. */
  addIndex(name: string, keysFor: IndexFunction<T>): void {
    this.#store.addIndex(name, keysFor);
  }

  /** Adds a listener, before `run`. Listeners are called in order, after the cache holds the change. */
  onChange(listener: Listener<T>): void {
    if (this.#lastAnswerAtMs !== undefined) throw new Error('a listener that comes now has missed changes');
    this.#listeners.push(listener);
  }

  /** Lists and watches until `signal` aborts. Never rejects. There is never more than one watch. */
  async run(signal: AbortSignal): Promise<void> {
    const endTurn = () => this.#turn.abort();
    signal.addEventListener('abort', endTurn);
    while (!signal.aborted) {
      this.#turn = new AbortController();
      await this.#takeTurn(signal, this.#turn.signal);
    }
    signal.removeEventListener('abort', endTurn);
  }

  /** @param turn aborts to begin the next turn */
  async #takeTurn(signal: AbortSignal, turn: AbortSignal): Promise<void> {
    try {
      if (this.#awaitList.length > 0) this.#resumeFrom = undefined;
      if (this.#wasCut && this.#resumeFrom !== undefined) await this.#checkPast(signal);
      this.#resumeFrom ??= await this.#relist(signal);
      await this.#watch(this.#resumeFrom, turn);
    } catch (error) {
      if (turn.aborted) return;
      this.#options.onError?.(error);
      if (!mayResume(error)) this.#resumeFrom = undefined;
      await this.#backOff(error, turn);
    }
  }

  /** A watch that was cut goes on where it was only if the server was not restored from a backup meanwhile. */
  async #checkPast(signal: AbortSignal): Promise<void> {
    const { client, resource, clock } = this.#options;
    const [lastSeen, newest, scope] = [this.#lastSeen, this.#newest, this.#scope()];
    const mayGoOn =
      lastSeen !== undefined && (await hasSameHistory(client, resource, { lastSeen, newest, scope }, signal));
    if (mayGoOn) return;
    this.#resumeFrom = undefined;
    this.#laggingSinceMs ??= clock.monotonicMs();
  }

  async #backOff(error: unknown, signal: AbortSignal): Promise<void> {
    this.#failures += 1;
    const ownMs = backoffMs(BACKOFF_LIMITS, this.#failures, this.#random);
    const askedMs = Math.min(askedPauseMs(error), BACKOFF_LIMITS.maxMs);
    await sleep(this.#options.clock, Math.max(ownMs, askedMs), signal);
  }

  /** Reads everything, swaps it in, reports the differences; returns where to watch from. */
  async #relist(signal: AbortSignal): Promise<string> {
    const stretch = new Stretch(this.#options.clock);
    const breathe = () => stretch.breathe();
    const waiting = this.#awaitList.length;
    const refused = new Map<string, string>();
    const objects: T[] = [];
    const resourceVersion = await this.#readPages(signal, async (items) => {
      for (const item of items) {
        const object = this.#parse(item, refused);
        if (object !== undefined) objects.push(object);
        await breathe();
      }
    });
    const isRestored = this.#refuseOlderThanSeen(resourceVersion);
    const lastSeen = newestSeen(objects);
    const held = this.#heldBeside(objects);
    objects.push(...held);
    const changes = await this.#store.replace(objects, breathe, isRestored);
    changes.push(...this.#changedMeanwhile(held));
    this.#refused.clear();
    for (const [key, problem] of refused) this.#refused.set(key, problem);
    for (const change of changes) {
      this.#notify(change, 'list');
      await breathe();
    }
    this.#newest = resourceVersion;
    this.#lastSeen = lastSeen;
    this.#noteAnswer();
    this.#synced = true;
    for (const resolve of this.#awaitList.splice(0, waiting)) resolve();
    return resourceVersion;
  }

  async #readPages(
    signal: AbortSignal,
    take: (items: readonly JsonObject[]) => Promise<void>,
  ): Promise<string> {
    const { client, resource } = this.#options;
    const query = { ...this.#scope(), limit: this.#pageSize };
    let isBegun = false;
    try {
      for await (const page of pagesOf(client, resource, query, { signal })) {
        await take(page.items);
        if (page.continue === undefined) return page.resourceVersion;
        if (signal.aborted) break;
        isBegun = true;
      }
      throw new ApiError(0, 'Aborted', 'stopped between two pages');
    } catch (error) {
      // Reading took longer than the server keeps the pages. Asked for at once, a list does not expire (client-go's pager does
      // the same).
      if (isExpired(error) && isBegun) this.#pageSize = undefined;
      throw error;
    }
  }

  /** Refuses a list that is older than what was already seen. A server behind a stale proxy, or a replica that lags, may answer
   *  with a past state, and to take it in would bring back deleted objects. After a while the list is accepted nevertheless,
   *  because it may come from a restored backup: then this returns true. It also does for a list that is new enough, if the
   *  server had not shown before what was seen. */
  #refuseOlderThanSeen(resourceVersion: string): boolean {
    const known = newerVersion(this.#newest, this.#atLeast);
    if (newerVersion(resourceVersion, known) === resourceVersion) {
      const hasLagged = this.#laggingSinceMs !== undefined;
      this.#laggingSinceMs = undefined;
      return hasLagged;
    }
    const nowMs = this.#options.clock.monotonicMs();
    this.#laggingSinceMs ??= nowMs;
    const patienceMs =
      newerVersion(resourceVersion, this.#newest) === resourceVersion ? OTHER_PATIENCE_MS : LAG_PATIENCE_MS;
    if (nowMs - this.#laggingSinceMs < patienceMs) {
      const { plural } = this.#options.resource;
      throw new ApiError(
        0,
        'Lagging',
        `a list of ${plural} at ${resourceVersion}, behind ${known} already seen`,
      );
    }
    this.#laggingSinceMs = undefined;
    this.#atLeast = '0';
    return true;
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const { client, resource, clock } = this.#options;
    const startedMs = clock.monotonicMs();
    const timeoutSeconds = Math.round(SHORTEST_WATCH_SECONDS * (1 + this.#random()));
    const query = { ...this.#scope(), resourceVersion, timeoutSeconds };
    this.#wasCut = true;
    // A watch that lasted for a while is no failure, whatever ended it: pauses that grow with each cut would leave everybody
    // further and further behind.
    try {
      for await (const event of client.watch(resource, query, SILENCE_MS, signal)) {
        this.#resumeFrom = this.#take(event);
        this.#noteAnswer();
        this.#failures = 0;
      }
    } catch (error) {
      if (clock.monotonicMs() - startedMs >= SHORT_WATCH_MS) this.#failures = 0;
      throw error;
    }
    if (signal.aborted) return;
    this.#wasCut = clock.monotonicMs() - startedMs < timeoutSeconds * 1000;
    if (clock.monotonicMs() - startedMs < SHORT_WATCH_MS) {
      throw new ApiError(0, 'ConnectionFailed', `the watch on ${resource.plural} ended as soon as it began`);
    }
    this.#failures = 0;
  }

  /** Takes in one event; returns the resource version it brought. */
  #take(event: WatchEvent): string {
    if (event.type === 'ERROR') throw errorFromStatus(event.object);
    const resourceVersion = versionOf(event);
    const age = compareResourceVersions(resourceVersion, this.#newest) ?? 1;
    if (age < 0) return this.#newest;
    if (age > 0 && event.type !== 'BOOKMARK') {
      this.#lastSeen = {
        metadata: parseMetadata(event.object),
        isGone: event.type === 'DELETED',
      };
      for (const change of this.#changesOf(event)) this.#notify(change, 'watch');
    }
    this.#newest = resourceVersion;
    return resourceVersion;
  }

  #changesOf(event: WatchEvent): Change<T>[] {
    const metadata = parseMetadata(event.object);
    this.#refused.delete(keyOf(metadata));
    if (event.type === 'DELETED') {
      const held = this.#options.removals?.removed(event.object);
      return this.#taken(held && this.#parseHeld(held), metadata.uid);
    }
    if (event.type !== 'ADDED' && event.type !== 'MODIFIED') {
      throw new ApiError(0, 'Garbage', `a watch event of unknown type ${event.type}`);
    }
    this.#options.removals?.forget(metadata);
    return this.#taken(this.#parse(event.object, this.#refused), metadata.uid);
  }

  /** @param object undefined if nothing is left of it */
  #taken(object: T | undefined, uid: string): Change<T>[] {
    return object === undefined ? this.#store.remove(uid) : this.#store.upsert(object);
  }

  /** Objects that are not in a list and stay in the cache all the same. */
  #heldBeside(listed: readonly T[]): readonly T[] {
    const { removals } = this.#options;
    if (removals === undefined || removals.held.length === 0) return [];
    for (const { metadata } of listed) removals.forget(metadata);
    return this.#held();
  }

  #held(): readonly T[] {
    return this.#options.removals?.held.flatMap((held) => this.#parseHeld(held) ?? []) ?? [];
  }

  /** What became of these while a list was taken in, which has them as they were when it began.
   *  @param before as they were then */
  #changedMeanwhile(before: readonly T[]): Change<T>[] {
    if (before.length === 0) return [];
    const now = new Map(this.#held().map((object) => [object.metadata.uid, object]));
    return before.flatMap(({ metadata: { uid } }) => this.#taken(now.get(uid), uid));
  }

  /** Undefined for one that cannot be read. It is let go: it would count for ever as one that exists and cannot be read. */
  #parseHeld(held: JsonObject): T | undefined {
    const parsed = this.#parse(held, new Map());
    if (parsed === undefined) this.#options.removals?.forget(parseMetadata(held));
    return parsed;
  }

  /** Undefined for an object that is left out of the cache. */
  #parse(item: JsonObject, refused: Map<string, string>): T | undefined {
    try {
      const object = this.#options.parse(item);
      return this.#options.isGone?.(object) === true ? undefined : object;
    } catch (error) {
      const key = keyOf(parseMetadata(item));
      if (this.#options.isMissed?.(item) !== false)
        refused.set(key, error instanceof Error ? error.message : String(error));
      this.#options.onRefused?.(key, error);
      return undefined;
    }
  }

  /** A listener that throws must affect neither the others nor the reflector. */
  #notify(change: Change<T>, origin: Origin): void {
    for (const listener of this.#listeners) {
      try {
        listener(change, origin);
      } catch (error) {
        this.#options.onError?.(error);
      }
    }
  }

  #noteAnswer(): void {
    this.#lastAnswerAtMs = this.#options.clock.monotonicMs();
  }

  #scope(): Scope {
    const { namespace, labelSelector, fieldSelector } = this.#options;
    return { namespace, labelSelector, fieldSelector };
  }
}

/** Whether a watch may go on where it broke off. After anything else there is a list, which is right in any case. */
function mayResume(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.status === 429 || error.status === 503 || error.reason === 'ConnectionFailed';
}

function versionOf(event: WatchEvent): string {
  const resourceVersion = stringAt(objectAt(event.object, 'metadata'), 'resourceVersion');
  if (resourceVersion === undefined)
    throw new ApiError(0, 'Garbage', 'a watch event without a resourceVersion');
  return resourceVersion;
}
