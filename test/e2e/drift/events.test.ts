/** Change events: from CloudTrail, through EventBridge, in a queue that the operator polls. The next drift check is an hour away,
 *  so whatever happens here happens because of an event. */
import { DeleteRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setInterval as ticks } from 'node:timers/promises';
import { startEmulator } from '../../../testbed/aws-emulator.ts';
import { atMost, eventually } from '../../../testbed/eventually.ts';
import type { AwsCall } from '../../../testbed/proxy/aws-call.ts';
import { cloudTrailEvent, type ApiCall } from '../../../testbed/cloudtrail.ts';
import { machineArn, SOURCE, TARGET, targetRole } from '../link/aws-owners.ts';
import { chain, sendMessage } from '../link/definitions.ts';
import { MACHINES, objectOf, ROLES, startScene, TENANTS, type Scene } from '../link/scene.ts';
import { about, narrow, present, remark } from '../../expectations.ts';
import { OPERATOR_POLICY, document } from '../link/policies.ts';

const NAMESPACE = 'heard';
const DEFINITION = JSON.stringify(chain({ Charge: sendMessage('charges') }));
const OPEN = document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*' });

describe('change events', () => {
  let scene: Scene;
  let queue: string;

  beforeAll(async () => {
    // Its queue is polled.
    scene = await startScene({ startAws: startEmulator });
    const { QueueUrl } = await scene.target.sqs.send(new CreateQueueCommand({ QueueName: 'changes' }));
    queue = present(QueueUrl, 'no queue was made');
    const spec = { eventQueueURL: queue, driftCheckInterval: '1h' };
    await scene.register(SOURCE, [{ namespaces: TENANTS, asSource: MACHINES }], spec);
    await scene.register(TARGET, [{ namespaces: TENANTS, asTarget: ROLES }], spec);
    await scene.tenant(NAMESPACE);
    await Promise.all(
      ['trust', 'grant', 'credentials', 'known', 'fought'].map(async (name) => {
        await scene.workflow(name, JSON.parse(DEFINITION));
        await scene.link(
          { namespace: NAMESPACE, name },
          { stateMachineARN: machineArn(name), targetRole: { arn: targetRole(name) } },
        );
        await scene.ready({ namespace: NAMESPACE, name });
      }),
    );
    await quiet();
  });
  afterAll(() => scene.stop());

  /** As EventBridge. */
  async function deliver(...messages: readonly (ApiCall | string)[]): Promise<void> {
    for (const message of messages) {
      const MessageBody = typeof message === 'string' ? message : JSON.stringify(cloudTrailEvent(message));
      await scene.target.sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody }));
    }
  }

  /** Waits until the queue is empty and the operator has done everything that follows from it. */
  async function quiet(): Promise<void> {
    await eventually('the queue to be empty', async () => {
      const { Attributes = {} } = await scene.target.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: ['All'] }),
      );
      const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: taken } =
        Attributes;
      expect([waiting, taken]).toStrictEqual(['0', '0']);
    });
    await eventually('no link to be at work', async () => {
      expect(await metric('workqueue_depth{name="link"}')).toBe(0);
      expect(await metric('controller_runtime_active_workers{controller="link"}')).toBe(0);
    });
  }

  async function metric(series: string): Promise<number> {
    const text = await (await fetch(`${scene.operator.telemetryUrl}/metrics`)).text();
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
    narrow(line !== undefined, `${series} is not among the metrics`);
    return Number(line.split(' ').at(-1));
  }

  async function reconciles(): Promise<number> {
    const text = await (await fetch(`${scene.operator.telemetryUrl}/metrics`)).text();
    const counts = text.matchAll(
      /^controller_runtime_reconcile_total\{[^}]*controller="link"[^}]*\} (\d+)$/gm,
    );
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  /** From delivery to the end of the write that corrects it, in milliseconds. */
  async function repairTime(apiCall: ApiCall, name: string, operation: string): Promise<number> {
    const writes = () =>
      scene.aws.calls.matching((call) => call.operation === operation && objectOf(call) === name);
    const earlier = writes().length;
    await deliver(apiCall);
    const delivered = performance.now();
    const endedAt = await eventually(`${operation} on ${name}`, () => {
      const repair = writes()[earlier];
      expect(repair?.status).toBe(200);
      return present(repair?.endedAt, 'it is under way');
    });
    return endedAt - delivered;
  }

  it('bring a repair within a second of their delivery, whatever was changed', async () => {
    await scene.target.iam.send(
      new UpdateAssumeRolePolicyCommand({ RoleName: 'trust', PolicyDocument: OPEN }),
    );
    const trust = await repairTime(widened('trust'), 'trust', 'UpdateAssumeRolePolicy');
    await scene.source.iam.send(
      new DeleteRolePolicyCommand({ RoleName: 'grant', PolicyName: OPERATOR_POLICY }),
    );
    const grant = await repairTime(
      {
        account: SOURCE,
        eventName: 'DeleteRolePolicy',
        requestParameters: { roleName: 'grant', policyName: OPERATOR_POLICY },
      },
      'grant',
      'PutRolePolicy',
    );
    const stateMachineArn = machineArn('credentials');
    await scene.source.sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: DEFINITION }));
    const credentials = await repairTime(updated('credentials'), 'credentials', 'UpdateStateMachine');
    const times = { trust, grant, credentials };
    remark(`repaired after delivery, ms: ${JSON.stringify(times, (_, time: unknown) => rounded(time))}`);
    const [, median = 0] = Object.values(times).toSorted((a, b) => a - b);
    expect(median).toBeLessThanOrEqual(atMost(1_000));
    await eventually('all three to be on record', async () => {
      for (const name of ['trust', 'grant', 'credentials']) {
        const { status } = await scene.get({ namespace: NAMESPACE, name });
        about(`nothing is known of the drift of ${name}`, () =>
          expect(status.drift?.total ?? 0).toBeGreaterThan(0),
        );
      }
    });
  });

  it('that touch nothing known, failed or are the operator’s own cause no look at AWS', async () => {
    await quiet();
    const earlier = await reconciles();
    const calls = scene.aws.calls.count(isForLinks);
    const { status } = await scene.account(`account-${TARGET}`);
    const [issuer = '', sessionName = ''] = ownSession(status.identityARN);
    await deliver(
      ...Array.from({ length: 20 }, (_, index) => widened(`stranger-${index}`)),
      { ...widened('known'), account: '333333333333' },
      { ...widened('known'), errorCode: 'AccessDenied' },
      { ...widened('known'), issuer, sessionName },
      { eventName: 'GetRole', requestParameters: { roleName: 'known' } },
      {
        eventName: 'CreatePolicyVersion',
        requestParameters: { policyArn: `arn:aws:iam::${TARGET}:policy/none` },
      },
      updated('stranger'),
      { eventName: 'RunInstances', eventSource: 'ec2.amazonaws.com', requestParameters: {} },
    );
    await quiet();
    expect(await reconciles()).toBe(earlier);
    expect(scene.aws.calls.count(isForLinks)).toBe(calls);
  });

  it('that are junk, poisoned or come many times are harmless, and block nothing', async () => {
    await quiet();
    const writes = scene.aws.calls.count((call) => call.write && isForLinks(call));
    await deliver(
      ...JUNK,
      ...Array.from({ length: 5 }, () => widened('known')),
      ...JUNK,
      ...Array.from({ length: 5 }, () => updated('known')),
    );
    await quiet();
    expect(scene.aws.calls.count((call) => call.write && isForLinks(call))).toBe(writes);
    const refused = scene.logLines().filter(({ msg }) => msg === 'a message is no event');
    expect(refused).toHaveLength(JUNK.length * 2);
    await scene.target.iam.send(
      new UpdateAssumeRolePolicyCommand({ RoleName: 'known', PolicyDocument: OPEN }),
    );
    await repairTime(widened('known'), 'known', 'UpdateAssumeRolePolicy');
  });

  it('of both accounts come by one queue, which is polled by one', async () => {
    const polls = scene.aws.calls.matching(({ operation }) => operation === 'ReceiveMessage');
    expect([...new Set(polls.map(({ call }) => call.accountId))]).toStrictEqual([TARGET]);
    await eventually('one poll to be under way', () => {
      const open = scene.aws.calls
        .matching(({ operation }) => operation === 'ReceiveMessage')
        .filter(({ endedAt }) => endedAt === undefined);
      expect(open).toHaveLength(1);
    });
  });

  it('say with whom the operator fights, and a fight costs few writes and few reads', async () => {
    const link = { namespace: NAMESPACE, name: 'fought' };
    const calls = scene.aws.calls.count(isForLinks);
    const rival = { issuer: `arn:aws:iam::${TARGET}:role/ci/terraform`, sessionName: 'apply' };
    let rounds = 0;
    const fighting = new AbortController();
    const fight = async () => {
      for await (const _ of ticks(100)) {
        if (fighting.signal.aborted) return;
        await scene.target.iam.send(
          new UpdateAssumeRolePolicyCommand({ RoleName: 'fought', PolicyDocument: OPEN }),
        );
        await deliver({ ...widened('fought'), ...rival });
        rounds += 1;
      }
    };
    const fought = fight();
    const conflict = await scene.until(link, {
      status: 'False',
      reason: 'Conflict',
      message: /^arn:aws:sts::222222222222:assumed-role\/terraform\/apply has changed .*fought back 3 times/,
    });
    const counted = conflict.status.drift?.total ?? 0;
    await eventually(
      'the rival to have written a hundred times',
      () => expect(rounds).toBeGreaterThanOrEqual(100),
      {
        deadlineMs: 30_000,
      },
    );
    const writes = scene
      .writesOn('fought')
      .filter(({ operation }) => operation === 'UpdateAssumeRolePolicy').length;
    const reads = scene.aws.calls.count(isForLinks) - calls - writes;
    remark(`${rounds} rounds of the rival: ${writes} writes and ${reads} reads of the operator`);
    expect(writes).toBeLessThan(5);
    expect(reads).toBeLessThan(100);
    fighting.abort();
    await fought;
    const peace = await scene.until(link, { status: 'True' }, 30_000);
    // What is repaired after the pause counts, too.
    expect(peace.status.drift?.total ?? 0).toBeGreaterThan(counted);
  });
});

const JUNK = ['junk', '{"detail": ', 'null', '[]', '{"detail":{"eventName":7}}', '{"account":"x"}'];

function isForLinks({ service }: AwsCall): boolean {
  return service !== 'sqs';
}

function widened(roleName: string): ApiCall {
  return { eventName: 'UpdateAssumeRolePolicy', requestParameters: { roleName, policyDocument: OPEN } };
}

function updated(machine: string): ApiCall {
  return {
    account: SOURCE,
    eventName: 'UpdateStateMachine',
    eventSource: 'states.amazonaws.com',
    requestParameters: {
      stateMachineArn: machineArn(machine),
      definition: 'HIDDEN_DUE_TO_SECURITY_REASONS',
    },
  };
}

/** The role and the session's name in the ARN of a session. */
function ownSession(identityArn = ''): readonly string[] {
  const [, account, role, session] = /::(\d+):assumed-role\/([^/]+)\/(.+)$/.exec(identityArn) ?? [];
  return [`arn:aws:iam::${account}:role/${role}`, session ?? ''];
}

function rounded(value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value) : value;
}
