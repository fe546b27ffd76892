/**
 * What the chart says twice: lets the schema pass the spellings that the templates refuse with a word
 * (files/spellings.yaml), has it take an account as its CRD does, and gives the table of values for the chart's README from
 * the comments in values.yaml.
 *
 * Usage: node scripts/generate-chart.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { isMap, isPair, isScalar, parse, parseDocument, type YAMLMap } from 'yaml';
import { accountSchema } from './account-schema.ts';
import { formatted } from './formatted.ts';

const CHART = fileURLToPath(new URL('../charts/crossaccountlink/', import.meta.url));
const SCHEMA = join(CHART, 'values.schema.json');
const ELSEWHERE = '#/definitions/elsewhere';

interface Schema {
  readonly $ref?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
  readonly definitions?: Record<string, Schema>;
}

const read = (name: string) => readFileSync(join(CHART, name), 'utf8');

/** The schema as it should read. */
export async function chartSchema(): Promise<string> {
  const schema: Schema = JSON.parse(read('values.schema.json'));
  dropSpellings(schema);
  for (const definition of Object.values(schema.definitions ?? {})) dropSpellings(definition);
  for (const path of Object.keys(parse(read('files/spellings.yaml')))) passSpelling(schema, path.split('.'));
  const accounts = schema.properties?.['awsAccounts'];
  if (accounts !== undefined)
    accounts.additionalProperties = accountSchema(read('files/crds/crossaccountlink.dev_awsaccounts.yaml'));
  return formatted(SCHEMA, JSON.stringify(schema));
}

function dropSpellings(schema: Schema): void {
  for (const [key, value] of Object.entries(schema.properties ?? {})) {
    if (value.$ref === ELSEWHERE) delete schema.properties?.[key];
    else dropSpellings(value);
  }
}

function passSpelling(root: Schema, path: readonly string[]): void {
  let at = root;
  for (const key of path.slice(0, -1)) {
    const next = at.properties?.[key];
    if (next === undefined) throw new Error(`${path.join('.')}: the schema has no ${key}`);
    at =
      next.$ref === undefined ? next : (root.definitions?.[next.$ref.replace('#/definitions/', '')] ?? next);
  }
  const last = path.at(-1) ?? '';
  if (at.properties === undefined) return;
  if (at.properties[last] !== undefined && at.properties[last].$ref !== ELSEWHERE)
    throw new Error(`${path.join('.')} is a value of the chart, not another's spelling`);
  at.properties[last] = { $ref: ELSEWHERE };
}

/** The values as a table, each with its default and what its comment says after `# --`. */
export function valuesTable(): string {
  const document = parseDocument(read('values.yaml'));
  const rows = isMap(document.contents) ? [...rowsOf(document.contents, '')] : [];
  return ['| value | default | |', '| --- | --- | --- |', ...rows].join('\n');
}

function* rowsOf(map: YAMLMap, prefix: string): Generator<string> {
  for (const [index, pair] of map.items.entries()) {
    if (!isPair(pair) || !isScalar(pair.key)) continue;
    const path = `${prefix}${String(pair.key.value)}`;
    // The comment before a map's first key is the map's own.
    const comment = pair.key.commentBefore ?? (index === 0 ? (map.commentBefore ?? '') : '');
    const description = /(?:^|\n) -- ([\s\S]*)$/.exec(comment)?.[1]?.replaceAll(/\n ?/g, ' ');
    if (description !== undefined) yield `| \`${path}\` | ${defaultOf(pair.value)} | ${description} |`;
    else if (isMap(pair.value)) yield* rowsOf(pair.value, `${path}.`);
    else throw new Error(`values.yaml says nothing of ${path}`);
  }
}

function defaultOf(value: unknown): string {
  const plain: unknown =
    value !== null && typeof value === 'object' && 'toJSON' in value ? toPlain(value) : value;
  return plain === '' || plain === null ? '' : `\`${JSON.stringify(plain)}\``;
}

function toPlain(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(SCHEMA, await chartSchema());
