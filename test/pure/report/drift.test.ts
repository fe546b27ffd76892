import { describe, expect, test } from '@jest/globals';
import type { Action, FieldChange } from '../../../src/plan/action.ts';
import {
  driftOf,
  driftSentence,
  interruptedRepairs,
  newRepairs,
  recordDrift,
  type Drift,
} from '../../../src/report/drift.ts';

const NOON = '2026-01-31T12:00:00Z';
const LATER = '2026-01-31T12:05:00Z';
const ROLE = 'arn:aws:iam::222222222222:role/checkout';

function deletion(...changes: readonly FieldChange[]): Action {
  return {
    operation: 'DeleteRolePolicy',
    leg: 'permissions',
    object: ROLE,
    reason: '',
    policyName: 'x',
    changes,
  };
}

function drift(field: string, repaired = true): Drift {
  return { object: ROLE, field, repaired };
}

describe('the drift that a plan reports', () => {
  test('is each field that it changes, with what should be there and what is', () => {
    const actions = [
      deletion({ path: 'a', before: 'is', after: 'should' }, { path: 'b', after: 'missing' }),
      deletion({ path: 'c', before: 'extra' }),
    ];
    expect(driftOf(actions, { repaired: true })).toStrictEqual([
      { object: ROLE, field: 'a', expected: 'should', found: 'is', repaired: true },
      { object: ROLE, field: 'b', expected: 'missing', repaired: true },
      { object: ROLE, field: 'c', found: 'extra', repaired: true },
    ]);
  });

  for (const [length, shown] of [
    [256, 256],
    [257, 256],
    [10_000, 256],
  ] as const) {
    test(`shows a value of ${length} characters with ${shown}`, () => {
      const [one] = driftOf(
        [deletion({ path: 'a', before: 'x'.repeat(length), after: 'y'.repeat(length) })],
        { repaired: true },
      );
      expect([one?.found?.length, one?.expected?.length]).toStrictEqual([shown, shown]);
      expect(one?.found?.endsWith('…')).toBe(length > 256);
    });
  }

  test('is never cut to half a character', () => {
    const [one] = driftOf([deletion({ path: 'a', before: 'x'.repeat(254) + '😀'.repeat(9) })], {
      repaired: true,
    });
    expect(one?.found?.isWellFormed()).toBe(true);
  });
});

test('what somebody wrote there clears no screen and passes for no line of ours, wherever the status is shown', () => {
  const found = '\u001b[2J\u202eReady\nTrue\u0000' + '\u0007'.repeat(300);
  const [one] = driftOf([deletion({ path: 'a', before: found })], { repaired: true });
  expect(one?.found).toMatch(/^\\u001b\[2J\\u202eReady\\nTrue\\u0000\\u0007/);
  expect(one?.found?.length).toBe(256);
  const { recent = [] } = recordDrift(undefined, [one ?? drift('a')], NOON) ?? {};
  expect(JSON.stringify(recent)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

describe('the record of drift', () => {
  test('stays the very same when there is none', () => {
    const before = recordDrift(undefined, [drift('a')], NOON);
    expect(recordDrift(before, [], LATER)).toBe(before);
    expect(recordDrift(undefined, [], NOON)).toBeUndefined();
  });

  test('counts, and tells when drift was last detected and last repaired', () => {
    const before = recordDrift(undefined, [drift('a')], NOON);
    expect(recordDrift(before, [drift('b', false)], LATER)).toStrictEqual({
      total: 2,
      lastDetectedTime: LATER,
      lastRepairedTime: NOON,
      recent: [
        { time: LATER, ...drift('b', false) },
        { time: NOON, ...drift('a') },
      ],
    });
  });

  test('claims no repair when there was none', () => {
    expect('lastRepairedTime' in (recordDrift(undefined, [drift('a', false)], NOON) ?? {})).toBe(false);
  });

  test('keeps the ten newest, and counts on', () => {
    let status = recordDrift(undefined, [], NOON);
    for (let number = 1; number <= 12; number += 1)
      status = recordDrift(status, [drift(`field-${number}`)], NOON);
    expect(status?.total).toBe(12);
    expect(status?.recent?.map(({ field }) => field)).toStrictEqual(
      Array.from({ length: 10 }, (_, index) => `field-${12 - index}`),
    );
  });

  test('keeps ten of a single plan that changed more', () => {
    const many = Array.from({ length: 15 }, (_, index) => drift(`field-${index}`));
    const status = recordDrift(undefined, many, NOON);
    expect([status?.total, status?.recent?.length]).toStrictEqual([15, 10]);
  });
});

const SENTENCES: readonly { drift: Drift; reads: string }[] = [
  {
    drift: { ...drift('tags[team]'), expected: 'a', found: 'b' },
    reads: `tags[team] of ${ROLE} is b, should be a.`,
  },
  {
    drift: { ...drift('tags[team]'), expected: 'a' },
    reads: `tags[team] of ${ROLE} is missing, should be a.`,
  },
  {
    drift: { ...drift('tags[team]'), found: 'b' },
    reads: `tags[team] of ${ROLE} is b, should not be there.`,
  },
];
for (const { drift: one, reads } of SENTENCES) {
  test(`an Event says "${reads}"`, () => expect(driftSentence(one)).toBe(reads));
}

describe('of drift whose repair was on record when the operator died', () => {
  const before = {
    total: 3,
    recent: [
      { time: NOON, object: ROLE, field: 'a', repaired: false, repairing: true },
      { time: NOON, object: ROLE, field: 'b', repaired: true },
      { time: NOON, object: ROLE, field: 'c', repaired: false, repairing: true },
    ],
  };

  test.each([
    ['what differs no longer was repaired', [], () => true, [drift('a'), drift('c')]],
    ['what is not known is not told', [], () => undefined, []],
    ['what is reported by itself is not told twice', [drift('a')], () => true, [drift('c')]],
  ])('%s', (_, reported, repairedIn, expected) => {
    expect(interruptedRepairs(before, reported, repairedIn)).toStrictEqual(expected);
  });

  test('no more goes on record of what is there already', () => {
    expect(
      newRepairs(before, [drift('a', false), drift('b', false)]).map(({ field }) => field),
    ).toStrictEqual(['b']);
    expect(newRepairs(undefined, [drift('a', false)])).toStrictEqual([
      { ...drift('a', false), repairing: true },
    ]);
  });
});
