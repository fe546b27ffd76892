import { expect, jest, test } from '@jest/globals';
import { OthersRoles } from '../../../../src/controllers/objects/others-roles.ts';
import { role } from '../../access/fixtures.ts';
import { CLUSTER } from '../../desired/fixtures.ts';
import { TestCluster } from '../test-cluster.ts';

const THEIRS = role('crossaccountlink/shipping/theirs');

test('of all links, only those that name a role are gone through for it, and none for a plan that names none', () => {
  const the = new TestCluster();
  const { link } = the.add('a');
  the.add('b', { namespace: 'shipping', targetRole: THEIRS });
  const { contributors, resolver } = the.parts;
  const asked = jest.spyOn(contributors, 'linksBy');
  const isHidden = new OthersRoles({
    contributors,
    accounts: the.accounts,
    resolver,
    clusterId: CLUSTER,
  }).seenBy(link);
  expect(asked).not.toHaveBeenCalled();
  expect([isHidden(THEIRS.text), isHidden(link.targetRole.text), isHidden(THEIRS.text)]).toStrictEqual([
    true,
    false,
    true,
  ]);
  const byName = ['targetRole', THEIRS.text];
  expect(asked.mock.calls).toStrictEqual([byName, byName]);
});
