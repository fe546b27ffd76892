/** An API server in memory: objects, resource versions, and what watches are told. */
import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, numberAt, objectAt, stringAt, type JsonObject } from '../../src/base/json.ts';
import { ApiError } from '../../src/kubernetes/api-error.ts';
import type { WatchEvent } from '../../src/kubernetes/client.ts';
import {
  apiVersionOf,
  keyOf,
  timestamp,
  type ObjectName,
  type ResourceType,
} from '../../src/kubernetes/metadata.ts';
import { EPOCH } from './life.ts';
import type { Scheduler } from './scheduler.ts';

/** A change, with the resource version that it brought. */
interface Logged {
  readonly version: number;
  readonly atMs: number;
  readonly event: WatchEvent;
}

interface Collection {
  readonly resource: ResourceType;
  readonly objects: Map<string, JsonObject>;
  log: Logged[];
  readonly watchers: Set<(event: WatchEvent) => void>;
}

export type KubernetesListener = (
  resource: ResourceType,
  before: JsonObject | undefined,
  after: JsonObject | undefined,
) => void;

/** One object before and after a restore; undefined if it did not, or does not, exist. */
export interface Restored {
  readonly resource: ResourceType;
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
}

/** The default of the CRDs' `status`. */
const UNSEEN = { observedGeneration: -1 };

export class KubernetesModel {
  readonly #scheduler: Scheduler;
  readonly #collections = new Map<string, Collection>();
  readonly #listeners: KubernetesListener[] = [];
  readonly #restoreListeners: ((changes: readonly Restored[]) => void)[] = [];
  #version = 1;
  /** No watch can begin before this version. */
  #compactedAt = 0;
  #made = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** The listener is called with every change, at once. */
  onChange(listener: KubernetesListener): void {
    this.#listeners.push(listener);
  }

  /** The listener is called with everything that a restore changes, at once. Nobody has written these changes. */
  onRestore(listener: (changes: readonly Restored[]) => void): void {
    this.#restoreListeners.push(listener);
  }

  /** The newest resource version. */
  get version(): number {
    return this.#version;
  }

  find(resource: ResourceType, name: ObjectName): JsonObject | undefined {
    return this.#of(resource).objects.get(keyOf(name));
  }

  all(resource: ResourceType): readonly JsonObject[] {
    return [...this.#of(resource).objects.values()];
  }

  /** An object as it was this many milliseconds ago; undefined if there was none. */
  formerly(resource: ResourceType, name: ObjectName, ms: number): JsonObject | undefined {
    const atMs = this.#scheduler.nowMs - ms;
    const last = this.#of(resource).log.findLast(
      (one) => one.atMs <= atMs && keyOf(nameOf(objectAt(one.event.object, 'metadata'))) === keyOf(name),
    );
    return last?.event.type === 'DELETED' ? undefined : last?.event.object;
  }

  /** @throws ApiError 404 */
  get(resource: ResourceType, name: ObjectName): JsonObject {
    const found = this.find(resource, name);
    if (found === undefined)
      throw new ApiError(404, 'NotFound', `${resource.kind} ${keyOf(name)} is not found`);
    return found;
  }

