/** May the execution role assume the target role? By trust policy, grant and boundaries. */
import { describe, expect, test } from '@jest/globals';
import { canAssume, type AssumableRole } from '../../../../src/policy/evaluate/access.ts';
import type { NamedPolicy } from '../../../../src/policy/evaluate/statement.ts';
import { parseObservedPolicy } from '../../../../src/policy/parse.ts';
import {
  EXEC,
  TARGET,
  MACHINE,
  arn,
  policy,
  GRANT,
  TRUST,
  ADMIN,
  DENY,
  exec,
  target,
  denied,
  except,
} from './access-fixtures.ts';

describe('canAssume', () => {
  test('a link as the operator makes it works', () => {
    expect(canAssume(exec(), target(), MACHINE)).toStrictEqual({ decision: 'Allowed' });
  });

  test('another external ID is refused by the trust policy', () => {
    expect(canAssume(exec(), target(), `${MACHINE}x`)).toStrictEqual({
      decision: 'ImplicitlyDenied',
      layer: 'trustPolicy',
    });
  });

  const trusted = [
    ['the role', { AWS: EXEC }, 'Allowed'],
    ["the role's account", { AWS: '111111111111' }, 'Allowed'],
    ["the root of the role's account", { AWS: ['x', 'arn:aws:iam::111111111111:root'] }, 'Allowed'],
    ['everyone', '*', 'Allowed'],
    ['everyone of AWS', { AWS: '*' }, 'Allowed'],
    ['another role', { AWS: 'arn:aws:iam::111111111111:role/exec' }, 'ImplicitlyDenied'],
    ['another account', { AWS: '333333333333' }, 'ImplicitlyDenied'],
    ['a role that was deleted', { AWS: 'AROAEXAMPLEEXAMPLE123' }, 'ImplicitlyDenied'],
    ['a service', { Service: 'states.amazonaws.com' }, 'ImplicitlyDenied'],
    ['one session of the role', { AWS: 'arn:aws:sts::111111111111:assumed-role/exec/x' }, 'Unknown'],
    [
      'one session of another role',
      { AWS: 'arn:aws:sts::111111111111:assumed-role/other/x' },
      'ImplicitlyDenied',
    ],
  ] as const;
  for (const [name, Principal, decision] of trusted) {
    test(`a trust policy that names ${name}: ${decision}`, () => {
      expect(canAssume(exec(), target({ ...TRUST, Principal }), MACHINE).decision).toBe(decision);
    });
  }

  test('without the grant the identity policies are named', () => {
    for (const policies of [[], [policy('other', { ...GRANT, Resource: `${TARGET}2` })]]) {
      expect(canAssume(exec({ policies }), target(), MACHINE)).toStrictEqual({
        decision: 'ImplicitlyDenied',
        layer: 'identityPolicies',
      });
    }
  });

  test('a boundary that does not know sts:AssumeRole is named', () => {
    const boundary = policy('boundary', { Effect: 'Allow', NotAction: 'sts:*', Resource: '*' });
    expect(canAssume(exec({ boundary }), target(), MACHINE)).toStrictEqual({
      decision: 'ImplicitlyDenied',
      layer: 'permissionsBoundary',
    });
  });

  test('an explicit deny is named with its policy and statement, whichever layer it stands in', () => {
    expect(
      canAssume(exec({ policies: [policy('mine', GRANT), policy('guard', DENY)] }), target(), MACHINE),
    ).toStrictEqual(denied('identityPolicies', 'guard'));
    expect(canAssume(exec({ boundary: policy('boundary', ADMIN, DENY) }), target(), MACHINE)).toStrictEqual(
      denied('permissionsBoundary', 'boundary'),
    );
    expect(
      canAssume(exec(), target(TRUST, { ...DENY, Resource: undefined, Principal: '*' }), MACHINE),
    ).toStrictEqual(denied('trustPolicy', 'trust policy'));
  });

  test('a statement without a Sid is named by its place', () => {
    const { Sid: _, ...unnamed } = DENY;
    const result = canAssume(exec({ policies: [policy('mine', GRANT, unnamed)] }), target(), MACHINE);
    expect('by' in result && result.by).toStrictEqual({ policy: 'mine', statement: '1' });
  });

  test('a deny under a condition that is not known makes it Unknown, and says which', () => {
    const guard = { ...DENY, Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } };
    expect(canAssume(exec({ policies: [policy('mine', GRANT, guard)] }), target(), MACHINE)).toStrictEqual({
      decision: 'Unknown',
      layer: 'identityPolicies',
      by: { policy: 'mine', statement: 'No' },
      unknown: 'the condition key aws:PrincipalOrgID',
    });
  });

  test('an allow under a condition that is not known makes it Unknown', () => {
    const trust = { ...TRUST, Condition: { StringEquals: { 'sts:RoleSessionName': 'x' } } };
    expect(canAssume(exec(), target(trust), MACHINE).decision).toBe('Unknown');
  });

  test('a certain denial is reported although something else is unknown', () => {
    const guard = { ...DENY, Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } };
    expect(canAssume(exec({ policies: [policy('mine', GRANT, guard)] }), target(), 'x').decision).toBe(
      'ImplicitlyDenied',
    );
  });

  test('a policy that cannot be read makes it Unknown, and is named', () => {
    const broken: NamedPolicy = { name: 'broken', policy: parseObservedPolicy('{}') };
    expect(canAssume(exec({ policies: [policy('mine', GRANT), broken] }), target(), MACHINE)).toStrictEqual({
      decision: 'Unknown',
      layer: 'identityPolicies',
      unknown: 'the policy broken, which cannot be read',
    });
  });

  test('a deny of calls without TLS does not touch Step Functions', () => {
    const guard = { ...DENY, Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    expect(canAssume(exec({ policies: [policy('mine', GRANT, guard)] }), target(), MACHINE).decision).toBe(
      'Allowed',
    );
  });

  test('conditions on tags are decided where the tags are known', () => {
    const trust = { ...TRUST, Condition: { StringEquals: { 'aws:PrincipalTag/team': 'pay' } } };
    const decide = (tags?: ReadonlyMap<string, string>) =>
      canAssume(exec(tags && { tags }), target(trust), MACHINE).decision;
    expect(decide(new Map([['team', 'pay']]))).toBe('Allowed');
    expect(decide(new Map())).toBe('ImplicitlyDenied');
    expect(decide()).toBe('Unknown');
  });

  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
  test.each(['aws:ResourceTag/team', 'iam:ResourceTag/team'])(
    'a condition on %s is decided where the tags of the target role are known',
    (key) => {
      const byTag = { ...GRANT, Condition: { StringEquals: { [key]: 'pay' } } };
      const acting = exec({ policies: [policy('mine', byTag)] });
      const decide = (tags?: ReadonlyMap<string, string>) =>
        canAssume(acting, { ...target(), ...(tags && { tags }) }, MACHINE).decision;
      expect(decide(new Map([['team', 'pay']]))).toBe('Allowed');
      expect(decide(new Map())).toBe('ImplicitlyDenied');
      expect(decide()).toBe('Unknown');
    },
  );

  test.each([
    ['222222222222', 'Allowed'],
    ['111111111111', 'ExplicitlyDenied'],
  ])('a deny of every call on an account other than %s: %s', (account, decision) => {
    const guard = { ...DENY, Condition: { StringNotEquals: { 'aws:ResourceAccount': account } } };
    expect(canAssume(exec({ policies: [policy('mine', GRANT, guard)] }), target(), MACHINE).decision).toBe(
      decision,
    );
  });

  test('aws:PrincipalArn is the role, not its session', () => {
    const trust = { ...TRUST, Principal: '*', Condition: { ArnEquals: { 'aws:PrincipalArn': EXEC } } };
    expect(canAssume(exec(), target(trust), MACHINE).decision).toBe('Allowed');
  });

  test('a star in a role path is data: the grant has to name it', () => {
    const starred: AssumableRole = { ...target(), arn: arn('arn:aws:iam::222222222222:role/a*/checkout') };
    const decide = (Resource: string) =>
      canAssume(exec({ policies: [policy('mine', { ...GRANT, Resource })] }), starred, MACHINE).decision;
    expect(decide('arn:aws:iam::222222222222:role/a${*}/checkout')).toBe('Allowed');
    expect(decide('arn:aws:iam::222222222222:role/ab/checkout')).toBe('ImplicitlyDenied');
  });

  test('inside one account a trust policy that names the role needs no grant, but bows to the boundary', () => {
    const near: AssumableRole = { ...target(), arn: arn('arn:aws:iam::111111111111:role/checkout') };
    const boundary = policy('boundary', { Effect: 'Allow', Action: 'sqs:*', Resource: '*' });
    expect(canAssume(exec({ policies: [] }), near, MACHINE).decision).toBe('Allowed');
    expect(canAssume(exec({ policies: [], boundary }), near, MACHINE).decision).toBe('ImplicitlyDenied');
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
  test('inside one account a trust policy that names everyone lets in a role whose boundary allows nothing', () => {
    const near: AssumableRole = {
      ...target({ ...TRUST, Principal: '*' }),
      arn: arn('arn:aws:iam::111111111111:role/checkout'),
    };
    const boundary = policy('boundary', { Effect: 'Allow', Action: 'sqs:*', Resource: '*' });
    expect(canAssume(exec({ policies: [], boundary }), near, MACHINE).decision).toBe('Allowed');
  });

  test('inside one account a role that is trusted by its account alone is told that its own policies lack the grant', () => {
    const near: AssumableRole = {
      ...target({ ...TRUST, Principal: { AWS: '111111111111' } }),
      arn: arn('arn:aws:iam::111111111111:role/checkout'),
    };
    expect(canAssume(exec({ policies: [] }), near, MACHINE)).toStrictEqual({
      decision: 'ImplicitlyDenied',
      layer: 'identityPolicies',
    });
  });

  test('inside one account a way that allows counts, whatever another way depends on', () => {
    const near = arn('arn:aws:iam::111111111111:role/checkout');
    const open = { ...TRUST, Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } };
    expect(canAssume(exec(), { ...target(TRUST, open), arn: near }, MACHINE).decision).toBe('Allowed');
    expect(canAssume(exec(), { ...target(open), arn: near }, MACHINE).decision).toBe('Unknown');
  });

  test('NotPrincipal with Deny hits whoever is not listed, and everyone with a boundary', () => {
    const boundary = policy('boundary', ADMIN);
    expect(canAssume(exec(), except('333333333333'), MACHINE).decision).toBe('ExplicitlyDenied');
    expect(canAssume(exec(), except(EXEC), MACHINE).decision).toBe('Unknown');
    expect(canAssume(exec({ boundary }), except(EXEC), MACHINE).decision).toBe('ExplicitlyDenied');
  });
});
