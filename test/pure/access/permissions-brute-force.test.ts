/** Statements against rules, beside an answer that asks of every short string whether each pattern matches it. */
import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { permissionDenials } from '../../../src/access/permissions.ts';
import { targetEntries } from '../../../src/access/target.ts';
import { allow } from '../desired/fixtures.ts';
import { isSubset, matchedBy, texts } from '../policy/brute-force.ts';
import { asTarget, role, rulesOf, TARGET } from './fixtures.ts';

/** `c` is the character that no pattern names. */
const STRINGS = texts('abc', 6);
const PATTERNS = texts('ab*?', 3).slice(1);
const MATCHED = new Map(PATTERNS.map((pattern) => [pattern, matchedBy(pattern, STRINGS)]));

function isWithinAny(inner: string, outers: readonly string[]): boolean {
  const matched = MATCHED.get(inner) ?? 0n;
  return outers.some((outer) => isSubset(matched, MATCHED.get(outer) ?? 0n));
}

const pattern = fc.constantFrom(...PATTERNS);
const lists = (most: number) => fc.uniqueArray(pattern, { minLength: 1, maxLength: most });
const entry = fc.record({ actions: lists(3), resources: lists(3) });
const action = (text: string) => `s:${text}`;
const resource = (text: string) => `arn:${text}`;

const COUNT = 100_000;

it(`${COUNT.toLocaleString('en')} statements against rules are denied exactly what no entry covers both of`, () => {
  let compared = 0;
  const cases = fc.sample(
    fc.record({ entries: fc.array(entry, { maxLength: 3 }), actions: lists(4), resources: lists(5) }),
    { numRuns: COUNT / 5, seed: 20_261_126 },
  );
  for (const { entries, actions, resources } of cases) {
    const rules = rulesOf(
      TARGET,
      entries.map((one) =>
        asTarget({ allowedActions: one.actions.map(action), allowedResources: one.resources.map(resource) }),
      ),
    );
    const targets = targetEntries(rules.entries, role('crossaccountlink/payments/checkout'));
    const statement = allow(actions.map(action), resources.map(resource));
    const denied = permissionDenials(targets, [statement], () => false);
    const expected = actions.flatMap((asked) =>
      resources
        .filter(
          (on) => !entries.some((one) => isWithinAny(asked, one.actions) && isWithinAny(on, one.resources)),
        )
        .map((on) => ({ action: action(asked), resource: resource(on) })),
    );
    compared += actions.length * resources.length;
    if (JSON.stringify(denied) !== JSON.stringify(expected)) expect(denied).toStrictEqual(expected);
  }
  expect(compared).toBeGreaterThanOrEqual(COUNT);
});
