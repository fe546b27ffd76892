/** A name that becomes free is the turn of the oldest link that waits for it, and of the next one if that cannot have it. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { role } from '../../access/fixtures.ts';
import { awsFailure } from '../model-account.ts';
import { untouchedRole } from '../test-cluster.ts';
import { DRIFT_CHECK_MS, withCheckout, type ReconcilerHarness } from './reconciler-harness.ts';

let the: ReconcilerHarness;

const roleOf = (link: string) => role(`crossaccountlink/payments/${link}/shared`).text;
const memoryOf = (link: string) => the.cluster.parts.memories.of(`uid-${link}`);

/** Two links that found the name taken by a third one's role. It is free by now. */
beforeEach(() => {
  the = withCheckout();
  for (const [index, name] of ['elder', 'younger'].entries()) {
    the.create(name, { targetRole: { arn: roleOf(name) } }, `2026-01-01T00:00:0${index}Z`);
    memoryOf(name).nameStanding = 'awaits';
  }
});

it('a younger link that meets the free name leaves it, and calls the older one', async () => {
  await the.reconcile('younger');
  expect(the.message('younger', 'TargetRoleReady')).toMatch(
    /^The name shared goes to the role of another link of the account, and role names are unique in an account/,
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
  expect([the.enqueued, memoryOf('elder').nameStanding]).toEqual([[], 'has']);
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
  memoryOf('sibling').nameStanding = 'awaits';
  the.create('new', { targetRole: { arn: roleOf('new') } }, '2026-01-01T00:00:09Z');
  const concerned = parts.roleNames.concerned([...links.values()]);
  expect(concerned.map(({ metadata }) => metadata.name)).toEqual(['elder', 'sibling', 'new']);
});

describe('a link whose role somebody deletes', () => {
  /** The younger link has had its role, which is gone. */
  beforeEach(async () => {
    memoryOf('elder').nameStanding = undefined;
    await the.reconcile('younger');
    expect(the.condition('younger', 'Ready')).toBe('True InSync');
    memoryOf('elder').nameStanding = 'awaits';
    the.cluster.target.roles.delete(roleOf('younger'));
    the.cluster.now += DRIFT_CHECK_MS;
    the.enqueued.length = 0;
  });

  it('makes it again, although an older one waits for the name', async () => {
    await the.reconcile('younger');
    expect([the.condition('younger', 'Ready'), the.enqueued]).toEqual(['True InSync', []]);
  });

  it('is called by an older one that finds the name free, also by one that this process has not seen waiting', async () => {
    await the.reconcile('elder');
    expect(the.message('elder', 'TargetRoleReady')).toMatch(
      /^The name shared goes to the role of another link/,
    );
    the.restart();
    await the.reconcile('elder');
    expect(the.enqueued).toEqual(['younger', 'younger']);
    await the.reconcile('younger');
    expect(the.condition('younger', 'Ready')).toBe('True InSync');
  });

  it('keeps its turn while its repairs are paused', async () => {
    const { repairBackoff } = the.cluster.parts;
    for (let round = 0; round < 3; round += 1) repairBackoff.repaired(roleOf('younger'));
    await the.reconcile('younger');
    expect([the.cluster.target.roles.size, the.enqueued]).toEqual([0, []]);
    await the.reconcile('elder');
    expect([the.cluster.target.roles.size, the.enqueued]).toEqual([0, ['younger']]);
  });

  it('leaves the name once it gets no further, as without its state machine', async () => {
    the.cluster.source.machines.clear();
    await the.reconcile('younger');
    expect(the.enqueued).toEqual(['elder']);
    the.cluster.put('checkout');
    the.cluster.now += DRIFT_CHECK_MS;
    await the.reconcile('elder');
    expect(the.condition('elder', 'Ready')).toBe('True InSync');
  });
});

it('a link that may not use the role of its name has no claim to the name when somebody deletes that role', async () => {
  the.cluster.target.roles.set(roleOf('younger'), untouchedRole());
  await the.reconcile('younger');
  expect(the.condition('younger', 'TargetRoleReady')).toBe('False RoleNotOwned');
  the.cluster.target.roles.delete(roleOf('younger'));
  the.cluster.now += DRIFT_CHECK_MS;
  await the.reconcile('younger');
  expect([the.cluster.target.written, the.enqueued.at(-1)]).toEqual([[], 'elder']);
});

it('all that share the next one’s role are called with it', async () => {
  the.create('sibling', { targetRole: { arn: roleOf('younger') } }, '2026-01-01T00:00:05Z');
  memoryOf('sibling').nameStanding = 'awaits';
  the.cluster.target.failures.set('CreateRole', awsFailure('terminal', { reason: 'AccessDenied' }));
  await the.reconcile('elder');
  expect(the.enqueued).toEqual(['younger', 'sibling']);
});

it('a link that cannot make its role calls those that share it, too', async () => {
  the.create('sibling', { targetRole: { arn: roleOf('elder') } }, '2026-01-01T00:00:00Z');
  memoryOf('sibling').nameStanding = 'awaits';
  the.cluster.target.failures.set('CreateRole', awsFailure('terminal', { reason: 'AccessDenied' }));
  await the.reconcile('elder');
  expect(the.enqueued).toEqual(['sibling']);
});

it('a link that gets its role calls those that share it', async () => {
  the.create('sibling', { targetRole: { arn: roleOf('elder') } }, '2026-01-01T00:00:05Z');
  memoryOf('sibling').nameStanding = 'awaits';
  await the.reconcile('elder');
  expect(the.enqueued).toEqual(['sibling']);
});

describe('after a restart', () => {
  /** Both links have found a role of the name that is not theirs. It is gone by now, and this process has not looked at either. */
  beforeEach(async () => {
    for (const name of ['elder', 'younger']) {
      the.cluster.target.roles.set(roleOf(name), untouchedRole());
      await the.reconcile(name);
      expect(the.condition(name, 'TargetRoleReady')).toBe('False RoleNotOwned');
    }
    the.cluster.target.roles.clear();
    the.cluster.now += DRIFT_CHECK_MS;
    the.restart();
  });

  it('the older of two that waited gets the name, whichever comes first', async () => {
    await the.reconcile('younger');
    expect([the.cluster.target.written, the.enqueued]).toEqual([[], ['elder']]);
  });

  it('an older link that cannot make its role calls the next one at its first look', async () => {
    await the.reconcile('younger');
    the.cluster.target.failures.set('CreateRole', awsFailure('terminal', { reason: 'AccessDenied' }));
    await the.reconcile('elder');
    expect(the.enqueued).toEqual(['elder', 'younger']);
    the.cluster.target.failures.clear();
    await the.reconcile('younger');
    expect(the.condition('younger', 'Ready')).toBe('True InSync');
  });
});
