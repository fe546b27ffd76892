/** Reads and writes against an emulator that enforces IAM: what is written is what is read, one call each. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import { applyAction, type AppliedResult } from '../../../src/aws/writes/apply.ts';
import type { AccountCalls } from '../../../src/aws/calls/calls.ts';
import { verifyIdentity } from '../../../src/aws/calls/identity.ts';
import { readManagedPolicy } from '../../../src/aws/reads/managed-policy.ts';
import { readRole } from '../../../src/aws/reads/role.ts';
import { readStateMachine } from '../../../src/aws/reads/state-machine.ts';
import { AccountSnapshots } from '../../../src/aws/reads/snapshots.ts';
import { systemClock } from '../../../src/base/clock.ts';
import type { ObservedRole } from '../../../src/observed/objects.ts';
import type { Action } from '../../../src/plan/action.ts';
import { parsePolicy } from '../../../src/policy/parse.ts';
import { awsClients, type AwsClients } from '../../../testbed/aws-clients.ts';
import { startEmulator, type Emulator } from '../../../testbed/aws-emulator.ts';
import { ALL_OF_AN_ACCOUNT, makeHarness, OPERATOR, callOptions, type Harness } from './harness.ts';
import { present } from '../../expectations.ts';

const TARGET = '222222222222';
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${OPERATOR}:root` }, Action: 'sts:AssumeRole' },
  ],
});
const SEND = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: `arn:aws:sqs:us-east-1:${TARGET}:orders` },
  ],
});
const ADMIN = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});
const DEFINITION = JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } });
const OPERATOR_ROLE = { arn: `arn:aws:iam::${TARGET}:role/operator`, externalId: 'shared' };

let emulator: Emulator;
let harness: Harness;
let user: AwsClients;
let calls: AccountCalls;

beforeAll(async () => {
  emulator = await startEmulator();
  harness = makeHarness(emulator.url);
  user = awsClients(emulator.url, TARGET);
  const trust = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${OPERATOR}:root` },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': OPERATOR_ROLE.externalId } },
      },
    ],
  });
  await user.iam.send(new CreateRoleCommand({ RoleName: 'operator', AssumeRolePolicyDocument: trust }));
  await user.iam.send(
    new PutRolePolicyCommand({ RoleName: 'operator', PolicyName: 'admin', PolicyDocument: ADMIN }),
  );
  await user.iam.send(new CreateRoleCommand({ RoleName: 'execution', AssumeRolePolicyDocument: TRUST }));
  const rates = { iam: { burst: 1_000, perSecond: 1_000 } };
  calls = harness.account({ accountId: TARGET, partition: 'aws', assumeRole: OPERATOR_ROLE, rates });
});
afterAll(async () => {
  harness.close();
  await emulator.stop();
});
let number = 0;
let roleArn = '';
beforeEach(() => {
  harness.records.length = 0;
  number += 1;
  roleArn = `arn:aws:iam::${TARGET}:role/links/role-${number}`;
});

type Write = Action extends infer One
  ? One extends Action
    ? Omit<One, 'leg' | 'object' | 'reason' | 'changes'>
    : never
  : never;

function apply(write: Write, object = roleArn): Promise<AppliedResult> {
  const action: Action = { ...write, leg: 'targetRole', object, reason: 'a test', changes: [] };
  return applyAction(calls, action, { callOptions, links: [], audit: (line) => harness.audits.push(line) });
}

function createRole(): Promise<AppliedResult> {
  return apply({
    operation: 'CreateRole',
    trust: parsePolicy(TRUST),
    description: 'for a test',
    tags: new Map([['team', 'payments']]),
  });
}

async function theRole(): Promise<ObservedRole> {
  const reading = await readRole(calls, callOptions, roleArn);
  if (reading.kind !== 'found') throw new Error(`${roleArn} is ${reading.kind}`);
  return reading.role;
}

async function newPolicy(name: string): Promise<string> {
  const answer = await user.iam.send(
    new CreatePolicyCommand({ PolicyName: `${name}-${number}`, PolicyDocument: SEND }),
  );
  return present(answer.Policy?.Arn, 'no policy was made');
}

test('the operator reaches another account by AssumeRole with the external ID', async () => {
  expect(await verifyIdentity(calls)).toStrictEqual({
    kind: 'verified',
    identityArn: `arn:aws:sts::${TARGET}:assumed-role/operator/crossaccountlink`,
  });
});

test('without the external ID the account is denied', async () => {
  const without = { accountId: TARGET, partition: 'aws', assumeRole: { arn: OPERATOR_ROLE.arn } };
  const identity = await verifyIdentity(harness.account(without));
  expect(identity.kind).toBe('denied');
  expect('message' in identity ? identity.message : '').toMatch(
    /^AssumeRole on .*role\/operator: AccessDenied/,
  );
});

test('without a role to assume the operator uses its own credentials', async () => {
  const own = harness.account({ accountId: OPERATOR, partition: 'aws' });
  expect(await verifyIdentity(own)).toStrictEqual({
    kind: 'verified',
    identityArn: `arn:aws:iam::${OPERATOR}:root`,
  });
});

test('a role that was made is read as it was made', async () => {
  const { roleId = '' } = await createRole();
  expect(await theRole()).toStrictEqual({
    arn: roleArn,
    roleId,
    trust: { kind: 'parsed', document: parsePolicy(TRUST) },
    inlinePolicies: new Map(),
    managedPolicyArns: [],
    tags: new Map([['team', 'payments']]),
    instanceProfiles: [],
    description: 'for a test',
  });
});

test('making a role that exists is a conflict', async () => {
  await createRole();
  await expect(createRole()).rejects.toMatchObject({ name: 'AwsFailure', kind: 'conflict' });
});

test('a role of the same name at another path is not taken for the role', async () => {
  await createRole();
  const elsewhere = `arn:aws:iam::${TARGET}:role/role-${number}`;
  expect(await readRole(calls, callOptions, elsewhere)).toStrictEqual({ kind: 'nameTaken', arn: roleArn });
});

test('a role that nobody made is absent, reported by one call', async () => {
  expect(await readRole(calls, callOptions, roleArn)).toStrictEqual({ kind: 'absent' });
  expect(harness.records.map((record) => record.operation)).toStrictEqual(['GetRole']);
});

test('what is no role ARN is never sent', async () => {
  await expect(readRole(calls, callOptions, `arn:aws:iam::${TARGET}:user/x`)).rejects.toThrow(
    /is not the ARN of such an object/,
  );
  expect(harness.records).toStrictEqual([]);
});

const CHANGES: readonly {
  readonly write: Write;
  readonly seen: (role: ObservedRole) => unknown;
  readonly as: unknown;
}[] = [
  {
    write: { operation: 'UpdateAssumeRolePolicy', trust: parsePolicy(TRUST.replace('Allow', 'Deny')) },
    seen: (role) => role.trust,
    as: { kind: 'parsed', document: parsePolicy(TRUST.replace('Allow', 'Deny')) },
  },
  {
    write: { operation: 'UpdateRoleDescription', description: 'changed' },
    seen: (role) => role.description,
    as: 'changed',
  },
  {
    write: { operation: 'PutRolePolicy', policyName: 'send', document: parsePolicy(SEND) },
    seen: (role) => role.inlinePolicies,
    as: new Map([['send', { kind: 'parsed', document: parsePolicy(SEND) }]]),
  },
  {
    write: { operation: 'TagRole', tags: new Map([['owner', 'us']]) },
    seen: (role) => role.tags,
    as: new Map([
      ['team', 'payments'],
      ['owner', 'us'],
    ]),
  },
  { write: { operation: 'UntagRole', keys: ['team'] }, seen: (role) => role.tags, as: new Map() },
];

for (const { write, seen, as } of CHANGES) {
  test(`${write.operation} changes what is read, by one call`, async () => {
    await createRole();
    harness.records.length = 0;
    await apply(write);
    expect(harness.records.map((record) => record.operation)).toStrictEqual([write.operation]);
    expect(seen(await theRole())).toStrictEqual(as);
  });
}

test('managed policies and boundaries are put on and taken off', async () => {
  await createRole();
  const policyArn = await newPolicy('extra');
  await apply({ operation: 'AttachRolePolicy', policyArn });
  await apply({ operation: 'PutRolePermissionsBoundary', boundaryArn: policyArn });
  const on = await theRole();
  expect([on.managedPolicyArns, on.permissionsBoundaryArn]).toStrictEqual([[policyArn], policyArn]);
  await apply({ operation: 'DetachRolePolicy', policyArn });
  await apply({ operation: 'DeleteRolePermissionsBoundary' });
  const off = await theRole();
  expect([off.managedPolicyArns, off.permissionsBoundaryArn]).toStrictEqual([[], undefined]);
});

test('a role is taken out of an instance profile that holds it', async () => {
  await createRole();
  const InstanceProfileName = `profile-${number}`;
  await user.iam.send(new CreateInstanceProfileCommand({ InstanceProfileName }));
  const RoleName = `role-${number}`;
  await user.iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }));
  expect((await theRole()).instanceProfiles).toStrictEqual([InstanceProfileName]);
  await apply({ operation: 'RemoveRoleFromInstanceProfile', instanceProfile: InstanceProfileName });
  expect((await theRole()).instanceProfiles).toStrictEqual([]);
});

test('a role that still holds a policy is not deleted: a conflict', async () => {
  await createRole();
  await apply({ operation: 'PutRolePolicy', policyName: 'send', document: parsePolicy(SEND) });
  await expect(apply({ operation: 'DeleteRole' })).rejects.toMatchObject({
    name: 'AwsFailure',
    code: 'DeleteConflict',
  });
  await apply({ operation: 'DeleteRolePolicy', policyName: 'send' });
  expect(await apply({ operation: 'DeleteRole' })).toStrictEqual({});
  expect(await readRole(calls, callOptions, roleArn)).toStrictEqual({ kind: 'absent' });
});

test('all inline policies of a role are read, however many', async () => {
  await createRole();
  const names = Array.from({ length: 12 }, (_, index) => `policy-${String(index).padStart(2, '0')}`);
  const RoleName = `role-${number}`;
  for (const PolicyName of names) {
    await user.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: SEND }));
  }
  expect([...(await theRole()).inlinePolicies.keys()].sort()).toStrictEqual(names);
});

test('an attached policy is read by its version, once', async () => {
  const arn = await newPolicy('boundary');
  const versions = new Map();
  const first = await readManagedPolicy(calls, callOptions, arn, versions);
  expect(first).toStrictEqual({
    kind: 'found',
    policy: { arn, versionId: 'v1', document: { kind: 'parsed', document: parsePolicy(SEND) } },
  });
  harness.records.length = 0;
  await readManagedPolicy(calls, callOptions, arn, versions);
  expect(harness.records.map((record) => record.operation)).toStrictEqual(['GetPolicy']);
});

test("a managed policy's new version is read", async () => {
  const arn = await newPolicy('boundary');
  const versions = new Map();
  await readManagedPolicy(calls, callOptions, arn, versions);
  await user.iam.send(
    new CreatePolicyVersionCommand({ PolicyArn: arn, PolicyDocument: ADMIN, SetAsDefault: true }),
  );
  const reading = await readManagedPolicy(calls, callOptions, arn, versions);
  expect(reading.kind === 'found' && [reading.policy.versionId, reading.policy.document]).toStrictEqual([
    'v2',
    { kind: 'parsed', document: parsePolicy(ADMIN) },
  ]);
});

async function newMachine(): Promise<string> {
  const answer = await user.sfn.send(
    new CreateStateMachineCommand({
      name: `machine-${number}`,
      definition: DEFINITION,
      roleArn: `arn:aws:iam::${TARGET}:role/execution`,
    }),
  );
  return present(answer.stateMachineArn, 'no machine was made');
}

test('a state machine is read by one call, its definition as AWS holds it', async () => {
  const arn = await newMachine();
  const reading = await readStateMachine(calls, callOptions, arn);
  if (reading.kind !== 'found') throw new Error(`${arn} is absent`);
  const { creationDate, revisionId: _, ...machine } = reading.machine;
  expect(machine).toStrictEqual({
    arn,
    type: 'STANDARD',
    executionRoleArn: `arn:aws:iam::${TARGET}:role/execution`,
    definition: DEFINITION,
  });
  expect(Number.isFinite(Date.parse(creationDate))).toBe(true);
  expect(harness.records).toHaveLength(1);
});

test('a state machine that nobody made is absent', async () => {
  const arn = `arn:aws:states:us-east-1:${TARGET}:stateMachine:nobody`;
  expect(await readStateMachine(calls, callOptions, arn)).toStrictEqual({ kind: 'absent' });
});

test('an updated machine has the new definition, and nothing else changed', async () => {
  const arn = await newMachine();
  const before = await readStateMachine(calls, callOptions, arn);
  const definition = DEFINITION.replaceAll('Done', 'Finished');
  await apply({ operation: 'UpdateStateMachine', definition, publishVersion: false }, arn);
  const after = await readStateMachine(calls, callOptions, arn);
  if (before.kind !== 'found' || after.kind !== 'found') throw new Error(`${arn} is absent`);
  const { revisionId: _, ...machine } = after.machine;
  const { revisionId: __, ...expected } = before.machine;
  expect(machine).toStrictEqual({ ...expected, definition });
});

test('a version is published when it was asked for', async () => {
  const arn = await newMachine();
  const definition = DEFINITION.replaceAll('Done', 'Finished');
  const { versionArn } = await apply(
    { operation: 'UpdateStateMachine', definition, publishVersion: true },
    arn,
  );
  expect(versionArn).toBe(`${arn}:1`);
});

test('a role attached by its user is seen', async () => {
  await createRole();
  const PolicyArn = await newPolicy('foreign');
  await user.iam.send(new AttachRolePolicyCommand({ RoleName: `role-${number}`, PolicyArn }));
  expect((await theRole()).managedPolicyArns).toStrictEqual([PolicyArn]);
});

test('a snapshot of the account shows a role as a fresh read does, but for its description', async () => {
  await createRole();
  const policyArn = await newPolicy('extra');
  await apply({ operation: 'PutRolePolicy', policyName: 'send', document: parsePolicy(SEND) });
  await apply({ operation: 'AttachRolePolicy', policyArn });
  // Boundaries are left out: ministack's snapshots do not show them, AWS's do (see snapshots.test.ts).
  const snapshots = new AccountSnapshots(calls, systemClock, ALL_OF_AN_ACCOUNT);
  const snapshot = await snapshots.startedSince(0, callOptions);
  const { description: _, ...fresh } = await theRole();
  expect(snapshot.roles.get(roleArn)).toStrictEqual(fresh);
  expect(snapshot.managedPolicies.get(policyArn)).toStrictEqual({
    arn: policyArn,
    versionId: 'v1',
    document: { kind: 'parsed', document: parsePolicy(SEND) },
  });
});
