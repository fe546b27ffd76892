/** Tags on an adopted role record what it was like before. If somebody removes these tags, the role is still given back as it
 *  was, and never taken for one that the operator made. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ObservedRole } from '../../../../src/observed/objects.ts';
import { present } from '../../../expectations.ts';
import { asTarget, machine, TARGET } from '../../access/fixtures.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { FOREIGN_TRUST, parsed } from '../../plan/fixtures.ts';
import { accountOf, untouchedRole } from '../test-cluster.ts';
import { awsFailure } from '../model-account.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const OURS = 'arn:aws:iam::222222222222:policy/ours';
const THEIRS = 'arn:aws:iam::222222222222:policy/theirs';
const LIMIT = 'arn:aws:iam::222222222222:policy/limit';
const SENDS = parsed({
  effect: 'Allow',
  actions: { negated: false, values: ['sqs:SendMessage'] },
  resources: { negated: false, values: ['*'] },
});
const ADOPTABLE = asTarget({
  allowedActions: ['sqs:*'],
  allowedResources: ['*'],
  managedPolicyARNs: [OURS],
  adoptableRoles: [ROLE.text],
  allowPreserve: true,
});
const BEFORE: ObservedRole = {
  ...untouchedRole(ROLE.text),
  trust: parsed(FOREIGN_TRUST),
  description: 'theirs',
  managedPolicyArns: [THEIRS],
  tags: new Map([['team', 'billing']]),
};
const ADOPTING = {
  arn: ROLE.text,
  adoptionPolicy: 'Adopt',
  description: 'ours',
  permissionsBoundaryARN: LIMIT,
  permissions: { managedPolicyARNs: [OURS] },
};

let the: ReconcilerHarness;

beforeEach(() => {
  the = withCheckout();
  the.cluster.put('refund');
  const { target } = the.cluster;
  the.cluster.accounts.set(accountOf(TARGET, [ADOPTABLE], { aws: target }));
  for (const arn of [OURS, THEIRS, LIMIT])
    target.policies.set(arn, { arn, versionId: 'v1', document: SENDS });
  target.roles.set(ROLE.text, BEFORE);
});

const role = () => present(the.cluster.target.roles.get(ROLE.text), 'the role was deleted');
const untag = (key: string) =>
  the.changeRole((found) => ({ ...found, tags: new Map([...found.tags].filter(([name]) => name !== key)) }));

describe.each([
  'crossaccountlink.dev/adopted',
  'crossaccountlink.dev/attached-policies',
  'crossaccountlink.dev/former-boundary',
  'crossaccountlink.dev/former-description',
])('a role whose tag %s was taken off', (key) => {
  beforeEach(async () => {
    await the.ready('a', { targetRole: { ...ADOPTING, unmanaged: 'Preserve' } });
    await the.converge();
    expect(role().tags.has(key)).toBe(true);
    untag(key);
  });

  it('gets it back, which is reported as drift', async () => {
    const value = the.object('a')?.status.adoption?.tags[key];
    await the.converge();
    expect(role().tags.get(key)).toBe(value);
    expect(the.object('a')?.status.drift?.recent?.map(({ field }) => field)).toContain(`tags[${key}]`);
  });

  it.each([
    ['', () => undefined],
    [', also by an operator that has just begun', () => the.restart()],
  ])('is given back as it was when the link is deleted at once%s', async (_, between) => {
    between();
    the.delete('a');
    await the.converge();
    expect(the.object('a')).toBeUndefined();
    expect(role()).toStrictEqual(BEFORE);
  });
});

it('a role of which nothing foreign was kept is not deleted for want of its mark of adoption', async () => {
  await the.ready('a', { targetRole: { ...ADOPTING, unmanaged: 'Remove' } });
  await the.converge();
  untag('crossaccountlink.dev/adopted');
  the.restart();
  the.delete('a');
  await the.converge();
  expect(the.object('a')).toBeUndefined();
  expect(role().roleId).toBe(BEFORE.roleId);
});

it('what one link no longer asks for is no drift to another that still remembers it', async () => {
  await the.ready('a', { targetRole: { ...ADOPTING, unmanaged: 'Preserve' } });
  const plain = { arn: ROLE.text, adoptionPolicy: 'Adopt', unmanaged: 'Preserve' };
  await the.ready('b', { stateMachineARN: machine('refund').text, targetRole: plain });
  await the.converge();
  the.edit('a', { targetRole: plain });
  await the.reconcile('a');
  the.restart();
  await the.converge();
  expect(role().description).toBe('theirs');
  expect([...role().tags.keys()].filter((key) => key.includes('former'))).toStrictEqual([]);
  for (const name of ['a', 'b']) {
    expect(the.condition(name, 'Ready')).toBe('True InSync');
    expect(the.object(name)?.status.drift).toBeUndefined();
  }
});

it('a role that the operator made has no such record', async () => {
  the.cluster.target.roles.delete(ROLE.text);
  await the.ready('a');
  await the.converge();
  expect(the.object('a')?.status.adoption).toBeUndefined();
});

const tagged = (key: string, value: string) =>
  the.changeRole((found) => ({ ...found, tags: new Map([...found.tags, [key, value]]) }));
const EVERYTHING = 'arn:aws:iam::222222222222:policy/everything';
const restart = () => the.restart();
const goOn = () => undefined;

describe.each([
  ['the same process', goOn],
  ['an operator that has just begun', restart],
])('a record that somebody altered, as seen by %s', (_, between) => {
  beforeEach(async () => {
    await the.ready('a', { targetRole: { ...ADOPTING, unmanaged: 'Preserve' } });
    await the.converge();
  });

  it.each([
    ['crossaccountlink.dev/adopted', 'false'],
    ['crossaccountlink.dev/attached-policies', 'aaaaaaaa'],
    ['crossaccountlink.dev/former-boundary', Buffer.from(EVERYTHING).toString('base64url')],
    ['crossaccountlink.dev/former-description', Buffer.from('mine').toString('base64url')],
  ])('%s is put back as it was, which is reported as drift', async (key, value) => {
    const before = role().tags.get(key);
    tagged(key, value);
    between();
    await the.converge();
    expect(role().tags.get(key)).toBe(before);
    expect(the.object('a')?.status.drift?.recent?.map(({ field }) => field)).toContain(`tags[${key}]`);
  });

  it('does not decide what the role is given back as', async () => {
    tagged('crossaccountlink.dev/former-boundary', Buffer.from(EVERYTHING).toString('base64url'));
    tagged('crossaccountlink.dev/former-description', Buffer.from('mine').toString('base64url'));
    between();
    the.delete('a');
    await the.converge();
    expect(role()).toStrictEqual(BEFORE);
  });
});

it('tags of an adoption that somebody puts on a role which the operator made are no such record', async () => {
  the.cluster.target.roles.delete(ROLE.text);
  await the.ready('a', { targetRole: { arn: ROLE.text } });
  await the.converge();
  tagged('crossaccountlink.dev/adopted', 'true');
  tagged('crossaccountlink.dev/former-boundary', Buffer.from(EVERYTHING).toString('base64url'));
  await the.converge();
  expect([...role().tags.keys()].filter((key) => /adopted|former/.test(key))).toStrictEqual([]);
  tagged('crossaccountlink.dev/adopted', 'true');
  the.delete('a');
  await the.converge();
  expect(the.cluster.target.roles.has(ROLE.text)).toBe(false);
});

it('what an update that failed has put on record of an adopted role stays on record', async () => {
  const plain = { arn: ROLE.text, adoptionPolicy: 'Adopt', unmanaged: 'Preserve' };
  await the.ready('a', { targetRole: plain });
  await the.converge();
  // The description is written, and then the update breaks off.
  the.cluster.target.failures.set('AttachRolePolicy', awsFailure('retryable'));
  the.edit('a', { targetRole: { ...ADOPTING, unmanaged: 'Preserve' } });
  await the.reconcile('a');
  expect(role().description).toBe('ours');
  the.cluster.target.failures.clear();
  await the.converge();
  the.delete('a');
  await the.converge();
  expect(role()).toStrictEqual(BEFORE);
});
