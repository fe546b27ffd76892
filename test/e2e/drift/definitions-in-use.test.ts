/** What still runs keeps what it began with: nothing that it needs is removed before it has ended. */
import {
  CreateStateMachineAliasCommand,
  DescribeStateMachineCommand,
  PublishStateMachineVersionCommand,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineAliasCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keepDefinitions, type StartedWith } from '../../../testbed/proxy/aws-truths/old-definitions.ts';
import { credentialsIn, policyOf, viewRole } from '../link/aws-views.ts';
import { chain, sendMessage } from '../link/definitions.ts';
import { startScene, type Scene } from '../link/scene.ts';
import { present } from '../../expectations.ts';
import { OPERATOR_POLICY } from '../link/policies.ts';
import { linked, type Linked } from '../link/linked.ts';

const NAMESPACE = 'running';
/** Executions stay in their first state until they are stopped. */
const DEFINITION = chain({
  Wait: { Type: 'Wait', Seconds: 3_600 },
  Charge: sendMessage('charges'),
  Refund: sendMessage('refunds'),
});
const PATIENCE_MS = 3_000;

describe('what still runs', () => {
  let scene: Scene;
  const startedWith = new Map<string, StartedWith>();

  beforeAll(async () => {
    scene = await startScene({ flags: [`--deletion-wait=${PATIENCE_MS / 1_000}s`] });
    scene.aws.rules.add(keepDefinitions(startedWith));
    await scene.tenant(NAMESPACE);
  });
  afterAll(() => scene.stop());

  async function ready(name: string): Promise<Linked> {
    const link = await linked(scene, name, { namespace: NAMESPACE, definition: DEFINITION });
    await scene.ready(link);
    return link;
  }

  /** Starts an execution; returns a function that ends it. */
  async function start(stateMachineArn: string): Promise<() => Promise<unknown>> {
    const { sfn } = scene.source;
    const { executionArn = '' } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
    const { definition = '', roleArn = '' } = await sfn.send(
      new DescribeStateMachineCommand({ stateMachineArn }),
    );
    startedWith.set(executionArn, { definition, roleArn, updateDate: Date.now() / 1_000 });
    return () => sfn.send(new StopExecutionCommand({ executionArn }));
  }

  async function publish(stateMachineArn: string): Promise<string> {
    const answer = await scene.source.sfn.send(new PublishStateMachineVersionCommand({ stateMachineArn }));
    return present(answer.stateMachineVersionArn, 'no version was published');
  }

  /** An alias `live` that routes to the present definition of the machine; returns a function that moves it to the later one. */
  async function aliased(machine: string): Promise<() => Promise<unknown>> {
    const routingConfiguration = routeTo(await publish(machine));
    await scene.source.sfn.send(new CreateStateMachineAliasCommand({ name: 'live', routingConfiguration }));
    return async () =>
      scene.source.sfn.send(
        new UpdateStateMachineAliasCommand({
          stateMachineAliasArn: `${machine}:live`,
          routingConfiguration: routeTo(await publish(machine)),
        }),
      );
  }

  async function queuesAllowed(name: string): Promise<readonly string[]> {
    const role = await viewRole(scene.target, name);
    return policyOf(role?.inlinePolicies[OPERATOR_POLICY])
      .flatMap((statement) => [Object(statement)['Resource']].flat())
      .map((arn: string) => arn.split(':').at(-1) ?? '')
      .toSorted();
  }

  async function trusted(name: string): Promise<readonly string[]> {
    const { trust } = (await viewRole(scene.target, name)) ?? {};
    return policyOf(trust)
      .flatMap((statement) => Object(statement)['Principal']['AWS'])
      .map((arn: string) => arn.split('/').at(-1) ?? '')
      .toSorted();
  }

  async function granted(name: string): Promise<boolean> {
    return Object.hasOwn((await viewRole(scene.source, name))?.inlinePolicies ?? {}, OPERATOR_POLICY);
  }

  it.concurrent('of a Task that a link gave up keeps its permission until executions end', async () => {
    const link = await ready('narrowed');
    const stop = await start(link.machine);
    await scene.patch(link, { stateMachineCredentials: { tasks: ['Charge'] } });
    await scene.ready(link);
    await scene.reconcile(link);
    expect(Object.keys(credentialsIn(await scene.definition(link.machine)))).toStrictEqual(['Charge']);
    expect(await queuesAllowed('narrowed')).toStrictEqual(['charges', 'refunds']);
    await stop();
    await scene.reconcile(link);
    expect(await queuesAllowed('narrowed')).toStrictEqual(['charges']);
  });

  it.concurrent('by an alias keeps its permission until the alias is moved', async () => {
    const link = await ready('routed');
    const move = await aliased(link.machine);
    await scene.patch(link, { stateMachineCredentials: { tasks: ['Charge'] } });
    await scene.ready(link);
    await scene.reconcile(link);
    expect(await queuesAllowed('routed')).toStrictEqual(['charges', 'refunds']);
    await move();
    await scene.reconcile(link);
    expect(await queuesAllowed('routed')).toStrictEqual(['charges']);
  });

  it.concurrent('under a former execution role is let in, and granted, until it has ended', async () => {
    const link = await ready('swapped');
    const roleArn = await scene.executionRole('successor');
    const stop = await start(link.machine);
    await scene.source.sfn.send(new UpdateStateMachineCommand({ stateMachineArn: link.machine, roleArn }));
    await scene.reconcile(link);
    await scene.ready(link);
    expect(await trusted('swapped')).toStrictEqual(['successor', 'swapped']);
    expect([await granted('swapped'), await granted('successor')]).toStrictEqual([true, true]);
    await stop();
    await scene.reconcile(link);
    expect(await trusted('swapped')).toStrictEqual(['successor']);
    expect([await granted('swapped'), await granted('successor')]).toStrictEqual([false, true]);
  });

  it.concurrent('holds up a deletion, which says so, until it has ended', async () => {
    const link = await ready('deleted');
    const stop = await start(link.machine);
    await scene.startDeleting(link);
    await scene.until(link, {
      status: 'Unknown',
      reason: 'Deleting',
      message: /used by 1 running execution/,
    });
    // New executions run without it.
    expect(credentialsIn(await scene.definition(link.machine))).toStrictEqual({});
    expect(await trusted('deleted')).toStrictEqual(['deleted']);
    expect(await queuesAllowed('deleted')).toStrictEqual(['charges', 'refunds']);
    await scene.annotate(link, 'example.com/look=once-more');
    await scene.until(
      link,
      { status: 'False', reason: 'DeletionBlocked', message: /end it .* or abandon/ },
      25_000,
    );
    await stop();
    await scene.annotate(link, 'example.com/look=now');
    await scene.untilGone(link);
    expect(await viewRole(scene.target, 'deleted')).toBeUndefined();
    expect(await granted('deleted')).toBe(false);
  });

  it.concurrent('by an alias holds up a deletion until the alias is moved', async () => {
    const link = await ready('deleted-routed');
    const move = await aliased(link.machine);
    await scene.startDeleting(link);
    await scene.until(link, { message: /used by alias live/ });
    expect(await queuesAllowed('deleted-routed')).toStrictEqual(['charges', 'refunds']);
    await move();
    await scene.annotate(link, 'example.com/look=now');
    await scene.untilGone(link);
    expect(await viewRole(scene.target, 'deleted-routed')).toBeUndefined();
  });

  it.concurrent('keeps its role for good when the link that waits for it is abandoned', async () => {
    const link = await ready('abandoned');
    await start(link.machine);
    await scene.startDeleting(link);
    await scene.until(link, { message: /used by 1 running execution/ });
    await scene.annotate(link, 'crossaccountlink.dev/abandon=true');
    await scene.untilGone(link);
    expect(await trusted('abandoned')).toStrictEqual(['abandoned']);
    expect(await granted('abandoned')).toBe(true);
  });
});

function routeTo(stateMachineVersionArn: string) {
  return [{ stateMachineVersionArn, weight: 100 }];
}
