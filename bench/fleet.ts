/** Many links at once: accounts, machines, execution roles and manifests, made as fast as the emulator accepts them. */
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import type { Rate } from '../src/aws/pace/quotas.ts';
import { awsClients, type AwsClients } from '../testbed/aws-clients.ts';
import { OPERATOR_EXTERNAL_ID, OPERATOR_ROLE } from '../testbed/stage.ts';

export const REGION = 'us-east-1';

export interface FleetShape {
  readonly links: number;
  readonly sources: number;
  readonly targets: number;
  readonly namespace: string;
  /** Names begin with it, so that two fleets may share accounts. */
  readonly prefix: string;
  /** Of neighbours that have one target role; each has its own unless given. */
  readonly linksPerRole?: number;
  /** IAM's pace in these accounts; AWS's own unless given. */
  readonly iamRate?: Rate;
  /** The same for DescribeStateMachine. */
  readonly machineReadRate?: Rate;
  /** For other calls, by the names that an AWSAccount has for them. */
  readonly rates?: Readonly<Record<string, Rate>>;
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
    const role = `${shape.prefix}-${Math.floor(index / (shape.linksPerRole ?? 1))}`;
    return {
      name,
      source,
      target,
      machineArn: `arn:aws:states:${REGION}:${source}:stateMachine:${name}`,
      executionRoleArn: `arn:aws:iam::${source}:role/bench/${name}`,
      targetRoleArn: `arn:aws:iam::${target}:role/crossaccountlink/${shape.namespace}/${role}`,
    };
  });
  return { shape, sources, targets, links };
}

/** @throws Error if the fleet is empty */
export function firstOf({ links: [first] }: Fleet): FleetLink {
  if (first === undefined) throw new Error('the fleet is empty');
  return first;
}

function accounts(first: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => first + String(index).padStart(11, '0'));
}

/** Creates what a link needs to find: an execution role, and a machine whose Task names a queue of the target account. */
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
      rates: {
        ...shape?.rates,
        ...(shape?.iamRate !== undefined && { iam: shape.iamRate }),
        ...(shape?.machineReadRate !== undefined && { 'states:DescribeStateMachine': shape.machineReadRate }),
      },
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

export function manifestOf(link: FleetLink, { namespace, driftCheckInterval }: FleetShape): object {
  return {
    apiVersion: 'crossaccountlink.dev/v1alpha1',
    kind: 'CrossAccountLink',
    metadata: {
      name: link.name,
      namespace,
      // What the API server adds, for the parser of `inSyncState`.
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

export function definitionOf(name: string, target: string): string {
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

export const STATES_TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

export function clientsOf(clients: ReadonlyMap<string, AwsClients>, account: string): AwsClients {
  const found = clients.get(account);
  if (found === undefined) throw new Error(`no clients for ${account}`);
  return found;
}

/** Runs work on all items, this many at a time. */
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
