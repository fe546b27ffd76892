/** A link leaves some Tasks to another link of its role: their calls stay allowed all the time. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { machine as definitionOf, sendTo } from '../../asl/machines.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

let the: ReconcilerHarness;

beforeEach(async () => {
  the = withCheckout();
  the.changeDefinition(definitionOf({ A: sendTo('a'), B: sendTo('refunds') }));
  await the.ready('a', { stateMachineCredentials: { tasks: ['A', 'B'] } });
  the.edit('a', { stateMachineCredentials: { tasks: ['A'] } });
});

describe('a Task that a link leaves to a new one of its role', () => {
  it('keeps its Credentials and permissions until the new one has come', async () => {
    the.create('b', { stateMachineCredentials: { tasks: ['B'] } });
    expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 5_000 });
    expect(the.writes.filter((write) => /^[A-Z]/.test(write))).toStrictEqual([]);
    await the.converge();
    expect([the.tasksNaming(), the.permissions.includes('refunds')]).toStrictEqual([['A', 'B'], true]);
  });

  it('keeps them as long as it runs, whatever refuses the new one', async () => {
    const { source } = the.cluster;
    source.inUse = [{ machine: the.machine(), inUseBy: 'execution run-17' }];
    the.create('b', { stateMachineCredentials: { tasks: ['B', 'Nowhere'] } });
    await the.converge();
    expect([the.tasksNaming(), the.permissions.includes('refunds')]).toStrictEqual([['A'], true]);
    source.inUse = [];
    await the.converge();
    expect(the.permissions).not.toContain('refunds');
  });
});
