/** What a deletion says that waits for others, and how often it looks. */
import { expect, it } from '@jest/globals';
import {
  patienceOf,
  removalWithheld,
  roleInUse,
  tasksNotTakenOver,
} from '../../../src/report/deletion-outcome.ts';

it.each([
  ['waits', 'progressing Deleting', 'The role is still used by execution a, alias live.'],
  [
    'overdue',
    'stalled DeletionBlocked',
    'The role is still used by execution a, alias live: end it or move the alias, or abandon the link.',
  ],
] as const)('a deletion that %s for executions and aliases is %s', (patience, expected, message) => {
  const { outcome } = roleInUse(['execution a', 'alias live'], patience);
  expect([`${outcome.kind} ${outcome.reason}`, outcome.message]).toStrictEqual([expected, message]);
});

it.each([
  [999, 0, 'waits'],
  [1000, 0, 'overdue'],
  [1000, 1001, 'waits'],
  [1001, 1001, 'overdue'],
] as const)(
  'a deletion that goes on for %i ms, and takes %i by itself, %s',
  (deletingForMs, leastMs, expected) => {
    expect(patienceOf({ deletingForMs, patienceMs: 1000 }, leastMs)).toBe(expected);
  },
);

it.each([
  [0, 2_000],
  [20_000, 2_000],
  [60_000, 6_000],
  [149_000, 14_900],
  [3_000_000, 15_000],
])(
  'a deletion that has waited for other links for %i ms looks again after %i: each look costs them calls',
  (deletingForMs, expected) => {
    const age = { deletingForMs, patienceMs: 3_600_000 };
    const waits = [
      removalWithheld('the grant', { awaitsReads: true }, age),
      tasksNotTakenOver(['Charge'], age),
    ];
    expect(waits.map(({ afterMs }) => afterMs)).toStrictEqual([expected, expected]);
  },
);
