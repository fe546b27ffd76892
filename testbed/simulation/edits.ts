/** Every field of both CRDs, with the values that it may be changed to. The fields come from the schema, so that none is left
 *  out. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { isJsonObject, objectAt, type Json, type JsonObject } from '../../src/base/json.ts';
import { SOURCE, TARGET, targetRoleArn, machineArn, NAMESPACES } from './scenery.ts';

export type Kind = 'CrossAccountLink' | 'AWSAccount';

/** A value to which a field is changed. */
export interface Variant {
  /** Path of the field that is set; `access.0.maxLinks` for a field of the first entry. */
  readonly path: string;
  readonly value: Json;
  /** Set if, by contract, what exists stays as it was: only the way back has one right final state. */
  readonly keepsWhatStands?: true;
}

const CRDS = new URL('../../crds/', import.meta.url);

/** The paths of all fields of a kind's spec, as its CRD has them: `access[].asTarget.allowedActions`. */
export function fieldsOf(kind: Kind): readonly string[] {
  for (const file of readdirSync(CRDS)) {
    const crd: unknown = parse(readFileSync(new URL(file, CRDS), 'utf8'));
    const spec = isJsonObject(crd) ? objectAt(crd, 'spec') : {};
    if (objectAt(spec, 'names')['kind'] !== kind) continue;
    const { versions } = spec;
    const [version] = Array.isArray(versions) ? versions : [];
    const schema = isJsonObject(version) ? objectAt(objectAt(version, 'schema'), 'openAPIV3Schema') : {};
    return leavesOf(objectAt(objectAt(schema, 'properties'), 'spec'), '');
  }
  throw new Error(`there is no CRD of ${kind}`);
}

function leavesOf(schema: JsonObject, path: string): readonly string[] {
  const properties = objectAt(schema, 'properties');
  const items = objectAt(schema, 'items');
  if (Object.keys(properties).length > 0)
    return Object.keys(properties).flatMap((name) =>
      leavesOf(objectAt(properties, name), path === '' ? name : `${path}.${name}`),
    );
  if (Object.keys(objectAt(items, 'properties')).length > 0) return [path, ...leavesOf(items, `${path}[]`)];
  return [path];
}

/** A spec with one field set to another value. */
export function withVariant(spec: JsonObject, { path, value }: Variant): JsonObject {
  const result = setIn(spec, path.split('.'), value);
  if (!isJsonObject(result)) throw new Error(`${path} is no path into a spec`);
  return result;
}

function setIn(value: Json | undefined, path: readonly string[], wanted: Json): Json {
  const [name, ...rest] = path;
  if (name === undefined) return wanted;
  if (Array.isArray(value)) {
    const list: readonly Json[] = value;
    return list.map((item, at) => (String(at) === name ? setIn(item, rest, wanted) : item));
  }
  const object = isJsonObject(value) ? value : {};
  return { ...object, [name]: setIn(object[name], rest, wanted) };
}

export const BASE_LINK: JsonObject = {
  stateMachineARN: machineArn('checkout'),
  targetRole: { arn: targetRoleArn('payments', 'a') },
};

const BOUNDARY = `arn:aws:iam::${TARGET}:policy/boundary`;
const MANAGED = `arn:aws:iam::${TARGET}:policy/more`;
const QUEUE = `arn:aws:sqs:us-east-1:${TARGET}:more`;

/** Fields that cannot be changed once the object exists. */
export const IMMUTABLE: Readonly<Record<Kind, readonly string[]>> = {
  CrossAccountLink: ['stateMachineARN', 'targetRole.arn'],
  AWSAccount: ['accountID', 'partition'],
};

const one = (path: string, ...values: readonly Json[]): readonly Variant[] =>
  values.map((value) => ({ path, value }));
const held = (path: string, ...values: readonly Json[]): readonly Variant[] =>
  values.map((value) => ({ path, value, keepsWhatStands: true }));
const STATEMENTS = 'targetRole.permissions.statements';
const RESOURCES = 'targetRole.permissions.resources';
const statement = (fields: JsonObject) => [
  { actions: ['sqs:ReceiveMessage'], resources: [QUEUE], ...fields },
];

