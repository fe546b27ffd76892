import { describe, expect, test } from '@jest/globals';
import { entriesFor, matchesNamespace } from '../../../src/access/namespaces.ts';
import { asTarget, rulesOf, TARGET, type Entry } from './fixtures.ts';

type Selector = NonNullable<Entry['namespaces']['selector']>;

function selects(selector: Selector, labels: Record<string, string>): boolean {
  const [entry] = rulesOf(TARGET, [{ ...asTarget({}), namespaces: { selector } }]).entries;
  return entry !== undefined && matchesNamespace(entry, { name: 'payments', labels });
}

test('an entry speaks of the namespaces that it names, and of no others', () => {
  const rules = rulesOf(TARGET, [asTarget({})]);
  expect(entriesFor(rules, { name: 'payments', labels: {} })).toHaveLength(1);
  expect(entriesFor(rules, { name: 'payments-test', labels: {} })).toHaveLength(0);
});

test('a name is compared whole, so that "*" names no namespace', () => {
  const rules = rulesOf(TARGET, [{ ...asTarget({}), namespaces: { names: ['*', 'pay*'] } }]);
  expect(entriesFor(rules, { name: 'payments', labels: {} })).toStrictEqual([]);
});

test('of a namespace that was not seen no selector speaks, whatever it asks for, and a name still does', () => {
  const absent: Selector = { matchExpressions: [{ key: 'restricted', operator: 'DoesNotExist' }] };
  const entries = [
    { ...asTarget({}), namespaces: { selector: absent } },
    { ...asTarget({}), namespaces: { selector: absent, names: ['payments'] } },
  ];
  expect(entriesFor(rulesOf(TARGET, entries), { name: 'payments' })).toHaveLength(1);
  expect(entriesFor(rulesOf(TARGET, entries), { name: 'payments', labels: {} })).toHaveLength(2);
});

test('an account without access entries lets nobody in', () => {
  expect(entriesFor(rulesOf(TARGET, []), { name: 'payments', labels: {} })).toStrictEqual([]);
});

for (const selector of [{}, { matchLabels: {} }, { matchExpressions: [] }]) {
  test(`an empty selector ${JSON.stringify(selector)} selects no namespace`, () => {
    expect(selects(selector, { team: 'payments' })).toBe(false);
  });
}

test('all labels of matchLabels have to be there', () => {
  const selector = { matchLabels: { team: 'payments', stage: 'prod' } };
  expect(selects(selector, { team: 'payments', stage: 'prod', more: 'x' })).toBe(true);
  expect(selects(selector, { team: 'payments' })).toBe(false);
});

test('matchLabels and matchExpressions have to hold together', () => {
  const selector: Selector = {
    matchLabels: { team: 'payments' },
    matchExpressions: [{ key: 'stage', operator: 'Exists' }],
  };
  expect(selects(selector, { team: 'payments', stage: 'prod' })).toBe(true);
  expect(selects(selector, { team: 'payments' })).toBe(false);
  expect(selects(selector, { stage: 'prod' })).toBe(false);
});

const EXPRESSIONS = [
  { operator: 'In', values: ['a', 'b'], matches: ['a', 'b'], misses: ['c', undefined] },
  { operator: 'NotIn', values: ['a'], matches: ['b', undefined], misses: ['a'] },
  { operator: 'Exists', values: undefined, matches: ['', 'a'], misses: [undefined] },
  { operator: 'DoesNotExist', values: undefined, matches: [undefined], misses: ['', 'a'] },
] as const;

describe('a label expression', () => {
  for (const { operator, values, matches, misses } of EXPRESSIONS) {
    for (const value of [...matches, ...misses]) {
      const expected = new Set<string | undefined>(matches).has(value);
      test(`${operator} ${values?.join(', ') ?? ''} ${expected ? 'holds' : 'fails'} for ${value ?? 'a missing label'}`, () => {
        const requirement = { key: 'stage', operator, ...(values !== undefined && { values: [...values] }) };
        const labels = value === undefined ? {} : { stage: value };
        expect(selects({ matchExpressions: [requirement] }, labels)).toBe(expected);
      });
    }
  }

  test('is not met by what every object inherits', () => {
    expect(selects({ matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, {})).toBe(false);
  });
});
