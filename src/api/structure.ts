/**
 * Does a value from outside have the structure that its type promises? The schemas are generated from the
 * CRDs, next to the types, so that the two cannot differ.
 */
import { isJsonObject, type JsonObject } from '../base/json.ts';

/** The part of a CRD's schema that decides structure: what the API server checks beyond it (lengths, patterns,
 *  CEL) may have been looser when an old object was admitted, so nothing here relies on it. */
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

/** A value from the API server that is not what its kind promises. The message names the field. */
export class UnexpectedStructure extends Error {
  override readonly name = 'UnexpectedStructure';
}

/** The first way in which `value` departs from `schema`, as `spec.targetRole.arn: expected a string, found a
 *  number`; undefined when there is none. Fields that the schema does not know are let through. */
export function structureProblem(schema: Schema, value: unknown, path: string): string | undefined {
  switch (schema.type) {
    case 'string':
      if (typeof value !== 'string') return expected('a string', value, path);
      return schema.enum?.includes(value) === false
        ? `${path}: expected one of ${schema.enum.join(', ')}`
        : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : expected('a boolean', value, path);
    case 'number':
      return typeof value === 'number' ? undefined : expected('a number', value, path);
    case 'integer':
      return Number.isSafeInteger(value) ? undefined : expected('an integer', value, path);
    case 'array':
      if (!Array.isArray(value)) return expected('a list', value, path);
      return firstProblem(value.entries(), (index, item) =>
        structureProblem(schema.items, item, `${path}[${index}]`),
      );
    case 'object': {
      if (!isJsonObject(value)) return expected('an object', value, path);
      const missing = schema.required?.find((key) => !Object.hasOwn(value, key));
      if (missing !== undefined) return `${path}.${missing}: is missing`;
      return firstProblem(Object.entries(value), (key, field) => {
        const known = ownEntry(schema.properties, key) ?? schema.additionalProperties;
        return known === undefined ? undefined : structureProblem(known, field, `${path}.${key}`);
      });
    }
  }
}

/** Throws UnexpectedStructure for anything that is not a JSON object. */
export function objectFrom(value: unknown, path: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new UnexpectedStructure(expected('an object', value, path));
}

/** Keys come from outside: `constructor` must not find what every object inherits. */
function ownEntry(properties: Readonly<Record<string, Schema>> | undefined, key: string): Schema | undefined {
  return properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined;
}

function firstProblem<K>(
  entries: Iterable<readonly [K, unknown]>,
  check: (key: K, value: unknown) => string | undefined,
): string | undefined {
  for (const [key, value] of entries) {
    const problem = check(key, value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function expected(wanted: string, value: unknown, path: string): string {
  return `${path}: expected ${wanted}, found ${kindOf(value)}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}
