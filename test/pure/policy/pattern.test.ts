import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { covers, glob, literal } from '../../../src/policy/glob.ts';
import {
  escapePattern,
  isActionWithin,
  isActionWithinAny,
  isWithin,
  matchesAction,
  matchesPattern,
  Pattern,
} from '../../../src/policy/pattern.ts';
import { StepBudget } from '../../../src/policy/steps.ts';

describe('matchesPattern', () => {
  const table = [
    ['*', '', true],
    ['?', '', false],
    ['abc', 'abc', true],
    ['abc', 'ABC', false],
    ['a*c', 'ac', true],
    ['a*c', 'abbbc', true],
    ['a*c', 'abcd', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['?', '😀', true],
    ['*ab*ab', 'abab', true],
    ['*ab*ab', 'aab', false],
    ['a.c', 'abc', false],
    ['arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket/a/b:c', true],
    ['arn:aws:lambda:*:function:f', 'arn:aws:lambda:us-east-1:111111111111:function:f', true],
    ['a${*}', 'a*', true],
    ['a${*}', 'ab', false],
    ['a${?}', 'ab', false],
    ['${$}{aws:username}', '${aws:username}', true],
    ['${aws:username}', '${aws:username}', false],
    ['x${aws:username}', 'xbob', false],
    ['a${b', 'a${b', true],
    ['$*', '$x', true],
  ] as const;
  for (const [pattern, value, expected] of table) {
    test(`${pattern} ${expected ? 'matches' : 'does not match'} "${value}"`, () => {
      expect(matchesPattern(pattern, value)).toBe(expected);
    });
  }

  test('a pattern made to blow up a backtracking matcher takes length × length steps at most', () => {
    // Both begin and end alike, so that nothing but matching decides.
    const [pattern, value] = [`${'a*'.repeat(1000)}b*a`, 'a'.repeat(2000)];
    const budget = new StepBudget(pattern.length * value.length);
    expect([covers(glob(pattern), literal(value), budget), budget.exhausted]).toStrictEqual([false, false]);
  });

  test('an escaped text matches itself and nothing else', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '*', '?', '$', '{', '}') });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(matchesPattern(escapePattern(a), b)).toBe(a === b);
        expect(matchesPattern(escapePattern(a), a)).toBe(true);
      }),
    );
  });
});

describe('isWithin', () => {
  const table = [
    ['abc', 'abc', true],
    ['abc', 'a*', true],
    ['a*', 'abc', false],
    ['a*', 'a*', true],
    ['a*b', 'a*', true],
    ['a*', 'a*b', false],
    ['a?', 'a*', true],
    ['a*', 'a?', false],
    ['?*', '*', true],
    ['*', '?*', false],
    ['?*', '*?', true],
    ['**', '*', true],
    ['a*?', 'a?*', true],
    ['a*cb', 'a?*b', true],
    ['a*b', 'a?*b', false],
    ['ac*b', 'a*?b', true],
    ['*a*b*', '*ab*', false],
    ['*ab*', '*a*b*', true],
    ['a*bcd', 'a??d', false],
    ['a*x*', '*x*', true],
    [
      'arn:aws:lambda:us-east-1:222222222222:function:billing-x',
      'arn:aws:lambda:*:222222222222:function:billing-*',
      true,
    ],
    [
      'arn:aws:lambda:*:222222222222:function:billing-*',
      'arn:aws:lambda:*:222222222222:function:billing-*',
      true,
    ],
    ['arn:aws:lambda:*:*:function:billing-*', 'arn:aws:lambda:*:222222222222:function:billing-*', false],
    ['arn:aws:lambda:*', 'arn:aws:lambda:*:222222222222:function:billing-*', false],
    ['*', 'arn:*', false],
    ['a${*}', 'a*', true],
    ['a*', 'a${*}', false],
    ['a${*}b', 'a${*}*', true],
    ['a${aws:username}', 'a*', false],
    ['a', 'a${aws:username}', false],
    ['${aws:username}', '${aws:username}', false],
    ['a$', '*${$}', true],
    ['x$', 'x${$}', true],
    ['abc', 'ABC', false],
  ] as const;
  for (const [pattern, allowed, expected] of table) {
    test(`${pattern} ${expected ? 'lies' : 'does not lie'} within ${allowed}`, () => {
      expect(isWithin(pattern, allowed)).toBe(expected);
    });
  }

  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '*', '?'), maxLength: 6 });

  test('agrees with trying out every short string', () => {
    // A third letter stands for all that the patterns do not name.
    const strings = allStrings(['a', 'b', 'c'], 6);
    fc.assert(
      fc.property(pattern, pattern, (inner, outer) => {
        const counterexample = strings.find((s) => matchesPattern(inner, s) && !matchesPattern(outer, s));
        if (isWithin(inner, outer)) expect(counterexample).toBeUndefined();
        else if (inner.length + outer.length <= 6) expect(counterexample).toBeDefined();
      }),
      { numRuns: 3000 },
    );
  });

  test('is reflexive and transitive', () => {
    fc.assert(
      fc.property(pattern, pattern, pattern, (a, b, c) => {
        expect(isWithin(a, a)).toBe(true);
        if (isWithin(a, b) && isWithin(b, c)) expect(isWithin(a, c)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('a string put in for the wildcards of a pattern that lies within another is matched by that other', () => {
    const widened = fc.array(fc.tuple(fc.string(), fc.constantFrom('*', '?')), { maxLength: 6 });
    fc.assert(
      fc.property(widened, fc.array(fc.string(), { minLength: 6, maxLength: 6 }), (parts, fillings) => {
        const outer = parts.map(([text, wildcard]) => escapePattern(text) + wildcard).join('');
        const inner = parts
          .map(
            ([text, wildcard], i) =>
              escapePattern(text) + (wildcard === '?' ? '?' : `${escapePattern(fillings[i] ?? '')}*`),
          )
          .join('');
        expect(isWithin(inner, outer)).toBe(true);
      }),
    );
  });

  test.each([
    ['a*?'.repeat(600), '*a?'.repeat(600)],
    ['*?a*b'.repeat(400), '*??a*??b'.repeat(250)],
    ['*a'.repeat(1000), `${'?'.repeat(2000)}*`],
    ['*a'.repeat(1000), `${'?a*'.repeat(500)}${'?'.repeat(500)}*`],
  ])('a long hostile pair is decided, or refused, in length × length steps at most', (inner, outer) => {
    const budget = new StepBudget(inner.length * outer.length);
    new Pattern(inner).isWithin(new Pattern(outer), budget);
    expect(budget.exhausted).toBe(false);
  });
});

describe('actions', () => {
  test('the case of letters does not count', () => {
    expect(matchesAction('SQS:send*', 'sqs:SendMessage')).toBe(true);
    expect(isActionWithin('SQS:SendMessage', 'sqs:s*')).toBe(true);
    expect(isActionWithinAny('sqs:SENDMESSAGE', ['sns:*', 'sqs:SendMessage'])).toBe(true);
  });

  test('* is every action of every service', () => {
    expect(isActionWithin('*', '*:*')).toBe(true);
    expect(isActionWithin('*:*', '*')).toBe(true);
    expect(isActionWithin('sqs:*', '*')).toBe(true);
    expect(isActionWithin('*', 'sqs:*')).toBe(false);
  });
});

function allStrings(alphabet: readonly string[], maxLength: number): readonly string[] {
  const layers = [['']];
  for (let length = 1; length <= maxLength; length += 1) {
    layers.push((layers.at(-1) ?? []).flatMap((prefix) => alphabet.map((letter) => prefix + letter)));
  }
  return layers.flat();
}
