import { expect, it } from '@jest/globals';
import { firstFew } from '../../../src/base/first-few.ts';

it.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b', 'c'], 'a, b, c'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c and 2 more'],
])('of %j three are named, the others counted: %j', (texts, named) => {
  expect(firstFew(texts, 3)).toBe(named);
});
