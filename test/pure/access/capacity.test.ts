import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Claimants, exceededLimit as limitAmong, type Claimant } from '../../../src/access/capacity.ts';
import type { AccountRules } from '../../../src/access/rules.ts';
import {
  asSource,
  asTarget,
  machine,
  PAYMENTS,
  role,
  rulesOf,
  SOURCE,
  TARGET,
  type Entry,
} from './fixtures.ts';

function claimant(key: string, namespace = 'payments'): Claimant {
  return {
    key,
    namespace: { ...PAYMENTS, name: namespace },
    stateMachine: machine('checkout'),
    targetRole: role(`crossaccountlink/payments/${key}`),
    takesPlace: true,
  };
}

const [oldest, middle, youngest] = [claimant('a'), claimant('b'), claimant('c')];
const all = [oldest, middle, youngest];

function exceededLimit(rules: AccountRules, link: Claimant, links: readonly Claimant[]): number | undefined {
  return limitAmong(rules, link, new Claimants(links, () => [...links], byKey));
}

function byKey(a: Claimant, b: Claimant): number {
  return a.key < b.key ? -1 : Number(a.key > b.key);
}

function limited(maxLinks: number, entry: Entry = asTarget({})): Entry {
  return { ...entry, maxLinks };
}

test('the oldest links have a place, the youngest beyond maxLinks wait', () => {
  const rules = rulesOf(TARGET, [limited(2)]);
  expect(all.map((link) => exceededLimit(rules, link, all))).toStrictEqual([undefined, undefined, 2]);
});

test('a link that takes no place keeps nobody out', () => {
  const rules = rulesOf(TARGET, [limited(2)]);
  expect(
    exceededLimit(rules, youngest, [{ ...oldest, takesPlace: false }, middle, youngest]),
  ).toBeUndefined();
});

test('a link moves up when an older one goes', () => {
  const rules = rulesOf(TARGET, [limited(2)]);
  expect(exceededLimit(rules, youngest, [middle, youngest])).toBeUndefined();
});

test('maxLinks: 0 admits nobody', () => {
  expect(exceededLimit(rulesOf(TARGET, [limited(0)]), oldest, all)).toBe(0);
});

test('without maxLinks there is no limit', () => {
  expect(exceededLimit(rulesOf(TARGET, [asTarget({})]), youngest, all)).toBeUndefined();
});

test('a second entry with room lets the link in', () => {
  const rules = rulesOf(TARGET, [limited(1), limited(3)]);
  expect(exceededLimit(rules, youngest, all)).toBeUndefined();
});

test('links of other namespaces take no place of an entry that does not speak of them', () => {
  const foreign = claimant('foreign', 'shipping');
  expect(exceededLimit(rulesOf(TARGET, [limited(1)]), youngest, [foreign, youngest])).toBeUndefined();
});

test('the namespaces of one entry share its places', () => {
  const entry = { ...limited(1), namespaces: { names: ['payments', 'shipping'] } };
  const foreign = claimant('foreign', 'shipping');
  expect(exceededLimit(rulesOf(TARGET, [entry]), youngest, [foreign, youngest])).toBe(1);
});

test('an entry that only speaks of sources gives no room to links that reach in', () => {
  const rules = rulesOf(TARGET, [asSource(['*'], ['*']), limited(1)]);
  expect(exceededLimit(rules, youngest, all)).toBe(1);
});

test('an entry for another role path gives no room', () => {
  const elsewhere = { ...asTarget({}), asTarget: { rolePathPrefix: '/elsewhere/' } };
  expect(exceededLimit(rulesOf(TARGET, [elsewhere, limited(1)]), youngest, all)).toBe(1);
});

test('in the source account the entries for the machine count', () => {
  const rules = rulesOf(SOURCE, [asSource(['refund']), limited(1, asSource(['checkout']))]);
  expect(exceededLimit(rules, youngest, all)).toBe(1);
});

test('however many links there are, exactly the oldest maxLinks of them have a place', () => {
  fc.assert(
    fc.property(fc.nat({ max: 12 }), fc.nat({ max: 12 }), (count, maxLinks) => {
      const links = Array.from({ length: count }, (_, index) => claimant(`link-${index}`));
      const rules = rulesOf(TARGET, [limited(maxLinks)]);
      const placed = links.filter((link) => exceededLimit(rules, link, links) === undefined);
      expect(placed).toStrictEqual(links.slice(0, maxLinks));
    }),
  );
});

test('where there is room for all of them, nobody is counted one by one', () => {
  let asked = 0;
  const many = Array.from({ length: 1_000 }, (_, at) => ({
    ...claimant(`link-${at}`),
    get takesPlace() {
      asked += 1;
      return true;
    },
  }));
  const rules = rulesOf(TARGET, [limited(1_001)]);
  for (const link of many) expect(exceededLimit(rules, link, many)).toBeUndefined();
  expect(asked).toBe(0);
});

function namespaceOf(key: string): string {
  return key < 'd' ? 'payments' : 'shipping';
}

function those(keys: readonly string[]): Claimant[] {
  return keys.map((key) => claimant(key, namespaceOf(key)));
}

const KEYS = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { minLength: 1 });

test('who comes and goes one by one counts as if all had been there from the start', () => {
  fc.assert(
    fc.property(KEYS, KEYS, KEYS, fc.boolean(), (before, came, went, isAsked) => {
      const claimants = new Claimants(those(before), () => those(before).sort(byKey), byKey);
      // Sorted now, each has to find its place; else all are sorted once somebody asks.
      if (isAsked) expect(claimants.byAge).toHaveLength(before.length);
      const added = came.filter((key) => !before.includes(key));
      const removed = went.filter((key) => before.includes(key));
      for (const one of those(added)) claimants.add(one);
      for (const one of those(removed)) claimants.remove(one);
      const left = [...before, ...added].filter((key) => !removed.includes(key)).sort();
      if (isAsked) expect(claimants.byAge.map(({ key }) => key)).toStrictEqual(left);
      const ofPayments = left.filter((key) => namespaceOf(key) === 'payments').length;
      expect(claimants.inNamespacesOf({ namespaceNames: ['payments'] })).toBe(ofPayments);
    }),
  );
});
