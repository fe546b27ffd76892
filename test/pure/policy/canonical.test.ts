import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { canonicalPolicy, samePolicy, statementKey } from '../../../src/policy/canonical.ts';
import { parsePolicyValue } from '../../../src/policy/parse.ts';
import { policy, statement } from './generators.ts';
import { narrow } from '../../expectations.ts';

const BASE = {
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::111111111111:role/exec' },
  Action: 'sts:AssumeRole',
  Condition: { StringEquals: { 'sts:ExternalId': 'x' } },
};

function read(...Statement: readonly object[]) {
  return parsePolicyValue({ Version: '2012-10-17', Statement });
}

describe('samePolicy', () => {
  const same: readonly (readonly [string, object, object])[] = [
    ['a value and a list of it', { Action: 'a:b' }, { Action: ['a:b'] }],
    ['values in another order', { Action: ['a:b', 'a:c'] }, { Action: ['a:c', 'a:b'] }],
    ['a value twice', { Action: ['a:b', 'a:b'] }, { Action: 'a:b' }],
    ['actions in another case', { Action: 'SQS:sendMessage' }, { Action: 'sqs:SendMessage' }],
    ['* and *:*', { Action: '*' }, { Action: '*:*' }],
    ['two stars in a row', { Resource: 'arn:**' }, { Resource: 'arn:*' }],
    [
      "an account's ID and its root ARN",
      { Principal: { AWS: '111111111111' } },
      { Principal: { AWS: 'arn:aws:iam::111111111111:root' } },
    ],
    [
      "an account's ID and its root ARN in China",
      { Principal: { AWS: '111111111111' } },
      { Principal: { AWS: 'arn:aws-cn:iam::111111111111:root' } },
    ],
    [
      'condition keys in another case',
      { Condition: { StringEquals: { 'aws:SourceArn': 'x' } } },
      { Condition: { StringEquals: { 'AWS:sourcearn': 'x' } } },
    ],
    [
      'booleans with and without quotes',
      { Condition: { Bool: { 'aws:SecureTransport': true } } },
      { Condition: { Bool: { 'aws:SecureTransport': 'True' } } },
    ],
    [
      'numbers with and without quotes',
      { Condition: { NumericLessThan: { 's3:max-keys': 10 } } },
      { Condition: { NumericLessThan: { 's3:max-keys': '10.0' } } },
    ],
    [
      'booleans under IfExists',
      { Condition: { BoolIfExists: { 'aws:SecureTransport': true } } },
      { Condition: { BoolIfExists: { 'aws:SecureTransport': 'TRUE' } } },
    ],
    ['an empty condition and none', { Condition: {} }, { Condition: undefined }],
    ['an operator without keys and none', { Condition: { StringEquals: {} } }, { Condition: undefined }],
    ['an empty Sid and none', { Sid: '' }, { Sid: undefined }],
  ];
  for (const [name, a, b] of same) {
    test(`takes as the same: ${name}`, () => {
      expect(samePolicy(read(clean({ ...BASE, ...a })), read(clean({ ...BASE, ...b })))).toBe(true);
    });
  }

  const different: readonly (readonly [string, object, object])[] = [
    ['resources in another case', { Resource: 'arn:aws:sqs:::A' }, { Resource: 'arn:aws:sqs:::a' }],
    ['Action and NotAction', { Action: 'a:b' }, { Action: undefined, NotAction: 'a:b' }],
    ['a role and its account', { Principal: { AWS: '111111111111' } }, {}],
    ['Allow and Deny', { Effect: 'Allow' }, { Effect: 'Deny' }],
    ['two values and one', { Action: ['a:b', 'a:c'] }, { Action: 'a:b' }],
    [
      'condition values in another case',
      { Condition: { StringEquals: { k: 'x' } } },
      { Condition: { StringEquals: { k: 'X' } } },
    ],
    [
      'an operator and its IfExists',
      { Condition: { StringEquals: { k: 'x' } } },
      { Condition: { StringEqualsIfExists: { k: 'x' } } },
    ],
    [
      'strings that look like numbers',
      { Condition: { StringEquals: { k: '5' } } },
      { Condition: { StringEquals: { k: '5.0' } } },
    ],
    [
      'numbers that differ where no number of 64 bits does',
      { Condition: { NumericEquals: { k: '9007199254740993' } } },
      { Condition: { NumericEquals: { k: '9007199254740992' } } },
    ],
    ['the everyone of Principal * and of AWS *', { Principal: '*' }, { Principal: { AWS: '*' } }],
    ['another Sid', { Sid: 'A' }, { Sid: 'B' }],
    ['a condition and none', {}, { Condition: undefined }],
    [
      'keys that differ in case, and one of them',
      { Condition: { StringEquals: { k: 'x', K: 'y' } } },
      { Condition: { StringEquals: { k: 'y' } } },
    ],
    [
      'keys that differ in case and both have to hold',
      { Condition: { StringEquals: { k: 'x', K: 'y' } } },
      { Condition: { StringEquals: { k: ['x', 'y'] } } },
    ],
  ];
  for (const [name, a, b] of different) {
    test(`tells apart: ${name}`, () => {
      expect(samePolicy(read(clean({ ...BASE, ...a })), read(clean({ ...BASE, ...b })))).toBe(false);
    });
  }

  test('the order of statements and a statement written twice do not count', () => {
    const other = { ...BASE, Action: 'sts:TagSession' };
    expect(samePolicy(read(BASE, other), read(other, BASE, BASE))).toBe(true);
  });

  test('the Id does not count', () => {
    expect(samePolicy({ ...read(BASE), id: 'a' }, read(BASE))).toBe(true);
  });

  test('the version counts only where a policy variable stands', () => {
    const old = (Resource: string) => parsePolicyValue({ Statement: { ...BASE, Resource } });
    expect(samePolicy(old('a*'), read({ ...BASE, Resource: 'a*' }))).toBe(true);
    expect(samePolicy(old('a${*}'), read({ ...BASE, Resource: 'a${*}' }))).toBe(false);
  });

  test('is an equivalence: what is rewritten step by step stays the same, forwards and backwards', () => {
    fc.assert(
      fc.property(policy, fc.infiniteStream(fc.nat({ max: 3 })), (document, choices) => {
        const rewritten = rewrite(document, choices);
        const again = rewrite(rewritten, choices);
        expect(samePolicy(document, document)).toBe(true);
        expect(samePolicy(document, rewritten)).toBe(true);
        expect(samePolicy(rewritten, document)).toBe(true);
        expect(samePolicy(document, again)).toBe(true);
      }),
    );
  });

  test('the canonical form is the same policy, and its own canonical form', () => {
    fc.assert(
      fc.property(policy, (document) => {
        const canonical = canonicalPolicy(document);
        expect(samePolicy(document, canonical)).toBe(true);
        expect(canonicalPolicy(canonical)).toStrictEqual(canonical);
      }),
    );
  });

  test('policies that are the same have one canonical form', () => {
    fc.assert(
      fc.property(policy, policy, (a, b) => {
        const equalForms = JSON.stringify(canonicalPolicy(a)) === JSON.stringify(canonicalPolicy(b));
        expect(samePolicy(a, b)).toBe(equalForms);
      }),
    );
  });
});

