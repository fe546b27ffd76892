/** The model of AWS is compared with an emulator: both have to answer the same calls, one after the other, in the same way. If
 *  they do not, the emulator is wrong about AWS, and the page that says so is given here. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as iam from '@aws-sdk/client-iam';
import * as sfn from '@aws-sdk/client-sfn';
import { isJsonObject, type Json, type JsonObject } from '../../../src/base/json.ts';
import { awsClients, type AwsClients } from '../../../testbed/aws-clients.ts';
import { startEmulator, type Emulator } from '../../../testbed/aws-emulator.ts';
import { Random } from '../../../testbed/random.ts';
import { AwsModel } from '../../../testbed/simulation/aws-model.ts';
import { callModel } from '../../../testbed/simulation/aws-operations.ts';
import { definitionOf, executionRoleArn, machineArn } from '../../../testbed/simulation/scenery.ts';
import { Scheduler } from '../../../testbed/simulation/scheduler.ts';

const ACCOUNT = '111111111111';
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const policyFor = (action: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }],
  });
const trustOf = (arn: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: arn }, Action: 'sts:AssumeRole' }],
  });
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const MACHINE = machineArn('checkout');
const ABSENT_MACHINE = machineArn('absent');

interface Step {
  readonly call: string;
  readonly input: JsonObject;
  /** AWS's answers where the emulator's are different, with the page that says so. */
  readonly aws?: { readonly answer: string; readonly page: string };
}

const CREATED = { RoleName: 'target', Path: '/links/', AssumeRolePolicyDocument: TRUST };
const TARGET = { RoleName: 'target' };
const ABSENT = { RoleName: 'absent' };
const OURS = { ...TARGET, PolicyName: 'ours' };

const STEPS: readonly Step[] = [
  { call: 'GetRole', input: ABSENT },
  { call: 'ListRolePolicies', input: ABSENT },
  { call: 'ListAttachedRolePolicies', input: ABSENT },
  { call: 'PutRolePolicy', input: { ...ABSENT, PolicyName: 'ours', PolicyDocument: policyFor('sqs:*') } },
  { call: 'UpdateAssumeRolePolicy', input: { ...ABSENT, PolicyDocument: TRUST } },
  { call: 'TagRole', input: { ...ABSENT, Tags: [{ Key: 'a', Value: '1' }] } },
  { call: 'UntagRole', input: { ...ABSENT, TagKeys: ['a'] } },
  { call: 'DeleteRole', input: ABSENT },
  { call: 'CreateRole', input: { ...CREATED, Description: 'one', Tags: [{ Key: 'a', Value: '1' }] } },
  { call: 'CreateRole', input: CREATED },
  { call: 'GetRole', input: TARGET },
  { call: 'ListRolePolicies', input: TARGET },
  { call: 'ListAttachedRolePolicies', input: TARGET },
  { call: 'ListInstanceProfilesForRole', input: TARGET },
  { call: 'GetRolePolicy', input: OURS },
  { call: 'DeleteRolePolicy', input: OURS },
  { call: 'PutRolePolicy', input: { ...OURS, PolicyDocument: policyFor('sqs:SendMessage') } },
  { call: 'PutRolePolicy', input: { ...OURS, PolicyDocument: policyFor('sns:Publish') } },
  { call: 'GetRolePolicy', input: OURS },
  { call: 'ListRolePolicies', input: TARGET },
  { call: 'DeleteRole', input: TARGET },
  { call: 'AttachRolePolicy', input: { ...TARGET, PolicyArn: READ_ONLY } },
  { call: 'AttachRolePolicy', input: { ...TARGET, PolicyArn: READ_ONLY } },
  { call: 'ListAttachedRolePolicies', input: TARGET },
  { call: 'DetachRolePolicy', input: { ...TARGET, PolicyArn: READ_ONLY } },
  { call: 'DetachRolePolicy', input: { ...TARGET, PolicyArn: READ_ONLY } },
  {
    call: 'TagRole',
    input: {
      ...TARGET,
      Tags: [
        { Key: 'a', Value: '2' },
        { Key: 'b', Value: '' },
      ],
    },
  },
  { call: 'UntagRole', input: { ...TARGET, TagKeys: ['a', 'c'] } },
  { call: 'GetRole', input: TARGET },
  { call: 'UpdateRoleDescription', input: { ...TARGET, Description: 'two' } },
  { call: 'PutRolePermissionsBoundary', input: { ...TARGET, PermissionsBoundary: READ_ONLY } },
  { call: 'GetRole', input: TARGET },
  { call: 'DeleteRolePermissionsBoundary', input: TARGET },
  {
    call: 'UpdateAssumeRolePolicy',
    input: { ...TARGET, PolicyDocument: trustOf(executionRoleArn('checkout-exec')) },
  },
  { call: 'GetRole', input: TARGET },
  {
    call: 'UpdateAssumeRolePolicy',
    input: { ...TARGET, PolicyDocument: trustOf(executionRoleArn('absent')) },
    aws: {
      answer: 'MalformedPolicyDocumentException 400',
      page: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html',
    },
  },
  { call: 'DescribeStateMachine', input: { stateMachineArn: ABSENT_MACHINE } },
  {
    call: 'UpdateStateMachine',
    input: { stateMachineArn: ABSENT_MACHINE, definition: definitionOf(['Send']) },
  },
  { call: 'DescribeStateMachine', input: { stateMachineArn: MACHINE } },
  {
    call: 'UpdateStateMachine',
    input: { stateMachineArn: MACHINE, definition: definitionOf(['Publish']) },
    aws: {
      answer: '{"revisionId":"an ID"}',
      page: 'https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html',
    },
  },
  { call: 'DescribeStateMachine', input: { stateMachineArn: MACHINE } },
  { call: 'ListStateMachineAliases', input: { stateMachineArn: MACHINE } },
  { call: 'DescribeStateMachineAlias', input: { stateMachineAliasArn: `${MACHINE}:live` } },
  { call: 'ListExecutions', input: { stateMachineArn: MACHINE, statusFilter: 'RUNNING' } },
  {
    call: 'DescribeStateMachineForExecution',
    input: { executionArn: `${MACHINE.replace(':stateMachine:', ':execution:')}:absent` },
  },
  { call: 'DeleteRolePolicy', input: OURS },
  { call: 'DeleteRole', input: TARGET },
  { call: 'GetRole', input: TARGET },
];

