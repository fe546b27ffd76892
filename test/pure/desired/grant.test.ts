import { describe, expect, test } from '@jest/globals';
import type { ContributorState } from '../../../src/desired/contribution.ts';
import { desiredGrant } from '../../../src/desired/grant.ts';
import { machine, role, SOURCE } from '../access/fixtures.ts';
import { contributes, EXECUTION_ROLE, link, OBSERVE, ROLE } from './fixtures.ts';

const ROOM = 10_240;
const REFUNDS = role('crossaccountlink/payments/refunds');

function desire(contributorStates: readonly ContributorState[], room = ROOM) {
  return desiredGrant(EXECUTION_ROLE, contributorStates, room);
}

test('the execution role may assume exactly the target roles of its links, each once', () => {
  const { targetRoleArns } = desire([
    contributes(link('b', { targetRole: REFUNDS })),
    contributes(link('a')),
    contributes(link('c', { stateMachine: machine('refund') })),
  ]);
  expect(targetRoleArns).toStrictEqual([ROLE.text, REFUNDS.text].toSorted());
});

test('a link whose machine runs under another role asks nothing', () => {
  const elsewhere = { executionRoleArns: [role('other-exec', SOURCE).text] };
  expect(desire([contributes(link('a'), elsewhere)]).targetRoleArns).toStrictEqual([]);
});

test('a link that observes the grant asks nothing of it, and holds nothing on it', () => {
  const observed = link('b', { legs: OBSERVE, targetRole: REFUNDS });
  for (const contributor of [contributes(observed), { kind: 'frozen', link: observed } as const]) {
    const desired = desire([contributes(link('a')), contributor]);
    expect([desired.targetRoleArns, desired.mayShrink]).toStrictEqual([[ROLE.text], true]);
  }
});

for (const kind of ['frozen', 'unread'] as const) {
  test(`while a link is ${kind} nothing is taken off the grant`, () => {
    expect(desire([contributes(link('a')), { kind, link: link('b') }]).mayShrink).toBe(false);
  });
}

test('when its last link leaves the grant is wanted no more', () => {
  const desired = desire([{ kind: 'departing', link: link('a') }]);
  expect([desired.targetRoleArns, desired.mayShrink]).toStrictEqual([[], true]);
});

describe('a grant that has no room for all', () => {
  const links = [link('a'), link('b', { targetRole: REFUNDS })];

  test('keeps the older link, and tells the younger one how much room there is', () => {
    const { targetRoleArns, conflicts } = desire(links.map((one) => contributes(one)).toReversed(), 200);
    expect(targetRoleArns).toStrictEqual([ROLE.text]);
    expect(conflicts.map(({ linkKey, leg, reason }) => ({ linkKey, leg, reason }))).toStrictEqual([
      { linkKey: 'payments/b', leg: 'executionRoleGrant', reason: 'GrantTooLarge' },
    ]);
    expect(conflicts[0]?.message ?? '').toMatch(/would have 2[0-9]{2} characters, .* leave 200/);
  });

  test('keeps what AWS holds already, however much the other policies of the role say by now', () => {
    const states = links.map((one) => contributes(one));
    const standing = new Set([ROLE.text]);
    const { targetRoleArns, conflicts } = desiredGrant(EXECUTION_ROLE, states, -500, standing);
    expect(targetRoleArns).toStrictEqual([ROLE.text]);
    expect(conflicts.map(({ linkKey }) => linkKey)).toStrictEqual(['payments/b']);
  });

  test('takes in a younger link to a role that stands there already', () => {
    const sharing = link('c', { stateMachine: machine('refund') });
    const { conflicts } = desire(
      [...links, sharing].map((one) => contributes(one)),
      200,
    );
    expect(conflicts.map(({ linkKey }) => linkKey)).toStrictEqual(['payments/b']);
  });
});
