/** How the links of a test cluster count towards what they share. */
import { linkOf, type ContributorState } from '../../../../src/desired/contribution.ts';
import type { Link } from '../../../../src/desired/link.ts';
import { SOURCE } from '../../access/fixtures.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { EXEC, type TestCluster } from '../test-cluster.ts';

/** `a active` and the like. */
export function kinds(contributorStates: readonly ContributorState[]): readonly string[] {
  return contributorStates.map((contributor) => `${linkOf(contributor).name} ${contributor.kind}`).toSorted();
}

export function onRole(the: TestCluster, self?: Link): readonly string[] {
  return kinds(the.parts.contributors.contributorStates('targetRole', ROLE.text, self));
}

export function onGrant(the: TestCluster, executionRole = EXEC.text, self?: Link): readonly string[] {
  return kinds(the.parts.contributors.grantContributors(executionRole, SOURCE, self));
}
