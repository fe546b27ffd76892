import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { didYouMean, editDistance, nearest } from '../../../src/base/suggest.ts';

describe('did you mean', () => {
  it.each([
    ['stauts', ['status', 'suspend', 'check'], ['status']],
    ['AccesDenied', ['AccessDenied', 'AccountNotReady'], ['AccessDenied']],
    ['checkuot', ['checkout', 'checkin'], ['checkout']],
    ['CHECKOUT', ['checkout'], ['checkout']],
    ['b', ['a', 'c'], ['a', 'c']],
    ['something', ['else'], []],
    ['x'.repeat(300), ['x'.repeat(299)], []],
  ])('%p of %p is %p', (name, known, wanted) => {
    expect(nearest(name, known)).toStrictEqual(wanted);
  });

  it('is a question, or nothing', () => {
    expect(didYouMean('stauts', ['status'])).toBe(': did you mean status?');
    expect(didYouMean('stauts', ['other'])).toBe('');
  });

  it('counts one edit for each letter put in, left out, replaced or swapped', () => {
    const word = fc.string({ minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, a)).toBe(0);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, a + b)).toBe(b.length);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
    expect(editDistance('ab', 'ba')).toBe(1);
  });
});
