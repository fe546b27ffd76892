/** A link that is being deleted: the state of cluster and AWS → calls, status, and when to come again. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ANNOTATIONS } from '../../../../src/api/metadata.ts';
import type { JsonObject } from '../../../../src/base/json.ts';
import { present } from '../../../expectations.ts';
import { machine, TARGET } from '../../access/fixtures.ts';
import { machine as definitionOf } from '../../asl/machines.ts';
import { awsFailure } from '../model-account.ts';
import { accountOf, TARGET_ENTRY } from '../test-cluster.ts';
import { PATIENCE_MS, type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const REMOVAL = [
  'UpdateStateMachine checkout',
  'DeleteRolePolicy checkout-exec',
  'DeleteRolePolicy checkout',
  'DeleteRole checkout',
  'finalizers []',
];

let the: ReconcilerHarness;

beforeEach(() => {
  the = withCheckout();
});

/** What an execution began with, or an alias routes to: the definition as it is with the Credentials. */
function keepInUse(inUseBy: string): void {
  const { source } = the.cluster;
  const linked = present(source.machines.get(machine('checkout').text), 'no state machine');
  source.inUse = [{ machine: linked, inUseBy }];
}

interface Situation {
  readonly given: string;
  readonly spec?: JsonObject;
  readonly arrange?: () => unknown;
  readonly deletingForMs?: number;
  readonly writes: readonly string[];
  /** Of Ready; undefined when the link is gone. */
  readonly ready: string | undefined;
  readonly says?: RegExp;
  readonly events: readonly string[];
  readonly result: object | string;
}

const BLOCKED = 'status False DeletionBlocked';

