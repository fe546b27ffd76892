/**
 * Writes status only when it differs, and only the fields that are ours.
 *
 * By server-side apply, because it alone takes away what we wrote before and no longer want (a `Reconciling` that is
 * over) without touching what others keep in the same status, conditions of other types included. Each write carries
 * the resource version that it was computed from: a process that was paused, and wakes behind the times, gets a
 * conflict instead of overwriting what its successor wrote.
 *
 * What somebody else holds on to outlives an apply: a backup that was restored with its status, `kubectl edit
 * --subresource=status`, or whoever empties the managed fields. That is taken off by a patch right behind it.
 */
import { isConflict } from './api-error.ts';
import type { KubernetesClient } from './client.ts';
import { isJsonArray, isJsonObject, itemsOf, objectAt } from '../base/json.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { parseMetadata } from './metadata.ts';
import { surplusOf } from './surplus.ts';
import type { KubernetesObject, ObjectMeta, ResourceType } from './metadata.ts';

interface StatusWriterOptions {
  readonly client: Pick<KubernetesClient, 'get' | 'applyStatus' | 'patch'>;
  /** Whom the fields belong to: the same in every version of the program. */
  readonly fieldManager: string;
  /** Whether a condition of that type is ours to write and to take away; others are left out of account. */
  readonly ownsCondition: (type: string) => boolean;
}

/** An object with the status that it was last seen with. */
export interface WithStatus extends KubernetesObject {
  readonly status?: JsonObject;
}

/** Keeps nothing between writes. */
export class StatusWriter {
  readonly #options: StatusWriterOptions;

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /**
   * Makes `status` (whole, as far as it is ours) the object's. Returns whether that took a write. Throws `ApiError`:
   * 409 when the object's spec or status has become another since `seen`, so that the status may no longer be true;
   * 404 when the object is gone. Halves of characters, which a text that was cut may end with and the API server does not
   * take, are written as U+FFFD.
   */
  async write(resource: ResourceType, seen: WithStatus, status: JsonObject): Promise<boolean> {
    return (await this.#write(resource, seen, wellFormed(status))) !== undefined;
  }

  /** As {@link write}; returns the object's metadata as it is then, for a next write that is made from it. */
  async writeAhead(resource: ResourceType, seen: WithStatus, status: JsonObject): Promise<ObjectMeta> {
    const object = await this.#write(resource, seen, wellFormed(status));
    return object === undefined ? seen.metadata : parseMetadata(object);
  }

  async #write(
    resource: ResourceType,
    seen: WithStatus,
    status: JsonObject,
  ): Promise<JsonObject | undefined> {
    if (this.#isSame(seen.status, status)) return undefined;
    try {
      return await this.#apply(resource, seen, status);
    } catch (error) {
      if (!isConflict(error)) throw error;
      const live = await this.#read(resource, seen);
      if (!isSameState(live, seen)) throw error;
      // The cache did not have our own last write yet.
      if (this.#isSame(live.status, status)) return undefined;
      if (!this.#isSame(live.status, seen.status)) throw error;
      return this.#apply(resource, live, status);
    }
  }

  async #apply(
    resource: ResourceType,
    { metadata }: KubernetesObject,
    status: JsonObject,
  ): Promise<JsonObject> {
    const { client, fieldManager } = this.#options;
    const { name, namespace, uid, resourceVersion } = metadata;
    const body = { metadata: { name, namespace, uid, resourceVersion }, status };
    const applied = await client.applyStatus(resource, metadata, body, { fieldManager, force: true });
    const surplus = surplusOf(objectAt(applied, 'status'), this.#withOthers(status, applied));
    if (surplus === undefined) return applied;
    const current = parseMetadata(applied);
    const patch = { metadata: { resourceVersion: current.resourceVersion }, status: surplus };
    return client.patch(resource, current, patch, { subresource: 'status' });
  }

  /** A status of ours with the conditions that others keep in the object's. */
  #withOthers(status: JsonObject, object: JsonObject): JsonObject {
    const others = itemsOf(objectAt(object, 'status')['conditions']).filter(
      (item) => !this.#options.ownsCondition(conditionType(item)),
    );
    if (others.length === 0) return status;
    return { ...status, conditions: [...itemsOf(status['conditions']), ...others] };
  }

  async #read(resource: ResourceType, { metadata }: KubernetesObject): Promise<WithStatus> {
    const object = await this.#options.client.get(resource, metadata);
    return { metadata: parseMetadata(object), status: objectAt(object, 'status') };
  }

  #isSame(a: JsonObject = {}, b: JsonObject = {}): boolean {
    return sameJson(this.#ours(a), this.#ours(b));
  }

  #ours(status: JsonObject): JsonObject {
    const { conditions } = status;
    if (!Array.isArray(conditions)) return status;
    return {
      ...status,
      conditions: conditions.filter((item) => this.#options.ownsCondition(conditionType(item))),
    };
  }
}

/** Almost every status is so already: that is found out in a fraction of the time that a copy takes. */
function wellFormed(status: JsonObject): JsonObject {
  if (isWellFormed(status)) return status;
  return objectAt({ status: mapStrings(status, (text) => text.toWellFormed()) }, 'status');
}

function isWellFormed(value: Json | undefined): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (isJsonArray(value)) return value.every(isWellFormed);
  return !isJsonObject(value) || Object.values(value).every(isWellFormed);
}

function mapStrings(value: Json | undefined, change: (text: string) => string): Json | undefined {
  if (typeof value === 'string') return change(value);
  if (isJsonArray(value)) return value.map((item) => mapStrings(item, change) ?? null);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]));
}

/** Whether what a status speaks of is still the same, and only labels and such may have changed. */
function isSameState({ metadata: a }: KubernetesObject, { metadata: b }: KubernetesObject): boolean {
  return a.uid === b.uid && a.generation === b.generation && a.deletionTimestamp === b.deletionTimestamp;
}

function conditionType(value: unknown): string {
  return isJsonObject(value) && typeof value['type'] === 'string' ? value['type'] : '';
}

/**
 * Whether two values mean the same as JSON: the order of keys and fields that are undefined play no part, nor does the
 * order of lists of conditions (objects with a `type`), which the API server keeps as it likes.
 */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return sameList(a, b);
  if (!isJsonObject(a) || !isJsonObject(b)) return a === b;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => sameJson(a[key], b[key]));
}

function sameList(a: readonly Json[], b: readonly Json[]): boolean {
  const [first, second] = [inOrder(a), inOrder(b)];
  return first.length === second.length && first.every((item, index) => sameJson(item, second[index]));
}

function inOrder(list: readonly Json[]): readonly Json[] {
  const isKeyed = list.every((item) => conditionType(item) !== '');
  return isKeyed ? list.toSorted((a, b) => (conditionType(a) < conditionType(b) ? -1 : 1)) : list;
}
