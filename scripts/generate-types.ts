/**
 * Writes `src/api/generated.ts`, the TypeScript side of `crds/*.yaml`: a type for every object of the schemas, with the fields'
 * descriptions as comments, and the structure that a value must have to be of this type. Writes `src/api/schemas.ts`, the whole
 * schemas of the specs, for checks of manifests without the API server. Copies the CRDs into the chart.
 *
 * Usage: node scripts/generate-types.ts
 */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { parse } from 'yaml';
import type { Schema } from '../src/api/structure.ts';
import { formatted } from './formatted.ts';

const OUTPUT = new URL('../src/api/generated.ts', import.meta.url);
const SCHEMAS_OUTPUT = new URL('../src/api/schemas.ts', import.meta.url);
const CRD_FOLDER = new URL('../crds/', import.meta.url);
const CHART_CRD_FOLDER = new URL('../charts/crossaccountlink/files/crds/', import.meta.url);
const CRDS = ['crossaccountlinks', 'awsaccounts'];

/** The names that the objects of the schemas have in the program. `[]` stands for the items of a list, `{}` for the values of a
 *  map. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  'CrossAccountLink.spec': 'CrossAccountLinkSpec',
  'CrossAccountLink.spec.targetRole': 'TargetRoleSpec',
  'CrossAccountLink.spec.targetRole.permissions': 'PermissionsSpec',
  'CrossAccountLink.spec.targetRole.permissions.resources[]': 'TaskResources',
  'CrossAccountLink.spec.targetRole.permissions.statements[]': 'PermissionStatement',
  'CrossAccountLink.spec.executionRoleGrant': 'ExecutionRoleGrantSpec',
  'CrossAccountLink.spec.stateMachineCredentials': 'StateMachineCredentialsSpec',
  'CrossAccountLink.status': 'CrossAccountLinkStatus',
  'CrossAccountLink.status.adoption': 'AdoptionRecord',
  'CrossAccountLink.status.drift': 'DriftStatus',
  'CrossAccountLink.status.drift.recent[]': 'DriftRecord',
  'CrossAccountLink.status.pending[]': 'PendingWrite',
  'CrossAccountLink.status.pending[].changes[]': 'PendingChange',
  'CrossAccountLink.status.inventory[]': 'InventoryEntry',
  'CrossAccountLink.status.deniedTasks[]': 'DeniedTask',
  'CrossAccountLink.status.conditions[]': 'Condition',
  'AWSAccount.spec': 'AWSAccountSpec',
  'AWSAccount.spec.assumeRole': 'AssumeRoleSpec',
  'AWSAccount.spec.access[]': 'AccessEntry',
  'AWSAccount.spec.access[].namespaces': 'NamespaceChoice',
  'AWSAccount.spec.access[].namespaces.selector': 'LabelSelector',
  'AWSAccount.spec.access[].namespaces.selector.matchExpressions[]': 'LabelRequirement',
  'AWSAccount.spec.access[].asSource': 'SourceAccess',
  'AWSAccount.spec.access[].asTarget': 'TargetAccess',
  'AWSAccount.spec.access[].asTarget.passRoles[]': 'PassRoleRule',
  'AWSAccount.spec.quotas': 'QuotasSpec',
  'AWSAccount.spec.rates{}': 'Rate',
  'AWSAccount.status': 'AWSAccountStatus',
  'AWSAccount.status.unlinkedRoles': 'UnlinkedRolesStatus',
  'AWSAccount.status.conditions[]': 'Condition',
};

/** The parts of a CRD, and of the schemas in it, that decide types. */
interface Crd {
  readonly spec: {
    readonly names: { readonly kind: string };
    readonly versions: readonly [{ readonly schema: { readonly openAPIV3Schema: CrdSchema } }];
  };
}

interface CrdSchema {
  readonly type: Schema['type'];
  readonly description?: string;
  readonly enum?: string[];
  readonly properties?: Readonly<Record<string, CrdSchema>>;
  readonly required?: string[];
  readonly additionalProperties?: CrdSchema;
  readonly items?: CrdSchema;
}

const BANNER = `// Generated from crds/*.yaml by scripts/generate-types.ts: do not edit, run \`npm run generate\`.
/* oxlint-disable max-lines -- as long as the CRDs make it */
import type { Schema } from './structure.ts';
`;

/** The text of `src/api/generated.ts` for the present CRDs. */
export async function generate(): Promise<string> {
  const definitions: Record<string, JSONSchema> = {};
  const structures: Record<string, Schema> = {};
  for (const plural of CRDS) {
    const { names, versions } = (await readCrd(plural)).spec;
    for (const part of ['spec', 'status']) {
      const schema = versions[0].schema.openAPIV3Schema.properties?.[part];
      const path = `${names.kind}.${part}`;
      if (schema === undefined) throw new Error(`${path} has no schema`);
      typeOf(schema, path, definitions);
      structures[typeName(path)] = structureOf(schema);
    }
  }
  const source = `${BANNER}
${await printTypes(definitions, Object.keys(structures))}
/** The structure of these types, as the API server checks it. */
export const structures: { readonly [Name in keyof Structured]: Schema } = ${JSON.stringify(structures)};`;
  return formatted('generated.ts', source, { objectWrap: 'collapse' });
}

