/** What an AWSAccount leaves out allows nothing, and what it says is taken as it stands. */
import { describe, expect, test } from '@jest/globals';
import { accountRules } from '../../../src/access/rules.ts';
import type { AWSAccountSpec } from '../../../src/api/generated.ts';
import { POLICY_QUOTAS } from '../../../src/policy/size.ts';
import { TARGET } from './fixtures.ts';

function rules(spec: Partial<AWSAccountSpec>) {
  return accountRules('billing', { accountID: TARGET, partition: 'aws', ...spec });
}

test('an account without access entries has none', () => {
  expect(rules({}).entries).toStrictEqual([]);
});

test('lists that an entry leaves out are empty, and what it does not switch on is off', () => {
  const entry = { namespaces: {}, asSource: {}, asTarget: { rolePathPrefix: '/payments/' } };
  expect(rules({ access: [entry] }).entries).toStrictEqual([
    {
      namespaceNames: [],
      source: { stateMachines: [], executionRoles: [] },
      target: {
        rolePathPrefix: '/payments/',
        allowedActions: [],
        allowedResources: [],
        passRoles: [],
        managedPolicyArns: [],
        adoptableRoles: [],
        allowPreserve: false,
        definitionGrowth: 'Grant',
      },
    },
  ]);
});

test('an entry for one side says nothing of the other', () => {
  const [entry] = rules({ access: [{ namespaces: { names: ['payments'] }, maxLinks: 3 }] }).entries;
  expect(entry).toStrictEqual({ namespaceNames: ['payments'], maxLinks: 3 });
});

describe('IAM’s quotas in the account', () => {
  test('are AWS’s where it gives none', () => {
    expect(rules({})).not.toHaveProperty('quotas');
  });

  test.each([
    [{}, POLICY_QUOTAS],
    [{ trustPolicyLength: 8192 }, { ...POLICY_QUOTAS, trust: 8192 }],
    [{ inlinePolicyLength: 10_241 }, { ...POLICY_QUOTAS, inlineTotal: 10_241 }],
    [{ managedPoliciesPerRole: 25 }, { ...POLICY_QUOTAS, attached: 25 }],
  ])('%j: the rest is AWS’s', (quotas, expected) => {
    expect(rules({ quotas }).quotas).toStrictEqual(expected);
  });
});
