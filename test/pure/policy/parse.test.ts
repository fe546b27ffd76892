import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  decodeDocument,
  decodeOnce,
  MAX_POLICY_TEXT,
  parseObservedPolicy,
  parsePolicy,
  parsePolicyValue,
  PolicySyntaxError,
} from '../../../src/policy/parse.ts';
import { policyToJson, printPolicy } from '../../../src/policy/print.ts';
import { policy } from './generators.ts';

/** The trust policy on AWS's own page about cross-account access in Step Functions. */
const TRUST = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { AWS: 'arn:aws:iam::111111111111:role/InvokeRole' },
      Condition: {
        StringEquals: { 'sts:ExternalId': 'arn:aws:states:us-east-2:111111111111:stateMachine:name' },
      },
    },
  ],
};

const OK = { Effect: 'Allow', Action: 'sqs:*', Resource: '*' };

describe('parsePolicy', () => {
  test("reads the trust policy of AWS's documentation", () => {
    expect(parsePolicyValue(TRUST)).toStrictEqual({
      version: '2012-10-17',
      statements: [
        {
          effect: 'Allow',
          principals: {
            negated: false,
            anyone: false,
            byType: { AWS: ['arn:aws:iam::111111111111:role/InvokeRole'] },
          },
          actions: { negated: false, values: ['sts:AssumeRole'] },
          conditions: {
            StringEquals: { 'sts:ExternalId': ['arn:aws:states:us-east-2:111111111111:stateMachine:name'] },
          },
        },
      ],
    });
  });

  test('a single statement may stand without its list', () => {
    expect(parsePolicyValue({ Statement: OK })).toStrictEqual(parsePolicyValue({ Statement: [OK] }));
  });

  test('a document without a version has the old one', () => {
    expect(parsePolicyValue({ Statement: [] }).version).toBe('2008-10-17');
  });

  test('the bare star as principal is another than AWS: *', () => {
    const bare = parsePolicyValue({ Statement: { Effect: 'Allow', Action: 'a:b', Principal: '*' } });
    const aws = parsePolicyValue({ Statement: { Effect: 'Allow', Action: 'a:b', Principal: { AWS: '*' } } });
    expect(bare.statements[0]?.principals).toStrictEqual({
      negated: false,
      anyone: true,
      byType: { AWS: ['*'] },
    });
    expect(aws.statements[0]?.principals).toStrictEqual({
      negated: false,
      anyone: false,
      byType: { AWS: ['*'] },
    });
  });

  test('NotAction, NotResource and NotPrincipal are read as negations', () => {
    const [read] = parsePolicyValue({
      Statement: { Effect: 'Deny', NotAction: 'a:b', NotResource: ['x'], NotPrincipal: { AWS: 'y' } },
    }).statements;
    expect([read?.actions.negated, read?.resources?.negated, read?.principals?.negated]).toStrictEqual([
      true,
      true,
      true,
    ]);
  });

  test('numbers and booleans in conditions are read as their text', () => {
    const Condition = {
      Bool: { 'aws:SecureTransport': true },
      NumericLessThan: { 's3:max-keys': [10, '20'] },
    };
    expect(parsePolicyValue({ Statement: { ...OK, Condition } }).statements[0]?.conditions).toStrictEqual({
      Bool: { 'aws:SecureTransport': ['true'] },
      NumericLessThan: { 's3:max-keys': ['10', '20'] },
    });
  });

  test('a key named __proto__ is a key like any other', () => {
    const text = '{"Statement":{"Effect":"Allow","Action":"a:b","Condition":{"Bool":{"__proto__":"true"}}}}';
    const keys = Object.keys(parsePolicy(text).statements[0]?.conditions?.['Bool'] ?? {});
    expect(keys).toStrictEqual(['__proto__']);
  });

  const faults = [
    [null, '', 'must be an object, not null'],
    [[], '', 'must be an object, not []'],
    [{}, 'Statement', 'is missing'],
    [{ Statement: OK, Statements: [] }, 'Statements', 'is not an element of the policy language'],
    [{ Version: '2020-01-01', Statement: OK }, 'Version', 'must be "2012-10-17"'],
    [{ Id: 1, Statement: OK }, 'Id', 'must be a string, not 1'],
    [{ Statement: ['x'] }, 'Statement[0]', 'must be an object, not "x"'],
    [{ Statement: [OK, { ...OK, Effect: 'allow' }] }, 'Statement[1].Effect', 'not "allow"'],
    [{ Statement: [{ Action: 'a:b' }] }, 'Statement[0].Effect', 'not nothing'],
    [{ Statement: [{ Effect: 'Allow' }] }, 'Statement[0].Action', 'is missing'],
    [{ Statement: [{ Effect: 'Allow', Resource: 'x' }] }, 'Statement[0].Action', 'is missing'],
    [{ Statement: [{ ...OK, NotAction: 'x' }] }, 'Statement[0].NotAction', 'cannot stand beside Action'],
    [{ Statement: [{ ...OK, NotResource: 'x' }] }, 'Statement[0].NotResource', 'beside Resource'],
    [{ Statement: [{ ...OK, Action: [['x']] }] }, 'Statement[0].Action[0]', 'must be a string, not ["x"]'],
    [{ Statement: [{ ...OK, Principal: 'x' }] }, 'Statement[0].Principal', 'must be an object, not "x"'],
    [{ Statement: [{ ...OK, Principal: { Aws: 'x' } }] }, 'Statement[0].Principal.Aws', 'is not an element'],
    [
      { Statement: [{ ...OK, Condition: { Bool: 'x' } }] },
      'Statement[0].Condition.Bool',
      'must be an object',
    ],
    [
      { Statement: [{ ...OK, Condition: { Bool: { k: [{}] } } }] },
      'Statement[0].Condition.Bool.k[0]',
      'string',
    ],
  ] as const;
  for (const [value, path, problem] of faults) {
    test(`${JSON.stringify(value)} is refused at "${path}"`, () => {
      expect(() => parsePolicyValue(value)).toThrow(
        expect.objectContaining({
          name: 'PolicySyntaxError',
          path,
          message: expect.stringContaining(problem),
        }),
      );
    });
  }

  test('a long value is cut in the message', () => {
    expect(() => parsePolicyValue('x'.repeat(10_000))).toThrow(
      expect.objectContaining({ name: 'PolicySyntaxError', message: expect.stringMatching(/^.{1,199}$/s) }),
    );
  });

  test('text that is not JSON is refused as a syntax error', () => {
    expect(() => parsePolicy('{')).toThrow(PolicySyntaxError);
  });

  test('text up to the limit is read', () => {
    expect(parsePolicy(JSON.stringify({ Statement: [] }).padEnd(MAX_POLICY_TEXT)).statements).toEqual([]);
  });

  test('text beyond the limit is refused before it is read', () => {
    expect(() => parsePolicy(' '.repeat(MAX_POLICY_TEXT + 1))).toThrow(/more than 131072/);
  });

  test('nothing but a PolicySyntaxError is ever thrown', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        try {
          parsePolicyValue({ Statement: value });
        } catch (error) {
          expect(error).toBeInstanceOf(PolicySyntaxError);
        }
      }),
    );
  });
});

