/** AWSAccounts that are deleted while links hold them, with the operator restarted in the middle. One test after the other,
 *  because they stop and start the operator that all share. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../testbed/eventually.ts';
import { targetRole } from './aws-owners.ts';
import { viewRole } from './aws-views.ts';
import { startScene, type Scene } from './scene.ts';
import { accessTo, linked } from './linked.ts';

const PRUNED = '333333333333';
const MISTAKEN = '444444444444';
const RENAMED = '555555555555';

describe('an AWSAccount that is deleted', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene({ accounts: [PRUNED, MISTAKEN, RENAMED] });
    await scene.tenant('payments');
    for (const account of [PRUNED, MISTAKEN, RENAMED]) await scene.register(account, accessTo(account));
  });
  afterAll(() => scene.stop());

  const deleteAccount = (name: string) => scene.stage.kubectl('delete', 'awsaccount', name, '--wait=false');
  const untilAccountGone = (name: string) =>
    scene.stage.kubectl('wait', `awsaccount/${name}`, '--for=delete', '--timeout=20s');
  const roleStands = async (account: string, name: string) =>
    (await viewRole(scene.clients(account), targetRole(name, account))) !== undefined;

  async function restart(): Promise<void> {
    await scene.operator.stop();
    await scene.startOperator();
  }

  for (const order of ['account first', 'link first']) {
    it(`together with its link while the operator is down (${order}): both end, and nothing is left`, async () => {
      const name = `pruned-${order.replaceAll(' ', '-')}`;
      await scene.register(PRUNED, accessTo(PRUNED));
      const link = await linked(scene, name, { account: PRUNED });
      await scene.ready(link);
      await scene.operator.stop();
      const steps = [() => deleteAccount(`account-${PRUNED}`), () => scene.startDeleting(link)];
      for (const step of order === 'account first' ? steps : steps.toReversed()) await step();
      await scene.startOperator();
      await scene.untilGone(link);
      await untilAccountGone(`account-${PRUNED}`);
      expect(await roleStands(PRUNED, name)).toBe(false);
    });
  }

  it('by mistake goes on working for its links after a restart: repairs, requests, new links, deletion', async () => {
    const link = await linked(scene, 'mistaken', { account: MISTAKEN });
    await scene.ready(link);
    await deleteAccount(`account-${MISTAKEN}`);
    await scene.untilAccount(`account-${MISTAKEN}`, {
      status: 'False',
      reason: 'InUse',
      message: /^1 link /,
    });
    await restart();
    await scene.reconcile(link);
    await scene.patch(link, { targetRole: { description: 'edited while the account is held' } });
    await scene.ready(link);
    const another = await linked(scene, 'another', { account: MISTAKEN });
    await scene.ready(another);
    await scene.untilAccount(`account-${MISTAKEN}`, { reason: 'InUse', message: /^2 links / });
    for (const each of [link, another]) await scene.delete(each);
    await untilAccountGone(`account-${MISTAKEN}`);
    expect(await roleStands(MISTAKEN, 'mistaken')).toBe(false);
  });

  for (const restarted of [false, true]) {
    it(`and made again under another name, as a rename in Git${restarted ? ', with a restart' : ''}: the other takes over`, async () => {
      const [before, after] = restarted ? ['name-2', 'name-3'] : [`account-${RENAMED}`, 'name-2'];
      const link = await linked(scene, `renamed-${after}`, { account: RENAMED });
      await scene.ready(link);
      await scene.register(RENAMED, accessTo(RENAMED), {}, after);
      await scene.untilAccount(after, { status: 'False', reason: 'DuplicateAccount' });
      if (restarted) await scene.operator.stop();
      await deleteAccount(before);
      if (restarted) await scene.startOperator();
      await untilAccountGone(before);
      await scene.untilAccount(after, { status: 'True', reason: 'Connected' });
      const { status } = await scene.reconcile(link);
      expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
      await eventually('the links to be counted', async () => {
        expect((await scene.account(after)).status.links).toBe(restarted ? 2 : 1);
      });
    });
  }
});
