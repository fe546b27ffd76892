import { expect, test } from '@jest/globals';
import { parsePolicy } from '../../../src/policy/parse.ts';
import { policySize } from '../../../src/policy/size.ts';

test('white space between tokens does not count, in a string it does', () => {
  const tight =
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["a:b"],"Resource":["x y"]}]}';
  const airy = JSON.stringify(JSON.parse(tight), undefined, 4);
  expect(policySize(parsePolicy(airy))).toBe(tight.length);
});
