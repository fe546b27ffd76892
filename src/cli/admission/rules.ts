/** A CRD's rules in CEL, evaluated as the API server evaluates them.
 *  https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules */
import { isDeepStrictEqual } from 'node:util';
import { Environment } from '@marcbachmann/cel-js';
import type { FieldRule, FieldSchema } from '../../api/field-schema.ts';
import { isJsonArray, isJsonObject, memberOf, type Json } from '../../base/json.ts';
import { problem, type Problem } from './problem.ts';
import { quoted } from './quoted.ts';
import { regExp } from './re2.ts';
import { fieldOf } from './values.ts';

/** What the rules of the schema say about `value`, which has the structure of the schema.
 *  @param old the existing value; a part that stays the same is not checked again */
export function* ruleProblems(
  schema: FieldSchema,
  value: Json,
  old: Json | undefined,
  path: string,
): Generator<Problem> {
  const rules = schema['x-kubernetes-validations'] ?? [];
  const unchanged = old !== undefined && isDeepStrictEqual(value, old);
  for (const rule of rules) {
    const aboutChange = /\boldSelf\b/.test(rule.rule);
    if (unchanged || (aboutChange && old === undefined)) continue;
    if (!holds(rule, schema, value, old))
      yield problem(`${path}${rule.fieldPath ?? ''}`, `Invalid value: ${shown(value)}${rule.message}`);
  }
  if (isJsonArray(value)) {
    if (schema.items === undefined) return;
    for (const [index, item] of value.entries())
      yield* ruleProblems(schema.items, item, unchanged ? item : undefined, `${path}[${index}]`);
  }
  if (!isJsonObject(value)) return;
  for (const [field, inner] of Object.entries(value)) {
    const named = fieldOf(schema.properties, field);
    const known = named ?? schema.additionalProperties;
    if (known === undefined || inner === undefined) continue;
    yield* ruleProblems(known, inner, memberOf(old, field), named ? `${path}.${field}` : `${path}[${field}]`);
  }
}

/** Scalars are repeated in the message, lists and objects are not. */
function shown(value: Json): string {
  return typeof value === 'object' ? '' : `${quoted(value)}: `;
}

const environment = new Environment({
  enableOptionalTypes: true,
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
})
  .registerFunction('list.sum(): int', (list: readonly bigint[]) => list.reduce((sum, one) => sum + one, 0n))
  .registerFunction('string.matchesRe2(string): bool', (text: string, pattern: string) =>
    regExp(pattern).test(text),
  )
  .registerFunction('string.asciiLower(): string', (text: string) =>
    text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()),
  );

const programs = new Map<string, ReturnType<Environment['parse']>>();

function holds({ rule }: FieldRule, schema: FieldSchema, value: Json, old: Json | undefined): boolean {
  const program = programs.get(rule) ?? environment.parse(ours(rule));
  programs.set(rule, program);
  const values = {
    self: celValue(schema, value),
    ...(old !== undefined && { oldSelf: celValue(schema, old) }),
  };
  try {
    return program(values) === true;
  } catch {
    // As in the API server: a rule that cannot be evaluated does not hold.
    return false;
  }
}

/** Replaces functions of the library that behave as in JavaScript, not as in CEL. */
function ours(rule: string): string {
  return rule.replaceAll('.matches(', '.matchesRe2(').replaceAll('.lowerAscii(', '.asciiLower(');
}

/** A value with the type that its schema names: 1 is an int in one field, and a double in another. */
function celValue(schema: FieldSchema | undefined, value: Json): unknown {
  if (typeof value === 'number') return schema?.type === 'integer' ? BigInt(value) : value;
  if (isJsonArray(value)) return value.map((item) => celValue(schema?.items, item));
  if (!isJsonObject(value)) return value;
  return new Map(
    Object.entries(value).map(([field, inner]) => [
      field,
      celValue(fieldOf(schema?.properties, field) ?? schema?.additionalProperties, inner ?? null),
    ]),
  );
}