describe('statementKey', () => {
  test('agrees with samePolicy on documents of one statement', () => {
    fc.assert(
      fc.property(statement, statement, (a, b) => {
        const documents = [a, b].map((one) => ({ version: '2012-10-17', statements: [one] }) as const);
        const [left, right] = documents;
        narrow(left && right, { left, right });
        expect(statementKey(a) === statementKey(b)).toBe(samePolicy(left, right));
      }),
    );
  });
});

/** Without the entries that are undefined. */
function clean(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined));
}

type Document = Parameters<typeof samePolicy>[0];

/** The same policy in another spelling, as the choices fall. */
function rewrite(document: Document, choices: Iterator<number>): Document {
  const choose = (): number => Number(choices.next().value);
  const shuffle = <T>(values: readonly T[]): readonly T[] => {
    const turn = choose();
    const turned = [...values.slice(turn), ...values.slice(0, turn)];
    return choose() === 0 ? [...turned, ...turned] : turned;
  };
  return {
    version: document.version,
    statements: shuffle(
      document.statements.map((one) => ({
        ...one,
        actions: {
          ...one.actions,
          values: shuffle(one.actions.values).map((action) =>
            choose() === 0 ? action.toUpperCase() : action,
          ),
        },
        ...(one.resources && { resources: { ...one.resources, values: shuffle(one.resources.values) } }),
        ...(one.conditions && {
          conditions: Object.fromEntries(
            shuffle(Object.entries(one.conditions)).map(([operator, keys]) => [
              operator,
              Object.fromEntries(
                shuffle(Object.entries(keys)).map(([key, values]) => [key.toUpperCase(), shuffle(values)]),
              ),
            ]),
          ),
        }),
      })),
    ),
  };
}
