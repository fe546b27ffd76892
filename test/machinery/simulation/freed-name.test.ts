/** IAM knows a role's name once in an account, at whatever path. */
import { expect, it } from '@jest/globals';
import { CROSS_ACCOUNT_LINK } from '../../../src/api/crossaccountlink.ts';
import { parseRoleArn } from '../../../src/arn/arn.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { machineArn } from '../../../testbed/simulation/scenery.ts';
import { present } from '../../expectations.ts';
import { NAME, ROLE, Scene } from './scene.ts';

const MANY = 40;

/** A link that wants the name of `ROLE` for a role at another path. By their names, the youngest comes first. */
const waiting = (index: number) => ({
  namespace: 'payments',
  name: `w${String(MANY - index).padStart(2, '0')}`,
});

function create(scene: Scene, index: number): void {
  scene.kubernetes.create(CROSS_ACCOUNT_LINK, {
    metadata: waiting(index),
    spec: {
      stateMachineARN: machineArn('refund'),
      targetRole: { arn: ROLE.replace(/\/a$/, `/sub${index}/A`) },
      driftCheckInterval: '24h',
    },
  });
}

/** A scene in which a link has the name and so many others, each a second younger than the one before, wait for it. */
async function crowd(links: number): Promise<Scene> {
  const scene = new Scene();
  scene.link();
  await scene.pass(60);
  expect(scene.condition('Ready')).toMatch(/^True/);
  for (let index = 0; index < links; index += 1) {
    create(scene, index);
    await scene.pass(1);
  }
  await scene.pass(60);
  for (let index = 0; index < links; index += 1)
    expect(scene.condition('Ready', waiting(index))).toMatch(/^False RoleNotOwned: The name A is taken/);
  scene.calls.length = 0;
  return scene;
}

/** The waiting links that have their role. */
const winners = (scene: Scene, links: number) =>
  Array.from({ length: links }, (_, index) => index).filter((index) =>
    scene.condition('TargetRoleReady', waiting(index))?.startsWith('True'),
  );

const called = (scene: Scene, call: string) => scene.calls.filter((one) => one.startsWith(call)).length;

it('of many links that wait for a name the oldest gets it once it is free, and the others ask nothing', async () => {
  const scene = await crowd(MANY);
  scene.kubernetes.delete(CROSS_ACCOUNT_LINK, NAME);
  await scene.pass(60);
  expect(winners(scene, MANY)).toEqual([0]);
  expect(called(scene, 'CreateRole')).toBe(1);
  // To remove one link and to make another one takes a few.
  expect(called(scene, 'GetRole ')).toBeLessThan(MANY / 4);
  expect(called(scene, 'DescribeStateMachine ')).toBeLessThan(MANY / 4);
  expect(called(scene, 'patch crossaccountlinks')).toBeLessThan(MANY / 4);
});

it('of many links of one name that come at once one makes its role, and none of the others tries', async () => {
  const scene = new Scene();
  await scene.pass(60);
  for (let index = 0; index < MANY; index += 1) create(scene, index);
  await scene.pass(60);
  expect(winners(scene, MANY)).toHaveLength(1);
  expect(called(scene, 'CreateRole')).toBe(1);
});

it.each<readonly [what: string, spec: JsonObject]>([
  ['is suspended', { suspend: true }],
  ['only observes its role', { targetRole: { managementPolicy: 'Observe' } }],
])('a link that %s keeps no younger one from a name', async (_what, spec) => {
  const scene = await crowd(2);
  scene.kubernetes.patch(CROSS_ACCOUNT_LINK, waiting(0), { spec });
  await scene.pass(30);
  scene.kubernetes.delete(CROSS_ACCOUNT_LINK, NAME);
  await scene.pass(60);
  expect(winners(scene, 2)).toEqual([1]);
});

it('the next oldest gets the name if the oldest goes while somebody else still has it', async () => {
  const scene = await crowd(3);
  scene.kubernetes.delete(CROSS_ACCOUNT_LINK, waiting(0));
  await scene.pass(30);
  scene.kubernetes.delete(CROSS_ACCOUNT_LINK, NAME);
  await scene.pass(60);
  expect(winners(scene, 3)).toEqual([1]);
});

it('a link whose role somebody deletes makes it again once another one finds the name free', async () => {
  const scene = await crowd(2);
  const { accountId, name } = present(parseRoleArn(ROLE), ROLE);
  scene.aws.changeRole('others', 'DeleteRolePolicy', accountId, name, (role) => ({
    ...role,
    inline: new Map(),
  }));
  scene.aws.deleteRole('others', accountId, name);
  const annotations = { 'crossaccountlink.dev/reconcile-requested-at': 'now' };
  scene.kubernetes.patch(CROSS_ACCOUNT_LINK, waiting(1), { metadata: { annotations } });
  await scene.pass(30);
  expect([winners(scene, 2), called(scene, 'CreateRole')]).toEqual([[], 1]);
});
