/** Somebody changed the Credentials of a Task of the link. That is drift at every check, and counts as somebody else's
 *  Credentials only if they were there first. */
import { beforeEach, expect, it } from '@jest/globals';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import { awsFailure } from '../model-account.ts';
import { SENDING } from '../test-cluster.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const THEIRS = setCredentials(SENDING, new Map([['Send', 'arn:aws:iam::333333333333:role/theirs']]));
const CREDENTIALS = 'StateMachineCredentialsReady';

let the: ReconcilerHarness;

beforeEach(() => {
  the = withCheckout();
});

it('under Observe each check says DriftDetected, also in a process that has just begun', async () => {
  await the.ready('a');
  the.edit('a', { managementPolicy: 'Observe' });
  await the.converge();
  the.changeDefinition(THEIRS);
  for (const token of ['1', '2', '3']) {
    the.request('a', token);
    await the.reconcile('a');
    expect(the.condition('a', CREDENTIALS)).toBe('False DriftDetected');
    the.restart();
  }
});

it('under Enforce a repair that AWS refused is tried again', async () => {
  await the.ready('a');
  the.changeDefinition(THEIRS);
  the.cluster.source.failures.set('UpdateStateMachine', awsFailure('terminal'));
  for (const token of ['1', '2']) {
    the.request('a', token);
    await the.reconcile('a');
    expect(the.condition('a', CREDENTIALS)).toBe('False AccessDenied');
  }
  the.cluster.source.failures.clear();
  the.request('a', '3');
  await the.reconcile('a');
  expect(the.condition('a', 'Ready')).toBe('True InSync');
});

it('what stood there before the link was in order stays somebody else’s', async () => {
  the.changeDefinition(THEIRS);
  the.create('a');
  for (const token of ['1', '2']) {
    the.request('a', token);
    await the.reconcile('a');
    expect(the.condition('a', CREDENTIALS)).toBe('False ForeignCredentials');
    the.restart();
  }
});
