/** A bad hour: one call in ten fails, to AWS and to the API server alike, and watches are cut every two seconds. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startStorm } from '../../../testbed/proxy/storm.ts';
import { chain, sendMessage } from './definitions.ts';
import { targetRole } from './aws-owners.ts';
import { credentialsIn, viewRole } from './aws-views.ts';
import { startScene, type LinkName, type Scene } from './scene.ts';

const LINKS = 10;
const SHARE = 0.1;

const named = (prefix: string) =>
  Array.from({ length: LINKS }, (_, index) => ({ namespace: 'payments', name: `${prefix}-${index}` }));

describe('while one call in ten fails', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene();
    await scene.tenant('payments');
  });
  afterAll(() => scene.stop());

  async function prepare(links: readonly LinkName[]): Promise<ReadonlyMap<string, string>> {
    const machines = new Map<string, string>();
    for (const { name } of links)
      machines.set(name, await scene.workflow(name, chain({ [name]: sendMessage(name) })));
    return machines;
  }

  /** Applies links, and returns the seconds until all are Ready. */
  async function make(links: readonly LinkName[], machines: ReadonlyMap<string, string>): Promise<number> {
    const began = performance.now();
    for (const link of links)
      await scene.link(link, {
        stateMachineARN: machines.get(link.name) ?? '',
        targetRole: { arn: targetRole(link.name) },
      });
    for (const link of links) await scene.until(link, { status: 'True' }, 120_000);
    return (performance.now() - began) / 1_000;
  }

  it('links become Ready, Ready ones stay so, and nothing is made twice or left behind', async () => {
    const [before, meanwhile] = [named('before'), named('meanwhile')];
    const machines = await prepare([...before, ...meanwhile]);
    const calm = await make(before, machines);
    const firstReady = await Promise.all(before.map((link) => scene.get(link)));
    const storm = startStorm(scene.aws, scene.kubernetes, SHARE);
    const stormy = await make(meanwhile, machines);
    await Promise.all(before.map((link) => scene.reconcile(link)));
    storm.end();
    process.stdout.write(
      `  ${LINKS} links Ready in ${calm.toFixed(1)} s; while ${storm.failed} calls failed, in ${stormy.toFixed(1)} s\n`,
    );
    expect(storm.failed).toBeGreaterThan(LINKS);
    for (const [index, link] of before.entries()) {
      const ready = ({ status }: (typeof firstReady)[number]) =>
        status.conditions?.find(({ type }) => type === 'Ready');
      const [then, now] = [firstReady[index], await scene.get(link)];
      // The time of its last transition: it was Ready all the time.
      expect(ready(now)).toMatchObject({
        status: 'True',
        lastTransitionTime: then === undefined ? '' : ready(then)?.lastTransitionTime,
      });
    }
    for (const { name } of meanwhile) {
      const { status } = await scene.get({ namespace: 'payments', name });
      expect(status.drift).toBeUndefined();
      expect(credentialsIn(await scene.definition(machines.get(name) ?? ''))).toStrictEqual({
        [name]: { RoleArn: targetRole(name) },
      });
    }
    const again = startStorm(scene.aws, scene.kubernetes, SHARE, 2);
    await Promise.all(meanwhile.map((link) => scene.startDeleting(link)));
    for (const link of meanwhile) await scene.untilGone(link, 120_000);
    again.end();
    for (const { name } of meanwhile) expect(await viewRole(scene.target, name)).toBeUndefined();
  });
});