const SITUATIONS: readonly Situation[] = [
  {
    given: 'and nobody needs what it added: Credentials, grant, role, in this order, then the finalizer',
    writes: REMOVAL,
    ready: undefined,
    events: ['Normal Deleted'],
    result: {},
  },
  {
    given: 'and is abandoned: nothing is touched',
    arrange: () => the.annotate('a', { [ANNOTATIONS.abandon]: 'true' }),
    writes: ['finalizers []'],
    ready: undefined,
    events: ['Normal Abandoned'],
    result: {},
  },
  {
    given: 'with deletionPolicy Retain: nothing is touched',
    spec: { deletionPolicy: 'Retain' },
    writes: ['finalizers []'],
    ready: undefined,
    events: ['Normal Retained'],
    result: {},
  },
  {
    given: 'while it is suspended: it waits for a person',
    arrange: () => the.edit('a', { suspend: true }),
    writes: [BLOCKED],
    ready: 'False DeletionBlocked',
    says: /spec.suspend is true/,
    events: ['Warning DeletionBlocked'],
    result: {},
  },
  {
    given: 'without an AWSAccount: it waits for one',
    arrange: () => the.cluster.accounts.delete(TARGET),
    writes: [BLOCKED],
    ready: 'False DeletionBlocked',
    says: /No AWSAccount registers the target account .* abandon the link/,
    events: ['Warning DeletionBlocked'],
    result: {},
  },
  {
    given: 'before its AWSAccount was looked at: it says so, and comes again',
    arrange: () => {
      the.cluster.accounts.delete(TARGET);
      the.cluster.registered.add(TARGET);
    },
    writes: ['status Unknown AccountNotReady'],
    ready: 'Unknown AccountNotReady',
    says: /^The AWSAccount of the target account 222222222222 has not been looked at yet\.$/,
    events: ['Normal AccountNotReady'],
    result: { requeueAfterMs: 15_000 },
  },
  {
    given: 'while the operator cannot reach an account',
    arrange: () => {
      const { aws: _, ...unreachable } = accountOf(TARGET, [TARGET_ENTRY], { problem: 'no session' });
      the.cluster.accounts.set(unreachable);
    },
    writes: ['status Unknown AccountNotReady'],
    ready: 'Unknown AccountNotReady',
    says: /AWSAccount billing is not Ready: no session/,
    events: ['Normal AccountNotReady'],
    result: { requeueAfterMs: 15_000 },
  },
  {
    given: 'while an execution still uses the role: the Credentials go, the rest waits',
    arrange: () => keepInUse('execution run-17'),
    writes: ['UpdateStateMachine checkout', 'status Unknown Deleting'],
    ready: 'Unknown Deleting',
    says: /The role is still used by execution run-17\./,
    events: ['Normal Deleting'],
    result: { requeueAfterMs: 15_000 },
  },
  {
    given: 'and an execution has used the role for too long',
    arrange: () => keepInUse('execution run-17'),
    deletingForMs: PATIENCE_MS,
    writes: ['UpdateStateMachine checkout', BLOCKED],
    ready: 'False DeletionBlocked',
    says: /end it or move the alias, or abandon the link/,
    events: ['Warning DeletionBlocked'],
    result: { requeueAfterMs: 15_000 },
  },
  {
    given: 'while a suspended link shares the role',
    arrange: () => {
      the.create('b', { suspend: true });
      the.cluster.parts.memories.of('uid-b').wroteForLink = true;
    },
    writes: [BLOCKED],
    ready: 'False DeletionBlocked',
    says: /Nothing is removed from checkout while another link that shares it/,
    events: ['Warning DeletionBlocked'],
    result: { requeueAfterMs: 15_000 },
  },
  {
    given: 'while a link that shares the role was not read yet',
    arrange: () => {
      the.create('b', { stateMachineARN: machine('refund').text });
      the.cluster.parts.memories.of('uid-b').wroteForLink = true;
    },
    writes: ['UpdateStateMachine checkout', 'status Unknown Deleting'],
    ready: 'Unknown Deleting',
    says: /until the state machines of all links .* have been read/,
    events: ['Normal Deleting'],
    result: { requeueAfterMs: 2_000 },
  },
  {
    given: 'while a new link that needs all of it was not looked at yet',
    arrange: () => the.create('b'),
    writes: ['status Unknown Deleting'],
    ready: 'Unknown Deleting',
    events: ['Normal Deleting'],
    result: { requeueAfterMs: 2_000 },
  },
  {
    given: 'while the pace of calls puts off the first look at a new link that needs all of it',
    arrange: async () => {
      the.create('b');
      the.cluster.source.failures.set('stateMachine', awsFailure('laneBusy', { retryAfterMs: 700 }));
      await the.reconcile('b');
      the.cluster.source.failures.clear();
      the.calls.length = 0;
    },
    writes: ['status Unknown Deleting'],
    ready: 'Unknown Deleting',
    events: ['Normal Creating', 'Normal Deleting'],
    result: { requeueAfterMs: 2_000 },
  },
  {
    given: 'while another link needs all of it: only the finalizer goes',
    arrange: () => {
      the.create('b');
      the.forgeFinalizer('b');
      the.cluster.parts.memories.of('uid-b').wroteForLink = true;
    },
    writes: ['finalizers []'],
    ready: undefined,
    events: ['Normal Deleted'],
    result: {},
  },
  {
    given: 'and its state machine is gone: the rest is removed',
    arrange: () => the.cluster.source.machines.clear(),
    writes: REMOVAL.slice(1),
    ready: undefined,
    events: ['Normal Deleted'],
    result: {},
  },
  {
    given: 'and the definition cannot be read: a person has to correct it',
    arrange: () => the.changeDefinition('{'),
    writes: [BLOCKED],
    ready: 'False DeletionBlocked',
    says: /Correct it, or abandon the link\./,
    events: ['Warning DeletionBlocked'],
    result: { requeueAfterMs: 15_000 },
  },
  {
    given: 'and everything is gone already',
    arrange: () => {
      the.cluster.source.machines.clear();
      the.cluster.source.roles.clear();
      the.cluster.target.roles.clear();
    },
    writes: ['finalizers []'],
    ready: undefined,
    events: ['Normal Deleted'],
    result: {},
  },
  {
    given:
      'and the role is somebody else’s by now: it is left alone, and named, for it has the operator’s policy',
    arrange: () => the.changeRole((role) => ({ ...role, tags: new Map(), roleId: 'AROAANOTHER' })),
    writes: ['UpdateStateMachine checkout', 'DeleteRolePolicy checkout-exec', 'finalizers []'],
    ready: undefined,
    events: ['Warning LeftBehind'],
    result: {},
  },
  {
    given: 'and the Task has its Credentials no more: no version of the definition is made',
    arrange: () => the.changeDefinition(definitionOf({ Send: { Type: 'Pass', End: true } })),
    writes: REMOVAL.slice(1),
    ready: undefined,
    events: ['Normal Deleted'],
    result: {},
  },
  {
    given: 'and AWS refuses a removal for good',
    arrange: () => the.cluster.target.failures.set('DeleteRole', awsFailure('terminal')),
    writes: [...REMOVAL.slice(0, -1), BLOCKED],
    ready: 'False DeletionBlocked',
    says: /no\. Fix that, or abandon the link\./,
    events: ['Warning DeletionBlocked'],
    result: { requeueAfterMs: 15_000 },
  },
  {
    given: 'while the quota of AWS is used up',
    arrange: () =>
      the.cluster.source.failures.set('PutRolePolicy', awsFailure('laneBusy', { retryAfterMs: 700 })) &&
      the.cluster.source.failures.set('role', awsFailure('laneBusy', { retryAfterMs: 700 })),
    writes: ['UpdateStateMachine checkout', 'status Unknown Deleting'],
    ready: 'Unknown Deleting',
    events: ['Normal Deleting'],
    result: { requeueAfterMs: 700 },
  },
  {
    given: 'while AWS fails: it says so, and is tried again with growing pauses',
    arrange: () => the.cluster.source.failures.set('UpdateStateMachine', awsFailure('retryable')),
    writes: ['UpdateStateMachine checkout', 'status Unknown Deleting'],
    ready: 'Unknown Deleting',
    says: /no\.$/,
    events: ['Normal Deleting'],
    result: 'retryable',
  },
  {
    given: 'and AWS has refused a write for too long, as it does where a trust policy names a deleted role',
    arrange: () => the.cluster.source.failures.set('UpdateStateMachine', awsFailure('waiting')),
    deletingForMs: PATIENCE_MS,
    writes: ['UpdateStateMachine checkout', BLOCKED],
    ready: 'False DeletionBlocked',
    says: /no\. Fix that, or abandon the link\./,
    events: ['Warning DeletionBlocked'],
    result: 'waiting',
  },
];

