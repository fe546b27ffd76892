import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Action, FieldChange } from '../../../src/plan/action.ts';
import { hideRoles } from '../../../src/plan/hidden-roles.ts';
import { knowsPending, pendingWrites } from '../../../src/report/pending.ts';
import { inSync, progressing, stalled, type LegOutcomes } from '../../../src/report/outcome.ts';
import { ROLE } from '../desired/fixtures.ts';

const MINE = ROLE.text;
const THEIRS = 'arn:aws:iam::222222222222:role/crossaccountlink/shipping/secret';

function write(changes: readonly FieldChange[]): Action {
  return { operation: 'DeleteRole', leg: 'targetRole', object: MINE, reason: 'because', changes };
}

describe('pending writes', () => {
  it('say object, operation, reason and the fields that would change', () => {
    const change = { path: 'description', before: 'a', after: 'b' };
    expect(pendingWrites([write([change])])).toStrictEqual([
      { object: MINE, operation: 'DeleteRole', reason: 'because', changes: [change] },
    ]);
  });

  it('leave out what a field does not have', () => {
    const [pending] = pendingWrites([write([{ path: 'role', after: MINE }])]);
    expect(pending?.changes).toStrictEqual([{ path: 'role', after: MINE }]);
  });

  it('are the first twenty', () => {
    expect(pendingWrites(Array.from({ length: 30 }, () => write([{ path: 'x' }])))).toHaveLength(20);
  });

  it('count the changes that there is no room for', () => {
    const changes = Array.from({ length: 1_000 }, (_, index) => ({ path: String(index), after: MINE }));
    const [pending] = pendingWrites([write(changes)]);
    expect(pending?.changes).toHaveLength(100);
    expect(pending?.omittedChanges).toBe(900);
  });

  it('stay within what a status may hold, whatever is to be changed', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme', minLength: 200, maxLength: 4_000 }));
    const changes = fc.array(fc.record({ path: text, before: text, after: text }), { maxLength: 200 });
    fc.assert(
      fc.property(fc.array(changes, { maxLength: 30 }), (all) => {
        const pending = pendingWrites(all.map(write));
        const texts = pending.flatMap((each) =>
          each.changes.flatMap(({ path, before, after }) => [path, before ?? '', after ?? '']),
        );
        expect(pending.length).toBeLessThanOrEqual(20);
        expect(texts.filter((each) => each.length > 256 || !each.isWellFormed())).toStrictEqual([]);
        expect(JSON.stringify(texts.join('')).length).toBeLessThan(200_000);
        expect(texts.join('').length).toBeLessThanOrEqual(24_576);
      }),
      { numRuns: 50 },
    );
  });

  it('name no role of another namespace, and leave out what is about those alone', () => {
    const plan = {
      withheld: [],
      actions: [
        write([
          { path: 'grant.Statement[a].Resource', before: THEIRS, after: JSON.stringify([THEIRS, MINE]) },
          { path: 'States["Theirs"].Credentials.RoleArn', after: THEIRS },
        ]),
        write([{ path: 'States["Theirs"].Credentials.RoleArn', before: THEIRS }]),
      ],
    };
    const pending = pendingWrites(hideRoles(plan, (arn) => arn === THEIRS).actions);
    expect(pending.map(({ changes }) => changes)).toStrictEqual([
      [
        {
          path: 'grant.Statement[a].Resource',
          before: '(a role of another namespace)',
          after: `["(a role of another namespace)","${MINE}"]`,
        },
      ],
    ]);
  });
});

describe('what is pending is known', () => {
  const legs = {
    targetRole: 'Observe',
    executionRoleGrant: 'Observe',
    stateMachineCredentials: 'Enforce',
  } as const;
  const read: LegOutcomes = {
    targetRole: inSync,
    trustPolicy: { kind: 'differs', message: 'differs' },
    permissions: inSync,
    executionRoleGrant: inSync,
  };
  const cases: readonly [string, LegOutcomes, boolean][] = [
    ['when every observed leg was read', read, true],
    ['not when one was not reached', { targetRole: inSync, trustPolicy: inSync, permissions: inSync }, false],
    [
      'not when AWS broke one off',
      { ...read, executionRoleGrant: { kind: 'interrupted', reason: 'Throttled', message: '' } },
      false,
    ],
    [
      'not when an account could not be read',
      { ...read, executionRoleGrant: progressing('AccountNotReady', '') },
      false,
    ],
    ['when the link waits for a person', { targetRole: stalled('RoleNotOwned', '') }, true],
  ];
  it.each(cases)('%s', (_, outcomes, known) => {
    expect(knowsPending(legs, outcomes)).toBe(known);
  });
});
