import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { samePolicy } from '../../../src/policy/canonical.ts';
import { diffPolicies } from '../../../src/policy/diff.ts';
import { parsePolicyValue } from '../../../src/policy/parse.ts';
import { policy } from './generators.ts';

const LINK = {
  Sid: 'Link',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::111111111111:role/exec' },
  Action: 'sts:AssumeRole',
  Condition: { StringEquals: { 'sts:ExternalId': 'one' } },
};

function read(...Statement: readonly object[]) {
  return parsePolicyValue({ Version: '2012-10-17', Statement });
}

describe('diffPolicies', () => {
  test('a changed condition is named down to its key', () => {
    const after = { ...LINK, Condition: { StringEquals: { 'sts:ExternalId': ['one', 'two'] } } };
    expect(diffPolicies(read(LINK), read(after), 'trustPolicy')).toStrictEqual([
      {
        path: 'trustPolicy.Statement[Link].Condition.StringEquals.sts:ExternalId',
        before: 'one',
        after: '["one","two"]',
      },
    ]);
  });

  test('every other field of a statement is named, too', () => {
    const after = {
      ...LINK,
      Effect: 'Deny',
      Principal: { AWS: '111111111111' },
      Action: ['sts:*'],
      Resource: '*',
    };
    expect(diffPolicies(read(LINK), read(after), 'p')).toStrictEqual([
      { path: 'p.Statement[Link].Effect', before: 'Allow', after: 'Deny' },
      {
        path: 'p.Statement[Link].Principal.AWS',
        before: 'arn:aws:iam::111111111111:role/exec',
        after: '111111111111',
      },
      { path: 'p.Statement[Link].Action', before: 'sts:AssumeRole', after: 'sts:*' },
      { path: 'p.Statement[Link].Resource', after: '*' },
    ]);
  });

  test('the bare star as principal is a field of its own', () => {
    expect(diffPolicies(read(LINK), read({ ...LINK, Principal: '*' }), 'p')).toStrictEqual([
      { path: 'p.Statement[Link].Principal.AWS', before: 'arn:aws:iam::111111111111:role/exec' },
      { path: 'p.Statement[Link].Principal', after: '*' },
    ]);
  });

  test('a statement without a Sid comes and goes whole', () => {
    const { Sid: _, ...unnamed } = { ...LINK, Action: 'sts:TagSession' };
    expect(diffPolicies(read(LINK), read(LINK, unnamed), 'p')).toStrictEqual([
      {
        path: 'p.Statement[1]',
        after:
          '{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111111111111:role/exec"]},' +
          '"Action":["sts:TagSession"],"Condition":{"StringEquals":{"sts:ExternalId":["one"]}}}',
      },
    ]);
    expect(diffPolicies(read(unnamed), read(), 'p').map(({ path, after }) => [path, after])).toStrictEqual([
      ['p.Statement[0]', undefined],
    ]);
  });

  test('a policy that appears or goes shows its statements', () => {
    const [appears] = diffPolicies(undefined, read(LINK), 'p');
    const [goes] = diffPolicies(read(LINK), undefined, 'p');
    expect([appears?.path, appears?.before, goes?.after]).toStrictEqual([
      'p.Statement[Link]',
      undefined,
      undefined,
    ]);
    expect(appears?.after).toBe(goes?.before);
    expect(diffPolicies(undefined, undefined, 'p')).toStrictEqual([]);
  });

  test('the version is shown where it changes the meaning', () => {
    const old = parsePolicyValue({ Statement: { ...LINK, Resource: '${*}' } });
    expect(diffPolicies(old, { ...old, version: '2012-10-17' }, 'p')).toStrictEqual([
      { path: 'p.Version', before: '2008-10-17', after: '2012-10-17' },
    ]);
  });

  test('the order of statements and repetitions are no difference, even where Sids are not unique', () => {
    fc.assert(
      fc.property(policy, (a) => {
        const turned = { ...a, statements: [...a.statements.toReversed(), ...a.statements] };
        expect(diffPolicies(a, turned, 'p')).toStrictEqual([]);
      }),
    );
  });

  test('two changed statements under one Sid come and go whole', () => {
    const other = { ...LINK, Action: 'sts:TagSession' };
    const changed = read({ ...LINK, Effect: 'Deny' }, { ...other, Effect: 'Deny' });
    expect(
      diffPolicies(read(LINK, other), changed, 'p').map(({ before, after }) => [
        before === undefined,
        after === undefined,
      ]),
    ).toStrictEqual([
      [false, true],
      [false, true],
      [true, false],
      [true, false],
    ]);
  });

  test('there is a difference exactly when the policies are not the same', () => {
    fc.assert(
      fc.property(policy, policy, (a, b) => {
        expect(diffPolicies(a, b, 'p').length === 0).toBe(samePolicy(a, b));
        expect(diffPolicies(a, a, 'p')).toStrictEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});
