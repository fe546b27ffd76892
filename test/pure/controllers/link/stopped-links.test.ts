/** After a restart, links that get no further than their status (suspended or refused) hold up the other links of their account
 *  only until their state machines are read. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { machine, role, SOURCE } from '../../access/fixtures.ts';
import { awsFailure } from '../model-account.ts';
import { accountOf, SOURCE_ENTRY, untouchedRole } from '../test-cluster.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const OTHER_EXEC = role('other-exec', SOURCE);

const DEAD = '333333333333';

/** More than a deletion takes that waits for nothing. */
const ROUNDS = 5;

let the: ReconcilerHarness;

/** Link `b` of another machine, in the same source account and under an execution role of its own, is in order. */
async function standBeside(): Promise<void> {
  const targetRole = role('crossaccountlink/payments/other');
  the.cluster.put('refund');
  the.changeMachine({ executionRoleArn: OTHER_EXEC.text }, 'refund');
  the.cluster.source.roles.set(OTHER_EXEC.text, untouchedRole(OTHER_EXEC.text));
  the.create('b', { stateMachineARN: machine('refund').text, targetRole: { arn: targetRole.text } });
  await the.converge();
}

beforeEach(async () => {
  the = withCheckout();
  the.create('a');
  await standBeside();
});

const STOPS: Readonly<Record<string, () => void>> = {
  suspended: () => the.edit('b', { suspend: true }),
  'suspended and deleted': () => {
    the.edit('b', { suspend: true });
    the.delete('b');
  },
};

describe.each(Object.entries(STOPS))('a link that was %s before a restart', (_how, stop) => {
  beforeEach(async () => {
    stop();
    await the.converge();
    the.restart();
  });

  it('holds up no deletion of another', async () => {
    the.delete('a');
    await the.converge();
    expect(the.object('a')).toBeUndefined();
    expect(the.object('b')).toBeDefined();
  });

  it('holds up none whose state machine AWS will not show', async () => {
    the.cluster.source.failures.set('stateMachine', awsFailure('terminal'));
    await the.reconcile('b');
    the.cluster.source.failures.clear();
    the.delete('a');
    for (let round = 0; round < ROUNDS; round += 1) await the.reconcile('a');
    expect(the.object('a')).toBeUndefined();
  });

  it('is read again where that failed, with growing pauses', async () => {
    the.cluster.source.failures.set('stateMachine', awsFailure('retryable'));
    expect(await the.reconcile('b')).toBe('retryable');
  });
});

it('a new link whose account is out of reach holds up no deletion of another that shares its role', async () => {
  const { aws: _, ...unreachable } = accountOf(DEAD, [SOURCE_ENTRY], { problem: 'no session' });
  the.cluster.accounts.set(unreachable);
  the.create('c', { stateMachineARN: machine('checkout', DEAD).text });
  await the.reconcile('c');
  the.delete('a');
  await the.converge();
  expect(the.object('a')).toBeUndefined();
});
