/** Executions and their histories, read from a server that keeps them as Step Functions does. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AccountCalls } from '../../../src/aws/calls/calls.ts';
import { listRecentExecutions, readExecution } from '../../../src/aws/reads/executions.ts';
import type { FakeAnswer, FakeAws, FakeCall } from './fake-aws.ts';
import { callOptions, type Harness, startFakeAccount } from './harness.ts';

const ACCOUNT = '111111111111';
const MACHINE = `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:checkout`;
const EXECUTION = `arn:aws:states:us-east-1:${ACCOUNT}:execution:checkout:run-1`;
const ROLE = 'arn:aws:iam::222222222222:role/checkout';
const SECRET = '4111 1111 1111 1111';

let aws: FakeAws;
let harness: Harness;
let stop: () => Promise<void>;
let calls: AccountCalls;
/** The history, the oldest event first. */
let events: readonly object[];
let described: object;

beforeAll(async () => {
  ({ aws, harness, stop } = await startFakeAccount(ACCOUNT));
  calls = harness.account({ accountId: ACCOUNT, partition: 'aws' });
});
afterAll(() => stop());
beforeEach(() => {
  aws.calls.length = 0;
  aws.answer = answer;
  events = denied();
  described = { executionArn: EXECUTION, stateMachineArn: MACHINE, status: 'FAILED', startDate: 1_000 };
});

function answer({ operation, body }: FakeCall): FakeAnswer {
  const input = JSON.parse(body);
  switch (operation) {
    case 'DescribeExecution':
      return { kind: 'json', body: described };
    case 'GetExecutionHistory': {
      const from = Number(input.nextToken ?? 0);
      const newestFirst = input.reverseOrder === true ? events.toReversed() : events;
      const until = from + Number(input.maxResults);
      const nextToken = until < newestFirst.length ? String(until) : undefined;
      return { kind: 'json', body: { events: newestFirst.slice(from, until), nextToken } };
    }
    case 'ListExecutions':
      return {
        kind: 'json',
        body: {
          executions: ['RUNNING', 'FAILED', 'SUCCEEDED'].map((status, index) => ({
            executionArn: `${EXECUTION}-${index}`,
            status,
            startDate: 1_000 + index,
          })),
        },
      };
    default:
      throw new Error(`${operation} was not expected`);
  }
}

/** As AWS tells it of a Task whose role could not be assumed. */
function denied(firstId = 1): readonly object[] {
  const event = (id: number, type: string, details: object) => ({
    id: firstId + id,
    previousEventId: firstId + id - 1,
    timestamp: 1_000 + id,
    type,
    ...details,
  });
  return [
    event(0, 'ExecutionStarted', { executionStartedEventDetails: { input: SECRET, roleArn: 'arn:exec' } }),
    event(1, 'TaskStateEntered', { stateEnteredEventDetails: { name: 'Send', input: SECRET } }),
    event(2, 'TaskScheduled', {
      taskScheduledEventDetails: {
        resourceType: 'sqs',
        resource: 'sendMessage',
        region: 'us-east-1',
        parameters: `{"MessageBody":"${SECRET}"}`,
        taskCredentials: { roleArn: ROLE },
      },
    }),
    event(3, 'TaskStarted', { taskStartedEventDetails: { resourceType: 'sqs', resource: 'sendMessage' } }),
    event(4, 'TaskFailed', {
      taskFailedEventDetails: {
        resourceType: 'sqs',
        resource: 'sendMessage',
        error: 'States.TaskFailed',
        cause: `The role is not authorized to assume the task state's role, ${ROLE}.`,
      },
    }),
    event(5, 'ExecutionFailed', { executionFailedEventDetails: { error: 'States.TaskFailed', cause: 'x' } }),
  ];
}

/** Events that are nothing but in the way. */
function waits(count: number): readonly object[] {
  return Array.from({ length: count }, (_, index) => ({
    id: 1_000 + index,
    previousEventId: 999 + index,
    timestamp: 1_000,
    type: 'WaitStateExited',
  }));
}

function called(operation: string): number {
  return aws.calls.filter((call) => call.operation === operation).length;
}

