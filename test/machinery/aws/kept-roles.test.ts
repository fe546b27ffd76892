import { describe, expect, it } from '@jest/globals';
import { KeptRoles, type RoleText } from '../../../src/aws/reads/kept-roles.ts';

const ROLE: RoleText = {
  arn: 'arn:aws:iam::222222222222:role/links/checkout',
  roleId: 'AROA1',
  trust: '{"Version":"2012-10-17","Statement":[]}',
  inlinePolicies: [],
  managedPolicyArns: [],
  tags: [{ key: 'team', value: 'a' }],
  instanceProfiles: [],
};

describe('kept roles', () => {
  it('tell of which role AWS sent the same before', () => {
    const roles = new KeptRoles();
    roles.keep(ROLE, 'digest', false);
    roles.keep({ ...ROLE, arn: `${ROLE.arn}-2` }, 'second', true);
    expect(roles.asSent('digest')).toStrictEqual({ arn: ROLE.arn, isOwn: false });
    expect(roles.asSent('second')).toStrictEqual({ arn: `${ROLE.arn}-2`, isOwn: true });
    expect(roles.asSent('another')).toBeUndefined();
    expect(roles.wordsOf(ROLE.arn)).toStrictEqual(ROLE);
  });

  it('keep what AWS sent again as it was, with the policies that decide about it', () => {
    const before = new KeptRoles();
    before.keep(
      { ...ROLE, managedPolicyArns: ['policy'], permissionsBoundaryArn: 'boundary' },
      'digest',
      true,
    );
    const roles = new KeptRoles();
    roles.keepAgain({ arn: ROLE.arn, isOwn: true }, 'digest', before);
    expect(roles.asSent('digest')).toStrictEqual({ arn: ROLE.arn, isOwn: true });
    expect(roles.wordsOf(ROLE.arn)).toStrictEqual(before.wordsOf(ROLE.arn));
    expect(roles.decidingPolicies(ROLE.arn)).toStrictEqual(['policy', 'boundary']);
    expect(roles.differs(ROLE.arn, before)).toBe(false);
  });

  it('have what was sent in other words, and means the same, as no difference', () => {
    const before = new KeptRoles();
    before.keep(ROLE, 'digest', false);
    const roles = new KeptRoles();
    roles.keep({ ...ROLE, trust: '{"Statement": [], "Version": "2012-10-17"}' }, 'another', false);
    expect(roles.differs(ROLE.arn, before)).toBe(false);
    expect(roles.wordsOf(ROLE.arn)?.trust).toContain('"Statement": []');
  });

  it('know a role that was sent twice by what was sent last', () => {
    const roles = new KeptRoles();
    roles.keep({ ...ROLE, permissionsBoundaryArn: 'boundary' }, 'first', true);
    roles.keep(ROLE, 'last', false);
    expect(roles.asSent('first')).toBeUndefined();
    expect(roles.asSent('last')).toStrictEqual({ arn: ROLE.arn, isOwn: false });
    expect(roles.decidingPolicies(ROLE.arn)).toStrictEqual([]);
  });

  it('keep a change, whatever was sent of another role', () => {
    const before = new KeptRoles();
    before.keep(ROLE, 'digest', false);
    before.keep({ ...ROLE, arn: `${ROLE.arn}-2` }, 'second', false);
    const roles = new KeptRoles();
    roles.keep({ ...ROLE, roleId: 'AROA2' }, 'second', false);
    expect(roles.get(ROLE.arn)?.roleId).toBe('AROA2');
    expect(roles.differs(ROLE.arn, before)).toBe(true);
  });
});
