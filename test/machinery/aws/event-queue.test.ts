/** Queues on an emulator, with what CloudTrail and less friendly senders put into them. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { AccountCalls } from '../../../src/aws/calls/calls.ts';
import { EventQueues, type QueueListener } from '../../../src/aws/events/event-queue.ts';
import type { ChangeEvent, ExecutionEvent } from '../../../src/aws/events/events.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { awsClients, type AwsClients } from '../../../testbed/aws-clients.ts';
import { startEmulator, type Emulator } from '../../../testbed/aws-emulator.ts';
import { atMost, eventually } from '../../../testbed/eventually.ts';
import { cloudTrailEvent, executionEvent } from '../../../testbed/cloudtrail.ts';
import { makeHarness, OPERATOR, type Harness } from './harness.ts';
import { present } from '../../expectations.ts';

let emulator: Emulator;
let harness: Harness;
let user: AwsClients;
let calls: AccountCalls;
let url: string;
let queues: EventQueues;
let leader: boolean;
const changes: ChangeEvent[] = [];
const executions: ExecutionEvent[] = [];
const junk: string[] = [];
const problems: string[] = [];

beforeAll(async () => {
  emulator = await startEmulator();
  harness = makeHarness(emulator.url);
  user = awsClients(emulator.url, OPERATOR);
  calls = harness.account({ accountId: OPERATOR, partition: 'aws' });
});
afterAll(async () => {
  harness.close();
  await emulator.stop();
});

let number = 0;
let reads = 0;
beforeEach(async () => {
  number += 1;
  reads = 0;
  url = await newQueue(`events-${number}`);
  leader = true;
  for (const list of [changes, executions, junk, problems, harness.records]) list.length = 0;
  queues = new EventQueues(listener, systemClock);
});
afterEach(() => queues.close());

const listener: QueueListener = {
  onChange: (event) => {
    if (event.objects.some((object) => object.kind === 'role' && object.name === 'poison')) {
      throw new Error('cannot be taken');
    }
    changes.push(event);
  },
  onExecution: (event) => executions.push(event),
  onJunk: (_url, _id, problem) => junk.push(problem),
  onRead: () => void (reads += 1),
  onProblem: (_url, failure) => problems.push(failure.reason),
  isOwn: ({ user: { who } }) => who.endsWith('/crossaccountlink'),
  isLeader: () => leader,
};

async function newQueue(QueueName: string): Promise<string> {
  const answer = await user.sqs.send(new CreateQueueCommand({ QueueName }));
  return present(answer.QueueUrl, 'no queue was made');
}

async function send(MessageBody: string): Promise<void> {
  await user.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody }));
}

function putRolePolicy(roleName: string, sessionName = 'alice'): string {
  return JSON.stringify(
    cloudTrailEvent({ eventName: 'PutRolePolicy', requestParameters: { roleName }, sessionName }),
  );
}

function rolesReported(): string[] {
  return changes.flatMap(({ objects }) =>
    objects.map((object) => (object.kind === 'role' ? object.name : '')),
  );
}

async function reported(...names: string[]): Promise<void> {
  await eventually(`events about ${names.join(', ')}`, () => expect(rolesReported()).toStrictEqual(names));
}

async function emptied(): Promise<void> {
  await eventually('the queue to be empty', async () => {
    const answer = await user.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
    );
    const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: taken } =
      answer.Attributes ?? {};
    expect([waiting, taken]).toStrictEqual(['0', '0']);
  });
}

test('an event is reported within a second of being in the queue, and then deleted', async () => {
  queues.setQueues(new Map([[url, calls]]));
  const began = performance.now();
  await send(putRolePolicy('checkout'));
  await reported('checkout');
  expect(performance.now() - began).toBeLessThan(atMost(1_000));
  await emptied();
  expect(reads).toBeGreaterThan(0);
});

test('the end of an execution is told apart from changes', async () => {
  const executionArn = `arn:aws:states:us-east-1:${OPERATOR}:execution:checkout:run-1`;
  await send(JSON.stringify(executionEvent({ executionArn, status: 'FAILED' })));
  queues.setQueues(new Map([[url, calls]]));
  await eventually('the execution to be reported', () =>
    expect(executions).toMatchObject([{ executionArn, accountId: OPERATOR, succeeded: false }]),
  );
  expect([changes, junk]).toStrictEqual([[], []]);
  await emptied();
});

test("one's own events are not reported, but deleted", async () => {
  await send(putRolePolicy('own', 'crossaccountlink'));
  await send(putRolePolicy('foreign'));
  queues.setQueues(new Map([[url, calls]]));
  await reported('foreign');
  await emptied();
});

test('junk is reported as such, deleted, and blocks nothing', async () => {
  await send('{"a": ');
  await send('null');
  await send(putRolePolicy('checkout'));
  queues.setQueues(new Map([[url, calls]]));
  await reported('checkout');
  await emptied();
  expect(junk).toHaveLength(2);
});

test('an event that cannot be taken is reported, deleted, and blocks nothing', async () => {
  await send(putRolePolicy('poison'));
  await send(putRolePolicy('checkout'));
  queues.setQueues(new Map([[url, calls]]));
  await reported('checkout');
  await emptied();
  expect(junk).toStrictEqual(['cannot be taken']);
});

test('a message that comes twice is reported twice, no more', async () => {
  await send(putRolePolicy('checkout'));
  await send(putRolePolicy('checkout'));
  queues.setQueues(new Map([[url, calls]]));
  await reported('checkout', 'checkout');
});

test('only the leader polls', async () => {
  leader = false;
  await send(putRolePolicy('checkout'));
  queues.setQueues(new Map([[url, calls]]));
  expect(harness.records).toStrictEqual([]);
  leader = true;
  await reported('checkout');
});

test('a queue that does not exist is reported as a problem, and other queues go on', async () => {
  const missing = url.replace(`events-${number}`, 'missing');
  queues.setQueues(
    new Map([
      [missing, calls],
      [url, calls],
    ]),
  );
  await send(putRolePolicy('checkout'));
  await reported('checkout');
  await eventually('the problem to be reported', () => expect(problems).toStrictEqual(['NotFound']));
});

test('polling ends at once when it is closed', async () => {
  queues.setQueues(new Map([[url, calls]]));
  const began = performance.now();
  await queues.close();
  expect(performance.now() - began).toBeLessThan(atMost(1_000));
});
