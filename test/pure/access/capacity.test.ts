import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { exceededLimit, type Claimant } from '../../../src/access/capacity.ts';
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
  };
}

const [oldest, middle, youngest] = [claimant('a'), claimant('b'), claimant('c')];
const all = [oldest, middle, youngest];

function limited(maxLinks: number, entry: Entry = asTarget({})): Entry {
  return { ...entry, maxLinks };
}

test('the oldest links have a place, the youngest beyond maxLinks wait', () => {
  const rules = rulesOf(TARGET, [limited(2)]);
  assert.deepEqual(
    all.map((link) => exceededLimit(rules, link, all)),
    [undefined, undefined, 2],
  );
});

test('a link moves up when an older one goes', () => {
  const rules = rulesOf(TARGET, [limited(2)]);
  assert.equal(exceededLimit(rules, youngest, [middle, youngest]), undefined);
});

test('maxLinks: 0 admits nobody', () => {
  assert.equal(exceededLimit(rulesOf(TARGET, [limited(0)]), oldest, all), 0);
});

test('without maxLinks there is no limit', () => {
  assert.equal(exceededLimit(rulesOf(TARGET, [asTarget({})]), youngest, all), undefined);
});

test('a second entry with room lets the link in', () => {
  const rules = rulesOf(TARGET, [limited(1), limited(3)]);
  assert.equal(exceededLimit(rules, youngest, all), undefined);
});

test('links of other namespaces take no place of an entry that does not speak of them', () => {
  const foreign = claimant('foreign', 'shipping');
  assert.equal(exceededLimit(rulesOf(TARGET, [limited(1)]), youngest, [foreign, youngest]), undefined);
});

test('the namespaces of one entry share its places', () => {
  const entry = { ...limited(1), namespaces: { names: ['payments', 'shipping'] } };
  const foreign = claimant('foreign', 'shipping');
  assert.equal(exceededLimit(rulesOf(TARGET, [entry]), youngest, [foreign, youngest]), 1);
});

test('an entry that only speaks of sources gives no room to links that reach in', () => {
  const rules = rulesOf(TARGET, [asSource(['*'], ['*']), limited(1)]);
  assert.equal(exceededLimit(rules, youngest, all), 1);
});

test('an entry for another role path gives no room', () => {
  const elsewhere = { ...asTarget({}), asTarget: { rolePathPrefix: '/elsewhere/' } };
  assert.equal(exceededLimit(rulesOf(TARGET, [elsewhere, limited(1)]), youngest, all), 1);
});

test('in the source account the entries for the machine count', () => {
  const rules = rulesOf(SOURCE, [asSource(['refund']), limited(1, asSource(['checkout']))]);
  assert.equal(exceededLimit(rules, youngest, all), 1);
});

test('however many links there are, exactly the oldest maxLinks of them have a place', () => {
  fc.assert(
    fc.property(fc.nat({ max: 12 }), fc.nat({ max: 12 }), (count, maxLinks) => {
      const links = Array.from({ length: count }, (_, index) => claimant(`link-${index}`));
      const rules = rulesOf(TARGET, [limited(maxLinks)]);
      const placed = links.filter((link) => exceededLimit(rules, link, links) === undefined);
      assert.deepEqual(placed, links.slice(0, maxLinks));
    }),
  );
});
