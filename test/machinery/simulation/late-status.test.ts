/** A backup tool puts a link back first and its status afterwards, as Velero does, with the whole operator. */
import { expect, it } from '@jest/globals';
import { CROSS_ACCOUNT_LINK } from '../../../src/api/crossaccountlink.ts';
import { objectAt } from '../../../src/base/json.ts';
import { machineArn, targetRoleArn } from '../../../testbed/simulation/scenery.ts';
import { NAME, Scene } from './scene.ts';

const OTHER = { namespace: 'payments', name: 'restored' };

it.each([
  ['suspended', { suspend: true, targetRole: { arn: targetRoleArn('payments', 'restored') } }],
  ['refused', { targetRole: { arn: targetRoleArn('elsewhere', 'restored') } }],
])('a %s link whose status comes after it holds up no deletion', async (_, spec) => {
  const scene = new Scene();
  scene.link();
  await scene.pass(60);
  expect(scene.condition('Ready')).toMatch(/^True/);
  scene.kubernetes.create(CROSS_ACCOUNT_LINK, {
    metadata: OTHER,
    spec: { stateMachineARN: machineArn('refund'), ...spec },
  });
  await scene.pass(60);
  const inventory = [{ arn: spec.targetRole.arn, leg: 'TargetRole' }];
  const { status } = scene.kubernetes.get(CROSS_ACCOUNT_LINK, OTHER);
  const conditions = objectAt({ status }, 'status')['conditions'];
  scene.kubernetes.applyStatus(CROSS_ACCOUNT_LINK, OTHER, { status: { conditions, inventory } });
  await scene.pass(60);
  scene.kubernetes.delete(CROSS_ACCOUNT_LINK, NAME);
  await scene.pass(120);
  expect(scene.condition('Ready')).toBeUndefined();
});