describe('a link that is deleted', () => {
  for (const { given, spec, arrange, deletingForMs = 0, writes, ready, says, events, result } of SITUATIONS) {
    it(given, async () => {
      await the.ready('a', spec);
      await arrange?.();
      the.delete('a');
      the.cluster.now += deletingForMs;
      expect(await the.reconcile('a')).toStrictEqual(result);
      expect(the.writes).toStrictEqual(writes);
      expect(the.condition('a', 'Ready')).toBe(ready);
      if (says !== undefined) expect(the.message('a', 'Ready')).toMatch(says);
      expect(the.events).toStrictEqual(events);
    });
  }

  it('without a finalizer never wrote: nothing is done', async () => {
    the.create('a', { managementPolicy: 'Observe' });
    await the.reconcile('a');
    the.calls.length = 0;
    const object = present(the.object('a'), 'no link');
    the.cluster.links.upsert({ ...object, link: { ...object.link, deleting: true } });
    expect(await the.reconcile('a')).toStrictEqual({});
    expect(the.calls).toStrictEqual([]);
  });

  it('keeps the leg that it only observed as it is', async () => {
    await the.ready('a');
    the.edit('a', {
      targetRole: {
        arn: 'arn:aws:iam::222222222222:role/crossaccountlink/payments/checkout',
        managementPolicy: 'Observe',
      },
    });
    the.delete('a');
    await the.reconcile('a');
    expect(the.writes).toStrictEqual([
      'UpdateStateMachine checkout',
      'DeleteRolePolicy checkout-exec',
      'finalizers []',
    ]);
  });

  it('goes on where it stopped, and what is gone is not done again', async () => {
    await the.ready('a');
    the.delete('a');
    the.cluster.target.failures.set('DeleteRole', awsFailure('terminal'));
    await the.reconcile('a');
    the.cluster.target.failures.clear();
    the.calls.length = 0;
    await the.reconcile('a');
    expect(the.writes).toStrictEqual(['DeleteRole checkout', 'finalizers []']);
  });
});
