/** A name that becomes free is the turn of the oldest link that waits for it, and of the next one if that cannot have it. */
import { beforeEach, expect, it } from '@jest/globals';
import { role } from '../../access/fixtures.ts';
import { awsFailure } from '../model-account.ts';
import { withCheckout, type ReconcilerHarness } from './reconciler-harness.ts';

let the: ReconcilerHarness;

const roleOf = (link: string) => role(`crossaccountlink/payments/${link}/shared`).text;
const waits = (link: string) => the.cluster.parts.memories.of(`uid-${link}`);

/** Two links that found the name taken by a third one's role. It is free by now. */
beforeEach(() => {
  the = withCheckout();
  for (const [index, name] of ['elder', 'younger'].entries()) {
    the.create(name, { targetRole: { arn: roleOf(name) } }, `2026-01-01T00:00:0${index}Z`);
    waits(name).awaitsName = true;
  }
});

it('a younger link that meets the free name leaves it, and calls the older one', async () => {
  await the.reconcile('younger');
  expect(the.message('younger', 'TargetRoleReady')).toMatch(
    /^The name shared goes to the role of an older link of the account, and role names are unique in an account/,
  );
  expect([the.cluster.target.written, the.enqueued, the.finalizer('younger')]).toEqual([
    [],
    ['elder'],
    false,
  ]);
  await the.reconcile('elder');
  expect(the.condition('elder', 'Ready')).toBe('True InSync');
});

it('an older link that has its role calls nobody', async () => {
  await the.reconcile('elder');
  expect([the.enqueued, waits('elder').awaitsName]).toEqual([[], false]);
});

it('an older link whose role AWS refuses leaves the name to the next one, and calls it', async () => {
  the.cluster.target.failures.set('CreateRole', awsFailure('terminal', { reason: 'AccessDenied' }));
  await the.reconcile('elder');
  expect(the.enqueued).toEqual(['younger']);
  the.cluster.target.failures.clear();
  await the.reconcile('younger');
  expect(the.condition('younger', 'TargetRoleReady')).toBe('True InSync');
});

it('an older link that fails again and again leaves the name, too', async () => {
  the.cluster.target.failures.set('CreateRole', awsFailure('retryable'));
  for (let tries = 1; tries < 3; tries += 1) await the.reconcile('elder');
  expect(the.enqueued).toEqual([]);
  await the.reconcile('elder');
  expect(the.enqueued).toEqual(['younger']);
});

it('an older link that was put off still has its turn', async () => {
  the.cluster.target.failures.set('CreateRole', awsFailure('throttled', { retryAfterMs: 1_000 }));
  await the.reconcile('elder');
  the.cluster.target.failures.clear();
  await the.reconcile('younger');
  expect([the.cluster.target.written, the.enqueued]).toEqual([[], ['elder']]);
});

it('links that share the oldest one’s role wait for nobody', async () => {
  the.create('sibling', { targetRole: { arn: roleOf('elder') } }, '2026-01-01T00:00:05Z');
  await the.reconcile('sibling');
  expect(the.condition('sibling', 'TargetRoleReady')).toBe('True InSync');
});

it('to free a name concerns links that did not look yet, the oldest one that waits, and those that share its role', () => {
  const { links, parts } = the.cluster;
  the.create('sibling', { targetRole: { arn: roleOf('elder') } }, '2026-01-01T00:00:05Z');
  waits('sibling').awaitsName = true;
  the.create('new', { targetRole: { arn: roleOf('new') } }, '2026-01-01T00:00:09Z');
  const concerned = parts.roleNames.concerned([...links.values()]);
  expect(concerned.map(({ metadata }) => metadata.name)).toEqual(['elder', 'sibling', 'new']);
});
