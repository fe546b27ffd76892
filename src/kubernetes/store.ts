/** An in-memory copy of all objects of one kind, with indexes. */
import { isDeepStrictEqual } from 'node:util';
import { Buckets } from '../base/buckets.ts';
import { ChangeLog } from '../base/change-log.ts';
import { keyOf } from './metadata.ts';
import type { KubernetesObject } from './metadata.ts';

/** What happened to one object. If it was deleted and recreated under its name between two reads, that is `deleted` and
 *  `added`, never `updated`. The same holds if its deletion is undone, which only a restored backup does: what was done for the
 *  deletion has to be forgotten. */
export type Change<T> =
  | { readonly kind: 'added'; readonly object: T }
  | { readonly kind: 'updated'; readonly old: T; readonly object: T }
  | { readonly kind: 'deleted'; readonly old: T };

/** The keys under which an index finds an object. */
export type IndexFunction<T> = (object: T) => readonly string[];

/** What readers see of a store. */
export interface Cache<T> {
  readonly size: number;
  /** Another number whenever objects come, go or are edited; changes of status, labels and such do not count. */
  readonly version: number;
  /** Grows whenever anything changes, even a status. */
  readonly changes: number;
  /** UIDs of objects that came, went or changed since there were that many `changes`; undefined if only going through all of
   *  them can tell. */
  changedSince(changes: number): readonly string[] | undefined;
  /** By `namespace/name`. */
  get(key: string): T | undefined;
  getByUid(uid: string): T | undefined;
  values(): IterableIterator<T>;
  /** The objects that the index's function put under `key`, in no particular order. */
  byIndex(index: string, key: string): readonly T[];
}

/** How many changes are kept one by one. */
const CHANGES_KEPT = 4_096;

/** Called between slices of long work, so that timers and sockets get their turn. */
type Breathe = () => Promise<void>;

/** One complete set of objects with its indexes. A list builds a second one, which replaces the first as a whole. */
class Contents<T extends KubernetesObject> {
  readonly byKey = new Map<string, T>();
  readonly byUid = new Map<string, T>();
  readonly #indexes: ReadonlyMap<string, IndexFunction<T>>;
  readonly #indexed = new Map<string, Buckets<T>>();

  constructor(indexes: ReadonlyMap<string, IndexFunction<T>>) {
    this.#indexes = indexes;
    for (const name of indexes.keys()) this.#indexed.set(name, new Buckets());
  }

  insert(object: T): void {
    this.byKey.set(keyOf(object.metadata), object);
    this.byUid.set(object.metadata.uid, object);
    for (const [name, keysFor] of this.#indexes) {
      const index = this.#indexed.get(name);
      for (const key of keysFor(object)) index?.add(key, object);
    }
  }

  remove(object: T): void {
    this.byKey.delete(keyOf(object.metadata));
    this.byUid.delete(object.metadata.uid);
    for (const [name, keysFor] of this.#indexes) {
      const index = this.#indexed.get(name);
      for (const key of keysFor(object)) index?.delete(key, object);
    }
  }

  find(index: string, key: string): readonly T[] {
    const buckets = this.#indexed.get(index);
    if (buckets === undefined) throw new Error(`there is no index "${index}"`);
    return buckets.of(key);
  }
}

export class Store<T extends KubernetesObject> implements Cache<T> {
  readonly #indexes = new Map<string, IndexFunction<T>>();
  #contents: Contents<T> = new Contents<T>(this.#indexes);
  #version = 0;
  readonly #changed = new ChangeLog<string>(CHANGES_KEPT);

  /** Adds an index. All of them have to be added while the store is empty. */
  addIndex(name: string, keysFor: IndexFunction<T>): void {
    if (this.size > 0) throw new Error(`index "${name}" comes too late: the store is already filled`);
    this.#indexes.set(name, keysFor);
    this.#contents = new Contents<T>(this.#indexes);
  }

  get size(): number {
    return this.#contents.byKey.size;
  }

  get version(): number {
    return this.#version;
  }

  get changes(): number {
    return this.#changed.count;
  }

  changedSince(changes: number): readonly string[] | undefined {
    return this.#changed.since(changes);
  }

  get(key: string): T | undefined {
    return this.#contents.byKey.get(key);
  }

  getByUid(uid: string): T | undefined {
    return this.#contents.byUid.get(uid);
  }

  values(): IterableIterator<T> {
    return this.#contents.byKey.values();
  }

  byIndex(index: string, key: string): readonly T[] {
    return this.#contents.find(index, key);
  }

  /** Takes in one object from the watch. */
  upsert(object: T): Change<T>[] {
    const old = this.get(keyOf(object.metadata));
    if (old !== undefined) this.#contents.remove(old);
    this.#contents.insert(object);
    this.#changed.add(object.metadata.uid);
    if (!isSameEdition(old, object)) this.#version += 1;
    return difference(old, object);
  }

  /** Removes the object with this UID; no change if it is not, or no longer, there. */
  remove(uid: string): Change<T>[] {
    const old = this.getByUid(uid);
    if (old === undefined) return [];
    this.#contents.remove(old);
    this.#changed.add(uid);
    this.#version += 1;
    return [{ kind: 'deleted', old }];
  }

  /** Takes in a complete list. Readers see the old contents until the new ones are complete. An object whose resource version
   *  is the same as before has not changed.
   *  @param isRestored the cluster was restored from a backup: its versions are counted again, and prove nothing */
  async replace(objects: readonly T[], breathe: Breathe, isRestored = false): Promise<Change<T>[]> {
    const before = this.#contents;
    const next = new Contents<T>(this.#indexes);
    const changes: Change<T>[] = [];
    for (const object of objects) {
      next.insert(object);
      const old = before.byKey.get(keyOf(object.metadata));
      const isSame = isRestored ? isDeepStrictEqual(old, object) : isSameVersion(old, object);
      if (!isSame) changes.push(...difference(old, object));
      await breathe();
    }
    for (const [key, old] of before.byKey) {
      if (!next.byKey.has(key)) changes.push({ kind: 'deleted', old });
    }
    this.#contents = next;
    this.#changed.addUntold();
    this.#version += 1;
    return changes;
  }
}

/** If a cluster was restored unnoticed, it may have given the version to another object, or after another edit. */
function isSameVersion(old: KubernetesObject | undefined, object: KubernetesObject): boolean {
  return isSameEdition(old, object) && old?.metadata.resourceVersion === object.metadata.resourceVersion;
}

/** The API server counts a generation with each edit of the spec, and with the request to delete. */
function isSameEdition(old: KubernetesObject | undefined, { metadata }: KubernetesObject): boolean {
  return old?.metadata.uid === metadata.uid && old.metadata.generation === metadata.generation;
}

function difference<T extends KubernetesObject>(old: T | undefined, object: T): Change<T>[] {
  if (old === undefined) return [{ kind: 'added', object }];
  if (old.metadata.uid === object.metadata.uid && !isUndeleted(old, object))
    return [{ kind: 'updated', old, object }];
  return [
    { kind: 'deleted', old },
    { kind: 'added', object },
  ];
}

/** The API server undoes no deletion. */
function isUndeleted({ metadata: before }: KubernetesObject, { metadata: after }: KubernetesObject): boolean {
  return before.deletionTimestamp !== undefined && after.deletionTimestamp === undefined;
}
