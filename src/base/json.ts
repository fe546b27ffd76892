/** JSON as it comes from and goes to the API server. */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  /** A field held as undefined is left out when written, as `JSON.stringify` does. */
  readonly [key: string]: Json | undefined;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
