/**
 * Our evaluation beside an independent one. The cases are the same in every run (fixed seed). Of the rarest operator,
 * an order of numbers with IfExists, 4,000 cases have thirty.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { PolicyDocument } from '../../../../src/policy/document.ts';
import { mergeStatements } from '../../../../src/policy/merge.ts';
import { parsePolicyValue } from '../../../../src/policy/parse.ts';
import { accessCase, type Case } from './cases.ts';
import { evaluate, simulate } from './oracle.ts';

const COUNT = 4_000;
/** What may stay undecided with every condition key known: session names, NotPrincipal, variables without a value. */
const UNKNOWN_SHARE = 0.02;

describe('agreement with @cloud-copilot/iam-simulate', () => {
  const cases = fc.sample(accessCase, { numRuns: COUNT, seed: 20_260_901 });
  /** Each case with the oracle's decision and ours. */
  const decided: { one: Case; expected: string; found: string }[] = [];

  beforeAll(async () => {
    for (const one of cases) {
      decided.push({ one, expected: await simulate(one), found: evaluate(one).decision });
    }
  });

  test('the cases are a fair sample: each decision is one of ten at least', () => {
    for (const decision of ['Allowed', 'ExplicitlyDenied', 'ImplicitlyDenied']) {
      expect(decided.filter(({ expected }) => expected === decision).length).toBeGreaterThanOrEqual(
        COUNT / 10,
      );
    }
  });

  test('with every key known the decision is the same, or Unknown', () => {
    const wrong = decided.filter(({ one, expected, found }) => {
      if (found === 'Unknown' || found === expected) return false;
      // A session named in the trust policy is unknown to us, so we may miss that a denial is also explicit.
      return !(namesSession(one) && isDenial(expected) && isDenial(found));
    });
    expect(wrong).toStrictEqual([]);
  });

  test(`with every key known no more than ${UNKNOWN_SHARE * 100} % stay Unknown`, () => {
    const unknown = decided.filter(({ found }) => found === 'Unknown').length;
    expect(unknown).toBeGreaterThan(0);
    expect(unknown).toBeLessThanOrEqual(COUNT * UNKNOWN_SHARE);
  });

  test('with some keys hidden from us, what we still decide is what the oracle decides with all of them', () => {
    const stillDecided = decided
      .map(({ one, expected }) => ({ one, expected, found: evaluate(one, one.hidden).decision }))
      .filter(({ found }) => found !== 'Unknown');
    expect(
      stillDecided.filter(({ expected, found }) => isDenial(found) !== isDenial(expected)),
    ).toStrictEqual([]);
    expect(stillDecided.filter(({ one }) => one.hidden.length > 0).length).toBeGreaterThan(COUNT / 2);
  });

  test('merging statements changes no decision', () => {
    const merged = decided.map(({ one, found }) => {
      const after = {
        ...one,
        identity: one.identity.map(mergePolicy),
        trust: one.trust && mergePolicy(one.trust),
      };
      return { one, after, found };
    });
    expect(merged.filter(({ after, found }) => evaluate(after).decision !== found)).toStrictEqual([]);
    const shorter = merged.filter(({ one, after }) => statementCount(after) < statementCount(one));
    expect(shorter.length).toBeGreaterThan(COUNT / 100);
  });
});

describe('where the oracle departs from AWS', () => {
  const call: Case = {
    roleName: 'target',
    action: 'sqs:SendMessage',
    resource: 'arn:aws:sqs:us-east-1:222222222222:orders',
    resourceAccount: '222222222222',
    identity: [],
    boundary: undefined,
    trust: undefined,
    context: {},
    hidden: [],
  };

  test('a wildcard that ends a segment reaches over the next colons', async () => {
    // "If the wildcard is the last character of a resource ARN segment, it can expand to match beyond the colon
    // boundaries": https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    const identity = [allow({ Resource: 'arn:aws:sqs:*:orders' })];
    expect(evaluate({ ...call, identity }).decision).toBe('Allowed');
    expect(await simulate({ ...call, identity })).toBe('ImplicitlyDenied');
  });

  test('a date in epoch form counts seconds', async () => {
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
    const Condition = { DateLessThan: { 'aws:CurrentTime': '1798761600' } };
    const dated = {
      ...call,
      identity: [allow({ Resource: '*', Condition })],
      context: { 'aws:CurrentTime': '2026-06-01T00:00:00Z' },
    };
    expect(evaluate(dated).decision).toBe('Allowed');
    expect(await simulate(dated)).toBe('ImplicitlyDenied');
  });
});

function allow(elements: object) {
  return parsePolicyValue({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'sqs:SendMessage', ...elements },
  });
}

function mergePolicy(policy: PolicyDocument): PolicyDocument {
  return { ...policy, statements: mergeStatements(policy.statements) };
}

function statementCount({ identity, trust }: Case): number {
  return [...identity, ...(trust ? [trust] : [])].flatMap((policy) => policy.statements).length;
}

function isDenial(decision: string): boolean {
  return decision !== 'Allowed';
}

function namesSession({ trust }: Case): boolean {
  return JSON.stringify(trust ?? null).includes(':assumed-role/');
}
