/** Somebody removes the tags of a role: they are written again before anything is removed from it, and the rest of an edit
 *  follows. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ROLE } from '../../desired/fixtures.ts';
import { parsed, FOREIGN_TRUST } from '../../plan/fixtures.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';
import { present } from '../../../expectations.ts';

const MORE = {
  actions: ['sqs:PurgeQueue'],
  resources: ['arn:aws:sqs:us-east-1:222222222222:orders'],
};

let the: ReconcilerHarness;

beforeEach(async () => {
  the = withCheckout();
  await the.ready('a', {
    targetRole: {
      arn: ROLE.text,
      description: 'ours',
      permissions: { statements: [MORE] },
    },
  });
  await the.converge();
  the.changeRole((role) => ({ ...role, tags: new Map() }));
  the.events.length = 0;
});

const role = () => present(the.cluster.target.roles.get(ROLE.text), 'the role is gone');
const readyNow = () => the.object('a')?.status.conditions?.find(({ type }) => type === 'Ready');
const dropAll = () => the.edit('a', { targetRole: { arn: ROLE.text } });

describe('an edit that takes something off a role whose tags are gone', () => {
  it('brings the tags back first, and the link back at once', async () => {
    dropAll();
    const before = the.writes.length;
    expect(await the.reconcile('a')).toMatchObject({ requeueAfterMs: 500 });
    expect(the.writes.slice(before).filter((write) => write.includes(ROLE.name))).toStrictEqual([
      'TagRole checkout',
    ]);
    expect(readyNow()).toMatchObject({
      status: 'Unknown',
      reason: 'Repairing',
    });
  });

  it.each([
    ['goes on', () => undefined],
    ['is finished by the next process', () => the.restart()],
  ])('%s, and is no drift', async (_what, between) => {
    dropAll();
    await the.reconcile('a');
    the.events.length = 0;
    between();
    await the.reconcile('a');
    expect([role().description, the.permissions.includes('PurgeQueue')]).toStrictEqual(['', false]);
    expect(readyNow()).toMatchObject({ status: 'True' });
    expect(the.events.filter((event) => event.includes('Drift'))).toStrictEqual([]);
  });
});

it('what somebody added meanwhile goes once the tags are back, and is told as drift', async () => {
  the.changeRole(({ inlinePolicies, ...rest }) => ({
    ...rest,
    inlinePolicies: new Map([...inlinePolicies, ['theirs', parsed(FOREIGN_TRUST)]]),
  }));
  the.request('a', 'now');
  expect(await the.reconcile('a')).toMatchObject({ requeueAfterMs: 500 });
  await the.reconcile('a');
  expect(role().inlinePolicies.has('theirs')).toBe(false);
  const told = (the.object('a')?.status.drift?.recent ?? []).map(({ field }) => field);
  expect(told).toContainEqual(expect.stringContaining('theirs'));
});
