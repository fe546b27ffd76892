/**
 * Objects that the API server removed although they had the operator's finalizer.
 *
 * It may answer 200 to the write that adds a finalizer, and yet remove the object, if it had begun to delete it before:
 * it looks for finalizers first, and removes whatever stands there then. What the operator made in the belief that the finalizer
 * held would stay for ever. Only the watch shows this: the object is reported as deleted, and as it last was, with the finalizer
 * and without a `deletionTimestamp`. From then on this class answers for the object as the API server should: it is being
 * deleted, until the finalizer is taken off. Without such an object, no request is made or answered differently. A process that
 * begins later knows nothing of the object. The watch must have no selector: what it no longer selects is reported alike.
 * https://github.com/kubernetes/kubernetes/issues/77988
 */
import { isJsonArray, objectAt, type Json, type JsonObject } from '../base/json.ts';
import { isNotFound } from './api-error.ts';
import type { KubernetesApi, WatchEvent } from './client.ts';
import {
  keyOf,
  parseMetadata,
  timestamp,
  type ObjectMeta,
  type ObjectName,
  type ResourceType,
} from './metadata.ts';

interface RemovalsParts {
  /** The kind of object, and the finalizer that these must not lose. */
  readonly resource: ResourceType;
  readonly finalizer: string;
  /** Whether an object can be finished as it is: nobody can edit it any more. */
  readonly mayEnd: (object: JsonObject) => boolean;
  /** The annotations that matter. Whoever makes an object may put 256 KB of others on it. */
  readonly annotationsOf: (all: ObjectMeta['annotations']) => ObjectMeta['annotations'];
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  /** Called when a write has changed such an object, or has ended it. */
  readonly changed: (event: WatchEvent) => void;
}

/** A process that does not lead never hears that such an object is finished, and whoever may make objects can have them removed
 *  so. */
const MOST_HELD = 1_000;
/** Nothing here reads them, and their authors decide how long they are. */
const NOT_HELD: ReadonlySet<string> = new Set(['managedFields', 'labels', 'ownerReferences']);

export class Removals {
  readonly #parts: RemovalsParts;
  /** By key, the oldest first. */
  readonly #held = new Map<string, JsonObject>();

  constructor(parts: RemovalsParts) {
    this.#parts = parts;
  }

  /** The objects that are still to be finished. */
  get held(): readonly JsonObject[] {
    return [...this.#held.values()];
  }

  /** Whether an object is one of them. */
  isHeld(object: ObjectName): boolean {
    return this.#held.has(keyOf(object));
  }

  /** To be called with each object that the watch reports as deleted, as it last was. Returns what stands for it from now on;
   *  undefined if it is gone in good order. */
  removed(last: JsonObject): JsonObject | undefined {
    const metadata = objectAt(last, 'metadata');
    const { finalizers, deletionTimestamp } = metadata;
    if (!this.#isFinalizerIn(finalizers) || deletionTimestamp !== undefined) return undefined;
    if (!this.#parts.mayEnd(last)) return undefined;
    const leaving = {
      ...Object.fromEntries(Object.entries(metadata).filter(([name]) => !NOT_HELD.has(name))),
      annotations: this.#parts.annotationsOf(parseMetadata(last).annotations),
      deletionTimestamp: timestamp(this.#parts.wallMs()),
    };
    this.#makeRoom();
    return this.#hold({ ...last, metadata: leaving });
  }

  /** To be called with each object that exists, because one of the same name ends what was left of its predecessor; and with each
   *  that cannot be read, because nobody will finish it. */
  forget(object: ObjectName): void {
    this.#held.delete(keyOf(object));
  }

  /** `client`, which answers for these objects, too. */
  over(client: KubernetesApi): KubernetesApi {
    return {
      get: (resource, name, options) =>
        this.#orHeld(client.get(resource, name, options), resource, name, (held) => held),
      patch: (resource, name, body, options) =>
        this.#orHeld(client.patch(resource, name, body, options), resource, name, (held) =>
          isOf(held, body, 'resourceVersion') ? this.#patched(held, body) : undefined,
        ),
      applyStatus: (resource, name, body, options) =>
        this.#orHeld(client.applyStatus(resource, name, body, options), resource, name, (held) =>
          isOf(held, body, 'uid') ? this.#change({ ...held, status: objectAt(body, 'status') }) : undefined,
        ),
      list: (...call) => client.list(...call),
      watch: (...call) => client.watch(...call),
      create: (...call) => client.create(...call),
      update: (...call) => client.update(...call),
      delete: (...call) => client.delete(...call),
    };
  }

  /** The API server's answer. If it says that there is no such object, `answer` may say otherwise. */
  async #orHeld(
    request: Promise<JsonObject>,
    { plural }: ResourceType,
    name: ObjectName,
    answer: (held: JsonObject) => JsonObject | undefined,
  ): Promise<JsonObject> {
    try {
      return await request;
    } catch (error) {
      const held = plural === this.#parts.resource.plural ? this.#held.get(keyOf(name)) : undefined;
      const answered = held !== undefined && isNotFound(error) ? answer(held) : undefined;
      if (answered === undefined) throw error;
      return answered;
    }
  }

  /** Only metadata and status are ever patched; nothing else of these objects is needed. */
  #patched(held: JsonObject, body: JsonObject): JsonObject {
    const metadata = { ...objectAt(held, 'metadata'), ...objectAt(body, 'metadata') };
    const status = { ...objectAt(held, 'status'), ...objectAt(body, 'status') };
    return this.#change({ ...held, metadata, status });
  }

  #change(object: JsonObject): JsonObject {
    const isOver = !this.#isFinalizerIn(objectAt(object, 'metadata')['finalizers']);
    if (isOver) this.#held.delete(keyOf(parseMetadata(object)));
    else this.#hold(object);
    this.#parts.changed({ type: isOver ? 'DELETED' : 'MODIFIED', object });
    return object;
  }

  /** What was made for the oldest stays, as if nobody had seen that it was removed. */
  #makeRoom(): void {
    const [oldest] = this.#held.values();
    if (oldest === undefined || this.#held.size < MOST_HELD) return;
    this.#held.delete(keyOf(parseMetadata(oldest)));
    this.#parts.changed({ type: 'DELETED', object: oldest });
  }

  #isFinalizerIn(finalizers: Json | undefined): boolean {
    return isJsonArray(finalizers) && finalizers.includes(this.#parts.finalizer);
  }

  #hold(object: JsonObject): JsonObject {
    this.#held.set(keyOf(parseMetadata(object)), object);
    return object;
  }
}

/** Whether a write is meant for this very object, and not for another one that had its name. */
function isOf(held: JsonObject, body: JsonObject, by: 'uid' | 'resourceVersion'): boolean {
  return objectAt(held, 'metadata')[by] === objectAt(body, 'metadata')[by];
}
