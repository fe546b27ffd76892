import { describe, expect, it } from '@jest/globals';
import type { Leg } from '../../../src/desired/leg.ts';
import { emptyPlan, type Action } from '../../../src/plan/action.ts';
import { attach, updateTrust } from '../../../src/plan/role-writes.ts';
import { legOutcome, type PlannedObject } from '../../../src/report/leg-outcome.ts';
import { ROLE } from '../desired/fixtures.ts';
import { observed, OWN_TRUST, parsed } from '../plan/fixtures.ts';
import { policyOf } from '../../../src/policy/document.ts';

const LEGS: readonly Leg[] = ['targetRole', 'trustPolicy', 'permissions'];
const TRUST = updateTrust(observed({ trust: parsed() }), policyOf([OWN_TRUST]), 'differs');
const ATTACH = attach(ROLE.text, 'arn:aws:iam::aws:policy/Asked');
const CREATION: Action = {
  operation: 'CreateRole',
  leg: 'targetRole',
  object: ROLE.text,
  reason: 'the role does not exist',
  changes: [{ path: 'role', after: ROLE.text }],
  trust: policyOf([OWN_TRUST]),
  tags: new Map(),
};

function outcomes(given: Partial<PlannedObject>): readonly string[] {
  const planned: PlannedObject = { plan: emptyPlan, enforced: true, conflicts: [], unmade: [], ...given };
  return LEGS.map((leg) => {
    const outcome = legOutcome(leg, LEGS, planned);
    return 'reason' in outcome ? `${outcome.kind} ${outcome.reason}` : outcome.kind;
  });
}

const refused = { leg: 'targetRole', reason: 'RoleNotOwned', message: 'x' } as const;
const unreadable = { leg: 'trustPolicy', reason: 'PolicyUnreadable', message: 'x' } as const;
const pause = { rounds: 3, remainingMs: 30_000 };

describe('target role, trust policy and permissions', () => {
  it.each<readonly [string, Partial<PlannedObject>, readonly string[]]>([
    ['are in sync where nothing is planned', {}, ['inSync', 'inSync', 'inSync']],
    [
      'are in sync where all that was planned is written',
      { plan: { ...emptyPlan, actions: [TRUST] } },
      ['inSync', 'inSync', 'inSync'],
    ],
    [
      'wait for the leg that a person has to look at',
      { plan: { ...emptyPlan, problem: refused } },
      ['stalled RoleNotOwned', 'progressing Creating', 'progressing Creating'],
    ],
    [
      'all stall on what is none of them',
      { plan: { ...emptyPlan, problem: { ...refused, leg: 'executionRoleGrant' } } },
      ['stalled RoleNotOwned', 'stalled RoleNotOwned', 'stalled RoleNotOwned'],
    ],
    [
      'go on where a part waits for a person',
      { plan: { ...emptyPlan, blocked: unreadable } },
      ['inSync', 'stalled PolicyUnreadable', 'inSync'],
    ],
    [
      'stall alone where an older link has its way',
      { conflicts: [{ linkKey: 'a/b', leg: 'permissions', reason: 'GrantTooLarge', message: 'x' }] },
      ['inSync', 'inSync', 'stalled GrantTooLarge'],
    ],
    [
      'are repaired later where a write was not made',
      { unmade: [ATTACH] },
      ['inSync', 'inSync', 'interrupted Repairing'],
    ],
    [
      'differ where they are only observed',
      { enforced: false, unmade: [TRUST] },
      ['inSync', 'differs', 'inSync'],
    ],
    [
      'are all missing where the role is',
      { unmade: [CREATION] },
      ['interrupted Repairing', 'interrupted Repairing', 'interrupted Repairing'],
    ],
    [
      'are in conflict with whoever keeps changing them back, and no other',
      { plan: { ...emptyPlan, actions: [TRUST] }, unmade: [TRUST], pause },
      ['inSync', 'stalled Conflict', 'inSync'],
    ],
  ])('%s', (_what, given, expected) => {
    expect(outcomes(given)).toStrictEqual(expected);
  });
});

it('a message names three differences and counts the others', () => {
  const changes = ['a', 'b', 'c', 'd', 'e'].map((path) => ({ path, after: 'x' }));
  const planned = { plan: emptyPlan, enforced: false, conflicts: [], unmade: [{ ...ATTACH, changes }] };
  const outcome = legOutcome('permissions', LEGS, planned);
  expect('message' in outcome && outcome.message).toBe(
    `Differs, and this leg is only observed: a of ${ROLE.text}, b of ${ROLE.text}, c of ${ROLE.text} and 2 more.`,
  );
});

it('a message names what differs by all of the writes', () => {
  const planned = { plan: emptyPlan, enforced: false, conflicts: [], unmade: [ATTACH, ATTACH] };
  const outcome = legOutcome('permissions', LEGS, planned);
  const one = `managedPolicies[arn:aws:iam::aws:policy/Asked] of ${ROLE.text}`;
  expect('message' in outcome && outcome.message).toBe(
    `Differs, and this leg is only observed: ${one}, ${one}.`,
  );
});
