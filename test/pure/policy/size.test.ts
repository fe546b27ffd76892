import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parsePolicy, parsePolicyValue } from '../../../src/policy/parse.ts';
import { printPolicy } from '../../../src/policy/print.ts';
import { leastSize, policySize } from '../../../src/policy/size.ts';
import { mergeStatements } from '../../../src/policy/merge.ts';
import { identityStatement, policy } from './generators.ts';

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

test('a document with an Id, and one of the older version, is measured whole', () => {
  for (const frame of [{ Version: '2008-10-17' }, { Version: '2012-10-17', Id: 'x' }, {}]) {
    const document = parsePolicyValue({ ...frame, Statement: [] });
    expect({ frame, size: policySize(document) }).toEqual({ frame, size: printPolicy(document).length });
  }
});

test('statements take their texts at the least, each once', () => {
  const { statements } = parsePolicyValue({
    Statement: [
      { Effect: 'Allow', Action: ['a:b', 'A:B'], Resource: 'four' },
      {
        Effect: 'Allow',
        Action: 'a:b',
        Resource: 'four',
        Condition: { StringLike: { k: ['sixsix', 'six'] } },
      },
    ],
  });
  expect(leastSize(statements)).toBe('a:bfoursixsixsix'.length);
});

test('no merging makes statements smaller than the least that they take', () => {
  fc.assert(
    fc.property(fc.array(identityStatement, { maxLength: 6 }), (statements) => {
      const merged = mergeStatements(statements);
      expect(policySize({ version: '2012-10-17', statements: merged })).toBeGreaterThanOrEqual(
        leastSize(statements),
      );
    }),
  );
});
