/**
 * An AWS in which a fleet of any size is in sync, as a process of its own. All roles are worked out before anybody asks, so that
 * it is not what is measured. It knows what a start and checks need, and counts what else is asked.
 * `node model-aws-server.ts PORT SHAPE`, where SHAPE is a {@link FleetShape} as JSON.
 */
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { splitArn } from '../../src/arn/parts.ts';
import { readAwsCall, type AwsCall } from '../../testbed/proxy/aws-call.ts';
import { awsError } from '../../testbed/proxy/aws-answers.ts';
import type { Answer } from '../../testbed/proxy/rules.ts';
import { fleetOf, STATES_TRUST, type FleetLink, type FleetShape } from '../fleet.ts';
import { inSyncDefinition, inSyncState, type InSyncState } from '../in-sync.ts';
import type { ModelCounts } from './model-aws.ts';

const [port, shapeText] = process.argv.slice(2);
const shape: FleetShape = Object(JSON.parse(shapeText ?? ''));
const fleet = fleetOf(shape);
const byMachine = new Map(fleet.links.map((link) => [link.machineArn, link]));
/** By account and name. */
const rolesByName = new Map<string, Role>();
/** As XML. */
const rolesByAccount = new Map<string, string[]>();
for (const { account, name, role } of fleet.links.flatMap(rolesOf)) {
  rolesByName.set(`${account} ${name}`, role);
  const known = rolesByAccount.get(account);
  if (known === undefined) rolesByAccount.set(account, [role.text]);
  else known.push(role.text);
}
/** As many as IAM gives at once. */
const PAGE = 1_000;
const MADE_AT = 1_767_225_600;

const calls = new Map<string, number>();
const machines = new Set<string>();
let lastCallAt = 0;

createServer(async (request, response) => {
  if (request.method === 'GET') {
    response.end(JSON.stringify(counts()));
    return;
  }
  if (request.method === 'DELETE') {
    calls.clear();
    machines.clear();
    response.end();
    return;
  }
  const body = await buffer(request);
  const { method = '', url: target = '', headers } = request;
  const call = readAwsCall({ method, target, headers, body }, (key) => ({
    accountId: key.slice(-12),
    arn: '',
  }));
  calls.set(call.operation, (calls.get(call.operation) ?? 0) + 1);
  lastCallAt = Date.now();
  const answer = answerTo(call);
  response.writeHead(answer.status, answer.headers).end(answer.body);
}).listen(Number(port), '127.0.0.1');

function counts(): ModelCounts {
  return { calls: Object.fromEntries(calls), machines: machines.size, lastCallAt };
}

function answerTo(call: AwsCall): Answer {
  switch (call.operation) {
    case 'AssumeRole':
      return xml(call, session(call.parameters.get('RoleArn') ?? ''));
    case 'GetCallerIdentity':
      return xml(call, `<Account>${call.accountId}</Account><Arn>${assumed(call.accountId)}</Arn>`);
    case 'GetAccountAuthorizationDetails':
      return xml(call, accountPage(call));
    case 'GetRole':
    case 'ListRolePolicies':
    case 'GetRolePolicy':
    case 'ListAttachedRolePolicies':
    case 'ListInstanceProfilesForRole':
      return oneRole(call);
    case 'DescribeStateMachine':
      return machine(call);
    case 'ListStateMachineAliases':
      return json({ stateMachineAliases: [] });
    default:
      return awsError(call, 'AccessDenied', `${call.operation} is not for this model`, 403);
  }
}

function assumed(account: string): string {
  return `arn:aws:sts::${account}:assumed-role/crossaccountlink-operator/crossaccountlink`;
}

/** The account is in the access key, as it is in AWS's own. */
function session(roleArn: string): string {
  const { accountId: account } = splitArn(roleArn);
  return (
    `<Credentials><AccessKeyId>ASIA${account}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>` +
    `<SessionToken>token</SessionToken><Expiration>2036-01-01T00:00:00Z</Expiration></Credentials>` +
    `<AssumedRoleUser><Arn>${assumed(account)}</Arn></AssumedRoleUser>`
  );
}

