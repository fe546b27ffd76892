/** Inclusion of patterns against brute force: every pair of short patterns, on every short string. */
import { describe, expect, it } from '@jest/globals';
import { isWithin, Pattern } from '../../../src/policy/pattern.ts';
import { StepBudget } from '../../../src/policy/steps.ts';
import { isSubset, matchedBy, texts } from './brute-force.ts';

/** `c` is the character that no pattern names. */
const STRINGS = texts('abc', 7);
const PATTERNS = texts('ab*?', 4);

describe('one pattern lies inside another', () => {
  it('exactly when every string says so, for all 116,281 pairs', () => {
    const matched = PATTERNS.map((pattern) => matchedBy(pattern, STRINGS));
    const wrong: string[] = [];
    for (const [i, inner] of PATTERNS.entries()) {
      for (const [o, outer] of PATTERNS.entries()) {
        if (isWithin(inner, outer) !== isSubset(matched[i] ?? 0n, matched[o] ?? 0n))
          wrong.push(`${inner} in ${outer}`);
      }
    }
    expect(wrong).toStrictEqual([]);
  });
});

describe('a comparison that would take too many steps', () => {
  const BOMBS = [
    ['?*'.repeat(1_000), '*?'.repeat(1_000)],
    ['a*?'.repeat(680), '*a?*'.repeat(500)],
    ['a'.repeat(2_000), `*${'a'.repeat(1_000)}b*`],
    ['a'.repeat(2_000), `${'*a'.repeat(1_000)}b*`],
  ] as const;

  for (const [inner, outer] of BOMBS) {
    it(`is no inclusion: ${inner.slice(0, 8)}… in ${outer.slice(0, 8)}…`, () => {
      const budget = new StepBudget(50_000);
      const answer = new Pattern(inner).isWithin(new Pattern(outer), budget);
      expect(answer && budget.exhausted).toBe(false);
    });
  }

  it('stays one for whoever shares the budget', () => {
    const budget = new StepBudget(1);
    expect(new Pattern('abc').isWithin(new Pattern('ab*'), budget)).toBe(false);
    expect(budget.exhausted).toBe(true);
    expect(budget.take(0)).toBe(false);
  });
});