let emulator: Emulator;
let clients: AwsClients;

beforeAll(async () => {
  emulator = await startEmulator();
  clients = awsClients(emulator.url, ACCOUNT);
});

afterAll(() => emulator.stop());

it('the model of AWS answers as the emulator does, call by call', async () => {
  const model = new AwsModel(new Scheduler(new Random(1)));
  await makeMachine(model);
  const differing: string[] = [];
  for (const [index, { call, input, aws }] of STEPS.entries()) {
    const modelled = await outcomeOf(() => callModel(model, ACCOUNT, call, input));
    const real = await outcomeOf(() => send(call, input));
    const wanted = aws?.answer ?? described(real, modelled);
    if (described(modelled) !== wanted)
      differing.push(
        `${index} ${call} ${JSON.stringify(input).slice(0, 80)}: ${described(modelled)}, not ${wanted}`,
      );
  }
  expect(differing).toStrictEqual([]);
});

async function makeMachine(model: AwsModel): Promise<void> {
  const roleArn = executionRoleArn('checkout-exec');
  const definition = definitionOf(['Send']);
  const executionRole = { RoleName: 'checkout-exec', Path: '/', AssumeRolePolicyDocument: TRUST };
  callModel(model, ACCOUNT, 'CreateRole', executionRole);
  await clients.iam.send(new iam.CreateRoleCommand(executionRole));
  model.setMachine('others', MACHINE, { roleArn, definition });
  const create = { name: 'checkout', roleArn, definition, type: sfn.StateMachineType.STANDARD };
  await clients.sfn.send(new sfn.CreateStateMachineCommand(create));
}

/** The command of this name, as the SDK has it. */
async function send(call: string, input: JsonObject): Promise<unknown> {
  const ofIam: unknown = Reflect.get(iam, `${call}Command`);
  const Command = ofIam ?? Reflect.get(sfn, `${call}Command`);
  if (typeof Command !== 'function') throw new Error(`the SDK has no ${call}`);
  const client = ofIam === undefined ? clients.sfn : clients.iam;
  const answer: unknown = await Reflect.apply(client.send, client, [Reflect.construct(Command, [input])]);
  return answer;
}

type Outcome = { readonly answer: Json } | { readonly error: string };

async function outcomeOf(call: () => unknown): Promise<Outcome> {
  try {
    return { answer: comparable(await call()) };
  } catch (error) {
    const status: unknown = Reflect.get(Object(Reflect.get(Object(error), '$metadata')), 'httpStatusCode');
    return { error: `${error instanceof Error ? error.name : String(error)} ${String(status)}` };
  }
}

/** @param as of a longer answer, only the parts that are in this one count */
function described(outcome: Outcome, as: Outcome = outcome): string {
  if ('error' in outcome) return outcome.error;
  return JSON.stringify('error' in as ? outcome.answer : within(outcome.answer, as.answer));
}

function within(value: Json, as: Json): Json {
  if (!isJsonObject(value) || !isJsonObject(as)) return value;
  return Object.fromEntries(
    Object.entries(as).map(([key, inner]) => [key, within(value[key] ?? null, inner ?? null)]),
  );
}

/** IDs, times and revisions differ from world to world; documents are compared as JSON, lists without regard to order. */
function comparable(value: unknown, key = ''): Json {
  if (value instanceof Date) return 'a time';
  if (typeof value === 'string') {
    if (key === 'RoleId' || key === 'revisionId' || key === 'PolicyId') return 'an ID';
    const text = decodeURIComponent(value);
    return text.startsWith('{') ? JSON.stringify(JSON.parse(text)) : text;
  }
  if (Array.isArray(value))
    return value
      .map((item) => comparable(item))
      .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return typeof value === 'boolean' ? value : null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => !name.startsWith('$') && inner !== undefined && inner !== '')
      .map(([name, inner]) => [name, comparable(inner, name)]),
  );
}
