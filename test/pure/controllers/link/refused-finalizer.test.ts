/** RBAC, a policy or a webhook of the cluster refuses to add or to remove the operator's finalizer. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ApiError } from '../../../../src/kubernetes/api-error.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const DENIED = new ApiError(
  422,
  'Invalid',
  "ValidatingAdmissionPolicy 'guard' with binding 'guard' denied request: no finalizers here\u001b[2J",
);

let the: ReconcilerHarness;

beforeEach(() => {
  the = withCheckout();
});

describe('a link that may not get the finalizer', () => {
  beforeEach(() => {
    the.finalizersRefused = DENIED;
    the.create('a');
  });

  it('has nothing written for it, and comes again with growing pauses', async () => {
    await expect(the.reconcile('a')).rejects.toThrow('no finalizers here');
    expect(the.writes).toStrictEqual(['status False FinalizerRefused']);
  });

  it('says so in the words of whoever refuses, in one printable line', async () => {
    await expect(the.reconcile('a')).rejects.toThrow();
    expect(the.message('a', 'Ready')).toBe(
      'The operator may not add its finalizer to the object, and writes nothing to AWS without it: ' +
        "ValidatingAdmissionPolicy 'guard' with binding 'guard' denied request: no finalizers here\\u001b[2J.",
    );
    expect(the.condition('a', 'Stalled')).toBe('True FinalizerRefused');
    expect(the.events).toStrictEqual(['Warning FinalizerRefused']);
  });

  it('is read afresh the next time, too, where something had happened to its objects', async () => {
    const memory = the.cluster.parts.memories.of('uid-a');
    memory.suspect = true;
    await expect(the.reconcile('a')).rejects.toThrow();
    expect(memory.suspect).toBe(true);
  });

  it('holds up no deletion of another that shares its objects', async () => {
    the.finalizersRefused = undefined;
    await the.ready('b');
    the.finalizersRefused = DENIED;
    await expect(the.reconcile('a')).rejects.toThrow();
    the.delete('b');
    the.finalizersRefused = undefined;
    for (let round = 0; round < 5; round += 1) await the.reconcile('b');
    expect(the.object('b')).toBeUndefined();
  });

  it('goes on once it may', async () => {
    await expect(the.reconcile('a')).rejects.toThrow();
    the.finalizersRefused = undefined;
    await the.reconcile('a');
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });
});

describe('a link that is deleted and may not lose the finalizer', () => {
  beforeEach(async () => {
    await the.ready('a');
    the.delete('a');
    the.finalizersRefused = DENIED;
  });

  it('says so once AWS is as it should be', async () => {
    await expect(the.reconcile('a')).rejects.toThrow('no finalizers here');
    expect(the.cluster.target.roles.size).toBe(0);
    expect(the.condition('a', 'Ready')).toBe('False DeletionBlocked');
    expect(the.message('a', 'Ready')).toMatch(
      /^The operator has done its part, and may not remove its finalizer from the object: .* no finalizers here/,
    );
  });

  it('is gone once it may', async () => {
    await expect(the.reconcile('a')).rejects.toThrow();
    the.finalizersRefused = undefined;
    await the.reconcile('a');
    expect(the.condition('a', 'Ready')).toBeUndefined();
  });
});

it('a link that was Ready, and that somebody took the finalizer of, says that it may not have it back', async () => {
  await the.ready('a');
  the.removeFinalizer('a');
  the.finalizersRefused = DENIED;
  the.annotate('a', { 'crossaccountlink.dev/reconcile-requested-at': '1' });
  await expect(the.reconcile('a')).rejects.toThrow();
  expect(the.condition('a', 'Ready')).toBe('False FinalizerRefused');
});
