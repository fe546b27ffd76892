/** What each link asks for during the soak, and whether AWS has it: checked without the product's own code. */
import { GetAccountAuthorizationDetailsCommand, type RoleDetail } from '@aws-sdk/client-iam';
import { DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import { isDeepStrictEqual } from 'node:util';
import { awsClients } from '../../testbed/aws-clients.ts';
import { CLUSTER_ID } from '../../testbed/operator.ts';
import { inParallel, type Fleet, type FleetLink } from '../fleet.ts';

export interface Wanted {
  /** Whether the link exists; false if it was deleted. */
  present: boolean;
  team: string | undefined;
  /** A queue that the link's own statement names, besides the Task's. */
  extraQueue: string | undefined;
}

export function newlyMade(): Wanted {
  return { present: true, team: undefined, extraQueue: undefined };
}

const POLICY = `CrossAccountLink-${CLUSTER_ID}`;

/** What differs in AWS from what is wanted, one sentence each. */
export async function differences(
  url: string,
  fleet: Fleet,
  wanted: ReadonlyMap<string, Wanted>,
): Promise<readonly string[]> {
  const roles = new Map<string, RoleDetail>();
  for (const account of [...fleet.sources, ...fleet.targets]) {
    for (const role of await rolesOf(url, account)) roles.set(role.Arn ?? '', role);
  }
  const problems: string[] = [];
  await inParallel(fleet.links, async (link) => {
    const { sfn } = awsClients(url, link.source);
    const { definition = '{}' } = await sfn.send(
      new DescribeStateMachineCommand({ stateMachineArn: link.machineArn }),
    );
    sfn.destroy();
    const want = wanted.get(link.name) ?? newlyMade();
    const found = { target: roles.get(link.targetRoleArn), source: roles.get(link.executionRoleArn) };
    problems.push(...problemsOf(link, want, found, definition).map((problem) => `${link.name}: ${problem}`));
  });
  return problems;
}

async function rolesOf(url: string, account: string): Promise<readonly RoleDetail[]> {
  const { iam } = awsClients(url, account);
  const roles: RoleDetail[] = [];
  let Marker: string | undefined;
  do {
    const page = await iam.send(
      new GetAccountAuthorizationDetailsCommand({ Filter: ['Role'], MaxItems: 1000, Marker }),
    );
    roles.push(...(page.RoleDetailList ?? []));
    Marker = page.IsTruncated === true ? page.Marker : undefined;
  } while (Marker !== undefined);
  iam.destroy();
  return roles;
}

interface Found {
  readonly target: RoleDetail | undefined;
  readonly source: RoleDetail | undefined;
}

function problemsOf(
  link: FleetLink,
  want: Wanted,
  { target, source }: Found,
  definition: string,
): readonly string[] {
  const legs: readonly [string, unknown, unknown][] = want.present
    ? [
        ['trust policy', trustOf(target), [link.executionRoleArn, link.machineArn]],
        ['policies', policiesOf(target), { [POLICY]: queuesOf(link, want) }],
        ['tag team', target?.Tags?.find(({ Key }) => Key === 'team')?.Value, want.team],
        ['grant', policiesOf(source), { [POLICY]: [link.targetRoleArn] }],
        ['Credentials', credentialsOf(definition), link.targetRoleArn],
      ]
    : [
        ['target role', target?.Arn, undefined],
        ['grant', policiesOf(source), {}],
        ['Credentials', credentialsOf(definition), undefined],
      ];
  return legs
    .filter(([, found, expected]) => !isDeepStrictEqual(found, expected))
    .map(
      ([leg, found, expected]) => `${leg} is ${JSON.stringify(found)}, should be ${JSON.stringify(expected)}`,
    );
}

function queuesOf({ name, target }: FleetLink, { extraQueue }: Wanted): readonly string[] {
  const queues = extraQueue === undefined ? [name] : [name, extraQueue];
  return queues.map((queue) => `arn:aws:sqs:us-east-1:${target}:${queue}`).toSorted();
}

/** Principal and external ID of a trust policy with one statement. */
function trustOf(role: RoleDetail | undefined): readonly unknown[] {
  return statementsOf(role?.AssumeRolePolicyDocument).flatMap(({ Principal, Condition }) =>
    [Object(Principal).AWS, Object(Object(Condition).StringEquals)['sts:ExternalId']].flatMap(list),
  );
}

/** The resources on which each inline policy allows something. */
function policiesOf(role: RoleDetail | undefined): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    (role?.RolePolicyList ?? []).map(({ PolicyName = '', PolicyDocument }) => [
      PolicyName,
      statementsOf(PolicyDocument)
        .flatMap(({ Effect, Resource }) => list(Resource).map((each) => (Effect === 'Allow' ? each : 'Deny')))
        .toSorted(),
    ]),
  );
}

interface RawStatement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
  readonly Resource?: unknown;
}

function statementsOf(document = ''): readonly RawStatement[] {
  const text = document.startsWith('%7B') ? decodeURIComponent(document) : document;
  const statements: unknown = text === '' ? [] : JSON.parse(text).Statement;
  return Array.isArray(statements) ? statements : [];
}

function list(value: unknown): readonly string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

function credentialsOf(definition: string): unknown {
  return JSON.parse(definition).States.Send.Credentials?.RoleArn;
}
