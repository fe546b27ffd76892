/** A state machine that AWS is deleting: it can no longer be changed, and what its executions need stays until they have ended.
 */
import { beforeEach, expect, it } from '@jest/globals';
import { ROLE } from '../../desired/fixtures.ts';
import { machine, role } from '../../access/fixtures.ts';
import { untouchedRole } from '../test-cluster.ts';
import { PATIENCE_MS, type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const OTHER_TARGET = role('crossaccountlink/payments/other');
const RUNNING = '1 running execution (the oldest since 2026-01-01T00:00:00.000Z)';

let the: ReconcilerHarness;

/** Deletes the machine while an execution of it runs, as AWS shows it until that has ended. */
function beginDeletion(): void {
  the.cluster.source.inUse = [{ machine: the.machine(), inUseBy: RUNNING }];
  the.changeMachine({ isBeingDeleted: true });
}

function endExecution(): void {
  the.cluster.source.inUse = [];
}

async function lookAfresh(name: string): Promise<void> {
  the.request(name, String(the.cluster.now));
  await the.reconcile(name);
}

beforeEach(async () => {
  the = withCheckout();
  await the.ready('a');
});

it('is reported as being deleted, and all that was made for its link stays', async () => {
  beginDeletion();
  await lookAfresh('a');
  expect(the.condition('a', 'Ready')).toBe('False StateMachineNotFound');
  expect(the.message('a', 'Ready')).toContain('is being deleted');
  expect(the.writes).toStrictEqual(['status False StateMachineNotFound']);
});

it('keeps role and grant of a deleted link until its executions have ended', async () => {
  beginDeletion();
  the.delete('a');
  await the.reconcile('a');
  expect(the.condition('a', 'Ready')).toBe('Unknown Deleting');
  expect(the.message('a', 'Ready')).toContain(RUNNING);
  expect(the.granted()).toStrictEqual([ROLE.text]);
  endExecution();
  the.cluster.now += 60_000;
  await the.reconcile('a');
  expect(the.object('a')).toBeUndefined();
  expect(the.granted()).toStrictEqual([]);
  expect(the.cluster.target.roles.has(ROLE.text)).toBe(false);
});

it('blocks the deletion once that has taken too long, and says what to do', async () => {
  beginDeletion();
  the.delete('a');
  the.cluster.now += PATIENCE_MS;
  await the.reconcile('a');
  expect(the.condition('a', 'Ready')).toBe('False DeletionBlocked');
  expect(the.message('a', 'Ready')).toContain('end it');
});

it('lets its deleted link go at once where nothing of it runs', async () => {
  the.changeMachine({ isBeingDeleted: true });
  the.delete('a');
  await the.reconcile('a');
  expect(the.object('a')).toBeUndefined();
  expect(the.calls.filter((call) => call.startsWith('UpdateStateMachine'))).toStrictEqual([]);
});

it('loses nothing of a shared grant by the deletion of a link to another machine', async () => {
  the.cluster.put('refund');
  await the.ready('b', { stateMachineARN: machine('refund').text, targetRole: { arn: OTHER_TARGET.text } });
  beginDeletion();
  await lookAfresh('a');
  endExecution();
  the.delete('b');
  await the.converge();
  expect(the.granted()).toContain(ROLE.text);
});

it('is linked again once it was made again', async () => {
  beginDeletion();
  await lookAfresh('a');
  endExecution();
  the.changeMachine({ isBeingDeleted: false, creationDate: '2026-02-02T00:00:00.000Z' });
  the.cluster.source.roles.set(untouchedRole().arn, untouchedRole());
  await the.converge();
  await lookAfresh('a');
  expect(the.condition('a', 'Ready')).toBe('True InSync');
});
