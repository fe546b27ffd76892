import { describe, expect, it } from '@jest/globals';
import { KnownRoles } from '../../../../src/controllers/state/known-roles.ts';
import { link, ROLE } from '../../desired/fixtures.ts';
import { TestCluster } from '../test-cluster.ts';

describe('the RoleId of a role that was proven in this process', () => {
  it('is on record for the links of the namespace that it was proven for, and for no others', () => {
    const known = new KnownRoles(new TestCluster().links);
    known.proven(ROLE.text, 'payments', 'AROAOURS');
    expect(known.recordsOf(link('a', { namespace: 'payments' }))).toStrictEqual(['AROAOURS']);
    expect(known.recordsOf(link('b', { namespace: 'orders' }))).toStrictEqual([]);
  });

  it('is forgotten with the last link that names the role', () => {
    const known = new KnownRoles(new TestCluster().links);
    known.proven(ROLE.text, 'payments', 'AROAOURS');
    known.forget(ROLE.text);
    expect(known.recordsOf(link('a'))).toStrictEqual([]);
  });
});
