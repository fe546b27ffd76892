/** What a deletion says that waits for whoever still uses the role. */
import { expect, it } from '@jest/globals';
import { patienceOf, roleInUse } from '../../../src/report/deletion-outcome.ts';

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