  list(resource: ResourceType): { readonly items: readonly JsonObject[]; readonly resourceVersion: string } {
    return { items: this.all(resource), resourceVersion: String(this.#version) };
  }

  /** @throws ApiError 409 if it exists */
  create(resource: ResourceType, body: JsonObject): JsonObject {
    const given = objectAt(body, 'metadata');
    const name = nameOf(given);
    if (this.find(resource, name) !== undefined)
      throw new ApiError(409, 'AlreadyExists', `${resource.kind} ${keyOf(name)} already exists`);
    this.#made += 1;
    const metadata = {
      ...given,
      uid: `uid-${this.#made}`,
      creationTimestamp: stringAt(given, 'creationTimestamp') ?? this.#now(),
      generation: 1,
    };
    const status = 'spec' in body && resource.group.includes('.dev') ? { status: UNSEEN } : {};
    const typed = { apiVersion: apiVersionOf(resource), kind: resource.kind };
    return this.#store(resource, undefined, { ...status, ...body, ...typed, metadata });
  }

  /** Replaces everything but the status.
   *  @throws ApiError 404, 409 */
  update(resource: ResourceType, name: ObjectName, body: JsonObject): JsonObject {
    const before = this.get(resource, name);
    checkPreconditions(before, body);
    const metadata = { ...objectAt(before, 'metadata'), ...objectAt(body, 'metadata') };
    return this.#change(resource, before, withStatusOf(before, { ...before, ...body, metadata }));
  }

  /** JSON merge patch.
   *  @throws ApiError 404, 409 */
  patch(resource: ResourceType, name: ObjectName, body: JsonObject): JsonObject {
    const before = this.get(resource, name);
    checkPreconditions(before, body);
    return this.#change(resource, before, withStatusOf(before, merged(before, body)));
  }

  /** Server-side apply by the only manager: what it applies becomes the status. An object's version is a precondition there, its
   *  uid is not.
   *  @throws ApiError 404, 409 */
  applyStatus(resource: ResourceType, name: ObjectName, body: JsonObject): JsonObject {
    const before = this.get(resource, name);
    checkPreconditions(before, body, ['resourceVersion']);
    return this.#change(resource, before, { ...before, status: objectAt(body, 'status') });
  }

  /** Returns the object, or a Status if nothing is left of it.
   *  @throws ApiError 404 */
  delete(resource: ResourceType, name: ObjectName): JsonObject {
    const before = this.get(resource, name);
    const metadata = objectAt(before, 'metadata');
    if (metadata['deletionTimestamp'] !== undefined) return before;
    const generation = (numberAt(metadata, 'generation') ?? 0) + 1;
    const after = { ...before, metadata: { ...metadata, generation, deletionTimestamp: this.#now() } };
    const stored = this.#store(resource, before, after);
    return this.find(resource, name) === undefined ? { kind: 'Status', status: 'Success' } : stored;
  }

  /** Deletes an object as the API server does while others write it: it looks for finalizers first and, so many milliseconds later,
   *  removes whatever stands there then, finalizers that came meanwhile included. If somebody else has deleted it meanwhile, too,
   *  that deletion goes on: the operator could not tell such a removal from a finalizer that a person took off.
   *  https://github.com/kubernetes/kubernetes/issues/77988
   *  @throws ApiError 404 */
  deleteWithin(resource: ResourceType, name: ObjectName, ms: number): void {
    const { uid, finalizers = [] } = objectAt(this.get(resource, name), 'metadata');
    const isHeld = Array.isArray(finalizers) && finalizers.length > 0;
    if (isHeld || ms === 0) return void this.delete(resource, name);
    this.#scheduler.after(ms, () => {
      const now = this.find(resource, name);
      const metadata = objectAt(now ?? {}, 'metadata');
      if (now !== undefined && metadata['uid'] === uid && metadata['deletionTimestamp'] === undefined)
        this.#remove(resource, now);
    });
  }

  /**
   * Calls `watcher` with every change after a resource version; for changes that have already happened, at once.
   * @returns how to end it
   * @throws ApiError 410 if the version is too old
   */
  watch(resource: ResourceType, since: string, watcher: (event: WatchEvent) => void): () => void {
    if (Number(since) < this.#compactedAt)
      throw new ApiError(410, 'Expired', 'too old resource version: it has been compacted');
    const { log, watchers } = this.#of(resource);
    for (const { version, event } of log) if (version > Number(since)) watcher(event);
    // The version may be still to come, because a restore has taken it back: until it comes there is nothing to tell.
    const told = (event: WatchEvent) => {
      if (this.#version > Number(since)) watcher(event);
    };
    watchers.add(told);
    return () => watchers.delete(told);
  }

  /**
   * Puts back the state of this many milliseconds ago, as an administrator does who restores etcd. Nobody is told: the API server
   * starts again with it, and watchers have to find out.
   * @param isBumped whether resource versions continue from far beyond any that was given out, with the history before compacted,
   * as etcd's documentation asks for; otherwise they are given out a second time
   * https://etcd.io/docs/v3.6/op-guide/recovery/#restoring-with-revision-bump
   */
  restore(backMs: number, isBumped: boolean): void {
    const atMs = this.#scheduler.nowMs - backMs;
    const changes = [...this.#collections.values()].flatMap((collection) => restoreTo(collection, atMs));
    const versions = [...this.#collections.values()].flatMap(({ log }) => log.at(-1)?.version ?? []);
    if (isBumped) {
      this.#version += BUMP;
      this.#compactedAt = this.#version;
    } else this.#version = Math.max(1, ...versions);
    for (const listener of this.#restoreListeners) listener(changes);
  }

  #change(resource: ResourceType, before: JsonObject, after: JsonObject): JsonObject {
    const metadata = objectAt(after, 'metadata');
    checkFinalizers(objectAt(before, 'metadata'), metadata);
    const hasSameSpec = isDeepStrictEqual(before['spec'], after['spec']);
    const isSame =
      hasSameSpec &&
      isDeepStrictEqual(before['status'], after['status']) &&
      isDeepStrictEqual(objectAt(before, 'metadata'), metadata);
    if (isSame) return before;
    const grown = hasSameSpec ? 0 : 1;
    const generation = (numberAt(metadata, 'generation') ?? 0) + grown;
    return this.#store(resource, before, { ...after, metadata: { ...metadata, generation } });
  }

  #store(resource: ResourceType, before: JsonObject | undefined, wanted: JsonObject): JsonObject {
    const collection = this.#of(resource);
    this.#version += 1;
    const metadata: JsonObject = { ...objectAt(wanted, 'metadata'), resourceVersion: String(this.#version) };
    const after = { ...wanted, metadata };
    const key = keyOf(nameOf(metadata));
    const { finalizers } = metadata;
    const held = Array.isArray(finalizers) && finalizers.length > 0;
    if (metadata['deletionTimestamp'] !== undefined && !held) {
      this.#end(resource, before ?? {});
      return after;
    }
    collection.objects.set(key, after);
    this.#tell(collection, { type: before === undefined ? 'ADDED' : 'MODIFIED', object: after });
    for (const listener of this.#listeners) listener(resource, before, after);
    return after;
  }

  #remove(resource: ResourceType, object: JsonObject): void {
    this.#version += 1;
    this.#end(resource, object);
  }

  /** A deletion shows the object as it last was. */
  #end(resource: ResourceType, last: JsonObject): void {
    const collection = this.#of(resource);
    const metadata = { ...objectAt(last, 'metadata'), resourceVersion: String(this.#version) };
    collection.objects.delete(keyOf(nameOf(metadata)));
    this.#tell(collection, { type: 'DELETED', object: { ...last, metadata } });
    for (const listener of this.#listeners) listener(resource, last, undefined);
  }

  #tell({ log, watchers }: Collection, event: WatchEvent): void {
    log.push({ version: this.#version, atMs: this.#scheduler.nowMs, event });
    for (const watcher of watchers) watcher(event);
  }

  #of(resource: ResourceType): Collection {
    const { plural } = resource;
    const known = this.#collections.get(plural);
    if (known !== undefined) return known;
    const made: Collection = { resource, objects: new Map(), log: [], watchers: new Set() };
    this.#collections.set(plural, made);
    return made;
  }

  #now(): string {
    return timestamp(EPOCH + this.#scheduler.nowMs);
  }
}

/** How far resource versions jump. */
const BUMP = 1_000_000;

/** Makes a collection what it was then, and returns what that changes. */
function restoreTo(collection: Collection, atMs: number): readonly Restored[] {
  const { resource, objects } = collection;
  const before = new Map(objects);
  collection.log = collection.log.filter((one) => one.atMs <= atMs);
  objects.clear();
  for (const { event } of collection.log) {
    const key = keyOf(nameOf(objectAt(event.object, 'metadata')));
    if (event.type === 'DELETED') objects.delete(key);
    else objects.set(key, event.object);
  }
  return [...new Set([...before.keys(), ...objects.keys()])].flatMap((key) => {
    const [was, is] = [before.get(key), objects.get(key)];
    return was === is ? [] : [{ resource, before: was, after: is }];
  });
}

export function nameOf(metadata: JsonObject): ObjectName {
  const namespace = stringAt(metadata, 'namespace');
  return { name: stringAt(metadata, 'name') ?? '', ...(namespace !== undefined && { namespace }) };
}

/** @throws ApiError 422 if a finalizer would be added to an object that is being deleted */
function checkFinalizers(before: JsonObject, after: JsonObject): void {
  if (before['deletionTimestamp'] === undefined) return;
  const [was, is] = [before, after].map(({ finalizers }) => (Array.isArray(finalizers) ? finalizers : []));
  if (is?.some((name) => was?.includes(name) === false) === true)
    throw new ApiError(422, 'Invalid', 'no new finalizers can be added if the object is being deleted');
}

function checkPreconditions(
  before: JsonObject,
  body: JsonObject,
  fields: readonly string[] = ['resourceVersion', 'uid'],
): void {
  const [is, wanted] = [objectAt(before, 'metadata'), objectAt(body, 'metadata')];
  for (const field of fields) {
    if (wanted[field] === undefined || wanted[field] === is[field]) continue;
    if (field === 'uid') throw new ApiError(422, 'Invalid', 'metadata.uid: field is immutable');
    throw new ApiError(409, 'Conflict', `the object has been modified: its ${field} is another`);
  }
}

/** The status is a subresource: other writes leave it as it is. */
function withStatusOf(before: JsonObject, after: JsonObject): JsonObject {
  const { status: _, ...rest } = after;
  return 'status' in before ? { ...rest, status: before['status'] ?? null } : rest;
}

/** RFC 7386. */
function merged(before: JsonObject, patch: JsonObject): JsonObject {
  const result: Record<string, JsonObject[string]> = { ...before };
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete result[field];
    else result[field] = isJsonObject(value) ? merged(objectAt(before, field), value) : value;
  }
  return result;
}
