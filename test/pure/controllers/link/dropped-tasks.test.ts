/** Tasks beyond the hundred that a status lists, and Tasks that no status names: neither kind is forgotten. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { machine as definitionOf, sendTo } from '../../asl/machines.ts';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import { awsFailure } from '../model-account.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const FOREIGN = 'arn:aws:iam::222222222222:role/elsewhere';

let the: ReconcilerHarness;

beforeEach(() => {
  the = withCheckout();
});

describe('a link with 120 Tasks, of which its status lists 100', () => {
  beforeEach(async () => {
    const names = Array.from({ length: 120 }, (_, index) => `T${String(index).padStart(3, '0')}`);
    the.changeDefinition(definitionOf(Object.fromEntries(names.map((name) => [name, sendTo(name)]))));
    await the.ready('a');
    expect(the.object('a')?.status).toMatchObject({ taskCount: 120, tasks: { length: 100 } });
  });

  it.each(['T000', 'T110'])('puts right what somebody put on %s', async (name) => {
    the.changeDefinition(setCredentials(the.definition, new Map([[name, FOREIGN]])));
    the.restart();
    await the.converge();
    expect(the.definition).not.toContain(FOREIGN);
    expect([the.condition('a', 'Ready'), the.object('a')?.status.drift?.total]).toStrictEqual([
      'True InSync',
      1,
    ]);
  });

  it('takes no permissions from a Task that is dropped before its Credentials are off', async () => {
    the.edit('a', { stateMachineCredentials: { tasks: ['T000'] } });
    await the.reconcile('a');
    expect(the.writes.filter((write) => /^[A-Z]/.test(write))).toStrictEqual(['UpdateStateMachine checkout']);
    await the.converge();
    expect(the.permissions).not.toContain('T110');
  });
});

it('a Task that is dropped keeps its permissions as long as AWS refuses to have its Credentials taken off', async () => {
  the.changeDefinition(definitionOf({ A: sendTo('a'), B: sendTo('refunds') }));
  await the.ready('a', { stateMachineCredentials: { tasks: ['A', 'B'] } });
  the.edit('a', { stateMachineCredentials: { tasks: ['A'] } });
  the.cluster.source.failures.set('UpdateStateMachine', awsFailure('terminal'));
  for (const begunAnew of [false, false, true, false]) {
    if (begunAnew) the.restart();
    await the.reconcile('a');
    the.cluster.now += 60_000;
    expect(the.permissions).toContain('refunds');
  }
  the.cluster.source.failures.clear();
  await the.converge();
  expect([the.tasksNaming(), the.permissions.includes('refunds')]).toStrictEqual([['A'], false]);
});
