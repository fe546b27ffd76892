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
  /** Whether a condition of that type is ours to write and to remove; others are ignored. */
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

  /** Writes `status` (complete, as far as it is ours), if it differs. Returns whether that took a write. Halves of characters,
   *  with which a text that was cut may end and which the API server refuses, are written as U+FFFD.
   *  @throws ApiError 409 if the object's spec or status has changed since `seen`, so that the status may no longer be true;
   *  404 if the object is gone */
  async write(resource: ResourceType, seen: WithStatus, status: JsonObject): Promise<boolean> {
    return (await this.#write(resource, seen, wellFormed(status))) !== undefined;
  }

  /** Like {@link write}, but returns the object's metadata as it is then, for a next write that starts from it. */
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
      // The cache did not have this process's own last write yet.
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

  /** Our status, with the conditions of others that the object has. */
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

/** Nearly every status is well-formed already, and checking that takes a fraction of the time of a copy. */
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

/** Whether only labels and such may have changed, and not what a status speaks of. */
function isSameState({ metadata: a }: KubernetesObject, { metadata: b }: KubernetesObject): boolean {
  return a.uid === b.uid && a.generation === b.generation && a.deletionTimestamp === b.deletionTimestamp;
}

function conditionType(value: unknown): string {
  return isJsonObject(value) && typeof value['type'] === 'string' ? value['type'] : '';
}

/** Whether two values mean the same as JSON. The order of keys and undefined fields do not matter, nor does the order of lists
 *  of conditions (objects with a `type`), because the API server changes it. */
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
