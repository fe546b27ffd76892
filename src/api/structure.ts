/**
 * Does a value from outside have the structure of its type? The schemas are generated from the CRDs, like the types, so that
 * they cannot differ.
 */
import { isJsonObject, type JsonObject } from '../base/json.ts';

/** The part of a CRD's schema that decides about structure. What the API server checks beyond it (lengths, patterns, CEL) may
 *  have been looser when an old object was admitted, so nothing here relies on it. */
export type Schema =
  | { readonly type: 'string'; readonly enum?: readonly string[] }
  | { readonly type: 'boolean' | 'number' | 'integer' }
  | { readonly type: 'array'; readonly items: Schema }
  | {
      readonly type: 'object';
      readonly properties?: Readonly<Record<string, Schema>>;
      readonly required?: readonly string[];
      readonly additionalProperties?: Schema;
    };

/** A value from the API server that does not have the structure of its kind. The message names the field. */
export class UnexpectedStructure extends Error {
  override readonly name = 'UnexpectedStructure';
}

/** The first difference between `value` and `schema`, as in `spec.targetRole.arn: expected a string, found a number`; undefined
 *  if there is none. Fields that the schema does not know are allowed. */
export function structureProblem(schema: Schema, value: unknown, path: string): string | undefined {
  const problem = problemBelow(schema, value);
  return problem === undefined ? undefined : `${path}${problem}`;
}

/** The same, with a path that begins at the value. The whole path is only put together if there is a problem. */
function problemBelow(schema: Schema, value: unknown): string | undefined {
  switch (schema.type) {
    case 'string':
      if (typeof value !== 'string') return expected('a string', value);
      return schema.enum?.includes(value) === false
        ? `: expected one of ${schema.enum.join(', ')}`
        : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : expected('a boolean', value);
    case 'number':
      return typeof value === 'number' ? undefined : expected('a number', value);
    case 'integer':
      return Number.isSafeInteger(value) ? undefined : expected('an integer', value);
    case 'array':
      return Array.isArray(value) ? problemOfItems(schema.items, value) : expected('a list', value);
    case 'object': {
      if (!isJsonObject(value)) return expected('an object', value);
      const missing = schema.required?.find((key) => !Object.hasOwn(value, key));
      return missing === undefined ? problemOfFields(schema, value) : `.${missing}: is missing`;
    }
  }
}

/** Returns a JSON object.
 *  @throws UnexpectedStructure for anything else */
export function objectFrom(value: unknown, path: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new UnexpectedStructure(`${path}${expected('an object', value)}`);
}

/** Keys come from outside: `constructor` must not find what every object inherits. */
function ownEntry(properties: Readonly<Record<string, Schema>> | undefined, key: string): Schema | undefined {
  return properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined;
}

function problemOfItems(schema: Schema, list: readonly unknown[]): string | undefined {
  for (const [index, item] of list.entries()) {
    const problem = problemBelow(schema, item);
    if (problem !== undefined) return `[${index}]${problem}`;
  }
  return undefined;
}

function problemOfFields(
  schema: Extract<Schema, { type: 'object' }>,
  object: JsonObject,
): string | undefined {
  for (const key of Object.keys(object)) {
    const known = ownEntry(schema.properties, key) ?? schema.additionalProperties;
    const problem = known === undefined ? undefined : problemBelow(known, object[key]);
    if (problem !== undefined) return `.${key}${problem}`;
  }
  return undefined;
}

function expected(wanted: string, value: unknown): string {
  return `: expected ${wanted}, found ${kindOf(value)}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}
