import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { shareTexts } from '../../../src/api/intern.ts';

describe('shareTexts', () => {
  it('leaves every object saying what it said', () => {
    const text = fc.oneof(fc.constantFrom('True', 'Ready', 'arn:aws:iam::111111111111:role/a'), fc.string());
    const key = fc.oneof(fc.constantFrom('type', 'status', 'message', 'arn', '__proto__'), fc.string());
    const { object } = fc.letrec<{ object: object; value: unknown }>((tie) => ({
      object: fc.oneof(fc.dictionary(key, tie('value')), fc.array(tie('value'))),
      value: fc.oneof({ maxDepth: 14 }, text, fc.integer(), fc.constant(null), tie('object')),
    }));
    fc.assert(
      fc.property(object, (made) => {
        const json = JSON.stringify(made);
        const read: object = JSON.parse(json);
        shareTexts(read);
        expect(JSON.stringify(read)).toBe(json);
      }),
    );
  });

  it('lets one be that is frozen', () => {
    const frozen = Object.freeze({ type: 'Ready', status: 'True' });
    shareTexts({ conditions: [frozen, frozen] });
    expect(frozen).toStrictEqual({ type: 'Ready', status: 'True' });
  });

  it('takes any depth', () => {
    const deep: object = JSON.parse('{"a":'.repeat(100_000) + '"b"' + '}'.repeat(100_000));
    expect(() => shareTexts(deep)).not.toThrow();
  });
});
