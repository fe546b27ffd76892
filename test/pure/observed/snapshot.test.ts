import { expect, test } from '@jest/globals';
import { Journal, SNAPSHOT_LAG_MS } from '../../../src/observed/journal.ts';
import type { ObservedRole } from '../../../src/observed/objects.ts';
import { lookUpRole, type AccountSnapshot } from '../../../src/observed/snapshot.ts';
import { bareRole } from './fixtures.ts';

const ARN = 'arn:aws:iam::222222222222:role/links/checkout';

function snapshot(
  kept: readonly string[],
  others: readonly string[] = [],
  startedAt = 1_000,
): AccountSnapshot {
  const names = [...kept, ...others].map((arn) => [arn.split('/').at(-1)?.toLowerCase() ?? '', arn] as const);
  return {
    accountId: '222222222222',
    startedAt,
    roles: new Map(kept.map((arn) => [arn, bareRole(arn)])),
    roleNames: new Map(names),
    managedPolicies: new Map(),
    strayGrants: new Map(),
  };
}

const nothingWritten = new Journal<ObservedRole>();

test('a role that a snapshot kept is found in it, as of when the snapshot began', () => {
  expect(lookUpRole(snapshot([ARN]), nothingWritten, ARN)).toStrictEqual({
    kind: 'found',
    role: bareRole(ARN),
    source: 'snapshot',
    asOf: 1_000,
  });
});

test('a name that a snapshot did not meet is absent', () => {
  expect(lookUpRole(snapshot([]), nothingWritten, ARN).kind).toBe('absent');
});

test('a role that a snapshot met but did not keep is unknown, not absent', () => {
  expect(lookUpRole(snapshot([], [ARN]), nothingWritten, ARN).kind).toBe('unknown');
});

const TAKEN = [
  { holder: 'arn:aws:iam::222222222222:role/checkout', how: 'at another path' },
  { holder: 'arn:aws:iam::222222222222:role/links/Checkout', how: 'in other letters' },
];

for (const { holder, how } of TAKEN) {
  test(`a name that a role has ${how} is taken`, () => {
    const lookup = lookUpRole(snapshot([], [holder]), nothingWritten, ARN);
    expect(lookup).toStrictEqual({ kind: 'nameTaken', arn: holder, source: 'snapshot', asOf: 1_000 });
  });
}

test('a role made while the snapshot was read is found, although the snapshot has it not', () => {
  const journal = new Journal<ObservedRole>();
  journal.record(ARN, bareRole(ARN), 1_500);
  expect(lookUpRole(snapshot([]), journal, ARN)).toStrictEqual({
    kind: 'found',
    role: bareRole(ARN),
    source: 'journal',
    asOf: 1_500,
  });
});

test('a role deleted by us is absent, although the snapshot still has it', () => {
  const journal = new Journal<ObservedRole>();
  journal.record(ARN, undefined, 1_500);
  expect(lookUpRole(snapshot([ARN]), journal, ARN)).toStrictEqual({
    kind: 'absent',
    source: 'journal',
    asOf: 1_500,
  });
});

test('a minute after our write the snapshot is believed again', () => {
  const journal = new Journal<ObservedRole>();
  journal.record(ARN, bareRole(ARN), 1_500);
  expect(lookUpRole(snapshot([], [], 1_500 + SNAPSHOT_LAG_MS), journal, ARN).kind).toBe('absent');
});
