/** IAM knows a role's name once in an account, at whatever path. */
import { expect, it } from '@jest/globals';
import { CROSS_ACCOUNT_LINK } from '../../../src/api/crossaccountlink.ts';
import { machineArn } from '../../../testbed/simulation/scenery.ts';
import { NAME, ROLE, Scene } from './scene.ts';

const WAITING = { namespace: 'payments', name: 'waiting' };

it('a link that waits for the name of its role gets it as soon as the link is gone that had it', async () => {
  const scene = new Scene();
  scene.link();
  await scene.pass(60);
  expect(scene.condition('Ready')).toMatch(/^True/);
  scene.kubernetes.create(CROSS_ACCOUNT_LINK, {
    metadata: WAITING,
    spec: {
      stateMachineARN: machineArn('refund'),
      targetRole: { arn: ROLE.replace(/\/a$/, '/sub/A') },
      driftCheckInterval: '24h',
    },
  });
  await scene.pass(60);
  expect(scene.condition('Ready', WAITING)).toMatch(/^False RoleNotOwned: The name A is taken/);
  scene.kubernetes.delete(CROSS_ACCOUNT_LINK, NAME);
  await scene.pass(60);
  expect(scene.condition('TargetRoleReady', WAITING)).toMatch(/^True/);
});
