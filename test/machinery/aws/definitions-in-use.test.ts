/** Definitions that are still in use, read from a server that keeps revisions, versions and executions as AWS does. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { AccountCalls } from '../../../src/aws/calls/calls.ts';
import { readAliasedVersions, readRunningExecutions } from '../../../src/aws/reads/definitions-in-use.ts';
import { LiveAccount } from '../../../src/aws/live-account.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { keepWithinBounds } from '../../../src/desired/machine-view.ts';
import type { FakeAnswer, FakeAws, FakeCall } from './fake-aws.ts';
import { present } from '../../expectations.ts';
import { ALL_OF_AN_ACCOUNT, callOptions, type Harness, startFakeAccount } from './harness.ts';

const ACCOUNT = '111111111111';
const MACHINE = `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:checkout`;
const MINUTE = 60;

interface Execution {
  /** Minutes; the machine's revisions are written at the minutes that are their names. */
  readonly startedAt: number;
  readonly revision: number;
  readonly version?: string;
}

let aws: FakeAws;
let harness: Harness;
let stop: () => Promise<void>;
let calls: AccountCalls;
let executions: readonly Execution[];
let aliases: Readonly<Record<string, readonly string[]>>;

beforeAll(async () => {
  ({ aws, harness, stop } = await startFakeAccount(ACCOUNT));
  calls = harness.account({ accountId: ACCOUNT, partition: 'aws' });
});
afterAll(() => stop());
beforeEach(() => {
  aws.calls.length = 0;
  aws.answer = answer;
  executions = [];
  aliases = {};
});

function answer({ operation, body }: FakeCall): FakeAnswer {
  const input: Record<string, string> = JSON.parse(body);
  switch (operation) {
    case 'ListExecutions':
      return listExecutions(Number(input['nextToken'] ?? 0));
    case 'DescribeStateMachineForExecution':
      return describeForExecution(Number(input['executionArn']?.split(':').at(-1)));
    case 'ListStateMachineAliases':
      return json({
        stateMachineAliases: Object.keys(aliases).map((name) => ({
          stateMachineAliasArn: `${MACHINE}:${name}`,
        })),
      });
    case 'DescribeStateMachineAlias':
      return json({
        routingConfiguration: aliases[input['stateMachineAliasArn']?.split(':').at(-1) ?? '']?.map(
          (version) => ({
            stateMachineVersionArn: `${MACHINE}:${version}`,
            weight: 50,
          }),
        ),
      });
    case 'DescribeStateMachine':
      return input['stateMachineArn'] === `${MACHINE}:gone`
        ? { kind: 'error', status: 400, code: 'StateMachineDoesNotExist' }
        : json(revision(input['stateMachineArn']?.split(':').at(-1)));
    default:
      throw new Error(`${operation} was not expected`);
  }
}

function json(body: unknown): FakeAnswer {
  return { kind: 'json', body };
}

function revision(name: number | string | undefined) {
  return { definition: `{"revision":"${name}"}`, roleArn: `arn:aws:iam::${ACCOUNT}:role/of-${name}` };
}

const PAGE = 10;

function listExecutions(from: number): FakeAnswer {
  const page = executions.slice(from, from + PAGE).map(({ startedAt, version }, index) => ({
    executionArn: `arn:aws:states:us-east-1:${ACCOUNT}:execution:checkout:${from + index}`,
    startDate: startedAt * MINUTE,
    stateMachineVersionArn: version === undefined ? undefined : `${MACHINE}:${version}`,
  }));
  return json({
    executions: page,
    ...(from + PAGE < executions.length && { nextToken: String(from + PAGE) }),
  });
}

function describeForExecution(index: number): FakeAnswer {
  const execution = executions[index];
  if (execution === undefined) return { kind: 'error', status: 400, code: 'ExecutionDoesNotExist' };
  return json({ ...revision(execution.revision), updateDate: execution.revision * MINUTE });
}

function described(): number {
  return aws.calls.filter(({ operation }) => operation === 'DescribeStateMachineForExecution').length;
}

async function revisionsRunning() {
  const { revisions, complete } = await readRunningExecutions(calls, callOptions, MACHINE);
  return {
    complete,
    revisions: revisions.map(({ executionRoleArn, executions: count }) => [
      executionRoleArn.split('-').at(-1),
      count,
    ]),
  };
}

test('a machine without running executions has none', async () => {
  expect(await revisionsRunning()).toStrictEqual({ complete: true, revisions: [] });
});

test('each running execution keeps the definition and the role that it began with', async () => {
  executions = [
    { startedAt: 30, revision: 20 },
    { startedAt: 15, revision: 10 },
  ];
  const { revisions } = await readRunningExecutions(calls, callOptions, MACHINE);
  expect(revisions).toStrictEqual([
    {
      definition: '{"revision":"20"}',
      executionRoleArn: `arn:aws:iam::${ACCOUNT}:role/of-20`,
      executions: 1,
      oldestStart: '1970-01-01T00:30:00.000Z',
    },
    {
      definition: '{"revision":"10"}',
      executionRoleArn: `arn:aws:iam::${ACCOUNT}:role/of-10`,
      executions: 1,
      oldestStart: '1970-01-01T00:15:00.000Z',
    },
  ]);
});

