import { describe, expect, it } from '@jest/globals';
import { dealt } from '../../jest/deal.ts';

const WAITING = [30, 20, 10, 10, 10];
const COMPUTING = [12, 8, 4, 4, 4, 2, 2, 2, 1, 1];
const itself = (seconds: number) => seconds;

describe('test files that wait, and files that compute,', () => {
  it('are all dealt, in their order', () => {
    // What waits is negative, to tell it apart.
    const files = dealt(
      WAITING.map((seconds) => -seconds),
      COMPUTING,
      Math.abs,
    );
    expect(files.filter((file) => file < 0).map(Math.abs)).toStrictEqual(WAITING);
    expect(files.filter((file) => file > 0)).toStrictEqual(COMPUTING);
  });

  it('are begun at the same pace, what waits a little sooner', () => {
    const files = dealt(
      WAITING.map((seconds) => -seconds),
      COMPUTING,
      Math.abs,
    );
    expect(files).toStrictEqual([-30, 12, 8, -20, 4, -10, 4, -10, 4, -10, 2, 2, 2, 1, 1]);
  });

  it.each([
    [[], COMPUTING],
    [WAITING, []],
  ])('of one kind only stay as they are: %j and %j', (waiting, computing) => {
    expect(dealt(waiting, computing, itself)).toStrictEqual([...waiting, ...computing]);
  });
});