describe('printPolicy', () => {
  test('holds only characters that IAM takes in a document, and means the same', () => {
    const resource = 'arn:aws:s3:::größe/レポート 🎉\u0085.csv';
    const document = parsePolicy(
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: resource }],
      }),
    );
    const text = printPolicy(document);
    expect(text).toMatch(/^[\u0020-\u00ff]*$/);
    expect(text).toContain('größe/\\u30ec\\u30dd');
    expect(parsePolicy(text)).toStrictEqual(document);
  });

  test('what is printed reads as the same document', () => {
    fc.assert(
      fc.property(policy, (document) => {
        expect(parsePolicy(printPolicy(document))).toStrictEqual(JSON.parse(JSON.stringify(document)));
      }),
    );
  });

  test('elements stand in the order of the grammar, condition keys sorted', () => {
    const document = parsePolicyValue({
      Statement: {
        Condition: { StringLike: { z: 'a' }, Bool: { b: 'true', a: 'true' } },
        Resource: 'r',
        Action: 'a:b',
        Effect: 'Allow',
        Sid: 'S',
      },
      Id: 'i',
      Version: '2012-10-17',
    });
    expect(printPolicy(document)).toBe(
      '{"Version":"2012-10-17","Id":"i","Statement":[{"Sid":"S","Effect":"Allow","Action":["a:b"],"Resource":["r"],' +
        '"Condition":{"Bool":{"a":["true"],"b":["true"]},"StringLike":{"z":["a"]}}}]}',
    );
  });

  test('the bare star and negations keep their form', () => {
    const Statement = [{ Effect: 'Deny', NotPrincipal: '*', NotAction: ['a:b'], NotResource: ['r'] }];
    expect(policyToJson(parsePolicyValue({ Version: '2012-10-17', Statement }))).toStrictEqual({
      Version: '2012-10-17',
      Statement,
    });
  });
});

