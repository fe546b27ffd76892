/** What an adopted role may do beyond the rules: every policy counts, whichever kind it is of and wherever it stands. */
import { describe, expect, test } from '@jest/globals';
import type { TargetAccess } from '../../../src/access/rules.ts';
import type { ObservedRole } from '../../../src/observed/objects.ts';
import { boundariesToCome, excessRights } from '../../../src/plan/adoption.ts';
import type { ObservedPolicy, Statement } from '../../../src/policy/document.ts';
import { asTarget, rulesOf, TARGET, targetsFor } from '../access/fixtures.ts';
import { ROLE } from '../desired/fixtures.ts';
import { bareRole } from '../observed/fixtures.ts';
import { parsed } from './fixtures.ts';

const TARGETS: readonly TargetAccess[] = targetsFor(
  rulesOf(TARGET, [
    asTarget({
      allowedActions: ['sqs:*'],
      allowedResources: ['*'],
      managedPolicyARNs: ['arn:aws:iam::222222222222:policy/allowed-*'],
    }),
  ]),
  ROLE,
);

const allows = (action: string): Statement => ({
  effect: 'Allow',
  actions: { negated: false, values: [action] },
  resources: { negated: false, values: ['*'] },
});
const WITHIN = parsed(allows('sqs:ReceiveMessage'));
const BEYOND = parsed(allows('iam:CreateUser'));
const UNREADABLE: ObservedPolicy = { kind: 'unreadable', text: '{', problem: 'it is not JSON' };

const policyArn = (name: string) => `arn:aws:iam::222222222222:policy/${name}`;
const SMALL = policyArn('small');
const STRONG = policyArn('strong');
const MANAGED = new Map([
  [SMALL, WITHIN],
  [STRONG, BEYOND],
  [policyArn('broken'), UNREADABLE],
]);

const inline = (...policies: readonly ObservedPolicy[]) => ({
  inlinePolicies: new Map(policies.map((policy, index) => [`p${index}`, policy])),
});
const attached = (...managedPolicyArns: readonly string[]) => ({ managedPolicyArns });

function excess(fields: Partial<ObservedRole>): string | undefined {
  return excessRights(bareRole(ROLE.text, fields), MANAGED, TARGETS, () => false);
}

describe('a role exceeds the rules', () => {
  test.each<[string, Partial<ObservedRole>, string]>([
    ['by an inline policy', inline(BEYOND), 'policy p0 allows iam:CreateUser on *'],
    ['by an inline policy behind one that does not', inline(WITHIN, BEYOND), 'policy p1 allows'],
    ['by an inline policy that cannot be read', inline(UNREADABLE), 'policy p0 cannot be read'],
    ['by an attached policy', attached(STRONG), `policy ${STRONG} allows iam:CreateUser on *`],
    ['by an attached policy behind one that does not', attached(SMALL, STRONG), `policy ${STRONG} allows`],
    ['by an attached policy that is not known', attached(policyArn('else')), 'cannot be read'],
    ['by an attached policy that cannot be read', attached(policyArn('broken')), 'cannot be read'],
    [
      'within a boundary that exceeds them, too',
      { ...inline(BEYOND), permissionsBoundaryArn: STRONG },
      'policy p0 allows',
    ],
    [
      'within a boundary that is not known',
      { ...attached(STRONG), permissionsBoundaryArn: policyArn('else') },
      `policy ${STRONG} allows`,
    ],
  ])('%s', (_, fields, words) => {
    expect(excess(fields)).toContain(words);
  });
});

describe('a role lies within the rules', () => {
  test.each<[string, Partial<ObservedRole>]>([
    ['with no policy', {}],
    ['with policies that do', { ...inline(WITHIN), ...attached(SMALL) }],
    ['with an attached policy that the rules name, whatever it allows', attached(policyArn('allowed-all'))],
    [
      'with any policy, inside a boundary that does',
      { ...inline(BEYOND), ...attached(STRONG), permissionsBoundaryArn: SMALL },
    ],
  ])('%s', (_, fields) => {
    expect(excess(fields)).toBeUndefined();
  });
});

describe('boundaries that a role may get', () => {
  const OURS = policyArn('boundary');

  test.each([
    ['the one that is asked for', OURS, [OURS]],
    [
      'one of AWS’s own',
      'arn:aws:iam::aws:policy/ReadOnlyAccess',
      ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
    ],
    ['none where none is asked for', undefined, []],
    ['none of another account', 'arn:aws:iam::333333333333:policy/boundary', []],
    ['nothing that is no policy', 'arn:aws:iam::222222222222:role/boundary', []],
    ['nothing that is no ARN', 'boundary', []],
  ])('%s', (_, asked, expected) => {
    expect(boundariesToCome(bareRole(ROLE.text), asked)).toStrictEqual(expected);
  });
});
