/** What every simulation has around the links: two accounts, their rules, execution roles, state machines. */
import type { JsonObject } from '../../src/base/json.ts';
import { AWS_ACCOUNT } from '../../src/api/awsaccount.ts';
import type { ResourceType } from '../../src/kubernetes/metadata.ts';
import type { AwsModel } from './aws-model.ts';
import type { KubernetesModel } from './kubernetes-model.ts';

export const SOURCE = '111111111111';
export const TARGET = '222222222222';
export const CLUSTER_ID = 'sim';
/** ID of the other cluster that works on the same accounts. */
export const NEIGHBOUR_ID = 'neighbour';
export const NAMESPACE: ResourceType = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' };
export const NAMESPACES = ['payments', 'orders'] as const;
export const MACHINES = ['checkout', 'refund'] as const;
export const EXECUTION_ROLES = ['checkout-exec', 'refund-exec'] as const;
/** Tasks that a definition may have, with what each calls in the target account. */
const CALLS: Readonly<Record<string, readonly [resource: string, parameters: JsonObject]>> = {
  Send: [
    'arn:aws:states:::sqs:sendMessage',
    { QueueUrl: `https://sqs.us-east-1.amazonaws.com/${TARGET}/orders`, MessageBody: 'x' },
  ],
  Publish: [
    'arn:aws:states:::sns:publish',
    { TopicArn: `arn:aws:sns:us-east-1:${TARGET}:news`, Message: 'x' },
  ],
  Notify: [
    'arn:aws:states:::sqs:sendMessage',
    { QueueUrl: `https://sqs.us-east-1.amazonaws.com/${TARGET}/notes`, MessageBody: 'x' },
  ],
};
export const TASKS: readonly string[] = Object.keys(CALLS);

export const machineArn = (name: string) => `arn:aws:states:us-east-1:${SOURCE}:stateMachine:${name}`;
export const executionRoleArn = (name: string) => `arn:aws:iam::${SOURCE}:role/${name}`;
export const targetRoleArn = (namespace: string, name: string) =>
  `arn:aws:iam::${TARGET}:role/crossaccountlink/${namespace}/${name}`;

/** The role of which developers write Credentials themselves. */
export const DEVELOPERS_ROLE = `arn:aws:iam::${TARGET}:role/theirs`;

/** A definition with these Tasks, and one Task that calls its own account.
 *  @param credentials the Credentials that it has, by Task */
export function definitionOf(
  tasks: readonly string[],
  credentials: Readonly<Record<string, JsonObject>> = {},
): string {
  const names = [...tasks, 'Home'];
  const states = names.map((name, index) => {
    const [Resource, Parameters] = CALLS[name] ?? [
      'arn:aws:states:::sqs:sendMessage',
      { QueueUrl: `https://sqs.us-east-1.amazonaws.com/${SOURCE}/home`, MessageBody: 'x' },
    ];
    const next = names[index + 1];
    const after = next === undefined ? { End: true } : { Next: next };
    const known = credentials[name];
    return [name, { Type: 'Task', Resource, Parameters, ...(known && { Credentials: known }), ...after }];
  });
  return JSON.stringify({ StartAt: names[0], States: Object.fromEntries(states) });
}

const STATES_TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
/** What an execution role may do in its own account: this concerns only its owner. */
const HOME_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: `arn:aws:sqs:us-east-1:${SOURCE}:home` },
  ],
});

export function makeExecutionRole(aws: AwsModel, name: string): void {
  aws.createRole('others', SOURCE, {
    name,
    path: '/',
    trust: STATES_TRUST,
    inline: new Map([['home', HOME_POLICY]]),
    tags: new Map([['owner', 'team']]),
  });
}

/** A role that somebody else makes at the name where a link wants its own. */
export function makeForeignRole(aws: AwsModel, namespace: string, name: string): void {
  aws.createRole('others', TARGET, {
    name,
    path: `/crossaccountlink/${namespace}/`,
    trust: STATES_TRUST,
    inline: new Map([['theirs', HOME_POLICY]]),
  });
}

/** Fills AWS with what exists there before any link. */
export function furnishAws(aws: AwsModel): void {
  for (const name of EXECUTION_ROLES) makeExecutionRole(aws, name);
  for (const [index, name] of MACHINES.entries())
    aws.setMachine('others', machineArn(name), {
      roleArn: executionRoleArn(EXECUTION_ROLES[index] ?? ''),
      definition: definitionOf(TASKS),
    });
}

/** Fills the cluster with namespaces and accounts. */
export function furnishCluster(kubernetes: KubernetesModel): void {
  furnishNamespaces(kubernetes);
  kubernetes.create(AWS_ACCOUNT, accountOf('home', SOURCE));
  kubernetes.create(AWS_ACCOUNT, accountOf('away', TARGET));
}

export function furnishNamespaces(kubernetes: KubernetesModel): void {
  for (const name of NAMESPACES) kubernetes.create(NAMESPACE, namespaceOf(name));
}

/** A namespace that belongs to its own tenant. */
export function namespaceOf(name: string): JsonObject {
  return { metadata: { name, labels: { tenant: name } } };
}

function accountOf(name: string, accountID: string): JsonObject {
  return { metadata: { name }, spec: accountSpec(accountID) };
}

/** What an AWSAccount allows: everything that links may ask for.
 *  @param prefixOf the paths in which a namespace may have roles
 *  @param definitionGrowth left out: the CRD's default */
export function accountSpec(
  accountID: string,
  prefixOf = (namespace: string) => `/crossaccountlink/${namespace}/`,
  definitionGrowth?: 'Grant' | 'Hold',
): JsonObject {
  const access = NAMESPACES.map((namespace) => ({
    namespaces: { names: [namespace] },
    asSource: { stateMachines: ['*'], executionRoles: [`arn:aws:iam::${SOURCE}:role/*-exec`] },
    asTarget: {
      rolePathPrefix: prefixOf(namespace),
      allowedActions: ['sqs:*', 'sns:*'],
      allowedResources: ['*'],
      managedPolicyARNs: [`arn:aws:iam::${TARGET}:policy/more`],
      adoptableRoles: ['*'],
      allowPreserve: true,
      ...(definitionGrowth !== undefined && { definitionGrowth }),
    },
  }));
  return { accountID, partition: 'aws', access, driftCheckInterval: '1m' };
}
