/** Somebody else has already removed the Credentials of a link that is being deleted. The deletion still waits for executions
 *  that may run with them. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import { LONGEST_EXPRESS_MS } from '../../../../src/desired/machine-view.ts';
import { role } from '../../access/fixtures.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { machine as definitionOf } from '../../asl/machines.ts';
import { awsFailure } from '../model-account.ts';
import { SENDING } from '../test-cluster.ts';
import { PATIENCE_MS, type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const SECOND = role('crossaccountlink/payments/second');
const PAUSE_MS = 10_000;
const REMOVAL = /^Delete(RolePolicy|Role) checkout/;
const TAKE_UP = 'Waits until every new execution uses the changed definition.';
const LAST_ONES = 'Waits until Express executions that may still run have ended.';

let the: ReconcilerHarness;

const removed = () => the.writes.filter((write) => REMOVAL.test(write));

async function pass(name: string, afterMs = 0): Promise<void> {
  the.cluster.now += afterMs;
  await the.reconcile(name);
}

beforeEach(() => {
  the = withCheckout(PAUSE_MS);
});

async function ready(name: string): Promise<void> {
  await the.ready(name);
  await the.converge();
  the.cluster.now += LONGEST_EXPRESS_MS;
  the.calls.length = 0;
}

/** `a` goes, and `b`, which is to have its Tasks, cannot be made ready. */
async function deleteWithoutSuccessor(): Promise<void> {
  await ready('a');
  the.cluster.target.failures.set('PutRolePolicy', awsFailure('terminal'));
  the.create('b', { targetRole: { arn: SECOND.text } });
  await pass('b');
  the.delete('a');
  await pass('a');
}

async function handOver(): Promise<void> {
  await deleteWithoutSuccessor();
  expect(the.message('a', 'Ready')).toBe('Waits until a younger link can take over "Send".');
  the.cluster.target.failures.clear();
  await pass('b', 1_000);
  await pass('b', PAUSE_MS);
  expect(the.writes).toContain('UpdateStateMachine checkout');
  await pass('a');
}

describe('a link whose Task a younger one takes over while it is being deleted', () => {
  it('keeps role and grant until every new execution uses the younger one’s role', async () => {
    await handOver();
    expect([the.message('a', 'Ready'), removed()]).toStrictEqual([TAKE_UP, []]);
    await pass('a', PAUSE_MS);
    expect(the.object('a')).toBeUndefined();
  });

  it('keeps them for five minutes where the machine is Express', async () => {
    the.changeMachine({ type: 'EXPRESS' });
    await handOver();
    await pass('a', PAUSE_MS);
    expect([the.message('a', 'Ready'), removed()]).toStrictEqual([LAST_ONES, []]);
    await pass('a', LONGEST_EXPRESS_MS);
    expect(the.object('a')).toBeUndefined();
  });
});

it('a link whose Credentials its developer took out just before keeps its role for five minutes of an Express machine', async () => {
  the.changeMachine({ type: 'EXPRESS' });
  await ready('a');
  the.changeDefinition(definitionOf({ Send: { Type: 'Pass', End: true } }));
  the.delete('a');
  await pass('a');
  await pass('a', PAUSE_MS);
  expect([the.message('a', 'Ready'), removed()]).toStrictEqual([LAST_ONES, []]);
});

it('two links that are deleted at once both wait, whichever of them writes the definition', async () => {
  const tasks = JSON.parse(SENDING);
  const other = { ...tasks.States.Send };
  the.changeDefinition(definitionOf({ Send: other, More: other }));
  the.create('a', { stateMachineCredentials: { tasks: ['Send'] } });
  the.create('b', { targetRole: { arn: SECOND.text }, stateMachineCredentials: { tasks: ['More'] } });
  await the.converge();
  the.calls.length = 0;
  the.delete('a');
  the.delete('b');
  await pass('a');
  await pass('b');
  await pass('a');
  expect([the.message('a', 'Ready'), the.message('b', 'Ready')]).toStrictEqual([TAKE_UP, TAKE_UP]);
});

it('a removal whose answer was lost is waited for like any other', async () => {
  await ready('a');
  const { source } = the.cluster;
  source.failures.set('UpdateStateMachine', awsFailure('retryable', { outcomeUnknown: true }));
  source.lostAnswers.add('UpdateStateMachine');
  the.delete('a');
  await pass('a');
  source.failures.clear();
  await pass('a', 1_000);
  expect([the.message('a', 'Ready'), removed()]).toStrictEqual([TAKE_UP, []]);
});

it('a deletion whose Credentials are written back again and again says after its patience that a person has to stop that', async () => {
  the.changeMachine({ type: 'EXPRESS' });
  await ready('a');
  the.delete('a');
  const writeBack = () => the.changeDefinition(setCredentials(SENDING, new Map([['Send', ROLE.text]])));
  await pass('a');
  for (let round = 0; round < 2; round += 1) {
    expect(the.condition('a', 'Ready')).toBe('Unknown Deleting');
    writeBack();
    await pass('a', LONGEST_EXPRESS_MS / 2 - 1);
    await pass('a', PAUSE_MS);
  }
  writeBack();
  await pass('a', LONGEST_EXPRESS_MS);
  expect(the.condition('a', 'Ready')).toBe('False DeletionBlocked');
  expect(the.message('a', 'Ready')).toMatch(/checkout .* Credentials again and again .* abandon the link/);
  expect(removed()).toStrictEqual([]);
});

it('a younger link that can never take over: the deletion says so once its patience is over, and what to do', async () => {
  await deleteWithoutSuccessor();
  expect(the.condition('a', 'Ready')).toBe('Unknown Deleting');
  await pass('a', PATIENCE_MS);
  expect([the.condition('a', 'Ready'), the.message('a', 'Ready')]).toStrictEqual([
    'False DeletionBlocked',
    'Waits until a younger link can take over "Send". Fix that link, remove the Tasks from it or delete it, or abandon this one.',
  ]);
  the.restart();
  the.delete('b');
  await the.converge();
  expect([the.object('a'), the.cluster.target.roles.size]).toStrictEqual([undefined, 0]);
});
