import { describe, expect, test } from '@jest/globals';
import type { ContributorState } from '../../../src/desired/contribution.ts';
import { desiredCredentials } from '../../../src/desired/credentials.ts';
import { machine, role } from '../access/fixtures.ts';
import { contributes, link, OBSERVE, recorded, ROLE } from './fixtures.ts';

const NEW_ROLE = role('crossaccountlink/payments/checkout-2');
const older = link('z', { createdAt: '2025-01-01T00:00:00Z' });
const younger = link('a', { targetRole: NEW_ROLE });

const RECORDED = recorded('Charge card', 'Refund');

function desire(contributorStates: readonly ContributorState[], records = RECORDED) {
  return desiredCredentials(machine('checkout').text, contributorStates, records);
}

test('each Task of a link names its role', () => {
  const { roles } = desire([contributes(older, { tasks: ['Charge card', 'Refund'] })]);
  expect(roles).toStrictEqual(
    new Map([
      ['Charge card', ROLE.text],
      ['Refund', ROLE.text],
    ]),
  );
});

test('a Task waits while the role of its link is not ready', () => {
  const { roles, pending } = desire([contributes(older, { tasks: ['Charge card'], rolesReady: false })]);
  expect([roles.size, pending.get('Charge card')]).toStrictEqual([0, ROLE.text]);
});

describe('of two links that want different roles on one Task', () => {
  const both = [
    contributes(younger, { tasks: ['Charge card', 'Refund'] }),
    contributes(older, { tasks: ['Charge card'] }),
  ];

  test('the older one keeps it', () => {
    expect(desire(both).roles.get('Charge card')).toBe(ROLE.text);
  });

  test('the younger one still gets its other Tasks', () => {
    expect(desire(both).roles.get('Refund')).toBe(NEW_ROLE.text);
  });

  test('the younger one is Conflict on its credentials alone, without the name of the other', () => {
    const { conflicts } = desire(both);
    expect(conflicts.map(({ linkKey, leg, reason }) => ({ linkKey, leg, reason }))).toStrictEqual([
      { linkKey: younger.key, leg: 'stateMachineCredentials', reason: 'Conflict' },
    ]);
    expect(conflicts[0]?.message ?? '').toMatch(/"Charge card"/);
    expect(conflicts[0]?.message).not.toContain(older.key);
  });

  test('the older one keeps it, even while its role is not ready', () => {
    const [first] = both;
    const waiting = contributes(older, { tasks: ['Charge card'], rolesReady: false });
    const desired = desire([waiting, ...(first === undefined ? [] : [first])]);
    expect([desired.roles.get('Charge card'), desired.pending.get('Charge card')]).toStrictEqual([
      undefined,
      ROLE.text,
    ]);
  });

  test('the younger one takes over once the older one leaves, whose role may be taken off', () => {
    const desired = desire([
      { kind: 'departing', link: older },
      contributes(younger, { tasks: ['Charge card'] }),
    ]);
    expect(desired.roles.get('Charge card')).toBe(NEW_ROLE.text);
    expect(desired.tasksByRole.get(ROLE.text)).toContain('Charge card');
    expect(desired.conflicts).toStrictEqual([]);
  });
});

test('two links to one role do not quarrel about a Task', () => {
  const twin = link('a');
  const contributorStates = [older, twin].map((one) => contributes(one, { tasks: ['Charge card'] }));
  expect(desire(contributorStates).conflicts).toStrictEqual([]);
});

test("a link that observes the credentials asks for nothing, and its role is nobody's", () => {
  const observed = link('b', { legs: OBSERVE, targetRole: NEW_ROLE });
  const desired = desire([contributes(observed, { tasks: ['Charge card'] })]);
  expect([desired.roles.size, desired.tasksByRole.size]).toStrictEqual([0, 0]);
});

for (const kind of ['frozen', 'unread'] as const) {
  test(`while a link is ${kind} nothing is removed, and its role stays ours`, () => {
    const desired = desire([{ kind, link: younger }]);
    expect([desired.mayShrink, desired.tasksByRole.has(NEW_ROLE.text)]).toStrictEqual([false, true]);
  });
}

test('a Task counts as owned when the link that has it had it in order before', () => {
  const before = { tasks: ['Charge card', 'Refund'], tasksInSyncBefore: ['Charge card'] };
  expect(desire([contributes(older, before)]).tasksInSyncBefore).toStrictEqual(new Set(['Charge card']));
});

test('a younger link that had a Task in order before does not own it while the older one wants it', () => {
  const { tasksInSyncBefore } = desire([
    contributes(older, { tasks: ['Charge card'] }),
    contributes(younger, { tasks: ['Charge card'], tasksInSyncBefore: ['Charge card'] }),
  ]);
  expect(tasksInSyncBefore).toStrictEqual(new Set());
});

test('a younger link is told a few of the Tasks that it does not get, and how many there are', () => {
  const tasks = Array.from({ length: 900 }, (_, at) => `Task ${at}`);
  const { conflicts } = desire([contributes(older, { tasks }), contributes(younger, { tasks })]);
  expect(conflicts[0]?.message).toMatch(
    /"Task 0", .*"Task 4" and 895 more to another role and keeps it: this link/,
  );
});

test('a version is published when any link asks for it', () => {
  const publishing = link('b', { publishVersion: true });
  expect(desire([contributes(older)]).publishVersion).toBe(false);
  expect(desire([contributes(older), contributes(publishing)]).publishVersion).toBe(true);
});

describe('whose the Credentials of a Task are', () => {
  const nothingRecorded = recorded();

  test('the Tasks that a link selects are its own, whatever is on record', () => {
    const { tasksByRole } = desire([contributes(older, { tasks: ['Refund'] })], nothingRecorded);
    expect(tasksByRole.get(ROLE.text)).toStrictEqual(new Set(['Refund']));
  });

  test('those of links to one role add up', () => {
    const { tasksByRole } = desire(
      [contributes(older, { tasks: ['Refund'] }), { kind: 'frozen', link: link('b') }],
      recorded('Charge card'),
    );
    expect(tasksByRole.get(ROLE.text)).toStrictEqual(new Set(['Charge card', 'Refund']));
  });

  test('what is not on record is written on behalf of no other link', () => {
    const ready = [contributes(older, { tasks: ['Refund'] })];
    const byOther = desire(ready, nothingRecorded);
    const byItself = desire(ready, { ...nothingRecorded, self: older });
    expect([byOther.roles.size, byOther.pending.size, byItself.roles.size]).toStrictEqual([0, 1, 1]);
  });
});
