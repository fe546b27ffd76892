/** AWS's reads lag its writes, those of a single object, too: the whole operator against an AWS that shows for some seconds
 *  what was before. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { CROSS_ACCOUNT_LINK } from '../../../src/api/crossaccountlink.ts';
import { present } from '../../expectations.ts';
import type { ModelRole } from '../../../testbed/simulation/aws-model.ts';
import { machineArn, TARGET } from '../../../testbed/simulation/scenery.ts';
import { NAME, ROLE, Scene } from './scene.ts';

/** Within what IAM is given: three times the operator's pause of ten seconds. */
const DELAY_SECONDS = 20;
const READ_LAG_SECONDS = 30;

let the: Scene;
beforeEach(async () => {
  the = new Scene();
  await the.pass(60);
  the.aws.readDelayMs = DELAY_SECONDS * 1_000;
});

const READY = /^True InSync/;
const BUILD = ['CreateRole', 'PutRolePolicy', 'PutRolePolicy', 'UpdateStateMachine'];

/** The link is made, and people look at it again and again from then on. */
async function madeAndLookedAt(seconds: number): Promise<void> {
  the.link();
  await lookedAt(seconds);
}

async function lookedAt(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 2) {
    await the.pass(2);
    the.request(`at ${the.scheduler.nowMs}`);
  }
}

describe('what a link has just had written', () => {
  it('is written once, however often AWS shows what was before, and nobody is told of drift', async () => {
    await madeAndLookedAt(60);
    expect(the.writes).toStrictEqual(BUILD);
    expect(the.status['drift']).toBeUndefined();
    expect(the.condition('Ready')).toMatch(READY);
  });

  it('is not taken for drift by an operator that has just begun, either', async () => {
    await madeAndLookedAt(14);
    expect(the.condition('Ready')).toMatch(READY);
    the.replicas.doom(0, { calls: 1, sent: false }, 100);
    await lookedAt(40);
    expect(the.status['drift']).toBeUndefined();
    expect(the.condition('Ready')).toMatch(READY);
  });

  it('is gone with the link, once, although AWS still lists the role', async () => {
    await madeAndLookedAt(60);
    the.calls.length = 0;
    the.kubernetes.delete(CROSS_ACCOUNT_LINK, NAME);
    await the.pass(120);
    expect(the.kubernetes.find(CROSS_ACCOUNT_LINK, NAME)).toBeUndefined();
    expect(the.aws.role(ROLE)).toBeUndefined();
    expect(the.writes).toStrictEqual([
      'UpdateStateMachine',
      'DeleteRolePolicy',
      'DeleteRolePolicy',
      'DeleteRole',
    ]);
  });
});

/** Somebody else changes the target role. */
function change(what: (role: ModelRole) => Partial<ModelRole>): void {
  the.aws.changeRole('others', 'TagRole', TARGET, 'a', (role) => ({ ...role, ...what(role) }));
}

describe('what somebody else changes right after a write', () => {
  beforeEach(async () => {
    await madeAndLookedAt(60);
    the.aws.readDelayMs = 0;
    the.kubernetes.patch(CROSS_ACCOUNT_LINK, NAME, { spec: { targetRole: { tags: { team: 'payments' } } } });
    // A look that is under way goes to its end first.
    await the.pass(5);
    expect(the.aws.role(ROLE)?.tags.get('team')).toBe('payments');
    the.calls.length = 0;
  });

  it('to something new is told and repaired at once', async () => {
    change(({ tags }) => ({ tags: new Map([...tags, ['team', 'orders']]) }));
    the.request('now');
    await the.pass(4);
    expect(the.writes).toStrictEqual(['TagRole']);
    expect(the.status['drift']).toMatchObject({ total: 1, recent: [{ found: 'orders', repaired: true }] });
  });

  it('in another part of the object is told and repaired at once', async () => {
    change(() => ({ inline: new Map() }));
    the.request('now');
    await the.pass(4);
    expect(the.writes).toStrictEqual(['PutRolePolicy']);
  });

  it('back to what was before may be the past: it is told and repaired when IAM has had its time', async () => {
    change(({ tags }) => ({ tags: new Map([...tags].filter(([key]) => key !== 'team')) }));
    the.request('now');
    await the.pass(READ_LAG_SECONDS - 10);
    expect([the.writes, the.status['drift']]).toStrictEqual([[], undefined]);
    await the.pass(12);
    expect(the.writes).toStrictEqual(['TagRole']);
    expect(the.status['drift']).toMatchObject({
      total: 1,
      recent: [{ expected: 'payments', repaired: true }],
    });
  });
});

describe('a definition', () => {
  it('that somebody sets back right after a write is another revision: it is repaired at once', async () => {
    const before = present(the.aws.machines.get(machineArn('checkout')), 'no machine');
    await madeAndLookedAt(60);
    the.aws.readDelayMs = 0;
    the.kubernetes.patch(CROSS_ACCOUNT_LINK, NAME, { spec: { stateMachineCredentials: { tasks: [] } } });
    await the.pass(5);
    the.kubernetes.patch(CROSS_ACCOUNT_LINK, NAME, {
      spec: { stateMachineCredentials: { tasks: ['Send'] } },
    });
    await the.pass(15);
    expect(the.condition('Ready')).toMatch(READY);
    the.calls.length = 0;
    the.aws.setMachine('others', before.arn, { roleArn: before.roleArn, definition: before.definition });
    the.request('now');
    await the.pass(4);
    expect(the.writes).toStrictEqual(['UpdateStateMachine']);
  });
});
