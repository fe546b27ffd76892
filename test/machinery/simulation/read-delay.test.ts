/** AWS's reads lag behind its writes, even those of a single object: the whole operator against an AWS that for some seconds
 *  shows the former state. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { CROSS_ACCOUNT_LINK } from '../../../src/api/crossaccountlink.ts';
import { present } from '../../expectations.ts';
import type { ModelRole } from '../../../testbed/simulation/aws-model.ts';
import { machineArn, TARGET } from '../../../testbed/simulation/scenery.ts';
import { NAME, ROLE, Scene } from './scene.ts';

/** Within the time that IAM is given: three times the operator's pause of ten seconds. */
const DELAY_SECONDS = 20;
const READ_LAG_SECONDS = 30;

let scene: Scene;
beforeEach(async () => {
  scene = new Scene();
  await scene.pass(60);
  scene.aws.readDelayMs = DELAY_SECONDS * 1_000;
});

const READY = /^True InSync/;
const BUILD = ['CreateRole', 'PutRolePolicy', 'PutRolePolicy', 'UpdateStateMachine'];

/** Makes the link, and asks for reconciles again and again from then on. */
async function madeAndLookedAt(seconds: number): Promise<void> {
  scene.link();
  await lookedAt(seconds);
}

async function lookedAt(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 2) {
    await scene.pass(2);
    scene.request(`at ${scene.scheduler.nowMs}`);
  }
}

describe('what a link has just had written', () => {
  it('is written once, however often AWS shows what was before, and no drift is reported', async () => {
    await madeAndLookedAt(60);
    expect(scene.writes).toStrictEqual(BUILD);
    expect(scene.status['drift']).toBeUndefined();
    expect(scene.condition('Ready')).toMatch(READY);
  });

  it('is not taken for drift by an operator that has just started, either', async () => {
    await madeAndLookedAt(14);
    expect(scene.condition('Ready')).toMatch(READY);
    scene.replicas.doom(0, { calls: 1, sent: false }, 100);
    await lookedAt(40);
    expect(scene.status['drift']).toBeUndefined();
    expect(scene.condition('Ready')).toMatch(READY);
  });

  it('is gone with the link, once, although AWS still lists the role', async () => {
    await madeAndLookedAt(60);
    scene.calls.length = 0;
    scene.kubernetes.delete(CROSS_ACCOUNT_LINK, NAME);
    await scene.pass(120);
    expect(scene.kubernetes.find(CROSS_ACCOUNT_LINK, NAME)).toBeUndefined();
    expect(scene.aws.role(ROLE)).toBeUndefined();
    expect(scene.writes).toStrictEqual([
      'UpdateStateMachine',
      'DeleteRolePolicy',
      'DeleteRolePolicy',
      'DeleteRole',
    ]);
  });
});

/** Somebody else changes the target role. */
function change(what: (role: ModelRole) => Partial<ModelRole>): void {
  scene.aws.changeRole('others', 'TagRole', TARGET, 'a', (role) => ({ ...role, ...what(role) }));
}

describe('what somebody else changes right after a write', () => {
  beforeEach(async () => {
    await madeAndLookedAt(60);
    scene.aws.readDelayMs = 0;
    scene.kubernetes.patch(CROSS_ACCOUNT_LINK, NAME, {
      spec: { targetRole: { tags: { team: 'payments' } } },
    });
    // A look that is already under way is finished first.
    await scene.pass(5);
    expect(scene.aws.role(ROLE)?.tags.get('team')).toBe('payments');
    scene.calls.length = 0;
  });

  it('to something new is reported and repaired at once', async () => {
    change(({ tags }) => ({ tags: new Map([...tags, ['team', 'orders']]) }));
    scene.request('now');
    await scene.pass(4);
    expect(scene.writes).toStrictEqual(['TagRole']);
    expect(scene.status['drift']).toMatchObject({ total: 1, recent: [{ found: 'orders', repaired: true }] });
  });

  it('in another part of the object is reported and repaired at once', async () => {
    change(() => ({ inline: new Map() }));
    scene.request('now');
    await scene.pass(4);
    expect(scene.writes).toStrictEqual(['PutRolePolicy']);
  });

  it('back to the former state may be an old read: it is reported and repaired once IAM has had its time', async () => {
    change(({ tags }) => ({ tags: new Map([...tags].filter(([key]) => key !== 'team')) }));
    scene.request('now');
    await scene.pass(READ_LAG_SECONDS - 10);
    expect([scene.writes, scene.status['drift']]).toStrictEqual([[], undefined]);
    await scene.pass(12);
    expect(scene.writes).toStrictEqual(['TagRole']);
    expect(scene.status['drift']).toMatchObject({
      total: 1,
      recent: [{ expected: 'payments', repaired: true }],
    });
  });
});

describe('a definition', () => {
  it('that somebody sets back right after a write is another revision: it is repaired at once', async () => {
    const before = present(scene.aws.machines.get(machineArn('checkout')), 'no machine');
    await madeAndLookedAt(60);
    scene.aws.readDelayMs = 0;
    scene.kubernetes.patch(CROSS_ACCOUNT_LINK, NAME, { spec: { stateMachineCredentials: { tasks: [] } } });
    await scene.pass(5);
    scene.kubernetes.patch(CROSS_ACCOUNT_LINK, NAME, {
      spec: { stateMachineCredentials: { tasks: ['Send'] } },
    });
    await scene.pass(15);
    expect(scene.condition('Ready')).toMatch(READY);
    scene.calls.length = 0;
    scene.aws.setMachine('others', before.arn, { roleArn: before.roleArn, definition: before.definition });
    scene.request('now');
    await scene.pass(4);
    expect(scene.writes).toStrictEqual(['UpdateStateMachine']);
  });
});
