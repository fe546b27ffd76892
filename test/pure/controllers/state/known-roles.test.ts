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

  it("is another namespace's for as long as a link of that one names the role", () => {
    const the = new TestCluster();
    const known = new KnownRoles(the.links);
    const theirs = the.add('a', { namespace: 'orders' }, false);
    const ours = the.add('b', { namespace: 'payments' }, false);
    known.proven(ROLE.text, 'orders', 'AROATHEIRS');
    expect([...known.othersRoleIdsOf(ours.link)]).toStrictEqual(['AROATHEIRS']);
    the.links.remove(theirs.metadata.uid);
    expect([...known.othersRoleIdsOf(ours.link)]).toStrictEqual([]);
  });

  it('is forgotten with the last link that names the role', () => {
    const known = new KnownRoles(new TestCluster().links);
    known.proven(ROLE.text, 'payments', 'AROAOURS');
    known.forget(ROLE.text);
    expect(known.recordsOf(link('a'))).toStrictEqual([]);
  });
});
