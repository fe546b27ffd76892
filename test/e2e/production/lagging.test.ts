/** What an operator believes of a view that lags: a standby whose watch lags takes over, and a restarted operator is shown an old
 *  list. It neither takes anything from links that are missing from the view, nor gives anything to links that are only in the
 *  view. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../testbed/eventually.ts';
import { startAwsProxy, type AwsProxy } from '../../../testbed/proxy/aws.ts';
import { startKubernetesProxy, type KubernetesProxy } from '../../../testbed/proxy/kubernetes.ts';
import type { KubernetesCall } from '../../../testbed/proxy/kubernetes-call.ts';
import { targetRole } from '../link/aws-owners.ts';
import { policyOf, viewRole } from '../link/aws-views.ts';
import { chain, sendMessage } from '../link/definitions.ts';
import type { LinkName, Scene } from '../link/scene.ts';
import { ELECT, Replica, startReplicas, TENANT, type Replicas } from './replicas.ts';
import { OPERATOR_POLICY } from '../link/policies.ts';

const LINKS = '/apis/crossaccountlink.dev/v1alpha1/crossaccountlinks';
const isOfLinks =
  (verb: KubernetesCall['verb']) =>
  ({ verb: of, resource }: KubernetesCall) =>
    of === verb && resource === 'crossaccountlinks';

describe('an operator whose view lags', () => {
  let replicas: Replicas;
  let scene: Scene;
  let aws: AwsProxy;
  let kubernetes: KubernetesProxy;
  let executionRole: string;

  beforeAll(async () => {
    replicas = await startReplicas();
    scene = replicas.scene;
    aws = await startAwsProxy(scene.stage.emulator.url);
    kubernetes = await startKubernetesProxy(scene.stage.controlPlane);
    executionRole = await scene.executionRole('shared');
  });
  afterAll(async () => {
    await replicas.stop();
    await Promise.all([aws.stop(), kubernetes.stop()]);
  });

  /** A link of a machine that runs under the shared execution role. */
  async function link(name: string): Promise<LinkName> {
    const machine = await scene.machine(name, executionRole, chain({ [name]: sendMessage(name) }));
    const made = { namespace: TENANT, name };
    await scene.link(made, { stateMachineARN: machine, targetRole: { arn: targetRole(name) } });
    await scene.ready(made);
    return made;
  }

  const startBehindProxy = () =>
    scene.stage.operator({ awsUrl: aws.url, kubernetesUrl: kubernetes.url, flags: [ELECT] });

  async function granted(): Promise<readonly string[]> {
    const statements = policyOf((await viewRole(scene.source, 'shared'))?.inlinePolicies[OPERATOR_POLICY]);
    return statements.flatMap((statement) => Object(statement).Resource).toSorted();
  }

  it('takes over while its watch lags behind the former leader, and sees what that one did', async () => {
    const [kept, gone] = [await link('kept'), await link('gone')];
    const standby = new Replica('standby', aws, await startBehindProxy());
    await standby.untilSaid('caches are synced', 10_000);
    const held = await eventually('the watch of links', () => {
      const [watch] = kubernetes.watches.matching(isOfLinks('watch'));
      if (watch === undefined) throw new Error('none yet');
      return watch;
    });
    held.hold();
    await link('late');
    await scene.delete(gone);
    await replicas.first().process.kill();
    await standby.untilSaid('leading', 30_000);
    await scene.patch(kept, { targetRole: { description: 'written by the standby' } });
    await scene.until(kept, { status: 'True' });
    await scene.reconcile(kept);
    expect(await granted()).toStrictEqual([targetRole('kept'), targetRole('late')].toSorted());
    expect(await viewRole(scene.target, targetRole('gone'))).toBeUndefined();
    await standby.terminate();
  });

  it('starts with an outdated list, and does nothing until it gets a current one', async () => {
    const again = new Replica('again', aws, await startBehindProxy());
    await again.untilSaid('leading', 30_000);
    const former = await link('former');
    const body = Buffer.from(await scene.stage.kubectl('get', '--raw', LINKS));
    const newer = await link('newer');
    await scene.delete(former);
    await again.terminate();
    const frozen = kubernetes.rules.add({
      match: isOfLinks('list'),
      fault: {
        kind: 'answer',
        answer: { status: 200, headers: { 'content-type': 'application/json' }, body },
      },
    });
    aws.calls.clear();
    const last = new Replica('last', aws, await startBehindProxy());
    await eventually('some old lists to be refused', () => expect(frozen.hits).toBeGreaterThanOrEqual(3));
    expect(last.writes()).toStrictEqual([]);
    frozen.remove();
    await last.untilSaid('leading', 40_000);
    await scene.patch(newer, { targetRole: { description: 'written after the restart' } });
    await scene.until(newer, { status: 'True' });
    expect(await granted()).toStrictEqual(
      ['kept', 'late', 'newer'].map((name) => targetRole(name)).toSorted(),
    );
    expect(await viewRole(scene.target, targetRole('former'))).toBeUndefined();
  });
});
