/** Completes a spec as the API server does before it checks it. */
import type { FieldSchema } from '../../api/field-schema.ts';
import { isJsonArray, isJsonObject, type Json } from '../../base/json.ts';
import { fieldOf } from './values.ts';

/** The value with the defaults of the schema, and without nulls. */
export function completed(schema: FieldSchema, value: Json): Json {
  const { items, properties, additionalProperties } = schema;
  if (isJsonArray(value)) return items === undefined ? value : value.map((item) => completed(items, item));
  if (!isJsonObject(value)) return value;
  const whole: Record<string, Json> = {};
  for (const [field, inner] of Object.entries(value)) {
    if (inner === null || inner === undefined) continue;
    const known = fieldOf(properties, field) ?? additionalProperties;
    define(whole, field, known === undefined ? inner : completed(known, inner));
  }
  for (const [field, { default: given }] of Object.entries(properties ?? {}))
    if (given !== undefined && !Object.hasOwn(whole, field)) whole[field] = given;
  return whole;
}

/** A field may be called `__proto__`. */
function define(object: Record<string, Json>, field: string, value: Json): void {
  Object.defineProperty(object, field, { value, enumerable: true, writable: true, configurable: true });
}

/** Fields that the schema does not know, in the order of the value, as `spec.targetRole.arns`. */
export function* unknownFields(
  schema: FieldSchema,
  value: Json | undefined,
  path: string,
): Generator<string> {
  const { items, properties, additionalProperties } = schema;
  if (isJsonArray(value)) {
    if (items !== undefined)
      for (const [index, item] of value.entries()) yield* unknownFields(items, item, `${path}[${index}]`);
    return;
  }
  if (!isJsonObject(value)) return;
  for (const [field, inner] of Object.entries(value)) {
    const known = fieldOf(properties, field) ?? additionalProperties;
    if (known === undefined) yield `${path}.${field}`;
    else yield* unknownFields(known, inner, `${path}.${field}`);
  }
}
