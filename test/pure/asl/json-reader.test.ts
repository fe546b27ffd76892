/** JSON in parts is JSON: the same values as `JSON.parse` gives, and the same texts refused. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { jsonInParts } from '../../../src/asl/definition/json-reader.ts';
import { finish } from '../../../src/base/parts.ts';
import { anyCharacter } from '../../any-character.ts';

function outcome(read: () => unknown): unknown {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof SyntaxError) return 'refused';
    throw error;
  }
}

function inParts(text: string): unknown {
  return outcome(() => finish(jsonInParts(text, 0)));
}

function parts(text: string): number {
  let count = 0;
  finish(jsonInParts(text), () => (count += 1));
  return count;
}

describe('JSON that is read in parts', () => {
  it('has the value that JSON.parse gives it, blanks or not', () => {
    fc.assert(
      fc.property(
        fc.json({ stringUnit: anyCharacter() }),
        fc.constantFrom(undefined, 1, '\t'),
        (text, blanks) => {
          const spaced = JSON.stringify(JSON.parse(text), null, blanks);
          expect(inParts(spaced)).toStrictEqual({ value: JSON.parse(spaced) });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is refused where JSON.parse refuses it: a character changed, taken out or put in', () => {
    const characters = fc.constantFrom(...'{}[]",:\\ue0123456789.+-tfn \n\u0001\u00a0_'.split(''));
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.nat(1), characters, (text, at, taken, put) => {
        const place = at % (text.length + 1);
        const changed = text.slice(0, place) + put + text.slice(place + taken);
        expect(inParts(changed)).toStrictEqual(outcome(() => JSON.parse(changed)));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    '{"a": 1, "a": 2, "b": 3, "a": 4}',
    '{"__proto__": {"a": 1}, "constructor": 2, "2": 0, "1": 0}',
    '["\\u0061\\"\\\\", "\\\\", "\\\\\\""]',
    '[01]',
    '[1.]',
    '[-]',
    '["\u0001"]',
    '["\\x"]',
    '{"a" 1}',
    '{"a": 1,}',
    '[1, ]',
    '[1 2]',
    '[,1]',
    '"open',
    'nul',
    '',
    ' ',
    '1 2',
    '[1]]',
    '\ufeff{}',
  ])('agrees with JSON.parse on %s', (text) => {
    expect(inParts(text)).toStrictEqual(outcome(() => JSON.parse(text)));
  });

  it('lets others in however small its values are', () => {
    expect(parts(`[${'0,'.repeat(100_000)}0]`)).toBeGreaterThan(1_000);
    expect(parts(`[${'{},'.repeat(100_000)}0]`)).toBeGreaterThan(1_000);
  });
});
