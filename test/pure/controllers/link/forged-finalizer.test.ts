/** Tenants can write a finalizer, so it proves nothing. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { role, SOURCE, TARGET } from '../../access/fixtures.ts';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { FOREIGN_TRUST, parsed } from '../../plan/fixtures.ts';
import { accountOf, EXEC, SENDING, SOURCE_ENTRY, untouchedRole } from '../test-cluster.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const THEIRS = role('elsewhere/theirs', TARGET).text;

let the: ReconcilerHarness;

beforeEach(() => {
  the = withCheckout();
});

/** Lets the one Task of the machine name a role, as Terraform may have. */
function handMade(roleArn: string): void {
  the.cluster.put('checkout', EXEC.text, setCredentials(SENDING, new Map([['Send', roleArn]])));
}

function forge(roleArn: string): void {
  the.create('forged', { targetRole: { arn: roleArn } });
  the.forgeFinalizer('forged');
}

describe('a link with a forged finalizer', () => {
  it('that the rules refuse is let go at once, and AWS is not touched', async () => {
    handMade(THEIRS);
    const before = the.definition;
    forge(THEIRS);
    the.delete('forged');
    await the.reconcile('forged');
    expect(the.writes).toStrictEqual(['finalizers []']);
    expect(the.definition).toBe(before);
  });

  it('whose target role was not made for its namespace is let go, and AWS is not touched', async () => {
    handMade(ROLE.text);
    const before = the.definition;
    the.cluster.target.roles.set(ROLE.text, { ...untouchedRole(ROLE.text), trust: parsed(FOREIGN_TRUST) });
    forge(ROLE.text);
    the.delete('forged');
    await the.reconcile('forged');
    expect(the.writes).toStrictEqual(['finalizers []']);
    expect(the.definition).toBe(before);
  });

  it('makes no Credentials of others into ours', async () => {
    handMade(THEIRS);
    forge(THEIRS);
    the.create('a', { stateMachineCredentials: { tasks: ['Send'] } });
    await the.reconcile('a');
    await the.reconcile('a');
    expect(the.writes.filter((write) => write.startsWith('UpdateStateMachine'))).toStrictEqual([]);
    expect(the.condition('a', 'StateMachineCredentialsReady')).toBe('False ForeignCredentials');
  });

  it('blocks nobody’s deletion', async () => {
    await the.ready('a');
    forge(THEIRS);
    await the.reconcile('forged');
    the.calls.length = 0;
    the.delete('a');
    await the.reconcile('a');
    expect(the.object('a')).toBeUndefined();
  });
});

it('a link that the rules of one account refuse takes no place below maxLinks of the other', async () => {
  const { accounts, source } = the.cluster;
  accounts.set(accountOf(SOURCE, [{ ...SOURCE_ENTRY, maxLinks: 1 }], { aws: source }));
  the.create('older', { targetRole: { arn: THEIRS } });
  the.create('younger', {}, '2026-01-01T00:00:10Z');
  await the.converge();
  expect([the.condition('older', 'Ready'), the.condition('younger', 'Ready')]).toStrictEqual([
    'False AccountNotAllowed',
    'True InSync',
  ]);
});
