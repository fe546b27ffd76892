/** status.pending: what the operator would write for the legs that a link only observes. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { parseObservedPolicy } from '../../../../src/policy/parse.ts';
import type { PendingWrite } from '../../../../src/api/generated.ts';
import { role } from '../../access/fixtures.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { awsFailure, nameOf } from '../model-account.ts';
import { EXEC } from '../test-cluster.ts';
import { DRIFT_CHECK_MS, type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const THEIRS = role('crossaccountlink/shipping/secret');
const EVERYTHING = [
  'CreateRole checkout',
  'PutRolePolicy checkout',
  'PutRolePolicy checkout-exec',
  'UpdateStateMachine checkout',
];

let the: ReconcilerHarness;

beforeEach(() => {
  the = withCheckout();
});

const pending = (): readonly PendingWrite[] | undefined => the.object('a')?.status.pending;
const listed = () => pending()?.map(({ operation, object }) => `${operation} ${nameOf(object)}`);

async function observe(spec = {}): Promise<void> {
  the.create('a', { managementPolicy: 'Observe', ...spec });
  await the.reconcile('a');
}

describe('what is pending', () => {
  it('of a link that only observes is everything that it would make, down to the Tasks', async () => {
    await observe();
    expect(listed()).toStrictEqual(EVERYTHING);
    expect(pending()?.at(-1)?.changes).toStrictEqual([
      { path: 'States["Send"].Credentials.RoleArn', after: ROLE.text },
    ]);
    expect(the.writes).toStrictEqual(['status False DriftDetected']);
  });

  it('is what the operator then writes, write for write', async () => {
    await observe();
    const previewed = listed();
    the.edit('a', { managementPolicy: 'Enforce' });
    await the.reconcile('a');
    expect([...the.cluster.target.written, ...the.cluster.source.written]).toStrictEqual(previewed);
  });

  it('goes as soon as nothing is observed', async () => {
    await observe();
    the.edit('a', { managementPolicy: 'Enforce' });
    await the.reconcile('a');
    expect(pending()).toBeUndefined();
  });

  it('of a link with one observed leg is that leg alone', async () => {
    the.create('a', { stateMachineCredentials: { managementPolicy: 'Observe' } });
    await the.reconcile('a');
    expect(listed()).toStrictEqual(['UpdateStateMachine checkout']);
  });

  it('goes when somebody else has made it so', async () => {
    await the.ready('a');
    the.edit('a', { managementPolicy: 'Observe' });
    the.changeRole((found) => ({ ...found, inlinePolicies: new Map() }));
    await the.reconcile('a');
    expect(listed()).toStrictEqual(['PutRolePolicy checkout']);
    the.edit('a', { managementPolicy: 'Enforce' });
    await the.reconcile('a');
    the.edit('a', { managementPolicy: 'Observe' });
    await the.reconcile('a');
    expect(pending()).toBeUndefined();
  });

  it('causes no further write of the status while nothing changes', async () => {
    await observe();
    the.calls.length = 0;
    the.cluster.now += DRIFT_CHECK_MS;
    await the.reconcile('a');
    expect(the.writes).toStrictEqual([]);
  });

  it('stays while AWS does not answer, unless the spec says something else by now', async () => {
    await observe();
    the.cluster.target.failures.set('role', awsFailure('throttled'));
    the.cluster.now += DRIFT_CHECK_MS;
    await the.reconcile('a');
    expect(listed()).toStrictEqual(EVERYTHING);
    the.edit('a', { description: 'other' });
    await the.reconcile('a');
    expect(pending()).toBeUndefined();
  });

  it('is nothing for a link that the rules refuse', async () => {
    await observe();
    the.cluster.accounts.delete(ROLE.accountId);
    await the.reconcile('a');
    expect(pending()).toBeUndefined();
  });

  it('names no role of another namespace, neither of a shared grant nor of a Task', async () => {
    the.cluster.add('b', { namespace: 'shipping', key: 'shipping/b', targetRole: THEIRS });
    the.changeRole(
      (found) => ({ ...found, inlinePolicies: new Map([['CrossAccountLink-test', grantOf(THEIRS.text)]]) }),
      EXEC.text,
    );
    await observe();
    expect(listed()).toContain('PutRolePolicy checkout-exec');
    expect(JSON.stringify(the.object('a')?.status)).not.toContain('secret');
    expect(JSON.stringify(pending())).toContain('a role of another namespace');
  });

  it('still names a role of the namespace that somebody else claims as his', async () => {
    the.cluster.add('b', { namespace: 'shipping', key: 'shipping/b' });
    await observe();
    expect(pending()?.at(-1)?.changes[0]?.after).toBe(ROLE.text);
  });
});

function grantOf(Resource: string) {
  const Statement = [{ Sid: 'CrossAccountLinkGrant', Effect: 'Allow', Action: 'sts:AssumeRole', Resource }];
  return parseObservedPolicy(JSON.stringify({ Version: '2012-10-17', Statement }));
}
