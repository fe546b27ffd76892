/** Somebody puts more on an adopted role than the rules allow: nobody else is let in, and what the link has on other objects
 *  stays. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Statement } from '../../../../src/policy/document.ts';
import { asTarget, TARGET } from '../../access/fixtures.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { FOREIGN_TRUST, parsed } from '../../plan/fixtures.ts';
import { accountOf, untouchedRole } from '../test-cluster.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const ADOPTING = { targetRole: { arn: ROLE.text, adoptionPolicy: 'Adopt', unmanaged: 'Preserve' } };
const RIGHTS = { allowedActions: ['sqs:*'], allowedResources: ['*'], adoptableRoles: [ROLE.text] };
const ADOPTABLE = asTarget({ ...RIGHTS, allowPreserve: true });
const EVERYTHING: Statement = {
  effect: 'Allow',
  actions: { negated: false, values: ['*'] },
  resources: { negated: false, values: ['*'] },
};
const HARMLESS: Statement = {
  effect: 'Allow',
  actions: { negated: false, values: ['sqs:ReceiveMessage'] },
  resources: { negated: false, values: ['*'] },
};

let the: ReconcilerHarness;

const theirs = () => the.cluster.target.roles.get(ROLE.text)?.inlinePolicies.has('theirs');

beforeEach(async () => {
  the = withCheckout();
  the.cluster.accounts.set(accountOf(TARGET, [ADOPTABLE], { aws: the.cluster.target }));
  the.cluster.target.roles.set(ROLE.text, { ...untouchedRole(ROLE.text), trust: parsed(FOREIGN_TRUST) });
  await the.ready('a', ADOPTING);
  await the.converge();
});

it.each([
  ['', () => undefined],
  [', also when the operator restarts and a sibling comes first', () => the.restart()],
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

describe('an edit that drops all that the spec said of the adoption', () => {
  const dropped = { targetRole: { arn: ROLE.text } };

  beforeEach(async () => {
    the.changeRole((role) => ({
      ...role,
      inlinePolicies: new Map([...role.inlinePolicies, ['theirs', parsed(HARMLESS)]]),
    }));
    the.edit('a', dropped);
    await the.converge();
  });

  it('leaves what stood on the role before', () => {
    expect([theirs(), the.condition('a', 'Ready')]).toStrictEqual([true, 'True InSync']);
  });

  it('leaves it to a link that never said anything of an adoption', async () => {
    the.create('b', dropped);
    the.delete('a');
    await the.converge();
    expect([theirs(), the.condition('b', 'Ready')]).toStrictEqual([true, 'True InSync']);
  });

  it('takes it off once Remove is written out', async () => {
    the.edit('a', { targetRole: { arn: ROLE.text, unmanaged: 'Remove' } });
    await the.converge();
    expect([theirs(), the.condition('a', 'Ready')]).toStrictEqual([false, 'True InSync']);
  });

  it('takes it off where the rules let nothing foreign stay', async () => {
    the.cluster.accounts.set(accountOf(TARGET, [asTarget(RIGHTS)], { aws: the.cluster.target }));
    the.restart();
    await the.converge();
    expect([theirs(), the.condition('a', 'Ready')]).toStrictEqual([false, 'True InSync']);
  });
});
