/** Inclusion and overlap of patterns against brute force: every pair of short patterns, on every short string. */
import { describe, expect, it } from '@jest/globals';
import { glob, literal, overlaps } from '../../../src/policy/glob.ts';
import { isWithin, Pattern } from '../../../src/policy/pattern.ts';
import { StepBudget, unbounded } from '../../../src/policy/steps.ts';
import { isSubset, matchedBy, texts } from './brute-force.ts';

/** `c` is the character that no pattern names. */
const STRINGS = texts('abc', 7);
const PATTERNS = texts('ab*?', 4);
const matched = PATTERNS.map((pattern) => matchedBy(pattern, STRINGS));

describe('two patterns overlap', () => {
  it('exactly when a string is matched by both, for all 116,281 pairs', () => {
    const read = PATTERNS.map(glob);
    const wrong: string[] = [];
    for (const [i, one] of read.entries()) {
      for (const [o, other] of read.entries()) {
        const isShared = ((matched[i] ?? 0n) & (matched[o] ?? 0n)) !== 0n;
        if (overlaps(one, other, unbounded()) !== isShared) wrong.push(`${PATTERNS[i]} and ${PATTERNS[o]}`);
      }
    }
    expect(wrong).toStrictEqual([]);
  });

  it.each([
    ['a text', literal('b')],
    ['a pattern', glob('b*')],
  ])('as far as anybody knows, where it would take too many steps to tell of %s', (_, other) => {
    const answers = [0, 1_000].map((steps) => overlaps(glob('a*'), other, new StepBudget(steps)));
    expect(answers).toStrictEqual([true, false]);
  });
});

describe('one pattern lies inside another', () => {
  it('exactly when every string says so, for all 116,281 pairs', () => {
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

describe('a long text', () => {
  it('is matched by a pattern with wildcards of both kinds, which to compare as a pattern would take too many steps', () => {
    const text = 'a'.repeat(2_000);
    expect(isWithin(text, `?${'*a'.repeat(1_000)}`)).toBe(true);
  });
});

describe('wildcards in a row', () => {
  it('are taken as their question marks and one star, so that many of them are compared in few steps', () => {
    expect(isWithin('*?'.repeat(300), '?*'.repeat(300))).toBe(true);
    expect(isWithin('*?'.repeat(300), '?*'.repeat(301))).toBe(false);
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

  it('begins where one step more is asked for than is left', () => {
    const budget = new StepBudget(3);
    expect([budget.take(3), budget.exhausted]).toStrictEqual([true, false]);
    expect([budget.take(1), budget.exhausted]).toStrictEqual([false, true]);
  });

  it('stays one for whoever shares the budget', () => {
    const budget = new StepBudget(1);
    expect(new Pattern('abc').isWithin(new Pattern('ab*'), budget)).toBe(false);
    expect(budget.exhausted).toBe(true);
    expect(budget.take(0)).toBe(false);
  });
});
