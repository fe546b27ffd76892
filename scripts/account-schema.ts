/**
 * The schema of an AWSAccount's spec, as its CRD has it, for values.schema.json: with Helm, the API server silently drops what it
 * does not know, so a misspelt rule would allow nothing, without a warning.
 */
import { parse } from 'yaml';
import { isJsonObject, itemsOf, objectAt, type JsonObject } from '../src/base/json.ts';

/** Words that mean the same in JSON Schema (draft 7) and in a CRD. */
const SAME: ReadonlySet<string> = new Set([
  'type',
  'enum',
  'pattern',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'maxProperties',
  'minimum',
  'maximum',
]);

/** @param crd the CRD as YAML */
export function accountSchema(crd: string): JsonObject {
  const version = itemsOf(objectAt(parse(crd), 'spec')['versions']).find(isJsonObject);
  const schema = objectAt(objectAt(version ?? {}, 'schema'), 'openAPIV3Schema');
  return strict(objectAt(objectAt(schema, 'properties'), 'spec'));
}

/** A schema without descriptions and defaults that accepts only the properties that it names. */
function strict(schema: JsonObject): JsonObject {
  const { properties, items, additionalProperties } = schema;
  const pattern = patternOf(schema);
  const required = requiredOf(schema);
  return {
    ...Object.fromEntries(Object.entries(schema).filter(([key]) => SAME.has(key))),
    ...(pattern !== undefined && { pattern }),
    ...(isJsonObject(properties) && {
      additionalProperties: false,
      ...(required.length > 0 && { required }),
      properties: Object.fromEntries(
        Object.keys(properties).map((key) => [key, strict(objectAt(properties, key))]),
      ),
    }),
    ...(isJsonObject(items) && { items: strict(items) }),
    ...(isJsonObject(additionalProperties) && { additionalProperties: strict(additionalProperties) }),
  };
}

/** What has a default may be left out. */
function requiredOf(schema: JsonObject): readonly string[] {
  const properties = objectAt(schema, 'properties');
  return itemsOf(schema['required'])
    .map(String)
    .filter((key) => objectAt(properties, key)['default'] === undefined);
}

/** A pattern that is among the CRD's rules in CEL. */
function patternOf({ 'x-kubernetes-validations': rules }: JsonObject): string | undefined {
  const texts = itemsOf(rules)
    .filter(isJsonObject)
    .map(({ rule }) => String(rule));
  return texts.flatMap((rule) => /^self\.matches\('([^'\\]+)'\)/.exec(rule)?.[1] ?? [])[0];
}
