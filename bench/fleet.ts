/** Many links at once: accounts, machines, execution roles and manifests, made as fast as the emulator takes them. */
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import { parseCrossAccountLink } from '../src/api/crossaccountlink.ts';
import { setCredentials } from '../src/asl/credentials.ts';
import { parseDefinition } from '../src/asl/definition.ts';
import { parseRoleArn } from '../src/arn/arn.ts';
import { derivePermissions } from '../src/asl/derive.ts';
import type { Contribution } from '../src/desired/contribution.ts';
import { linkFromSpec } from '../src/desired/from-spec.ts';
import { grantStatement } from '../src/desired/grant.ts';
import { policyName } from '../src/desired/names.ts';
import { desiredTargetRole, policyOf } from '../src/desired/target-role.ts';
import { planTargetRole } from '../src/plan/target-role.ts';
import { printPolicy } from '../src/policy/print.ts';
import { awsClients, type AwsClients } from '../testbed/aws-clients.ts';
import { CLUSTER_ID } from '../testbed/operator.ts';
import { OPERATOR_EXTERNAL_ID, OPERATOR_ROLE } from '../testbed/stage.ts';

const REGION = 'us-east-1';

export interface FleetShape {
  readonly links: number;
  readonly sources: number;
  readonly targets: number;
  readonly namespace: string;
  /** Names begin with it, so that two fleets may share accounts. */
  readonly prefix: string;
  /** IAM's pace in these accounts; AWS's own unless given. */
  readonly iamRate?: { readonly burst: number; readonly perSecond: number };
  readonly driftCheckInterval?: string;
  readonly eventQueueUrl?: string;
}

export interface FleetLink {
  readonly name: string;
  readonly source: string;
  readonly target: string;
  readonly machineArn: string;
  readonly executionRoleArn: string;
  readonly targetRoleArn: string;
}

export interface Fleet {
  readonly shape: FleetShape;
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly links: readonly FleetLink[];
}

export function fleetOf(shape: FleetShape): Fleet {
  const sources = accounts('1', shape.sources);
  const targets = accounts('2', shape.targets);
  const links = Array.from({ length: shape.links }, (_, index): FleetLink => {
    const name = `${shape.prefix}-${index}`;
    const source = sources[index % sources.length] ?? '';
    const target = targets[Math.floor(index / sources.length) % targets.length] ?? '';
    return {
      name,
      source,
      target,
      machineArn: `arn:aws:states:${REGION}:${source}:stateMachine:${name}`,
      executionRoleArn: `arn:aws:iam::${source}:role/bench/${name}`,
      targetRoleArn: `arn:aws:iam::${target}:role/crossaccountlink/${shape.namespace}/${name}`,
    };
  });
  return { shape, sources, targets, links };
}

function accounts(first: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => first + String(index).padStart(11, '0'));
}

/** Creates what a link finds: an execution role and a machine whose Task names a queue of the target account. */
export async function createMachines(url: string, { links }: Fleet): Promise<void> {
  const clients = new Map(links.map(({ source }) => [source, awsClients(url, source)]));
  await inParallel(links, async ({ name, source, target, executionRoleArn }) => {
    const { iam, sfn } = clientsOf(clients, source);
    await iam.send(
      new CreateRoleCommand({ RoleName: name, Path: '/bench/', AssumeRolePolicyDocument: STATES_TRUST }),
    );
    await sfn.send(
      new CreateStateMachineCommand({
        name,
        roleArn: executionRoleArn,
        definition: definitionOf(name, target),
      }),
    );
  });
}

