import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parsePolicy } from '../../../src/policy/parse.ts';
import { printPolicy } from '../../../src/policy/print.ts';
import { policySize } from '../../../src/policy/size.ts';
import { policy } from './generators.ts';

test('white space between tokens does not count, in a string it does', () => {
  const tight =
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["a:b"],"Resource":["x y"]}]}';
  const airy = JSON.stringify(JSON.parse(tight), undefined, 4);
  expect(policySize(parsePolicy(airy))).toBe(tight.length);
});

test('a document is as long as the text that is sent to AWS, also when it is measured again', () => {
  fc.assert(
    fc.property(policy, (document) => {
      for (const time of ['first', 'again'])
        expect({ time, size: policySize(document) }).toEqual({ time, size: printPolicy(document).length });
    }),
  );
});
