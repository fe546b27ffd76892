import { expect, jest, test } from '@jest/globals';
import { OthersRoles } from '../../../../src/controllers/objects/others-roles.ts';
import { role } from '../../access/fixtures.ts';
import { TestCluster } from '../test-cluster.ts';

const THEIRS = role('crossaccountlink/shipping/theirs');

test('the links of an account are gone through once for a plan that names roles, and not for one that names none', () => {
  const the = new TestCluster();
  const { link } = the.add('a');
  the.add('b', { namespace: 'shipping', targetRole: THEIRS });
  const { contributors, resolver } = the.parts;
  const asked = jest.spyOn(contributors, 'linksBy');
  const isHidden = new OthersRoles({ contributors, accounts: the.accounts, resolver }).seenBy(link);
  expect(asked).not.toHaveBeenCalled();
  expect([isHidden(THEIRS.text), isHidden(link.targetRole.text), isHidden(THEIRS.text)]).toStrictEqual([
    true,
    false,
    true,
  ]);
  expect(asked).toHaveBeenCalledTimes(1);
});
