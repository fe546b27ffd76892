/** A role whose link goes without removing it, with the whole operator: it is listed as long as it exists, even if the account
 *  has no link left for which its roles would be read. */
import { beforeEach, expect, it } from '@jest/globals';
import { AWS_ACCOUNT } from '../../../src/api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK } from '../../../src/api/crossaccountlink.ts';
import { objectAt, type Json } from '../../../src/base/json.ts';
import { machineArn, TARGET } from '../../../testbed/simulation/scenery.ts';
import { NAME, ROLE, Scene } from './scene.ts';

const HALF_AN_HOUR = 1_800;

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
});

function unlinked(): Json | undefined {
  return objectAt(scene.kubernetes.find(AWS_ACCOUNT, { name: 'away' }) ?? {}, 'status')['unlinkedRoles'];
}

it('a role whose link was abandoned is listed in its AWSAccount until it is gone', async () => {
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

it('so is that of a link that Kubernetes removed, while it waits for what nobody sees', async () => {
  scene.link();
  scene.kubernetes.deleteWithin(CROSS_ACCOUNT_LINK, NAME, 20_000);
  await scene.pass(15);
  const machine = scene.aws.machines.get(machineArn('checkout'));
  if (machine === undefined) throw new Error('there is no state machine');
  scene.aws.runs.start(machine, HALF_AN_HOUR * 1_000, undefined);
  await scene.pass(HALF_AN_HOUR - 60);
  expect(scene.kubernetes.find(CROSS_ACCOUNT_LINK, NAME)).toBeUndefined();
  expect(unlinked()).toStrictEqual({ arns: [ROLE], total: 1 });

  await scene.pass(HALF_AN_HOUR);
  expect(scene.aws.role(ROLE)).toBeUndefined();
  expect(unlinked()).toBeUndefined();
});