/** By the field's path in the schema. A field without variants fails the test that draws from here. */
export const LINK_VARIANTS: Readonly<Record<string, readonly Variant[]>> = {
  managementPolicy: held('managementPolicy', 'Observe'),
  'targetRole.managementPolicy': [
    ...one('targetRole.managementPolicy', 'Enforce'),
    ...held('targetRole.managementPolicy', 'Observe'),
  ],
  'targetRole.adoptionPolicy': one('targetRole', {
    arn: targetRoleArn('payments', 'a'),
    adoptionPolicy: 'Adopt',
    unmanaged: 'Remove',
  }),
  'targetRole.unmanaged': one('targetRole.unmanaged', 'Remove', 'Preserve'),
  'targetRole.permissions.derive': one('targetRole.permissions.derive', false),
  'targetRole.permissions.unresolved': one('targetRole.permissions.unresolved', 'Ask', 'AllowedResources'),
  [RESOURCES]: one(RESOURCES, [{ task: 'Send', arns: [QUEUE] }]),
  [`${RESOURCES}[].task`]: one(RESOURCES, [{ task: 'Publish', arns: [QUEUE] }]),
  [`${RESOURCES}[].arns`]: one(RESOURCES, [{ task: 'Send', arns: [QUEUE, `${QUEUE}-still`] }]),
  [STATEMENTS]: one(STATEMENTS, statement({})),
  [`${STATEMENTS}[].actions`]: one(
    STATEMENTS,
    statement({ actions: ['sqs:DeleteMessage', 'sqs:ReceiveMessage'] }),
  ),
  [`${STATEMENTS}[].resources`]: one(STATEMENTS, statement({ resources: [`${QUEUE}-*`] })),
  [`${STATEMENTS}[].conditions`]: one(
    STATEMENTS,
    statement({ conditions: { StringEquals: { 'aws:ResourceTag/team': ['red'] } } }),
  ),
  'targetRole.permissions.managedPolicyARNs': one('targetRole.permissions.managedPolicyARNs', [MANAGED]),
  'targetRole.permissionsBoundaryARN': one('targetRole.permissionsBoundaryARN', BOUNDARY),
  'targetRole.description': one('targetRole.description', 'one', 'two'),
  'targetRole.tags': one('targetRole.tags', { team: 'red' }, { team: 'blue', unit: 'x' }),
  'executionRoleGrant.managementPolicy': [
    ...one('executionRoleGrant.managementPolicy', 'Enforce'),
    ...held('executionRoleGrant.managementPolicy', 'Observe'),
  ],
  'stateMachineCredentials.managementPolicy': [
    ...one('stateMachineCredentials.managementPolicy', 'Enforce'),
    ...held('stateMachineCredentials.managementPolicy', 'Observe'),
  ],
  'stateMachineCredentials.tasks': one('stateMachineCredentials.tasks', ['Send'], ['Publish', 'Notify']),
  'stateMachineCredentials.publishVersion': one('stateMachineCredentials.publishVersion', true),
  driftCheckInterval: one('driftCheckInterval', '10m'),
  deletionPolicy: one('deletionPolicy', 'Retain'),
  suspend: held('suspend', true),
};

const ENTRY = {
  namespaces: { names: [...NAMESPACES] },
  asSource: { stateMachines: ['*'], executionRoles: [`arn:aws:iam::${SOURCE}:role/*-exec`] },
  asTarget: {
    rolePathPrefix: '/crossaccountlink/payments/',
    allowedActions: ['sqs:*', 'sns:*'],
    allowedResources: ['*'],
    managedPolicyARNs: [MANAGED],
    adoptableRoles: ['*'],
    allowPreserve: true,
  },
};

/** Allows everything that links may be changed to. */
export const BASE_ACCOUNT: JsonObject = {
  accountID: TARGET,
  partition: 'aws',
  access: [ENTRY],
  driftCheckInterval: '1m',
};
/** The source account's rules are the same. */
export const BASE_HOME: JsonObject = { ...BASE_ACCOUNT, accountID: SOURCE };

const PASS_ROLE = { arn: `arn:aws:iam::${TARGET}:role/task`, services: ['ecs-tasks.amazonaws.com'] };
const SELECTOR = 'access.0.namespaces.selector';
const AS_TARGET = 'access.0.asTarget';
const expression = (fields: JsonObject) => ({
  matchExpressions: [{ key: 'team', operator: 'In', values: ['red'], ...fields }],
});

