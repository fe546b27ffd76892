/** The schemas of both kinds, as the CRDs have them. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { isJsonObject, type Json } from '../../../src/base/json.ts';

export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-map-type'?: string;
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message: string }[];
}

interface Version {
  readonly schema: { readonly openAPIV3Schema: Schema };
  readonly additionalPrinterColumns: readonly { readonly name: string; readonly priority?: number }[];
}

export type Plural = 'crossaccountlinks' | 'awsaccounts';

const versions = new Map<Plural, Version>();

/** The one version that a kind is served as. */
export function versionOf(plural: Plural): Version {
  const version = versions.get(plural) ?? readVersion(plural);
  versions.set(plural, version);
  return version;
}

function readVersion(plural: Plural): Version {
  const url = new URL(`../../../crds/crossaccountlink.dev_${plural}.yaml`, import.meta.url);
  return parse(readFileSync(url, 'utf8')).spec.versions[0];
}

/** The schema of a kind, or of what stands at a path in it: `schemaOf('awsaccounts', 'spec', 'access', 'maxLinks')`. */
export function schemaOf(plural: Plural, ...path: readonly string[]): Schema | undefined {
  return path.reduce<Schema | undefined>((schema, step) => {
    const inside = schema?.items ?? schema;
    return inside?.properties?.[step] ?? inside?.additionalProperties;
  }, versionOf(plural).schema.openAPIV3Schema);
}

/** Where a value is longer than its schema lets it be. */
export function excesses(value: Json | undefined, schema: Schema, path = ''): readonly string[] {
  const { maxLength = Infinity, maxItems = Infinity, items = {}, properties = {} } = schema;
  if (typeof value === 'string')
    return Array.from(value).length > maxLength ? [`${path}: ${value.length} characters`] : [];
  if (Array.isArray(value)) {
    const own = value.length > maxItems ? [`${path}: ${value.length} items`] : [];
    return [...own, ...value.flatMap((item) => excesses(item, items, `${path}[]`))];
  }
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    excesses(inner, properties[key] ?? {}, `${path}.${key}`),
  );
}
