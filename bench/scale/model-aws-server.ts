/**
 * An AWS in which a fleet of any size is in sync, as a separate process. All roles are worked out before the first call, so that
 * this is not measured. It knows what a start and checks need, and counts all other calls. `node model-aws-server.ts PORT SHAPE`,
 * where SHAPE is a {@link FleetShape} as JSON.
 */
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { splitArn } from '../../src/arn/parts.ts';
import { readAwsCall, type AwsCall } from '../../testbed/proxy/aws-call.ts';
import { awsError } from '../../testbed/proxy/aws-answers.ts';
import type { Answer } from '../../testbed/proxy/rules.ts';
import { definitionOf, firstOf, fleetOf, STATES_TRUST, type FleetLink, type FleetShape } from '../fleet.ts';
import { inSyncDefinition } from '../in-sync.ts';
import { rolesLikeFirst } from './fleet-answers.ts';
import type { ModelCounts } from './model-aws.ts';
import { ModelRoles } from './model-roles.ts';

const [port, shapeText, made] = process.argv.slice(2);
const shape: FleetShape = Object(JSON.parse(shapeText ?? ''));
const fleet = fleetOf(shape);
const byMachine = new Map(fleet.links.map((link) => [link.machineArn, link]));
const roles = new ModelRoles();
for (const role of fleet.links.flatMap(rolesLikeFirst(fleet, firstOf(fleet)))) {
  if (made === 'inSync') roles.put(role);
  else if (role.trust === STATES_TRUST) roles.put({ ...role, policies: new Map() });
}
/** State machines that were updated. */
const updated = new Map<string, { readonly definition: string; readonly revision: number }>();
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
    case 'DescribeStateMachine':
      return machine(call);
    case 'UpdateStateMachine':
      return update(call);
    case 'ListStateMachineAliases':
      return json({ stateMachineAliases: [] });
    case 'ListExecutions':
      return json({ executions: [] });
    default:
      return roleAnswer(call);
  }
}

function assumed(account: string): string {
  return `arn:aws:sts::${account}:assumed-role/crossaccountlink-operator/crossaccountlink`;
}

/** The account is in the access key, as in AWS's own keys. */
function session(roleArn: string): string {
  const { accountId: account } = splitArn(roleArn);
  return (
    `<Credentials><AccessKeyId>ASIA${account}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>` +
    `<SessionToken>token</SessionToken><Expiration>2036-01-01T00:00:00Z</Expiration></Credentials>` +
    `<AssumedRoleUser><Arn>${assumed(account)}</Arn></AssumedRoleUser>`
  );
}

function roleAnswer(call: AwsCall): Answer {
  const result = roles.answerTo(call);
  if (result === 'unknown')
    return awsError(call, 'AccessDenied', `${call.operation} is not for this model`, 403);
  if (result === undefined) return awsError(call, 'NoSuchEntity', 'The role cannot be found.', 404);
  return xml(call, result);
}

function machine(call: AwsCall): Answer {
  const link = byMachine.get(call.parameters.get('stateMachineArn') ?? '');
  if (link === undefined) return awsError(call, 'StateMachineDoesNotExist', 'State machine does not exist');
  machines.add(link.machineArn);
  const { definition, revision } = updated.get(link.machineArn) ?? {
    definition: firstDefinition(link),
    revision: 0,
  };
  return json({
    stateMachineArn: link.machineArn,
    name: link.name,
    status: 'ACTIVE',
    type: 'STANDARD',
    roleArn: link.executionRoleArn,
    definition,
    creationDate: MADE_AT,
    revisionId: `revision-${link.name}-${revision}`,
  });
}

function firstDefinition(link: FleetLink): string {
  return made === 'inSync' ? inSyncDefinition(link) : definitionOf(link.name, link.target);
}

function update(call: AwsCall): Answer {
  const link = byMachine.get(call.parameters.get('stateMachineArn') ?? '');
  if (link === undefined) return awsError(call, 'StateMachineDoesNotExist', 'State machine does not exist');
  const revision = (updated.get(link.machineArn)?.revision ?? 0) + 1;
  updated.set(link.machineArn, { definition: call.parameters.get('definition') ?? '', revision });
  return json({ updateDate: MADE_AT, revisionId: `revision-${link.name}-${revision}` });
}

function xml({ operation }: AwsCall, result: string): Answer {
  const body = `<${operation}Response><${operation}Result>${result}</${operation}Result></${operation}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body: Buffer.from(body) };
}

function json(value: object): Answer {
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  return { status: 200, headers, body: Buffer.from(JSON.stringify(value)) };
}