export const ACCOUNT_VARIANTS: Readonly<Record<string, readonly Variant[]>> = {
  region: one('region', 'us-west-2'),
  'assumeRole.arn': one('assumeRole', { arn: `arn:aws:iam::${TARGET}:role/crossaccountlink-operator` }),
  'assumeRole.externalID': one('assumeRole', {
    arn: `arn:aws:iam::${TARGET}:role/crossaccountlink-operator`,
    externalID: 'one',
  }),
  access: [
    ...one('access', [ENTRY, { namespaces: { names: ['third'] }, maxLinks: 1 }]),
    ...held('access', [{ namespaces: { names: ['third'] } }]),
  ],
  'access[].namespaces.names': [
    ...one('access.0.namespaces.names', ['payments']),
    ...held('access.0.namespaces.names', ['third']),
  ],
  'access[].namespaces.selector.matchLabels': one(SELECTOR, { matchLabels: { team: 'red' } }),
  'access[].namespaces.selector.matchExpressions': one(SELECTOR, expression({})),
  'access[].namespaces.selector.matchExpressions[].key': one(SELECTOR, expression({ key: 'unit' })),
  'access[].namespaces.selector.matchExpressions[].operator': one(
    SELECTOR,
    expression({ operator: 'Exists', values: [] }),
  ),
  'access[].namespaces.selector.matchExpressions[].values': one(SELECTOR, expression({ values: ['blue'] })),
  'access[].asSource.stateMachines': [
    ...one('access.0.asSource.stateMachines', ['check*']),
    ...held('access.0.asSource.stateMachines', ['refund']),
  ],
  'access[].asSource.executionRoles': [
    ...one('access.0.asSource.executionRoles', [`arn:aws:iam::${SOURCE}:role/check*`]),
    ...held('access.0.asSource.executionRoles', [`arn:aws:iam::${SOURCE}:role/other-*`]),
  ],
  'access[].asTarget.rolePathPrefix': [
    ...one(`${AS_TARGET}.rolePathPrefix`, '/crossaccountlink/'),
    ...held(`${AS_TARGET}.rolePathPrefix`, '/elsewhere/'),
  ],
  'access[].asTarget.allowedActions': [
    ...one(`${AS_TARGET}.allowedActions`, ['sqs:*', 'sns:*', 's3:GetObject']),
    ...held(`${AS_TARGET}.allowedActions`, ['s3:GetObject']),
  ],
  'access[].asTarget.allowedResources': [
    ...one(`${AS_TARGET}.allowedResources`, ['arn:aws:sqs:*:*:*', 'arn:aws:sns:*:*:*']),
    ...held(`${AS_TARGET}.allowedResources`, [QUEUE]),
  ],
  'access[].asTarget.passRoles': one(`${AS_TARGET}.passRoles`, [PASS_ROLE]),
  'access[].asTarget.passRoles[].arn': one(`${AS_TARGET}.passRoles`, [
    { ...PASS_ROLE, arn: `${PASS_ROLE.arn}-2` },
  ]),
  'access[].asTarget.passRoles[].services': one(`${AS_TARGET}.passRoles`, [
    { ...PASS_ROLE, services: ['lambda.amazonaws.com'] },
  ]),
  'access[].asTarget.managedPolicyARNs': one(`${AS_TARGET}.managedPolicyARNs`, [MANAGED, BOUNDARY]),
  'access[].asTarget.adoptableRoles': one(`${AS_TARGET}.adoptableRoles`, []),
  'access[].asTarget.allowPreserve': one(`${AS_TARGET}.allowPreserve`, false),
  'access[].asTarget.definitionGrowth': one(`${AS_TARGET}.definitionGrowth`, 'Grant', 'Hold'),
  'access[].maxLinks': one('access.0.maxLinks', 1),
  permissionsBoundaryARN: one('permissionsBoundaryARN', BOUNDARY),
  driftCheckInterval: one('driftCheckInterval', '2m'),
  eventQueueURL: one('eventQueueURL', `https://sqs.us-east-1.amazonaws.com/${TARGET}/changes`),
  roleReads: one('roleReads', 'PerRole'),
  'quotas.trustPolicyLength': one('quotas.trustPolicyLength', 4096),
  'quotas.inlinePolicyLength': one('quotas.inlinePolicyLength', 10_240),
  'quotas.managedPoliciesPerRole': one('quotas.managedPoliciesPerRole', 20),
  rates: one('rates', { iam: { burst: 40, perSecond: 4 } }),
};
