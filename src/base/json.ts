/** JSON values: what comes from outside, looked into without trust, and what goes out. */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  /** A field held as undefined is left out when written, as `JSON.stringify` does. */
  readonly [key: string]: Json | undefined;
}

/** Neither null nor a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a text is JSON, of whatever kind. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** `Array.isArray` narrows a readonly list to `any[]`; this keeps the items' type. */
export function isJsonArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The items of a list; none of anything else. */
export function itemsOf(value: Json | undefined): readonly Json[] {
  return isJsonArray(value) ? value : [];
}

/** An object's own member: never one that every object inherits, such as `constructor`. */
export function memberOf(value: unknown, key: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** All members but those held as undefined, which nobody writes. */
export function membersOf(value: JsonObject): [key: string, member: Json][] {
  return Object.entries(value).filter((entry): entry is [string, Json] => entry[1] !== undefined);
}

/** The object in `value`'s field, or an empty one: for reading deep into what may not be there. */
export function objectAt(value: JsonObject, field: string): JsonObject {
  const inner = value[field];
  return isJsonObject(inner) ? inner : {};
}

/** The string in `value`'s field; undefined when there is none. */
export function stringAt(value: JsonObject, field: string): string | undefined {
  const inner = value[field];
  return typeof inner === 'string' ? inner : undefined;
}

/** The number in `value`'s field; undefined when there is none. */
export function numberAt(value: JsonObject, field: string): number | undefined {
  const inner = value[field];
  return typeof inner === 'number' ? inner : undefined;
}

/** A typed object of ours as plain JSON, without what is undefined. Throws TypeError when the value is no object. */
export function toJsonObject(value: object): JsonObject {
  const json: unknown = JSON.parse(JSON.stringify(value));
  if (!isJsonObject(json)) throw new TypeError('not a JSON object');
  return json;
}
