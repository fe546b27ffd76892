/** JSON values: reading input without trusting it, and writing output. */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  /** An undefined field is left out when it is written, as `JSON.stringify` does. */
  readonly [key: string]: Json | undefined;
}

/** Whether the value is an object: neither null nor a list. */
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

/** Whether the value is a list. `Array.isArray` narrows a readonly list to `any[]`; this keeps the items' type. */
export function isJsonArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The items of a list; none of anything else. */
export function itemsOf(value: Json | undefined): readonly Json[] {
  return isJsonArray(value) ? value : [];
}

/** An object's own member, never one that every object inherits, such as `constructor`. */
export function memberOf(value: unknown, key: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** All members except undefined ones. */
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

/** A typed object of ours as plain JSON: a copy without undefined fields.
 *  @throws TypeError if the value is not an object */
export function toJsonObject(value: object): JsonObject {
  const json = copyOf(value);
  if (!isJsonObject(json)) throw new TypeError('not a JSON object');
  return json;
}

/** Undefined for what JSON cannot express. Going through a text would take four times as long. */
function copyOf(value: unknown): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map((item: unknown) => copyOf(item) ?? null);
  return typeof value === 'object' ? copyOfMembers(value) : undefined;
}

function copyOfMembers(value: object): JsonObject {
  const copy: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) {
    const json = copyOf(member);
    if (json === undefined) continue;
    // An assignment would set the prototype.
    if (name === '__proto__')
      Object.defineProperty(copy, name, {
        value: json,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    else copy[name] = json;
  }
  return copy;
}