const SCHEMAS_BANNER = `// Generated from crds/*.yaml by scripts/generate-types.ts: do not edit, run \`npm run generate\`.
/* oxlint-disable max-lines -- as long as the CRDs make it */
import type { FieldSchema } from './field-schema.ts';
`;

/** The text of `src/api/schemas.ts` for the present CRDs. */
export async function generateSchemas(): Promise<string> {
  const schemas: Record<string, unknown> = {};
  for (const plural of CRDS) {
    const { names, versions } = (await readCrd(plural)).spec;
    schemas[names.kind] = withoutDescriptions(versions[0].schema.openAPIV3Schema.properties?.['spec']);
  }
  const source = `${SCHEMAS_BANNER}
/** The schema of each kind's spec, as its CRD has it. */
export const schemas: Readonly<Record<'CrossAccountLink' | 'AWSAccount', FieldSchema>> = ${JSON.stringify(schemas)};`;
  return formatted('schemas.ts', source, { objectWrap: 'collapse' });
}

/** No field of the specs is named `description` except the one that holds a string. */
function withoutDescriptions(schema: CrdSchema | undefined): unknown {
  return JSON.parse(
    JSON.stringify(schema, (key, value) =>
      key === 'description' && typeof value === 'string' ? undefined : value,
    ),
  );
}

async function readCrd(plural: string): Promise<Crd> {
  const file = new URL(`crossaccountlink.dev_${plural}.yaml`, CRD_FOLDER);
  return parse(await readFile(file, 'utf8'));
}

function typeName(path: string): string {
  const name = TYPE_NAMES[path];
  if (name === undefined) throw new Error(`give the type of ${path} a name in TYPE_NAMES`);
  return name;
}

/** The JSON schema of a field. Objects with fields of their own become definitions, so that each gets its name and is written
 *  only once. */
function typeOf(schema: CrdSchema, path: string, definitions: Record<string, JSONSchema>): JSONSchema {
  const { type, description, properties, required, additionalProperties, items } = schema;
  const described = description === undefined ? {} : { description };
  if (properties !== undefined) {
    const fields = Object.entries(properties).map(([key, field]): [string, JSONSchema] => [
      key,
      typeOf(field, `${path}.${key}`, definitions),
    ]);
    const name = typeName(path);
    definitions[name] = {
      type,
      ...described,
      properties: Object.fromEntries(fields),
      required: required ?? false,
    };
    return { $ref: `#/definitions/${name}`, ...described };
  }
  if (items !== undefined) return { type, ...described, items: typeOf(items, `${path}[]`, definitions) };
  if (additionalProperties === undefined)
    return { type, ...described, ...(schema.enum && { enum: schema.enum }) };
  return { type, ...described, additionalProperties: typeOf(additionalProperties, `${path}{}`, definitions) };
}

/** The schema without what only people read, and without the limits that only the API server checks. */
function structureOf(schema: CrdSchema): Schema {
  const { type, properties, required, additionalProperties, items } = schema;
  switch (type) {
    case 'string':
      return { type, ...(schema.enum && { enum: schema.enum }) };
    case 'array':
      if (items === undefined) throw new Error('a list without items');
      return { type, items: structureOf(items) };
    case 'object':
      return {
        type,
        ...(properties && {
          properties: Object.fromEntries(
            Object.entries(properties).map(([key, field]) => [key, structureOf(field)]),
          ),
        }),
        ...(required && { required }),
        ...(additionalProperties && { additionalProperties: structureOf(additionalProperties) }),
      };
    default:
      return { type };
  }
}

async function printTypes(
  definitions: Record<string, JSONSchema>,
  structured: readonly string[],
): Promise<string> {
  const root: JSONSchema = {
    description: 'The types whose structure is known at run time, by name.',
    type: 'object',
    properties: Object.fromEntries(structured.map((name) => [name, { $ref: `#/definitions/${name}` }])),
    required: [...structured],
    definitions,
  };
  const types = await compile(root, 'Structured', {
    bannerComment: '',
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
  });
  return types
    .replaceAll(/^( +)(?=[\w[].*\??: )/gm, '$1readonly ')
    .replaceAll(/(?<=: )(\w+\[\])/g, 'readonly $1');
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(OUTPUT, await generate());
  await writeFile(SCHEMAS_OUTPUT, await generateSchemas());
  // Helm cannot read outside of a chart, so the chart has copies.
  await cp(CRD_FOLDER, CHART_CRD_FOLDER, { recursive: true });
}
