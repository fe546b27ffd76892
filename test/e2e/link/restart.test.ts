/** What a process knows and does not know: the steady state, cold starts and crashes. One test after the other, because they stop
 *  and start the operator that all share. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../testbed/eventually.ts';
import type { AwsCall } from '../../../testbed/proxy/aws-call.ts';
import { credentialsIn, policyOf, viewRole } from './aws-views.ts';
import { chain, sendMessage } from './definitions.ts';
import { targetRole } from './aws-owners.ts';
import { objectOf, startScene, type LinkName, type Scene } from './scene.ts';
import { OPERATOR_POLICY } from './policies.ts';

const NAMESPACE = 'payments';
const FIRST = { namespace: NAMESPACE, name: 'first' };
const SECOND = { namespace: NAMESPACE, name: 'second' };

describe('the operator', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene();
    await scene.tenant(NAMESPACE);
    const role = await scene.executionRole('both');
    for (const { name } of [FIRST, SECOND]) {
      const machine = await scene.machine(name, role, chain({ [name]: sendMessage(name) }));
      await scene.link(
        { namespace: NAMESPACE, name },
        { stateMachineARN: machine, targetRole: { arn: targetRole(name) } },
      );
    }
    await Promise.all([scene.ready(FIRST), scene.ready(SECOND)]);
    // Unlike AWS, the emulator answers an update without a revision: a read gives it.
    await Promise.all([scene.reconcile(FIRST), scene.reconcile(SECOND)]);
    await scene.allReported();
  });
  afterAll(() => scene.stop());

  const granted = async () =>
    policyOf((await viewRole(scene.source, 'both'))?.inlinePolicies[OPERATOR_POLICY]).map(
      (statement) => Object(statement).Resource,
    );
  const BOTH = [[targetRole('first'), targetRole('second')]];

  /** Log lines about a reconcile of this link. */
  const reconciled = ({ name }: LinkName) =>
    scene.logLines().filter(({ msg, link }) => msg === 'reconciled' && link === `${NAMESPACE}/${name}`);

  async function untilReconciled(links: readonly LinkName[], times: readonly number[]): Promise<void> {
    await eventually(`reconciles of ${links.map(({ name }) => name).join(' and ')}`, () => {
      const seen = links.map((link) => reconciled(link).length);
      if (seen.some((count, index) => count < (times[index] ?? 1)))
        throw new Error(`so far ${seen.join(', ')}`);
    });
  }

  const writes = () => ({
    aws: scene.aws.calls.matching(({ write }) => write).map(({ call }) => call.operation),
    kubernetes: scene.kubernetes.calls
      .matching(({ write }) => write)
      .map(({ call }) => `${call.verb} ${call.resource}/${call.subresource}`),
  });
  const NONE = { aws: [], kubernetes: [] };

  it('writes nothing, neither to AWS nor to Kubernetes, when it looks at links in sync again', async () => {
    const next = [reconciled(FIRST).length + 1, reconciled(SECOND).length + 1];
    scene.aws.calls.clear();
    scene.kubernetes.calls.clear();
    await scene.stage.kubectl('label', 'namespace', NAMESPACE, 'looked-at=again');
    await untilReconciled([FIRST, SECOND], next);
    expect(writes()).toStrictEqual(NONE);
  });

  it('answers a request with one write to the status and none to AWS', async () => {
    scene.aws.calls.clear();
    scene.kubernetes.calls.clear();
    await scene.reconcile(FIRST);
    expect(writes()).toStrictEqual({ aws: [], kubernetes: ['patch crossaccountlinks/status'] });
  });

  it('writes nothing when it is restarted and finds links in sync', async () => {
    await scene.operator.stop();
    scene.aws.calls.clear();
    scene.kubernetes.calls.clear();
    await scene.startOperator();
    await untilReconciled([FIRST, SECOND], [1, 1]);
    expect(writes()).toStrictEqual(NONE);
  });

  it('never takes a sibling’s grant away while the sibling’s machine has not been read', async () => {
    await scene.operator.stop();
    const slow = scene.aws.rules.hold(
      (call) => call.operation === 'DescribeStateMachine' && objectOf(call) === SECOND.name,
    );
    await scene.startOperator();
    await slow.arrived;
    await scene.reconcile(FIRST);
    expect(await granted()).toStrictEqual(BOTH);
    await scene.patch(FIRST, { targetRole: { description: 'changed meanwhile' } });
    await scene.ready(FIRST);
    expect(await granted()).toStrictEqual(BOTH);

    await scene.startDeleting(FIRST);
    await scene.until(FIRST, {
      reason: 'Deleting',
      message: /state machines of all links .* have been read/,
    });
    expect(await granted()).toStrictEqual(BOTH);
    slow.release();
    await scene.untilGone(FIRST);
    expect(await granted()).toStrictEqual([[targetRole('second')]]);
    await scene.ready(SECOND);
  });

  for (const operation of ['CreateRole', 'PutRolePolicy', 'UpdateStateMachine']) {
    it(`killed while ${operation} is on its way ends Ready when it is started again`, async () => {
      const name = `killed-${operation.toLowerCase()}`;
      const link = { namespace: NAMESPACE, name };
      const machine = await scene.workflow(name, chain({ [name]: sendMessage(name) }));
      const underWay = scene.aws.rules.hold(
        (call: AwsCall) => call.operation === operation && objectOf(call) === name,
      );
      await scene.link(link, { stateMachineARN: machine, targetRole: { arn: targetRole(name) } });
      await underWay.arrived;
      await scene.operator.kill();
      // What was sent takes effect, although nobody hears of it.
      underWay.release();
      await scene.startOperator();
      await scene.ready(link);
      expect(credentialsIn(await scene.definition(machine))).toStrictEqual({
        [name]: { RoleArn: targetRole(name) },
      });
      expect((await scene.get(link)).status.drift).toBeUndefined();
      await scene.delete(link);
      expect(await viewRole(scene.target, name)).toBeUndefined();
    });
  }

  it(`killed while a link is being deleted finishes that when it is started again`, async () => {
    const underWay = scene.aws.rules.hold(
      (call) => call.operation === 'DeleteRolePolicy' && objectOf(call) === 'both',
    );
    await scene.startDeleting(SECOND);
    await underWay.arrived;
    await scene.operator.kill();
    underWay.release();
    await scene.startOperator();
    await scene.untilGone(SECOND);
    expect(await viewRole(scene.target, 'second')).toBeUndefined();
    expect(await granted()).toStrictEqual([]);
  });
});
