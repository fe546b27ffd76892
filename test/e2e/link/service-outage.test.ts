/** One service of an account does not answer while all others do: the AWSAccount says so, links stay Ready, the service is only
 *  probed, and links go on as soon as it is back. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../testbed/eventually.ts';
import { internalFailure } from '../../../testbed/proxy/aws-answers.ts';
import type { AwsCall } from '../../../testbed/proxy/aws-call.ts';
import type { Rule } from '../../../testbed/proxy/rules.ts';
import { viewRole } from './aws-views.ts';
import { startScene, type LinkName, type Scene } from './scene.ts';
import { linked } from './linked.ts';

const LINKS = 10;
const OUTAGE_MS = 8_000;
/** Ten calls in a row open the breaker, some are under way by then, and each probe is repeated in place. */
const MOST_CALLS = 60;

type Fault = Rule<AwsCall>['fault'];
const CONNECTION_CUT: Fault = { kind: 'cut' };

describe('while alone', () => {
  let scene: Scene;
  const links: LinkName[] = [];

  beforeAll(async () => {
    scene = await startScene();
    await scene.tenant('payments');
    for (let index = 0; index < LINKS; index += 1) {
      links.push(await linked(scene, `link-${index}`));
    }
    for (const link of links) await scene.ready(link);
  });
  afterAll(() => scene.stop());

  async function expectReady(): Promise<void> {
    for (const link of links) {
      const { status } = await scene.get(link);
      expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
    }
  }

  for (const [service, how, account, fault] of [
    ['iam', 'answers 500', 'account-222222222222', internalFailure],
    ['states', 'cuts every connection', 'account-111111111111', CONNECTION_CUT],
  ] as const) {
    it(`${service} ${how}`, async () => {
      const outage = scene.aws.rules.add({ match: (call) => call.service === service, fault });
      const until = Date.now() + OUTAGE_MS;
      await Promise.all(links.map((link) => scene.reconcile(link)));
      await scene.untilAccount(account, { status: 'False', reason: 'Unavailable' });
      await expectReady();
      await eventually(
        'the end of the outage',
        () => {
          if (Date.now() < until) throw new Error('not yet');
        },
        { deadlineMs: OUTAGE_MS * 2 },
      );
      expect(outage.hits).toBeLessThanOrEqual(MOST_CALLS);
      await expectReady();
      outage.remove();
      await scene.untilAccount(account, { status: 'True', reason: 'Connected' }, 30_000);
      const [first] = links;
      if (first === undefined) throw new Error('there is no link');
      const description = `after ${service} ${how}`;
      await scene.patch(first, { targetRole: { description } });
      await scene.ready(first);
      expect((await viewRole(scene.target, first.name))?.description).toBe(description);
      await Promise.all(links.map((link) => scene.reconcile(link)));
      await expectReady();
    });
  }
});
