import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  deletePolicy,
  leaveInstanceProfiles,
  putPolicy,
  updateTrust,
} from '../../../src/plan/role-writes.ts';
import { takesSomethingAway } from '../../../src/plan/takes-away.ts';
import { policyOf, type Statement } from '../../../src/policy/document.ts';
import { allow } from '../desired/fixtures.ts';
import { identityStatement } from '../policy/generators.ts';
import { observed, OWN_POLICY, OWN_TRUST, parsed } from './fixtures.ts';

const HELD = [allow(['sqs:SendMessage'], ['q', 'r'])];
const DENIED: Statement = { ...allow(['sqs:SendMessage'], ['q']), effect: 'Deny' };

function lets(principal: string, ...externalIds: readonly string[]): Statement {
  return {
    ...OWN_TRUST,
    principals: { negated: false, anyone: false, byType: { AWS: [principal] } },
    conditions: { StringEquals: { 'sts:ExternalId': externalIds } },
  };
}

function isAllow({ effect }: Statement): boolean {
  return effect === 'Allow';
}

/** Whether it takes something away to write `after` in place of `before`. */
function byPolicy(before: readonly Statement[], after: readonly Statement[]): boolean {
  const role = observed({ inlinePolicies: new Map([[OWN_POLICY, parsed(...before)]]) });
  return takesSomethingAway(putPolicy(role.arn, OWN_POLICY, parsed(...before), policyOf(after)), role);
}

function byTrust(before: readonly Statement[], after: readonly Statement[]): boolean {
  const role = observed({ trust: parsed(...before) });
  return takesSomethingAway(updateTrust(role, policyOf(after), 'differs'), role);
}

describe('a policy that is written in place of another', () => {
  const rows: readonly { what: string; after: readonly Statement[]; takes: boolean }[] = [
    { what: 'with one more resource', after: [allow(['sqs:SendMessage'], ['q', 'r', 's'])], takes: false },
    {
      what: 'with one more action',
      after: [allow(['sqs:SendMessage', 'sqs:Get'], ['q', 'r'])],
      takes: false,
    },
    { what: 'with one more statement', after: [...HELD, allow(['sns:Publish'], ['t'])], takes: false },
    {
      what: 'that says the same in two statements',
      after: [allow(['sqs:SendMessage'], ['q']), allow(['sqs:SendMessage'], ['r'])],
      takes: false,
    },
    { what: 'without one of the resources', after: [allow(['sqs:SendMessage'], ['q'])], takes: true },
    {
      what: 'with another resource in its place',
      after: [allow(['sqs:SendMessage'], ['q', 's'])],
      takes: true,
    },
    {
      what: 'with a condition where there was none',
      after: [allow(['sqs:SendMessage'], ['q', 'r'], { Bool: { 'aws:SecureTransport': ['true'] } })],
      takes: true,
    },
    { what: 'with a denial', after: [...HELD, DENIED], takes: true },
  ];

  test.each(rows)('$what takes something away: $takes', ({ after, takes }) => {
    expect(byPolicy(HELD, after)).toBe(takes);
  });

  test('takes nothing away if it was not there before', () => {
    const role = observed({ inlinePolicies: new Map() });
    expect(takesSomethingAway(putPolicy(role.arn, OWN_POLICY, undefined, policyOf(HELD)), role)).toBe(false);
  });

  test('takes something away for all that is known if the other one cannot be read', () => {
    const policy = { kind: 'unreadable', text: '{', problem: 'cut off' } as const;
    const role = observed({ inlinePolicies: new Map([[OWN_POLICY, policy]]) });
    expect(takesSomethingAway(putPolicy(role.arn, OWN_POLICY, policy, policyOf(HELD)), role)).toBe(true);
  });

  test('takes something away if the other one is in the old version of the language', () => {
    const policy = { kind: 'parsed', document: { version: '2008-10-17', statements: HELD } } as const;
    const role = observed({ inlinePolicies: new Map([[OWN_POLICY, policy]]) });
    const wider = policyOf([allow(['sqs:SendMessage'], ['q', 'r', 's'])]);
    expect(takesSomethingAway(putPolicy(role.arn, OWN_POLICY, policy, wider), role)).toBe(true);
  });

  test('takes nothing away if it only allows more than the other one did', () => {
    const statements = fc.array(identityStatement, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(statements, statements, (before, added) => {
        expect(byPolicy(before, [...before, ...added.filter(isAllow)])).toBe(false);
      }),
    );
  });
});

describe('a trust policy', () => {
  const FORMER = [lets('arn:aws:iam::111111111111:role/a', 'one')];
  const rows: readonly { what: string; after: readonly Statement[]; takes: boolean }[] = [
    {
      what: 'that lets in one more',
      after: [...FORMER, lets('arn:aws:iam::111111111111:role/b', 'two')],
      takes: false,
    },
    {
      what: 'with one more external ID',
      after: [lets('arn:aws:iam::111111111111:role/a', 'one', 'two')],
      takes: false,
    },
    {
      what: 'with another external ID',
      after: [lets('arn:aws:iam::111111111111:role/a', 'two')],
      takes: true,
    },
    { what: 'that lets in another', after: [lets('arn:aws:iam::111111111111:role/b', 'one')], takes: true },
  ];

  test.each(rows)('$what takes something away: $takes', ({ after, takes }) => {
    expect(byTrust(FORMER, after)).toBe(takes);
  });
});

describe('what the operator and somebody else both have in a trust policy', () => {
  const { sid: _, ...FOREIGN } = OWN_TRUST;

  test("takes something away if somebody else's goes: nobody could bring it back", () => {
    expect(byTrust([OWN_TRUST, FOREIGN], [OWN_TRUST])).toBe(true);
  });

  test("takes something away if the operator's goes, as when the role is given back", () => {
    expect(byTrust([OWN_TRUST, FOREIGN], [FOREIGN])).toBe(true);
  });
});

test('to remove the role from an instance profile takes something away, and nobody could bring it back', () => {
  const role = observed({ instanceProfiles: ['web'] });
  expect(leaveInstanceProfiles(role).map((action) => takesSomethingAway(action, role))).toStrictEqual([true]);
});

test('a policy that is deleted takes something away', () => {
  const policy = parsed(...HELD);
  const role = observed({ inlinePolicies: new Map([[OWN_POLICY, policy]]) });
  expect(takesSomethingAway(deletePolicy(role.arn, OWN_POLICY, policy), role)).toBe(true);
});