function accountPage({ accountId, parameters }: AwsCall): string {
  if (![...parameters.values()].includes('Role')) return '<IsTruncated>false</IsTruncated>';
  const first = Number(parameters.get('Marker') ?? 0);
  const roles = rolesByAccount.get(accountId) ?? [];
  const members = roles.slice(first, first + PAGE).map((text) => `<member>${text}</member>`);
  const isLast = first + PAGE >= roles.length;
  const more = isLast ? '' : `<Marker>${first + PAGE}</Marker>`;
  return `<IsTruncated>${!isLast}</IsTruncated>${more}<RoleDetailList>${members.join('')}</RoleDetailList>`;
}

/** A part of a role, read by itself: before the first write to it, and where its description counts. */
function oneRole(call: AwsCall): Answer {
  const found = rolesByName.get(`${call.accountId} ${call.parameters.get('RoleName') ?? ''}`);
  if (found === undefined) return awsError(call, 'NoSuchEntity', 'The role cannot be found.', 404);
  const { name, document } = found.policy;
  switch (call.operation) {
    case 'GetRole':
      return xml(call, `<Role>${found.text}</Role>`);
    case 'ListRolePolicies':
      return xml(call, `<IsTruncated>false</IsTruncated><PolicyNames><member>${name}</member></PolicyNames>`);
    case 'GetRolePolicy':
      return xml(call, `<PolicyName>${name}</PolicyName>${documentXml(document)}`);
    case 'ListAttachedRolePolicies':
      return xml(call, '<IsTruncated>false</IsTruncated><AttachedPolicies/>');
    default:
      return xml(call, '<IsTruncated>false</IsTruncated><InstanceProfiles/>');
  }
}

type Policy = InSyncState['grant'];

function documentXml(document: string): string {
  return `<PolicyDocument>${encodeURIComponent(document)}</PolicyDocument>`;
}

interface Role {
  readonly text: string;
  readonly policy: Policy;
}

/** Both roles of a link. The product's plan takes a millisecond for it: once, before anybody asks. */
function rolesOf(link: FleetLink) {
  const { trust, tags, permissions, grant } = inSyncState(link, shape);
  const { executionRoleArn, targetRoleArn } = link;
  const source = roleText(executionRoleArn, `AROAE${link.name}`, STATES_TRUST, grant);
  const target = roleText(targetRoleArn, `AROAT${link.name}`, trust, permissions, tags);
  return [
    { account: link.source, name: nameOf(executionRoleArn), role: { text: source, policy: grant } },
    { account: link.target, name: nameOf(targetRoleArn), role: { text: target, policy: permissions } },
  ];
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

function roleText(
  arn: string,
  id: string,
  trust: string,
  policy: Policy,
  tags: ReadonlyMap<string, string> = new Map(),
): string {
  const path = arn.slice(arn.indexOf(':role') + ':role'.length, arn.lastIndexOf('/') + 1);
  const name = nameOf(arn);
  const tagList = [...tags].map(
    ([key, value]) => `<member><Key>${key}</Key><Value>${value}</Value></member>`,
  );
  return (
    `<Path>${path}</Path><RoleName>${name}</RoleName><RoleId>${id}</RoleId><Arn>${arn}</Arn>` +
    `<CreateDate>2026-01-01T00:00:00Z</CreateDate>` +
    `<AssumeRolePolicyDocument>${encodeURIComponent(trust)}</AssumeRolePolicyDocument>` +
    `<InstanceProfileList/><RolePolicyList><member><PolicyName>${policy.name}</PolicyName>` +
    `${documentXml(policy.document)}</member></RolePolicyList>` +
    `<AttachedManagedPolicies/><Tags>${tagList.join('')}</Tags>`
  );
}

function machine(call: AwsCall): Answer {
  const link = byMachine.get(call.parameters.get('stateMachineArn') ?? '');
  if (link === undefined) return awsError(call, 'StateMachineDoesNotExist', 'State machine does not exist');
  machines.add(link.machineArn);
  return json({
    stateMachineArn: link.machineArn,
    name: link.name,
    status: 'ACTIVE',
    type: 'STANDARD',
    roleArn: link.executionRoleArn,
    definition: inSyncDefinition(link),
    creationDate: MADE_AT,
    revisionId: `revision-${link.name}`,
  });
}

function xml({ operation }: AwsCall, result: string): Answer {
  const body = `<${operation}Response><${operation}Result>${result}</${operation}Result></${operation}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body: Buffer.from(body) };
}

function json(value: object): Answer {
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  return { status: 200, headers, body: Buffer.from(JSON.stringify(value)) };
}
