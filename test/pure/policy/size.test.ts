import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePolicy } from '../../../src/policy/parse.ts';
import { policySize } from '../../../src/policy/size.ts';

test('white space between tokens does not count, in a string it does', () => {
  const tight =
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["a:b"],"Resource":["x y"]}]}';
  const airy = JSON.stringify(JSON.parse(tight), undefined, 4);
  assert.equal(policySize(parsePolicy(airy)), tight.length);
});
