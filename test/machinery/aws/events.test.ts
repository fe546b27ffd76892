import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readEvent, type EventObject } from '../../../src/aws/events/events.ts';
import { cloudTrailEvent, EVENT_ACCOUNT, executionEvent, type ApiCall } from '../../../testbed/cloudtrail.ts';
import { narrow } from '../../expectations.ts';

const MACHINE = `arn:aws:states:eu-west-1:${EVENT_ACCOUNT}:stateMachine:checkout`;
const STATES = 'states.amazonaws.com';

function read(call: ApiCall) {
  return readEvent(JSON.stringify(cloudTrailEvent(call)));
}

const role: EventObject = { kind: 'role', name: 'checkout' };
const machine: EventObject = { kind: 'stateMachine', arn: MACHINE };
const policyArn = `arn:aws:iam::${EVENT_ACCOUNT}:policy/boundary`;

const TOUCHING: readonly (ApiCall & { readonly touches: EventObject })[] = [
  ...[
    'CreateRole',
    'DeleteRole',
    'UpdateRole',
    'UpdateAssumeRolePolicy',
    'PutRolePolicy',
    'DeleteRolePolicy',
    'AttachRolePolicy',
    'DetachRolePolicy',
    'PutRolePermissionsBoundary',
    'DeleteRolePermissionsBoundary',
    'TagRole',
    'UntagRole',
    'AddRoleToInstanceProfile',
  ].map((eventName) => ({ eventName, requestParameters: { roleName: 'checkout' }, touches: role })),
  ...['CreatePolicyVersion', 'SetDefaultPolicyVersion', 'DeletePolicyVersion'].map(
    (eventName): ApiCall & { touches: EventObject } => ({
      eventName,
      requestParameters: { policyArn },
      touches: { kind: 'managedPolicy', arn: policyArn },
    }),
  ),
  ...['UpdateStateMachine', 'DeleteStateMachine', 'PublishStateMachineVersion'].map((eventName) => ({
    eventName,
    eventSource: STATES,
    requestParameters: { stateMachineArn: MACHINE, definition: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
    touches: machine,
  })),
  {
    eventName: 'CreateStateMachine',
    eventSource: STATES,
    requestParameters: { name: 'checkout' },
    responseElements: { stateMachineArn: MACHINE, creationDate: 'Mar 1, 2026' },
    touches: machine,
  },
  {
    eventName: 'CreateStateMachineAlias',
    eventSource: STATES,
    requestParameters: { name: 'live' },
    responseElements: { stateMachineAliasArn: `${MACHINE}:live` },
    touches: machine,
  },
  {
    eventName: 'UpdateStateMachineAlias',
    eventSource: STATES,
    requestParameters: { stateMachineAliasArn: `${MACHINE}:live` },
    touches: machine,
  },
  {
    eventName: 'TagResource',
    eventSource: STATES,
    requestParameters: { resourceArn: MACHINE },
    touches: machine,
  },
];

for (const { touches, ...call } of TOUCHING) {
  test(`${call.eventName} touches its ${touches.kind}`, () => {
    const reading = read(call);
    expect(reading.kind === 'change' && reading.event.objects).toStrictEqual([touches]);
  });
}

test('an event tells the account, what was called, by whom and when', () => {
  const reading = read({ eventName: 'PutRolePolicy', requestParameters: { roleName: 'checkout' } });
  expect(reading).toStrictEqual({
    kind: 'change',
    event: {
      accountId: EVENT_ACCOUNT,
      eventName: 'PutRolePolicy',
      objects: [role],
      user: {
        who: `arn:aws:sts::${EVENT_ACCOUNT}:assumed-role/Admin/alice`,
        issuerArn: `arn:aws:iam::${EVENT_ACCOUNT}:role/admins/Admin`,
        accessKeyId: 'ASIAEXAMPLE',
      },
      time: '2026-03-01T09:59:58Z',
    },
  });
});

const OF_NO_INTEREST: readonly (ApiCall & { readonly why: string })[] = [
  {
    why: 'a call that failed',
    eventName: 'PutRolePolicy',
    errorCode: 'AccessDenied',
    requestParameters: { roleName: 'x' },
  },
  { why: 'another API', eventName: 'CreateUser', requestParameters: { userName: 'x' } },
  {
    why: "another service's event of the same name",
    eventName: 'TagResource',
    eventSource: 'sqs.amazonaws.com',
    requestParameters: { resourceArn: MACHINE },
  },
  {
    why: 'a tag on something else',
    eventName: 'TagResource',
    eventSource: STATES,
    requestParameters: { resourceArn: MACHINE.replace('stateMachine', 'activity') },
  },
  {
    why: "an ARN of another account than the envelope's",
    eventName: 'UpdateStateMachine',
    eventSource: STATES,
    account: '333333333333',
    requestParameters: { stateMachineArn: MACHINE },
  },
  { why: 'an event without parameters', eventName: 'PutRolePolicy' },
  { why: 'parameters of another shape', eventName: 'PutRolePolicy', requestParameters: { roleName: ['x'] } },
];

for (const { why, ...call } of OF_NO_INTEREST) {
  test(`${why} is of no interest`, () => {
    expect(read(call)).toStrictEqual({ kind: 'other' });
  });
}

const JUNK = [
  { what: 'no JSON', body: '<xml/>' },
  { what: 'nothing', body: '' },
  { what: 'a number', body: '42' },
  { what: 'null', body: 'null' },
  {
    what: 'an event of something else',
    body: JSON.stringify({ 'detail-type': 'Scheduled Event', account: EVENT_ACCOUNT, detail: {} }),
  },
  {
    what: 'an account that is none',
    body: JSON.stringify(cloudTrailEvent({ eventName: 'PutRolePolicy', account: '../../etc' })),
  },
  { what: 'something far too long', body: `"${'x'.repeat(2_000_000)}"` },
];

for (const { what, body } of JUNK) {
  test(`${what} is junk`, () => {
    expect(readEvent(body).kind).toBe('junk');
  });
}

test('no content whatever makes reading throw', () => {
  const keys = fc.constantFrom(
    'detail',
    'account',
    'eventName',
    'requestParameters',
    'userIdentity',
    '__proto__',
  );
  const anything = fc.anything({ key: fc.oneof(keys, fc.string()) });
  fc.assert(fc.property(anything, (value) => void readEvent(JSON.stringify(value) ?? '')));
  fc.assert(fc.property(fc.string(), (body) => void readEvent(body)));
});

test("a user's name is cut and stays on one line", () => {
  const reading = read({
    eventName: 'PutRolePolicy',
    requestParameters: { roleName: 'x' },
    sessionName: `a\n{"level":"fake"}${'b'.repeat(1_000)}`,
  });
  const who = reading.kind === 'change' ? reading.event.user.who : '';
  narrow(who.length === 256 && !who.includes('\n'), who);
});

const EXECUTION = `arn:aws:states:eu-west-1:${EVENT_ACCOUNT}:execution:checkout:run-1`;

test.each([
  ['FAILED', false],
  ['TIMED_OUT', false],
  ['SUCCEEDED', true],
])('of an execution that ended %s the event gives the ARN, and nothing else', (status, succeeded) => {
  const body = JSON.stringify(executionEvent({ executionArn: EXECUTION, status, stopDate: 7 }));
  expect(readEvent(body)).toStrictEqual({
    kind: 'execution',
    event: {
      accountId: EVENT_ACCOUNT,
      executionArn: EXECUTION,
      stateMachineArn: MACHINE,
      succeeded,
      stopDate: '7',
    },
  });
});

test('a child of a distributed Map is an execution of the machine of the Map', () => {
  const executionArn = EXECUTION.replace(':run-1', '/Each:run-1');
  const reading = readEvent(JSON.stringify(executionEvent({ executionArn, status: 'FAILED' })));
  expect(reading).toMatchObject({ kind: 'execution', event: { executionArn, stateMachineArn: MACHINE } });
});

test.each(['RUNNING', 'ABORTED', 'PENDING_REDRIVE', '', 'failed'])(
  'status "%s" is of no interest',
  (status) => {
    expect(readEvent(JSON.stringify(executionEvent({ executionArn: EXECUTION, status })))).toStrictEqual({
      kind: 'other',
    });
  },
);

test.each<readonly [what: string, executionArn: string, account?: string]>([
  ['of another account than the envelope', EXECUTION, '111111111111'],
  ['of an Express execution', EXECUTION.replace('execution', 'express')],
  ['of a state machine', MACHINE],
  ['of another service', EXECUTION.replace(':states:', ':iam:')],
  ['with more parts than it has', `${EXECUTION}:more`],
  ['longer than any', `${EXECUTION}${'x'.repeat(256)}`],
  ['that is none', 'run-1'],
])('an execution ARN %s is junk', (_what, executionArn, account = EVENT_ACCOUNT) => {
  const body = JSON.stringify(executionEvent({ executionArn, status: 'FAILED', account }));
  expect(readEvent(body).kind).toBe('junk');
});
