/**
 * Executions that really fail, and what the operator concludes from them. The interpreter's history is used as it is; only the
 * reason why the call failed is replaced by AWS's words on the way, because nothing here enforces an organization's policies.
 */
import { beforeAll, expect, it } from '@jest/globals';
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { executionEvent } from '../../../testbed/cloudtrail.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { run } from '../../../testbed/executions.ts';
import type { Answer } from '../../../testbed/proxy/rules.ts';
import { present } from '../../expectations.ts';
import { chain, sendMessage } from '../link/definitions.ts';
import { executionArn, machineArn, SOURCE, TARGET, targetRole } from '../link/aws-owners.ts';
import { MACHINES, ROLES, TENANTS, type Scene } from '../link/scene.ts';

const NAME = 'denied';
const LINK = { namespace: 'payments', name: NAME };
const QUEUE = 'charges';
const DENIED = { status: 'False', reason: 'ExecutionDenied' } as const;
/** As deploy/aws/central.yaml sets it up: what was delivered to an operator that had just stopped comes again after 5 s. */
const EVENTS = { QueueName: 'events', Attributes: { VisibilityTimeout: '5' } };
/** AWS's words when an organization's policy denies. */
const CAUSE =
  `User: arn:aws:sts::${TARGET}:assumed-role/${NAME}/nQvZrnbkEhQbPuq is not authorized to perform: sqs:SendMessage on ` +
  `resource: arn:aws:sqs:us-east-1:${TARGET}:${QUEUE} with an explicit deny in a service control policy`;

/** Tests of executions of a linked machine.
 *  @param open returns the scene once it is up, with the link's namespace */
export function testEvidence(open: () => Scene): void {
  let scene: Scene;
  let queue: string;
  let machine: string;
  let organizationDenies = true;

  beforeAll(async () => {
    scene = open();
    const { QueueUrl } = await scene.target.sqs.send(new CreateQueueCommand(EVENTS));
    queue = present(QueueUrl, 'no queue was made');
    const spec = { eventQueueURL: queue, driftCheckInterval: '1h' };
    await scene.register(SOURCE, [{ namespaces: TENANTS, asSource: MACHINES }], spec);
    await scene.register(TARGET, [{ namespaces: TENANTS, asTarget: ROLES }], spec);
    scene.aws.rules.add({
      match: ({ operation }) => organizationDenies && operation === 'GetExecutionHistory',
      fault: { kind: 'change', change: inWordsOfAws },
    });
    machine = await scene.workflow(NAME, chain({ Charge: { ...sendMessage(QUEUE), ...MESSAGE } }));
    await scene.link(LINK, { stateMachineARN: machine, targetRole: { arn: targetRole(NAME) } });
    await scene.ready(LINK);
  });

  /** Runs the machine, and delivers the event of its end as EventBridge does. */
  async function runAndReport(): Promise<string> {
    const execution = await run(scene.source.sfn, machine);
    await deliver(execution.executionArn, execution.status);
    return execution.status;
  }

  async function deliver(ended: string, status: string): Promise<void> {
    const MessageBody = JSON.stringify(executionEvent({ executionArn: ended, status }));
    await scene.target.sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody }));
  }

  const reads = () => scene.aws.calls.count(({ operation }) => operation === 'GetExecutionHistory');

  it('make the link say what AWS denied, without a write to AWS', async () => {
    const writes = scene.writesOn(NAME).length;
    expect(await runAndReport()).toBe('FAILED');
    const { status } = await scene.until(LINK, {
      ...DENIED,
      message:
        /^AWS denied Task "Charge" the call sqs:SendMessage .*explicit deny in a service control policy/,
    });
    expect(status.deniedTasks).toMatchObject([{ task: 'Charge', call: 'sqs:SendMessage' }]);
    expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Effective', ...DENIED }));
    expect(scene.writesOn(NAME)).toHaveLength(writes);
    await scene.untilEvent(LINK, /Warning ExecutionDenied AWS denied Task "Charge"/);
  });

  it('are still reported after a restart, and checked again on request', async () => {
    const { status } = await scene.get(LINK);
    await scene.operator.stop();
    await scene.startOperator();
    const after = await scene.reconcile(LINK);
    expect(after.status.deniedTasks).toStrictEqual(status.deniedTasks);
    await scene.until(LINK, DENIED);
  });

  it('clear it when one that began later gets through', async () => {
    organizationDenies = false;
    await scene.target.sqs.send(new CreateQueueCommand({ QueueName: QUEUE }));
    expect(await runAndReport()).toBe('SUCCEEDED');
    const { status } = await scene.ready(LINK);
    expect(status.deniedTasks).toBeUndefined();
  });

  it('that nobody started, or of machines that nobody linked, change nothing', async () => {
    const before = await scene.get(LINK);
    const read = reads();
    await deliver(executionArn(NAME, 'invented'), 'FAILED');
    await deliver(executionArn('other', 'run'), 'FAILED');
    await deliver(machineArn(NAME), 'FAILED');
    await eventually('the queue to be empty', async () => {
      const { Attributes = {} } = await scene.target.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: ['All'] }),
      );
      expect(Attributes).toMatchObject({
        ApproximateNumberOfMessages: '0',
        ApproximateNumberOfMessagesNotVisible: '0',
      });
    });
    await eventually('the invented one to be looked for', () =>
      expect(
        scene.aws.calls.matching(
          ({ operation, parameters }) =>
            operation === 'DescribeExecution' &&
            parameters.get('executionArn') === executionArn(NAME, 'invented'),
        ),
      ).not.toHaveLength(0),
    );
    expect(reads()).toBe(read);
    expect((await scene.reconcile(LINK)).status.conditions).toStrictEqual(before.status.conditions);
  });
}

/** The text is not a path of the input here. */
const MESSAGE = {
  Parameters: {
    QueueUrl: `https://sqs.us-east-1.amazonaws.com/${TARGET}/${QUEUE}`,
    MessageBody: 'order',
  },
};

function inWordsOfAws(answer: Answer): Answer {
  const history = JSON.parse(answer.body.toString());
  for (const { taskFailedEventDetails } of history.events)
    if (taskFailedEventDetails !== undefined)
      Object.assign(taskFailedEventDetails, { error: 'Sqs.SqsException', cause: CAUSE });
  return { ...answer, body: Buffer.from(JSON.stringify(history)) };
}
