/** One worker, and accounts that allow few calls: a link that has to wait gives the worker back, and makes nobody else wait. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findCondition } from '../../../src/api/conditions.ts';
import { atMost, eventually } from '../../../testbed/eventually.ts';
import { awsError } from '../../../testbed/proxy/aws-answers.ts';
import type { AwsCall } from '../../../testbed/proxy/aws-call.ts';
import { SOURCE } from '../link/aws-owners.ts';
import { MACHINES, ROLES, startScene, TENANTS, type LinkName, type Scene } from '../link/scene.ts';
import { narrow, remark } from '../../expectations.ts';
import { linked } from '../link/linked.ts';

const NAMESPACE = 'pace';
const EMPTY = '333333333333';
const THROTTLED = '444444444444';
const HEALTHY = '555555555555';
/** Ten links need at least three calls each: most of them wait for half a minute. */
const SLOWEST = { iam: { burst: 1, perSecond: 0.5 } };
const RETRY_AFTER_S = 3;

describe('with one worker', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene({ accounts: [EMPTY, THROTTLED, HEALTHY], flags: ['--workers=1'] });
    await scene.register(SOURCE, [{ namespaces: TENANTS, asSource: MACHINES }]);
    for (const account of [EMPTY, THROTTLED, HEALTHY]) {
      const allowedResources = [`arn:aws:sqs:us-east-1:${account}:*`];
      const access = [{ namespaces: TENANTS, asTarget: { ...ROLES, allowedResources } }];
      await scene.register(account, access, account === EMPTY ? { rates: SLOWEST } : {});
    }
    await scene.tenant(NAMESPACE);
  });
  afterAll(() => scene.stop());

  const make = (name: string, account: string) => linked(scene, name, { namespace: NAMESPACE, account });

  async function readyMs(link: LinkName): Promise<number> {
    const began = performance.now();
    await scene.ready(link);
    return performance.now() - began;
  }

  async function isReady(link: LinkName): Promise<boolean> {
    const { status } = await scene.get(link);
    return findCondition(status.conditions, 'Ready')?.status === 'True';
  }

  it('links of an account without tokens do not keep another account’s link waiting', async () => {
    const waiting = await Promise.all(
      Array.from({ length: 10 }, (_, index) => make(`waiting-${index}`, EMPTY)),
    );
    const healthy = await make('healthy', HEALTHY);
    const ms = await readyMs(healthy);
    const done = await Promise.all(waiting.map(isReady));
    remark(`ready after ${Math.round(ms)} ms, when ${done.filter(Boolean).length} of 10 others were`);
    // The others still wait for tokens.
    expect(done).toContain(false);
    expect(ms).toBeLessThan(atMost(5_000));
    const logged = scene.logLines().filter((line) => String(line['failure']).includes('quota'));
    // A waiting link says what it waits for.
    expect(logged.length).toBeGreaterThan(0);
    const calls = scene.aws.calls.count(isIam(EMPTY));
    expect(calls).toBeLessThan(10);
  });

  it('a throttled account is left alone as long as it asks for, and slows nobody else', async () => {
    const rule = scene.aws.rules.add({
      match: (call) => isIam(THROTTLED)(call),
      fault: (call) => {
        const answer = awsError(call, 'Throttling', 'Rate exceeded');
        const headers = { ...answer.headers, 'retry-after': String(RETRY_AFTER_S) };
        return { kind: 'answer', answer: { ...answer, headers } };
      },
    });
    const throttled = await make('throttled', THROTTLED);
    await eventually('the account to be throttled twice', () => expect(rule.hits).toBeGreaterThanOrEqual(2), {
      deadlineMs: 15_000,
    });
    const ms = await readyMs(await make('unharmed', HEALTHY));
    remark(`another account’s link was ready after ${Math.round(ms)} ms`);
    expect(ms).toBeLessThan(atMost(5_000));
    expect(await isReady(throttled)).toBe(false);
    rule.remove();
    await scene.until(throttled, { status: 'True' }, 40_000);
    const calls = scene.aws.calls.matching(isIam(THROTTLED));
    const [first, second] = calls;
    narrow(first?.endedAt !== undefined && second !== undefined, { first, second });
    const pauseMs = second.startedAt - first.endedAt;
    expect(pauseMs).toBeGreaterThanOrEqual(RETRY_AFTER_S * 1_000 - 50);
    remark(`the throttled one was asked again after ${Math.round(pauseMs)} ms`);
  });
});

function isIam(account: string): (call: AwsCall) => boolean {
  return ({ service, accountId }) => service === 'iam' && accountId === account;
}
