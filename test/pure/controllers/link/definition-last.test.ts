/** The definition comes last: a Task gets a role only once that role is in place and has propagated for this Task. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { isJsonObject } from '../../../../src/base/json.ts';
import { narrow } from '../../../expectations.ts';
import { role } from '../../access/fixtures.ts';
import { machine as definitionOf, sendTo } from '../../asl/machines.ts';
import { awsFailure } from '../model-account.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const OTHER_ROLE = role('crossaccountlink/payments/other');
const PAUSE_MS = 10_000;

let the: ReconcilerHarness;

beforeEach(() => {
  the = withCheckout();
});

/** Adds a Task to the definition, as its developer does. */
function addTask(name: string): void {
  const definition: unknown = JSON.parse(the.definition);
  narrow(isJsonObject(definition) && isJsonObject(definition['States']), definition);
  const States = { ...definition['States'], [name]: sendTo(name) };
  the.changeDefinition(JSON.stringify({ ...definition, States }));
}

describe('a Task that is new', () => {
  beforeEach(async () => {
    the.changeDefinition(definitionOf({ A: sendTo('a'), B: sendTo('b') }));
    the.create('a', { stateMachineCredentials: { tasks: ['A'] } });
    the.create('b', { targetRole: { arn: OTHER_ROLE.text }, stateMachineCredentials: { tasks: ['B'] } });
    await the.converge();
    expect([the.tasksNaming(), the.tasksNaming(OTHER_ROLE.text)]).toStrictEqual([['A'], ['B']]);
    addTask('C');
    the.edit('a', { stateMachineCredentials: { tasks: ['A', 'C'] } });
  });

  it('is not given the role by another link of the machine, but by its own, after the permissions', async () => {
    await the.reconcile('b');
    expect(the.tasksNaming()).toStrictEqual(['A']);
    the.calls.length = 0;
    await the.reconcile('a');
    expect(the.writes.filter((write) => /^[A-Z]/.test(write))).toStrictEqual([
      'PutRolePolicy checkout',
      'UpdateStateMachine checkout',
    ]);
    expect(the.tasksNaming()).toStrictEqual(['A', 'C']);
  });

  it('is not given it by another link while its permissions cannot be written', async () => {
    the.cluster.target.failures.set('PutRolePolicy', awsFailure('terminal'));
    for (const name of ['a', 'b', 'a', 'b']) await the.reconcile(name);
    expect(the.tasksNaming()).toStrictEqual(['A']);
  });
});

it('a Task that is new while its link is at work waits for the next look at the roles, which comes at once', async () => {
  the.changeDefinition(definitionOf({ A: sendTo('a') }));
  the.create('a');
  const { target } = the.cluster;
  const apply = target.apply.bind(target);
  target.apply = (action) => {
    if (!the.definition.includes('"C"')) addTask('C');
    // The definition is read again right before it is written, if that is so long ago.
    the.cluster.now += 2_000;
    return apply(action);
  };
  const first = await the.reconcile('a');
  expect([the.tasksNaming(), first]).toStrictEqual([[], { requeueAfterMs: 500 }]);
  await the.reconcile('a');
  expect(the.tasksNaming()).toStrictEqual(['A', 'C']);
});

it('growth that is held is not let in by another link of the machine', async () => {
  the.cluster.holdGrowth();
  the.changeDefinition(definitionOf({ A: sendTo('a'), B: sendTo('b') }));
  the.create('b', { targetRole: { arn: OTHER_ROLE.text }, stateMachineCredentials: { tasks: ['B'] } });
  await the.converge();
  the.create('a', { stateMachineCredentials: { tasks: ['A'] } });
  await the.converge();
  the.changeDefinition(the.definition.replace('/a"', '/elsewhere"'));
  for (const name of ['b', 'a', 'b']) await the.reconcile(name);
  expect(the.permissions).not.toContain('elsewhere');
});

describe('IAM is given its time', () => {
  beforeEach(async () => {
    the = withCheckout(PAUSE_MS);
    the.changeDefinition(definitionOf({ A: sendTo('a'), B: sendTo('b') }));
    the.create('a', { stateMachineCredentials: { tasks: ['A'] } });
    await the.converge();
    expect(the.condition('a', 'Ready')).toBe('True InSync');
    the.edit('a', { stateMachineCredentials: { tasks: ['A', 'B'] } });
  });

  it('by the next process, too, where one dies after it wrote the permissions of a Task that an edit adds', async () => {
    the.restart(1);
    await expect(the.reconcile('a')).rejects.toThrow();
    expect(the.writes.at(-1)).toBe('PutRolePolicy checkout');
    the.restart();
    await the.reconcile('a');
    expect([the.tasksNaming(), the.condition('a', 'Ready')]).toStrictEqual([['A'], 'Unknown Propagating']);
    the.cluster.now += PAUSE_MS;
    await the.reconcile('a');
    expect(the.tasksNaming()).toStrictEqual(['A', 'B']);
  });

  it('but Tasks that named the role before are put right at once', async () => {
    the.edit('a', { stateMachineCredentials: { tasks: ['A'] } });
    await the.converge();
    the.changeDefinition(definitionOf({ A: sendTo('a'), B: sendTo('b') }));
    the.restart();
    await the.reconcile('a');
    expect(the.tasksNaming()).toStrictEqual(['A']);
  });
});
