/** What becomes of what is foreign on a role that was adopted. */
import { expect, test } from '@jest/globals';
import { TAGS } from '../../../src/desired/names.ts';
import { desiredTargetRole } from '../../../src/desired/target-role.ts';
import { planTargetRole } from '../../../src/plan/target-role.ts';
import { CONTEXT, contributes, link, NAMESPACE, ROLE } from '../desired/fixtures.ts';
import { observed, operations, OWNED } from './fixtures.ts';

const MANAGED = 'arn:aws:iam::222222222222:policy/theirs';

test.each([
  ['what nobody says anything of stays', {}, {}, false],
  ['where the rules let nothing foreign stay it goes', {}, { mayPreserve: false }, true],
  ['where Remove is written out it goes', { unmanaged: 'Remove' }, {}, true],
] as const)('of a role that was adopted: %s', (_, fields, rules, goes) => {
  const tags = new Map([...OWNED, [TAGS.adopted, 'true']]);
  const adopted = observed({ tags, managedPolicyArns: [MANAGED] });
  const asked = desiredTargetRole(ROLE, NAMESPACE, [contributes(link('a', fields))], {
    ...CONTEXT,
    ...rules,
  });
  const { actions } = planTargetRole(asked, adopted, { excessOf: () => undefined });
  expect(operations(actions).includes('DetachRolePolicy')).toBe(goes);
});
