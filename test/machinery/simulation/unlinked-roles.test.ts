/** A role whose link goes without removing it, with the whole operator: it is listed as long as it exists, even if the account
 *  has no link left for which its roles would be read. */
import { expect, it } from '@jest/globals';
import { AWS_ACCOUNT } from '../../../src/api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK } from '../../../src/api/crossaccountlink.ts';
import { objectAt } from '../../../src/base/json.ts';
import { TARGET } from '../../../testbed/simulation/scenery.ts';
import { NAME, ROLE, Scene } from './scene.ts';

const HALF_AN_HOUR = 1_800;

it('a role whose link was abandoned is listed in its AWSAccount until it is gone', async () => {
  const scene = new Scene();
  const unlinked = () =>
    objectAt(scene.kubernetes.find(AWS_ACCOUNT, { name: 'away' }) ?? {}, 'status')['unlinkedRoles'];
  scene.link();
  await scene.pass(60);
  expect(scene.condition('Ready')).toMatch(/^True/);
  const annotations = { 'crossaccountlink.dev/abandon': 'true' };
  scene.kubernetes.patch(CROSS_ACCOUNT_LINK, NAME, { metadata: { annotations } });
  scene.kubernetes.delete(CROSS_ACCOUNT_LINK, NAME);
  await scene.pass(HALF_AN_HOUR);
  expect(scene.kubernetes.find(CROSS_ACCOUNT_LINK, NAME)).toBeUndefined();
  expect(unlinked()).toStrictEqual({ arns: [ROLE], total: 1 });

  scene.aws.changeRole('others', 'DeleteRolePolicy', TARGET, 'a', (role) => ({ ...role, inline: new Map() }));
  scene.aws.deleteRole('others', TARGET, 'a');
  await scene.pass(HALF_AN_HOUR);
  expect(unlinked()).toBeUndefined();
});