describe('documents as AWS returns them', () => {
  const text = JSON.stringify(TRUST);

  test('a URL-encoded document is decoded', () => {
    expect(decodeDocument(encodeURIComponent(text))).toBe(text);
  });

  test('a plain document stays as it is, percent signs and all', () => {
    for (const plain of ['{"a":"100%"}', '\n {"a":"%7B%20"}', '"%41"']) {
      expect(decodeDocument(plain)).toBe(plain);
    }
  });

  test('a bare percent sign in an encoded document does not break it', () => {
    expect(decodeDocument('%7B%22a%22%3A%22100%%22%7D')).toBe('{"a":"100%"}');
  });

  test('bytes that are no UTF-8 are left alone', () => {
    expect(decodeDocument('%7B%ff')).toBe('%7B%ff');
  });

  test('any document survives the encoding', () => {
    fc.assert(
      fc.property(policy, fc.string(), (document, id) => {
        const json = printPolicy({ ...document, id });
        expect(decodeDocument(encodeURIComponent(json))).toBe(json);
        expect(decodeDocument(json)).toBe(json);
      }),
    );
  });

  test('what is decoded to be kept is read as what AWS sent', () => {
    const piece = fc.constantFrom(
      '{',
      '[',
      '"',
      '%7B',
      '%5B',
      '%22',
      '%25',
      '%2541',
      '%ff',
      '%',
      ' ',
      'a',
      ':',
    );
    const anything = fc.oneof(
      fc.array(piece).map((pieces) => pieces.join('')),
      policy.map(printPolicy),
      policy.map((document) => encodeURIComponent(printPolicy(document))),
    );
    fc.assert(
      fc.property(anything, (sent) => {
        expect(parseObservedPolicy(decodeOnce(sent))).toStrictEqual(parseObservedPolicy(sent));
      }),
    );
    expect(decodeOnce(encodeURIComponent(text))).toBe(text);
  });

  test('one that parses is parsed, one that does not is kept with the reason', () => {
    expect(parseObservedPolicy(encodeURIComponent(text))).toStrictEqual({
      kind: 'parsed',
      document: parsePolicyValue(TRUST),
    });
    expect(parseObservedPolicy('%7B%7D')).toStrictEqual({
      kind: 'unreadable',
      text: '{}',
      problem: 'Statement: is missing',
    });
  });

  test('however deep it is nested', () => {
    const nested = `{"Statement":${'['.repeat(60_000)}${']'.repeat(60_000)}}`;
    expect(parseObservedPolicy(nested)).toStrictEqual({
      kind: 'unreadable',
      text: nested,
      problem: `Statement[0]: must be an object, not ${'['.repeat(59)}\u2026`,
    });
  });
});