test('thousands of executions of one revision cost one call', async () => {
  executions = Array.from({ length: 30 }, (_, index) => ({ startedAt: 100 - index, revision: 10 }));
  expect(await revisionsRunning()).toStrictEqual({ complete: true, revisions: [['10', 30]] });
  expect(described()).toBe(1);
});

test('an execution that began within a minute of an update is looked at by itself', async () => {
  executions = [
    { startedAt: 30, revision: 20 },
    { startedAt: 20.5, revision: 10 },
  ];
  expect(await revisionsRunning()).toStrictEqual({
    complete: true,
    revisions: [
      ['20', 1],
      ['10', 1],
    ],
  });
});

test('executions of a version have its definition, whatever the machine has become', async () => {
  executions = [
    { startedAt: 50, revision: 40 },
    { startedAt: 49, revision: 10, version: '1' },
    { startedAt: 48, revision: 40 },
    { startedAt: 47, revision: 10, version: '1' },
  ];
  expect(await revisionsRunning()).toStrictEqual({
    complete: true,
    revisions: [
      ['40', 2],
      ['10', 2],
    ],
  });
  expect(described()).toBe(2);
});

test('the oldest execution of a definition is reported, be it of a version or of none', async () => {
  executions = [
    { startedAt: 40, revision: 10 },
    { startedAt: 30, revision: 10, version: '1' },
    { startedAt: 12, revision: 10 },
  ];
  const { revisions } = await readRunningExecutions(calls, callOptions, MACHINE);
  expect(revisions.map(({ oldestStart }) => oldestStart)).toStrictEqual(['1970-01-01T00:12:00.000Z']);
});

test('more revisions than may be looked at are reported as incomplete', async () => {
  executions = Array.from({ length: 60 }, (_, index) => ({
    startedAt: 1_000 - index * 10,
    revision: 995 - index * 10,
  }));
  expect((await revisionsRunning()).complete).toBe(false);
  expect(described()).toBe(50);
});

test('more executions than may be listed are reported as incomplete', async () => {
  executions = Array.from({ length: 201 }, (_, index) => ({ startedAt: 1_000 - index, revision: 10 }));
  expect((await revisionsRunning()).complete).toBe(false);
});

test('an execution that ended and was forgotten meanwhile holds nothing', async () => {
  executions = [{ startedAt: 30, revision: 20 }];
  aws.answer = (call) => {
    const answered = answer(call);
    executions = [];
    return answered;
  };
  expect(await revisionsRunning()).toStrictEqual({ complete: true, revisions: [] });
});

test('each version that an alias routes to is reported once, with its aliases', async () => {
  aliases = { live: ['3', '4'], canary: ['4'] };
  expect(await readAliasedVersions(calls, callOptions, MACHINE)).toStrictEqual([
    {
      versionArn: `${MACHINE}:3`,
      aliasArns: [`${MACHINE}:live`],
      definition: '{"revision":"3"}',
      executionRoleArn: `arn:aws:iam::${ACCOUNT}:role/of-3`,
    },
    {
      versionArn: `${MACHINE}:4`,
      aliasArns: [`${MACHINE}:live`, `${MACHINE}:canary`],
      definition: '{"revision":"4"}',
      executionRoleArn: `arn:aws:iam::${ACCOUNT}:role/of-4`,
    },
  ]);
});

test('of a machine that AWS is deleting, what runs holds its definition, and its aliases are not asked for', async () => {
  const status = 'DELETING';
  aws.answer = (call) =>
    call.operation === 'DescribeStateMachine' ? json({ ...revision(1), status }) : answer(call);
  executions = [{ startedAt: 5, revision: 1 }];
  const account = new LiveAccount({
    calls,
    clock: systemClock,
    audit: () => undefined,
    interest: ALL_OF_AN_ACCOUNT,
  });
  const reading = await account.stateMachine(MACHINE, callOptions);
  const machine = present(reading.kind === 'found' ? reading.machine : undefined, 'the machine is gone');
  expect(machine.isBeingDeleted).toBe(true);
  expect(await account.definitionsInUse(machine, callOptions)).toHaveLength(1);
  expect(aws.calls.map(({ operation }) => operation)).not.toContain('ListStateMachineAliases');
});

test('a version that was deleted under its alias holds nothing', async () => {
  aliases = { live: ['gone'] };
  expect(await readAliasedVersions(calls, callOptions, MACHINE)).toStrictEqual([]);
});

test('of more versions than are read in, one more is read, which tells that there are more', async () => {
  aliases = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`a${at}`, [`${at}`, `${at + 100}`]]));
  const versions = await readAliasedVersions(calls, callOptions, MACHINE);
  expect(versions).toHaveLength(101);
  expect(keepWithinBounds(versions.map(({ definition: { length } }) => ({ length }))).dropped).toHaveLength(
    1,
  );
});

test('of versions that are large, no more is read than one beyond what is read in', async () => {
  aliases = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`a${at}`, [`${at}`]]));
  const padding = ' '.repeat(1_000_000);
  aws.answer = (call) => {
    const answered = answer(call);
    const isDefinition = call.operation === 'DescribeStateMachine';
    return isDefinition ? json({ ...revision('1'), definition: padding }) : answered;
  };
  const versions = await readAliasedVersions(calls, callOptions, MACHINE);
  expect(versions).toHaveLength(5);
  expect(keepWithinBounds(versions.map(({ definition: { length } }) => ({ length }))).dropped).toHaveLength(
    1,
  );
});
