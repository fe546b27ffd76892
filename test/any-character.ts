import { nat, type Arbitrary } from 'fast-check';

/** The first surrogate, and how many there are: halves of a character. */
const [SURROGATE, SURROGATES] = [0xd800, 0x800];

/** Any character of Unicode, like fast-check's own `unit: 'binary'`. That one takes a second to list a million of them, to find
 *  whether one of its troublesome texts consists of them. */
export function anyCharacter(): Arbitrary<string> {
  return nat({ max: 0x10_ffff - SURROGATES }).map(
    (index) => String.fromCodePoint(index < SURROGATE ? index : index + SURROGATES),
    (character) => {
      const point = typeof character === 'string' ? character.codePointAt(0) : undefined;
      if (point === undefined || character !== String.fromCodePoint(point)) throw new Error('no character');
      if (point >= SURROGATE && point < SURROGATE + SURROGATES) throw new Error('half a character');
      return point < SURROGATE ? point : point - SURROGATES;
    },
  );
}