/** Creates it as the operator would leave it, with the product's own plans: a fleet that is in sync from the start. */
export async function createInSync(url: string, { links, shape }: Fleet): Promise<void> {
  const everyone = links.flatMap(({ source, target }) => [source, target]);
  const clients = new Map(everyone.map((account) => [account, awsClients(url, account)]));
  await inParallel(links, async (entry) => {
    const { name, source, target, executionRoleArn, targetRoleArn } = entry;
    const sourceClients = clientsOf(clients, source);
    const { iam } = clientsOf(clients, target);
    const link = linkFromSpec(parseCrossAccountLink(manifestOf(entry, shape)));
    const definition = definitionOf(name, target);
    const { statements } = derivePermissions(parseDefinition(definition).tasks, {
      partition: 'aws',
      region: REGION,
      accountId: target,
    });
    const contribution: Contribution = {
      link,
      executionRoleArns: [executionRoleArn],
      permissions: statements,
      tasks: ['Send'],
      ownedTasks: [],
      permissionsComplete: true,
      keptPermissions: [],
      rolesReady: true,
    };
    const desired = desiredTargetRole(link.targetRole, shape.namespace, [{ kind: 'active', contribution }], {
      clusterId: CLUSTER_ID,
    });
    for (const action of planTargetRole(desired, undefined, {}).actions) {
      if (action.operation === 'CreateRole') {
        await iam.send(
          new CreateRoleCommand({
            RoleName: name,
            Path: parseRoleArn(targetRoleArn)?.path,
            AssumeRolePolicyDocument: printPolicy(action.trust),
            Tags: [...action.tags].map(([Key, Value]) => ({ Key, Value })),
          }),
        );
      } else if (action.operation === 'PutRolePolicy') {
        await iam.send(
          new PutRolePolicyCommand({
            RoleName: name,
            PolicyName: action.policyName,
            PolicyDocument: printPolicy(action.document),
          }),
        );
      } else throw new Error(`a new role should not need ${action.operation}`);
    }
    await sourceClients.iam.send(
      new CreateRoleCommand({ RoleName: name, Path: '/bench/', AssumeRolePolicyDocument: STATES_TRUST }),
    );
    await sourceClients.iam.send(
      new PutRolePolicyCommand({
        RoleName: name,
        PolicyName: policyName(CLUSTER_ID),
        PolicyDocument: printPolicy(policyOf([grantStatement([targetRoleArn])])),
      }),
    );
    await sourceClients.sfn.send(
      new CreateStateMachineCommand({
        name,
        roleArn: executionRoleArn,
        definition: setCredentials(definition, new Map([['Send', targetRoleArn]])),
      }),
    );
  });
}

export function namespaceManifest({ shape }: Fleet): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: shape.namespace } });
}

export function accountManifests(fleets: readonly Fleet[]): string {
  const ids = new Set(fleets.flatMap(({ sources, targets }) => [...sources, ...targets]));
  return list([...ids].map((id) => accountManifest(id, fleets)));
}

export function linkManifests({ links, shape }: Fleet): string {
  return list(links.map((link) => manifestOf(link, shape)));
}

function list(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

function accountManifest(id: string, fleets: readonly Fleet[]): object {
  const [shape] = fleets.map((fleet) => fleet.shape);
  return {
    apiVersion: 'crossaccountlink.dev/v1alpha1',
    kind: 'AWSAccount',
    metadata: { name: `account-${id}` },
    spec: {
      accountID: id,
      assumeRole: { arn: `arn:aws:iam::${id}:role/${OPERATOR_ROLE}`, externalID: OPERATOR_EXTERNAL_ID },
      driftCheckInterval: shape?.driftCheckInterval ?? '1m',
      ...(shape?.iamRate !== undefined && { rates: { iam: shape.iamRate } }),
      ...(shape?.eventQueueUrl !== undefined && { eventQueueURL: shape.eventQueueUrl }),
      access: [
        {
          namespaces: { names: fleets.map((fleet) => fleet.shape.namespace) },
          asSource: { stateMachines: ['*'], executionRoles: [`arn:aws:iam::${id}:role/bench/*`] },
          asTarget: {
            rolePathPrefix: '/crossaccountlink/',
            allowedActions: ['sqs:SendMessage'],
            allowedResources: [`arn:aws:sqs:${REGION}:${id}:*`],
          },
        },
      ],
    },
  };
}

function manifestOf(link: FleetLink, { namespace, driftCheckInterval }: FleetShape): object {
  return {
    apiVersion: 'crossaccountlink.dev/v1alpha1',
    kind: 'CrossAccountLink',
    metadata: {
      name: link.name,
      namespace,
      // What the API server adds, for the parser of `createInSync`.
      uid: link.name,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: {
      stateMachineARN: link.machineArn,
      targetRole: { arn: link.targetRoleArn },
      ...(driftCheckInterval !== undefined && { driftCheckInterval }),
    },
  };
}

function definitionOf(name: string, target: string): string {
  const QueueUrl = `https://sqs.${REGION}.amazonaws.com/${target}/${name}`;
  return JSON.stringify({
    StartAt: 'Send',
    States: {
      Send: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage',
        Parameters: { QueueUrl, 'MessageBody.$': '$' },
        End: true,
      },
    },
  });
}

const STATES_TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

function clientsOf(clients: ReadonlyMap<string, AwsClients>, account: string): AwsClients {
  const found = clients.get(account);
  if (found === undefined) throw new Error(`no clients for ${account}`);
  return found;
}

/** Runs work on all items, so many at a time. */
export async function inParallel<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
  width = 32,
): Promise<void> {
  let next = 0;
  const run = async () => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) await work(item);
    }
  };
  await Promise.all(Array.from({ length: width }, run));
}
