import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Statement } from '../../../src/policy/document.ts';
import { mergeStatements } from '../../../src/policy/merge.ts';
import { parsePolicyValue } from '../../../src/policy/parse.ts';
import { policyToJson, printPolicy } from '../../../src/policy/print.ts';
import { identityStatement, trustStatement } from './generators.ts';

function merged(...Statement: readonly object[]): readonly unknown[] {
  const { statements } = parsePolicyValue({ Statement });
  return policyToJson({ version: '2012-10-17', statements: mergeStatements(statements) }).Statement;
}

function print(statements: readonly Statement[]): string {
  return printPolicy({ version: '2012-10-17', statements });
}

const EXEC = { AWS: ['arn:aws:iam::111111111111:role/exec'] };
const OTHER = { AWS: ['arn:aws:iam::333333333333:role/other'] };

function trust(Principal: object, ...ids: readonly string[]): object {
  return {
    Effect: 'Allow',
    Principal,
    Action: ['sts:AssumeRole'],
    Condition: { StringEquals: { 'sts:ExternalId': ids } },
  };
}

/** A trust statement with conditions beside the external ID: more keys, other operators. */
function trustUnder(keys: object, id: string, operators: object = {}): object {
  return { ...trust(EXEC), Condition: { StringEquals: { 'sts:ExternalId': id, ...keys }, ...operators } };
}

describe('mergeStatements', () => {
  test('actions on the same resources become one statement', () => {
    expect(
      merged(
        { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: 'q' },
        { Effect: 'Allow', Action: 'sqs:GetQueueUrl', Resource: ['q'] },
      ),
    ).toStrictEqual([{ Effect: 'Allow', Action: ['sqs:GetQueueUrl', 'sqs:SendMessage'], Resource: ['q'] }]);
  });

  test('the same actions on other resources become one statement', () => {
    expect(
      merged(
        { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: 'r' },
        { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: 'q' },
      ),
    ).toStrictEqual([{ Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: ['q', 'r'] }]);
  });

  test('other actions on other resources stay apart', () => {
    const statements = [
      { Effect: 'Allow', Action: ['sns:Publish'], Resource: ['t'] },
      { Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: ['q'] },
    ];
    expect(merged(...statements)).toStrictEqual(statements);
  });

  test('conditions and effects are never joined over', () => {
    const base = { Effect: 'Allow', Action: ['iam:PassRole'], Resource: ['r'] };
    const condition = { StringEquals: { 'iam:PassedToService': ['ecs-tasks.amazonaws.com'] } };
    const different = [base, { ...base, Condition: condition }, { ...base, Effect: 'Deny' }];
    expect(merged(...different)).toHaveLength(3);
    expect(
      merged({ ...base, Effect: 'Deny' }, { ...base, Effect: 'Deny', Condition: condition }),
    ).toHaveLength(2);
  });

  test('NotAction and NotResource are never joined: the union would be another', () => {
    const deny = { Effect: 'Deny', Resource: '*' };
    expect(merged({ ...deny, NotAction: 'a:b' }, { ...deny, NotAction: 'a:c' })).toHaveLength(2);
    const elsewhere = { Effect: 'Deny', Action: 'a:b' };
    expect(merged({ ...elsewhere, NotResource: 'q' }, { ...elsewhere, NotResource: 'r' })).toHaveLength(2);
  });

  test('two spellings of one action are one action', () => {
    expect(
      merged({ Effect: 'Allow', Action: ['sqs:sendmessage', 'sqs:SendMessage'], Resource: 'q' }),
    ).toStrictEqual([{ Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: ['q'] }]);
  });

  test('the external IDs of one principal become one statement', () => {
    expect(merged(trust(EXEC, 'two'), trust(OTHER, 'three'), trust(EXEC, 'one'))).toStrictEqual([
      trust(EXEC, 'one', 'two'),
      trust(OTHER, 'three'),
    ]);
  });

  test('external IDs under another condition as well stay apart', () => {
    const team = { 'aws:PrincipalTag/team': 'pay' };
    expect(merged(trustUnder(team, 'one'), trust(EXEC, 'two'), trustUnder(team, 'three'))).toHaveLength(3);
    const tls = { Bool: { 'aws:SecureTransport': 'true' } };
    expect(merged(trustUnder({}, 'one', tls), trust(EXEC, 'two'), trustUnder({}, 'three', tls))).toHaveLength(
      3,
    );
  });

  test('external IDs that no principal is named beside stay apart', () => {
    const { Principal: _, ...grant } = { ...trust(EXEC, 'one'), Principal: undefined, Resource: 'r' };
    const other = { ...grant, Condition: { StringEquals: { 'sts:ExternalId': ['two'] } } };
    expect(merged(grant, other)).toHaveLength(2);
  });

  test('joining goes on while one join makes another possible', () => {
    expect(
      merged(
        { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: 'q' },
        { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: 'r' },
        { Effect: 'Allow', Action: 'sqs:GetQueueUrl', Resource: ['q', 'r'] },
      ),
    ).toStrictEqual([
      { Effect: 'Allow', Action: ['sqs:GetQueueUrl', 'sqs:SendMessage'], Resource: ['q', 'r'] },
    ]);
  });

  test('principals with the same external IDs stay apart', () => {
    expect(merged(trust(EXEC, 'one'), trust(OTHER, 'one'))).toHaveLength(2);
  });

  test('the first Sid stays, and no Sid stands twice', () => {
    const allow = { Sid: 'First', Effect: 'Allow', Resource: 'q' };
    const sids = merged(
      { ...allow, Sid: 'Second', Action: 'a:b' },
      { ...allow, Action: 'a:c' },
      { ...allow, Action: 'a:d', Resource: 'r' },
    );
    expect(sids.map((one) => JSON.parse(JSON.stringify(one)).Sid)).toStrictEqual(['First', 'First2']);
  });

  const statements = fc.array(fc.oneof(identityStatement, trustStatement), { maxLength: 8 });

  test('the order of the statements does not count, byte for byte', () => {
    fc.assert(
      fc.property(
        statements.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => {
          expect(print(mergeStatements(list))).toBe(print(mergeStatements(shuffled)));
        },
      ),
    );
  });

  test('equal lists come to the same list', () => {
    fc.assert(
      fc.property(fc.array(identityStatement, { maxLength: 2 }), (list) => {
        const [one, other] = [structuredClone(list), structuredClone(list)];
        const known = mergeStatements(one);
        expect(mergeStatements(other)).toBe(known);
      }),
    );
  });

  test('a merged list merges to itself', () => {
    fc.assert(
      fc.property(statements, (list) => {
        const once = mergeStatements(list);
        expect(print(mergeStatements(once))).toBe(print(once));
      }),
    );
  });
});
