/** The metadata of a Kubernetes object, as far as controllers use it. */
import { compareText } from '../base/compare-text.ts';
import { isJsonArray, isJsonObject, numberAt, objectAt, stringAt } from '../base/json.ts';
import type { Json, JsonObject } from '../base/json.ts';

/** A kind of object by its place in the API's paths. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** As in paths: `leases`. */
  readonly plural: string;
  readonly kind: string;
}

export interface ObjectName {
  /** Left out for cluster-scoped kinds. */
  readonly namespace?: string;
  readonly name: string;
}

export interface ObjectMeta extends ObjectName {
  /** Different for each object that ever had the name. */
  readonly uid: string;
  readonly resourceVersion: string;
  /** Counts changes of the spec. Left out for kinds that do not count them. */
  readonly generation?: number;
  readonly creationTimestamp?: string;
  /** Set once deletion has been asked for; the object stays until its finalizers are gone. */
  readonly deletionTimestamp?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly finalizers: readonly string[];
  /** Set if the object has more finalizers than were kept. */
  readonly hasMoreFinalizers?: true;
}

/** Anything with metadata: what caches hold. */
export interface KubernetesObject {
  readonly metadata: ObjectMeta;
}

/** kubectl's copy of the whole object is for kubectl only, and would double the size of a cache. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Reads the metadata of an object from the API server. Throws when name, uid or resourceVersion is missing. */
export function parseMetadata(object: unknown): ObjectMeta {
  const raw = isJsonObject(object) ? objectAt(object, 'metadata') : {};
  const [name, uid, resourceVersion] = ['name', 'uid', 'resourceVersion'].map((field) =>
    stringAt(raw, field),
  );
  if (name === undefined || uid === undefined || resourceVersion === undefined) {
    throw new Error('an object without metadata.name, uid or resourceVersion');
  }
  const namespace = stringAt(raw, 'namespace');
  const generation = numberAt(raw, 'generation');
  const creationTimestamp = stringAt(raw, 'creationTimestamp');
  const deletionTimestamp = stringAt(raw, 'deletionTimestamp');
  return {
    name,
    uid,
    resourceVersion,
    ...(namespace !== undefined && { namespace }),
    ...(generation !== undefined && { generation }),
    ...(creationTimestamp !== undefined && { creationTimestamp }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    labels: strings(objectAt(raw, 'labels')),
    annotations: strings(objectAt(raw, 'annotations')),
    finalizers: textsIn(raw['finalizers']),
  };
}

/** `namespace/name`, or `name` for cluster-scoped objects: the key of an object in queues and caches. */
export function keyOf(name: ObjectName): string {
  // Joined because it is kept: V8 keeps a text from a template in two forms once it was used as a key.
  return name.namespace === undefined ? name.name : [name.namespace, name.name].join('/');
}

/** The namespace in a key of {@link keyOf}; empty if it has none. */
export function namespaceOfKey(key: string): string {
  return key.slice(0, Math.max(0, key.indexOf('/')));
}

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf(resource: ResourceType): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** A time as the API writes it (`metav1.Time`): RFC 3339, in seconds.
 *  @param wallMs milliseconds since 1970 */
export function timestamp(wallMs: number): string {
  const second = Math.floor(wallMs / 1_000);
  if (second !== written.second)
    written = { second, text: `${new Date(second * 1_000).toISOString().slice(0, 19)}Z` };
  return written.text;
}

/** It is asked for dozens of times in the same second. */
let written = { second: Number.NaN, text: '' };

/** Compares two resource versions: negative if `a` is older. They are numbers too large for doubles, so they are compared as
 *  text. Undefined if either is not a number, because then the API promises no order.
 *  https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions */
export function compareResourceVersions(a: string, b: string): number | undefined {
  if (!/^[0-9]+$/.test(a) || !/^[0-9]+$/.test(b)) return undefined;
  return a.length - b.length || compareText(a, b);
}

/** The newer of two resource versions; the first if they are equal or cannot be compared. */
export function newerVersion(a: string, b: string): string {
  return (compareResourceVersions(a, b) ?? 0) >= 0 ? a : b;
}

/** Shared: most objects have none, and there may be tens of thousands. */
const NO_STRINGS: Readonly<Record<string, string>> = Object.freeze({});
const NO_TEXTS: readonly string[] = Object.freeze([]);

function strings(object: JsonObject): Readonly<Record<string, string>> {
  const entries = Object.entries(object).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0] !== LAST_APPLIED,
  );
  return entries.length === 0 ? NO_STRINGS : Object.fromEntries(entries);
}

/** Returns the list itself if it contains only texts: a filtered copy would have spare room. */
function textsIn(list: Json | undefined): readonly string[] {
  if (!isJsonArray(list) || list.length === 0) return NO_TEXTS;
  return list.every((item) => typeof item === 'string')
    ? list
    : list.filter((item) => typeof item === 'string');
}
