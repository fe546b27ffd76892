/** A role that a link has adopted, and on which somebody then puts more than the rules allow: nobody more is let in, and what
 *  the link has elsewhere stays. */
import { beforeEach, expect, it } from '@jest/globals';
import type { Statement } from '../../../../src/policy/document.ts';
import { asTarget, TARGET } from '../../access/fixtures.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { FOREIGN_TRUST, parsed } from '../../plan/fixtures.ts';
import { accountOf, untouchedRole } from '../test-cluster.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const ADOPTING = { targetRole: { arn: ROLE.text, adoptionPolicy: 'Adopt', unmanaged: 'Preserve' } };
const ADOPTABLE = asTarget({
  allowedActions: ['sqs:*'],
  allowedResources: ['*'],
  adoptableRoles: [ROLE.text],
  allowPreserve: true,
});
const EVERYTHING: Statement = {
  effect: 'Allow',
  actions: { negated: false, values: ['*'] },
  resources: { negated: false, values: ['*'] },
};

let the: ReconcilerHarness;

beforeEach(async () => {
  the = withCheckout();
  the.cluster.accounts.set(accountOf(TARGET, [ADOPTABLE], { aws: the.cluster.target }));
  the.cluster.target.roles.set(ROLE.text, { ...untouchedRole(ROLE.text), trust: parsed(FOREIGN_TRUST) });
  await the.ready('a', ADOPTING);
  await the.converge();
});

it.each([
  ['', () => undefined],
  [', also when the operator begins anew and a sibling comes first', () => the.restart()],
])('keeps grant and Credentials%s', async (_, between) => {
  const before = [the.definition, the.granted()];
  expect([the.tasksNaming(), the.granted()]).toStrictEqual([['Send'], [ROLE.text]]);
  the.changeRole((role) => ({
    ...role,
    trust: parsed(FOREIGN_TRUST),
    inlinePolicies: new Map([...role.inlinePolicies, ['strong', parsed(EVERYTHING)]]),
  }));
  await the.converge();
  between();
  the.create('0', ADOPTING);
  await the.converge();
  expect(the.condition('a', 'Ready')).toBe('False AdoptionTooStrong');
  expect(the.condition('a', 'TrustPolicyReady')).toBe('False AdoptionTooStrong');
  expect([the.definition, the.granted()]).toStrictEqual(before);
  expect(the.cluster.target.roles.get(ROLE.text)?.trust).toStrictEqual(parsed(FOREIGN_TRUST));
});
