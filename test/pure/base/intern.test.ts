import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { intern } from '../../../src/base/intern.ts';

describe('intern', () => {
  it('gives back the text that it was given', () => {
    fc.assert(fc.property(fc.string({ maxLength: 1_000 }), (text) => intern(text) === text));
  });

  it('goes on doing so once more texts have come than it keeps', () => {
    const texts = Array.from({ length: 25_000 }, (_, at) => `text ${at}`);
    expect([...texts, ...texts].map(intern)).toStrictEqual([...texts, ...texts]);
  });
});