describe('an execution', () => {
  it('is reported with the steps of its Tasks, from its end, without what went in and out', async () => {
    const execution = await readExecution(calls, callOptions, EXECUTION);
    expect(execution).toStrictEqual({
      arn: EXECUTION,
      stateMachineArn: MACHINE,
      startedAt: 1_000_000,
      ended: true,
      steps: [
        {
          id: 5,
          previousId: 4,
          at: 1_004_000,
          kind: 'failed',
          error: 'States.TaskFailed',
          cause: `The role is not authorized to assume the task state's role, ${ROLE}.`,
        },
        { id: 4, previousId: 3, at: 1_003_000, kind: 'started' },
        { id: 3, previousId: 2, at: 1_002_000, kind: 'scheduled', call: 'sqs:sendMessage', roleArn: ROLE },
        { id: 2, previousId: 1, at: 1_001_000, kind: 'entered', task: 'Send' },
      ],
    });
    expect(JSON.stringify(execution)).not.toContain(SECRET);
    expect(called('DescribeExecution') + called('GetExecutionHistory')).toBe(2);
  });

  it('is described without its data', async () => {
    await readExecution(calls, callOptions, EXECUTION);
    expect(JSON.parse(aws.calls[0]?.body ?? '')).toStrictEqual({
      executionArn: EXECUTION,
      includedData: 'METADATA_ONLY',
    });
  });

  it.each([
    ['LambdaFunctionFailed', 'lambdaFunctionFailedEventDetails'],
    ['LambdaFunctionScheduleFailed', 'lambdaFunctionScheduleFailedEventDetails'],
    ['LambdaFunctionStartFailed', 'lambdaFunctionStartFailedEventDetails'],
    ['LambdaFunctionTimedOut', 'lambdaFunctionTimedOutEventDetails'],
    ['TaskStartFailed', 'taskStartFailedEventDetails'],
    ['TaskSubmitFailed', 'taskSubmitFailedEventDetails'],
    ['TaskTimedOut', 'taskTimedOutEventDetails'],
  ])('reports a failure by %s', async (type, details) => {
    events = [{ id: 7, previousEventId: 6, timestamp: 1_000, type, [details]: { error: 'E', cause: 'C' } }];
    expect((await readExecution(calls, callOptions, EXECUTION))?.steps).toStrictEqual([
      { id: 7, previousId: 6, at: 1_000_000, kind: 'failed', error: 'E', cause: 'C' },
    ]);
  });

  it('reports a Lambda function that is called by its ARN', async () => {
    events = [
      {
        id: 3,
        previousEventId: 2,
        timestamp: 1_000,
        type: 'LambdaFunctionScheduled',
        lambdaFunctionScheduledEventDetails: { resource: 'arn:fn', taskCredentials: { roleArn: ROLE } },
      },
      { id: 5, previousEventId: 4, timestamp: 1_000, type: 'LambdaFunctionSucceeded' },
    ];
    expect((await readExecution(calls, callOptions, EXECUTION))?.steps).toMatchObject([
      { kind: 'succeeded' },
      { kind: 'scheduled', call: 'lambda:invoke', roleArn: ROLE },
    ]);
  });

  it('of a distributed Map belongs to the machine of the Map', async () => {
    described = { ...described, stateMachineArn: `${MACHINE}/Each` };
    expect((await readExecution(calls, callOptions, EXECUTION))?.stateMachineArn).toBe(MACHINE);
  });

  it('that still runs has not ended', async () => {
    described = { ...described, status: 'RUNNING' };
    expect((await readExecution(calls, callOptions, EXECUTION))?.ended).toBe(false);
  });

  it('that does not exist is undefined', async () => {
    aws.answer = () => ({ kind: 'error', status: 400, code: 'ExecutionDoesNotExist' });
    expect(await readExecution(calls, callOptions, EXECUTION)).toBeUndefined();
  });

  it('of 25,000 events costs eleven calls, and tells what stands at its end', async () => {
    events = [...waits(24_994), ...denied(30_000)];
    const execution = await readExecution(calls, callOptions, EXECUTION);
    expect(execution?.steps).toHaveLength(4);
    expect(called('GetExecutionHistory')).toBe(10);
  });

  it('whose history points at itself ends', async () => {
    aws.answer = (call) =>
      call.operation === 'DescribeExecution'
        ? answer(call)
        : { kind: 'json', body: { events: [], nextToken: 'again' } };
    expect((await readExecution(calls, callOptions, EXECUTION))?.steps).toStrictEqual([]);
    expect(called('GetExecutionHistory')).toBe(2);
  });

  it('has its cause cut, whatever somebody wrote into it', async () => {
    events = [
      {
        id: 5,
        previousEventId: 4,
        timestamp: 1_000,
        type: 'TaskFailed',
        taskFailedEventDetails: { error: 'e'.repeat(300), cause: 'c'.repeat(32_768) },
      },
    ];
    const [step] = (await readExecution(calls, callOptions, EXECUTION))?.steps ?? [];
    expect(step).toMatchObject({ error: 'e'.repeat(256), cause: 'c'.repeat(4_096) });
  });
});

it('the newest executions come first, in one call', async () => {
  expect(await listRecentExecutions(calls, callOptions, MACHINE)).toStrictEqual([
    { arn: `${EXECUTION}-2`, startedAt: 1_002_000, ended: true },
    { arn: `${EXECUTION}-1`, startedAt: 1_001_000, ended: true },
    { arn: `${EXECUTION}-0`, startedAt: 1_000_000, ended: false },
  ]);
  expect(aws.calls).toHaveLength(1);
});
