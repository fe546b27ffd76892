/** Checks values against a CRD's schema as the API server does: types, limits, patterns, and lists whose items must differ. */
import type { FieldSchema } from '../../api/field-schema.ts';
import { isJsonArray, isJsonObject, memberOf, type Json, type JsonObject } from '../../base/json.ts';
import { blockingProblem, problem, type Problem } from './problem.ts';
import { quoted } from './quoted.ts';
import { regExp } from './re2.ts';

/** Everything that is wrong with `value`, in the order of the schema. Unknown fields are not reported here. */
export function* valueProblems(schema: FieldSchema, value: Json, path: string): Generator<Problem> {
  const found = typeOf(value);
  const wrong = found !== schema.type && !(found === 'integer' && schema.type === 'number');
  if (wrong) yield* typeProblems(schema, found, path);
  if (schema.enum !== undefined && !schema.enum.some((one) => one === value)) {
    const supported = schema.enum.map((one) => quoted(one)).join(', ');
    yield blockingProblem(path, `Unsupported value: ${quoted(value)}: supported values: ${supported}`);
  }
  if (wrong && found !== 'number') return;
  if (typeof value === 'string') yield* textProblems(schema, value, path);
  if (typeof value === 'number') yield* numberProblems(schema, value, path);
  if (isJsonArray(value)) yield* listProblems(schema, value, path);
  if (isJsonObject(value)) yield* objectProblems(schema, value, path);
}

/** A value with a format is checked by another part of the API server, with other words. */
function* typeProblems({ type, format }: FieldSchema, found: string, path: string): Generator<Problem> {
  const of = (expected: string, named: string) =>
    blockingProblem(
      path,
      `Invalid value: "${named}": ${path} in body must be of type ${expected}: "${named}"`,
    );
  if (format === undefined || ['string', 'array', 'null'].includes(found)) {
    yield of(type, found);
    return;
  }
  yield of(format, found === 'number' ? 'float64' : '');
  if (found === 'number')
    yield problem(
      '<nil>',
      `Invalid value: "": Checked value must be of type ${type} with format ${format} in ${path}`,
    );
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (isJsonArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** Only the first problem of a text is reported. */
function* textProblems(
  { minLength = 0, maxLength = Infinity, pattern }: FieldSchema,
  value: string,
  path: string,
): Generator<Problem> {
  const length = [...value].length;
  const off = (what: string) =>
    problem(path, `Invalid value: ${quoted(value)}: ${path} in body should ${what}`);
  if (length > maxLength) yield blockingProblem(path, `Too long: may not be more than ${maxLength} bytes`);
  else if (length < minLength) yield off(`be at least ${minLength} chars long`);
  else if (pattern !== undefined && !regExp(pattern).test(value)) yield off(`match '${pattern}'`);
}

function* numberProblems(schema: FieldSchema, value: number, path: string): Generator<Problem> {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum = false } = schema;
  const off = (bound: string) => problem(path, `Invalid value: ${value}: ${path} in body should be ${bound}`);
  if (value > maximum) yield off(`less than or equal to ${maximum}`);
  if (exclusiveMinimum ? value <= minimum : value < minimum)
    yield off(`greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`);
}

function* listProblems(schema: FieldSchema, value: readonly Json[], path: string): Generator<Problem> {
  const { items, minItems = 0, maxItems = Infinity } = schema;
  if (items !== undefined)
    for (const [index, item] of value.entries()) yield* valueProblems(items, item, `${path}[${index}]`);
  if (value.length < minItems)
    yield problem(
      path,
      `Invalid value: ${value.length}: ${path} in body should have at least ${minItems} items`,
    );
  if (value.length > maxItems) yield tooMany(value.length, maxItems, path);
  yield* duplicates(schema, value, path);
}

function tooMany(count: number, most: number, path: string): Problem {
  return blockingProblem(path, `Too many: ${count}: must have at most ${most} items`);
}

/** Items that occur twice, in a set or in a list whose items have keys. */
function* duplicates(schema: FieldSchema, value: readonly Json[], path: string): Generator<Problem> {
  const type = schema['x-kubernetes-list-type'];
  if (type === undefined || type === 'atomic') return;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    const at = `${path}[${index}]`;
    if (type === 'map' && !isJsonObject(item)) {
      if (item === null) continue;
      const text = `Invalid value: ${quoted(item)}: must be an object for an array of list-type map`;
      yield problem(at, text);
      return;
    }
    const identity =
      type === 'set' ? item : Object.fromEntries(keys.map((key) => [key, memberOf(item, key)]));
    const shown = quoted(identity);
    if (seen.has(shown)) yield problem(at, `Duplicate value: ${shown}`);
    seen.add(shown);
  }
}

function* objectProblems(schema: FieldSchema, value: JsonObject, path: string): Generator<Problem> {
  const {
    properties,
    required = [],
    additionalProperties,
    minProperties = 0,
    maxProperties = Infinity,
  } = schema;
  const count = Object.keys(value).length;
  if (count < minProperties)
    yield problem(
      path,
      `Invalid value: ${count}: ${path} in body should have at least ${minProperties} properties`,
    );
  if (count > maxProperties) yield tooMany(count, maxProperties, path);
  for (const field of required)
    if (!Object.hasOwn(value, field)) yield blockingProblem(`${path}.${field}`, 'Required value');
  for (const [field, inner] of Object.entries(value)) {
    const known = fieldOf(properties, field) ?? additionalProperties;
    if (known !== undefined && inner !== undefined) yield* valueProblems(known, inner, `${path}.${field}`);
  }
}

/** Keys come from outside: `constructor` must not find what every object inherits. */
export function fieldOf(
  properties: Readonly<Record<string, FieldSchema>> | undefined,
  field: string,
): FieldSchema | undefined {
  return properties !== undefined && Object.hasOwn(properties, field) ? properties[field] : undefined;
}
