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
    roles.keep(ROLE, 'digest');
    expect(roles.asSent('digest')).toStrictEqual(ROLE);
    expect(roles.asSent('another')).toBeUndefined();
  });

  it('have what was sent in other words, and means the same, as no difference', () => {
    const before = new KeptRoles();
    before.keep(ROLE, 'digest');
    const roles = new KeptRoles();
    roles.keep({ ...ROLE, trust: '{"Statement": [], "Version": "2012-10-17"}' }, 'another', before);
    expect(roles.differs(ROLE.arn, before)).toBe(false);
    expect(roles.asSent('another')?.trust).toContain('"Statement": []');
  });

  it('keep a change, whatever was sent of another role', () => {
    const before = new KeptRoles();
    before.keep(ROLE, 'digest');
    before.keep({ ...ROLE, arn: `${ROLE.arn}-2` }, 'second');
    const roles = new KeptRoles();
    roles.keep({ ...ROLE, roleId: 'AROA2' }, 'second', before);
    expect(roles.get(ROLE.arn)?.roleId).toBe('AROA2');
    expect(roles.differs(ROLE.arn, before)).toBe(true);
  });
});
