/** An account that cannot be reached for a while: its AWSAccount says so at once, its links stay Ready, and one probe finds
 *  out when it is back. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../testbed/eventually.ts';
import { internalFailure, refuse } from '../../../testbed/proxy/aws-answers.ts';
import type { AwsCall } from '../../../testbed/proxy/aws-call.ts';
import { startScene, type LinkName, type Scene } from './scene.ts';
import { accessTo, linked } from './linked.ts';

/** So many that calls for each of them would be noticed beside those of one probe. */
const LINKS = 6;
const DENYING = '333333333333';
const SILENT = '444444444444';
const PROXIED = '555555555555';

const isAssuming = (account: string) => (call: AwsCall) =>
  call.operation === 'AssumeRole' && (call.parameters.get('RoleArn') ?? '').includes(account);

describe('an account', () => {
  let scene: Scene;
  const links = new Map<string, readonly LinkName[]>();

  beforeAll(async () => {
    scene = await startScene({ accounts: [DENYING, SILENT, PROXIED] });
    await scene.tenant('payments');
    for (const account of [DENYING, SILENT, PROXIED]) links.set(account, await manyInto(account));
  });
  afterAll(() => scene.stop());

  async function manyInto(account: string): Promise<readonly LinkName[]> {
    await scene.register(account, accessTo(account));
    const made: LinkName[] = [];
    for (let index = 0; index < LINKS; index += 1) {
      made.push(await linked(scene, `into-${account}-${index}`, { account }));
    }
    for (const link of made) await scene.ready(link);
    return made;
  }

  async function askAll(account: string): Promise<void> {
    await Promise.all((links.get(account) ?? []).map((link) => scene.reconcile(link)));
  }

  async function expectReady(account: string): Promise<void> {
    for (const link of links.get(account) ?? []) {
      const { status } = await scene.get(link);
      expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
    }
  }

  for (const [account, how, fault, says] of [
    [
      DENYING,
      'denies the operator its role',
      refuse('AccessDenied', 'not you', 403),
      { reason: 'AccessDenied' },
    ],
    [SILENT, 'whose STS fails', internalFailure, { reason: 'Unavailable' }],
  ] as const) {
    it.concurrent(`that ${how}`, async () => {
      // The session is refused, and no other one is given.
      const ended = scene.aws.rules.add({
        match: (call) => call.accountId === account && call.service !== 'sts',
        fault: refuse('ExpiredToken', 'The security token included in the request is expired', 403),
      });
      const outage = scene.aws.rules.add({ match: isAssuming(account), fault });
      const since = performance.now();
      await askAll(account);
      await scene.untilAccount(`account-${account}`, { status: 'False', ...says });
      for (let round = 0; round < 3; round += 1) await askAll(account);
      await expectReady(account);
      const until = Date.now() + 10_000;
      await eventually('ten seconds of outage', () => {
        if (Date.now() < until) throw new Error('not yet');
      });
      // One probe with growing pauses, at once, after 1, 2, 4, 8 and then every 15 s, each tried five times in place where STS did
      // not answer. Links whose calls were under way when the first was refused may each ask once before they know; if links
      // went on asking, the rounds above alone would make three for each.
      const later = Math.max(0, Math.ceil((performance.now() - since) / 15_000) - 1);
      const attempts = says.reason === 'AccessDenied' ? 1 : 5;
      expect(outage.hits).toBeLessThanOrEqual(attempts * (5 + later + LINKS));
      await expectReady(account);
      ended.remove();
      outage.remove();
      await scene.untilAccount(`account-${account}`, { status: 'True', reason: 'Connected' }, 30_000);
      await askAll(account);
      await expectReady(account);
    });
  }

  it.concurrent('before whose IAM a proxy sends a page of its own', async () => {
    const page = {
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: Buffer.from('<html><body><h1>Blocked by policy</h1></body></html>'),
    };
    const blocked = scene.aws.rules.add({
      match: (call) => call.accountId === PROXIED && call.service === 'iam',
      fault: () => ({ kind: 'answer', answer: page }),
    });
    const wrote = () => scene.aws.calls.matching((call) => call.accountId === PROXIED && call.write).length;
    const before = wrote();
    await askAll(PROXIED);
    await scene.untilAccount(
      `account-${PROXIED}`,
      {
        status: 'False',
        reason: 'Unavailable',
        message: /IAM .*has not answered.*this answer is not from AWS/,
      },
      60_000,
    );
    // Neither the roles nor their policies are taken to be gone.
    await expectReady(PROXIED);
    for (const link of links.get(PROXIED) ?? []) expect((await scene.get(link)).status.drift).toBeUndefined();
    expect(wrote()).toBe(before);
    blocked.remove();
    await scene.untilAccount(`account-${PROXIED}`, { status: 'True', reason: 'Connected' }, 60_000);
    await askAll(PROXIED);
    await expectReady(PROXIED);
  });
});
