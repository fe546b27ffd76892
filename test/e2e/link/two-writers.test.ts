/** AWS accepts a definition from everybody who sends one, and the last writer wins: what the operator wrote may be lost in the
 *  same second. The operator finds that out by itself, long before the next drift check. */
import { UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../testbed/eventually.ts';
import type { Answer } from '../../../testbed/proxy/rules.ts';
import { targetRole } from './aws-owners.ts';
import { credentialsIn } from './aws-views.ts';
import { chain, sendMessage } from './definitions.ts';
import { objectOf, startScene, type Scene } from './scene.ts';

const NAMESPACE = 'payments';

describe('a definition that the operator has just written', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene();
    await scene.tenant(NAMESPACE);
  });
  afterAll(() => scene.stop());

  it.concurrent('is repaired within 15 s, and reported as drift, after a deployment that had read it before and writes right after', async () => {
    const link = { namespace: NAMESPACE, name: 'raced' };
    const definition = chain({ Send: sendMessage('orders') });
    const stateMachineARN = await scene.workflow(link.name, definition);
    const stale = JSON.stringify({ ...definition, Comment: 'deployed meanwhile' });
    const raced = Promise.withResolvers<void>();
    scene.aws.rules.add({
      match: (call) => call.operation === 'UpdateStateMachine' && objectOf(call) === link.name,
      times: 1,
      fault: {
        kind: 'change',
        // AWS has carried out the write, and its answer is still on the way.
        change: async (answer: Answer) => {
          const command = new UpdateStateMachineCommand({
            stateMachineArn: stateMachineARN,
            definition: stale,
          });
          await scene.source.sfn.send(command);
          raced.resolve();
          return answer;
        },
      },
    });
    await scene.link(link, {
      stateMachineARN,
      targetRole: { arn: targetRole(link.name) },
      driftCheckInterval: '1h',
    });
    await raced.promise;
    expect(credentialsIn(await scene.definition(stateMachineARN))).toStrictEqual({});
    await eventually(
      'the Credentials to be back',
      async () => {
        const now = await scene.definition(stateMachineARN);
        expect(now).toContain('deployed meanwhile');
        expect(credentialsIn(now)).toStrictEqual({ Send: { RoleArn: targetRole(link.name) } });
      },
      { deadlineMs: 15_000 },
    );
    await scene.untilEvent(link, /Warning DriftDetected States\["Send"\]\.Credentials/);
    await scene.ready(link);
  });

  it.concurrent('is read once more, and not more often, if nobody else writes', async () => {
    const link = { namespace: NAMESPACE, name: 'alone' };
    const stateMachineARN = await scene.workflow(link.name, chain({ Send: sendMessage('orders') }));
    await scene.link(link, {
      stateMachineARN,
      targetRole: { arn: targetRole(link.name) },
      driftCheckInterval: '1h',
    });
    await scene.ready(link);
    const calls = () =>
      scene.aws.calls
        .matching((call) => objectOf(call) === link.name)
        .map(({ call }) => call.operation)
        .filter((operation) => operation.endsWith('StateMachine'));
    const made = calls();
    await eventually('the read', () => expect(calls().length).toBeGreaterThan(made.length), {
      deadlineMs: 15_000,
    });
    await scene.allReported();
    expect(calls().slice(made.length)).toStrictEqual(['DescribeStateMachine']);
  });
});
