/** Several AWSAccounts of one account, and one that is deleted while links hold it. */
import { describe, expect, it } from '@jest/globals';
import { SOURCE } from '../../access/fixtures.ts';
import { account, Bench, MINUTE_MS, VERIFIED, type Fields } from './account-bench.ts';

describe('an AWSAccount that is deleted while links hold it', () => {
  const held = account({ finalizer: true, deleting: true, spec: { eventQueueURL: 'https://sqs/q' } });

  it('is connected, verified and published by an operator that has just begun', async () => {
    const bench = new Bench();
    bench.links = 2;
    await bench.reconcile(held);
    expect(bench.done).toEqual([
      `connect ${SOURCE}`,
      'verify',
      'listen to https://sqs/q',
      `enqueue links of ${SOURCE}`,
      'Warning Event InUse',
    ]);
    expect(bench.accounts.get(SOURCE)?.aws).toBeDefined();
  });

  it('stays connected where it was, and is verified again in time', async () => {
    const bench = new Bench();
    bench.links = 1;
    await bench.reconcile(account({ finalizer: true, spec: { eventQueueURL: 'https://sqs/q' } }));
    bench.done.length = 0;
    await bench.reconcile(held);
    expect(bench.done).toEqual(['listen to https://sqs/q', 'Warning Event InUse']);
    bench.now += 10 * MINUTE_MS;
    await bench.reconcile(held);
    expect(bench.verifications).toBe(1);
  });

  it('says, too, that it cannot be reached, and is probed until it can', async () => {
    const bench = new Bench();
    bench.links = 1;
    bench.identity = { kind: 'denied', message: 'no' };
    await expect(bench.reconcile(held)).resolves.toEqual({ requeueAfterMs: 1_000 });
    const [ready] = [bench.written.at(-1)?.['conditions']].flat();
    expect(ready).toMatchObject({
      reason: 'InUse',
      message:
        '1 link still has the account as source or target: delete it first. The account cannot be reached, either: no.',
    });
    bench.now += 1_000;
    bench.identity = VERIFIED;
    await bench.reconcile(held);
    expect(bench.accounts.get(SOURCE)?.aws).toBeDefined();
  });

  it('is let go, without asking AWS, when an operator that has just begun finds no link of it', async () => {
    const bench = new Bench();
    await expect(bench.reconcile(held)).resolves.toEqual({});
    expect(bench.done).toEqual(['finalizers of checkout: []']);
  });
});

describe('two AWSAccounts of one account', () => {
  it.each<readonly [what: string, twin: Fields, conditions: readonly string[]]>([
    [
      'the younger is refused',
      { name: 'older', createdAt: '2024-01-01T00:00:00Z' },
      ['Ready=False DuplicateAccount', 'Stalled=True DuplicateAccount'],
    ],
    ['the older is served', { name: 'younger', createdAt: '2025-06-01T00:00:00Z' }, ['Ready=True Connected']],
    [
      'of equal age, the name decides',
      { name: 'a-name-before' },
      ['Ready=False DuplicateAccount', 'Stalled=True DuplicateAccount'],
    ],
  ])('%s', async (_what, twin, conditions) => {
    const bench = new Bench();
    const other = account(twin);
    bench.objects.set(other.metadata.name, other);
    await bench.reconcile(account());
    expect(bench.conditions).toEqual(conditions);
  });

  it('the younger loses the finalizer that it had, once the older speaks for the account', async () => {
    const bench = new Bench();
    bench.links = 1;
    await bench.reconcile(account({ finalizer: true }));
    const older = account({ name: 'older', createdAt: '2024-01-01T00:00:00Z', finalizer: true });
    bench.objects.set('older', older);
    bench.done.length = 0;
    await bench.reconcile(account({ finalizer: true }));
    expect(bench.done).toStrictEqual(['Warning Event DuplicateAccount']);
    await bench.reconcile(older);
    bench.done.length = 0;
    await bench.reconcile(account({ finalizer: true }));
    expect(bench.done).toStrictEqual(['finalizers of checkout: []', 'Warning Event DuplicateAccount']);
  });

  /** `checkout` is deleted, and links hold it; `renamed` has the same ID. */
  const GOING = { finalizer: true, deleting: true };
  const RENAMED = { name: 'renamed', createdAt: '2026-01-01T00:00:00Z' };

  it.each([
    ['renamed in Git, by an operator that ran on', false],
    ['renamed in Git, by an operator that has just begun', true],
  ])('the younger takes over from one that is being deleted: %s', async (_what, restarted) => {
    const bench = new Bench();
    bench.links = 2;
    if (!restarted) await bench.reconcile(account({ finalizer: true }));
    bench.objects.set('checkout', account(GOING));
    await bench.reconcile(account(RENAMED));
    expect(bench.conditions).toEqual(['Ready=True Connected']);
    expect(bench.accounts.get(SOURCE)?.name).toBe('renamed');
    bench.done.length = 0;
    await bench.reconcile(account(GOING));
    expect(bench.done).toEqual(['finalizers of checkout: []']);
    bench.objects.delete('checkout');
    bench.reconciler.removed(account(GOING));
    expect(bench.accounts.get(SOURCE)?.aws).toBeDefined();
  });

  it('the one that is being deleted stays until the other one has taken over', async () => {
    const bench = new Bench();
    bench.links = 2;
    await bench.reconcile(account({ finalizer: true }));
    bench.objects.set('renamed', account(RENAMED));
    bench.done.length = 0;
    await expect(bench.reconcile(account(GOING))).resolves.toEqual({ requeueAfterMs: 500 });
    expect(bench.done).toEqual([]);
    expect(bench.accounts.get(SOURCE)?.aws).toBeDefined();
  });

  it('the older goes on when the younger is deleted, which is let go at once', async () => {
    const bench = new Bench();
    bench.links = 2;
    bench.objects.set('renamed', account(RENAMED));
    await bench.reconcile(account({ finalizer: true }));
    bench.done.length = 0;
    await bench.reconcile(account({ ...RENAMED, ...GOING }));
    expect(bench.done).toEqual(['finalizers of renamed: []']);
    expect(bench.accounts.get(SOURCE)?.name).toBe('checkout');
  });

  it('both being deleted, the older one holds on for the links', async () => {
    const bench = new Bench();
    bench.links = 2;
    bench.objects.set('renamed', account({ ...RENAMED, ...GOING }));
    await bench.reconcile(account(GOING));
    expect(bench.accounts.get(SOURCE)?.name).toBe('checkout');
    bench.done.length = 0;
    await bench.reconcile(account({ ...RENAMED, ...GOING }));
    expect(bench.done).toEqual(['finalizers of renamed: []']);
  });
});
