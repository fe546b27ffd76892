/** Reconciles that fail, in every way: what the status keeps saying, what is reported when, and when it is tried again. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { machine, TARGET } from '../../access/fixtures.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { FOREIGN_TRUST, observed, parsed } from '../../plan/fixtures.ts';
import { awsFailure } from '../model-account.ts';
import { accountOf, CREATED, TARGET_ENTRY } from '../test-cluster.ts';
import { DRIFT_CHECK_MS, type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';
import { CHECK, withoutPolicy } from './reconciler-situations.ts';

/** A trust policy that lets others in alone. */
const OTHERS_ALONE = parsed(FOREIGN_TRUST);

/** When outages of these tests begin. */
const SINCE = Date.parse(CREATED) + 60_000;

let the: ReconcilerHarness;

beforeEach(() => {
  the = withCheckout();
});

/** The operator cannot act in the target account. */
function cutOff(unreachableSince: number | undefined): void {
  const fields = { problem: 'no session', ...(unreachableSince !== undefined && { unreachableSince }) };
  const { aws: _, ...unreachable } = accountOf(TARGET, [TARGET_ENTRY], fields);
  the.cluster.accounts.set(unreachable);
}

/** Of the link and of the legs of its role. */
function legsNow(): readonly (string | undefined)[] {
  return ['Ready', 'TrustPolicyReady', 'PermissionsReady'].map((type) => the.condition('a', type));
}

/** A write that waits long for its turn. */
function longTurn(): Error {
  return awsFailure('laneBusy', { retryAfterMs: 60_000 });
}

describe('failures in a row', () => {
  for (const [interval, toleratedMs] of [
    ['30s', 120_000],
    ['1m', 180_000],
    ['24h', 3 * 86_400_000],
  ] as const) {
    it(`leave a link Ready that is checked every ${interval}, until they last ${toleratedMs} ms`, async () => {
      await the.ready('a', { driftCheckInterval: interval });
      the.cluster.target.failures.set('role', awsFailure('retryable'));
      for (let round = 0; round < 20; round += 1) await the.reconcile('a');
      the.cluster.now += toleratedMs - 1;
      await the.reconcile('a');
      expect(the.condition('a', 'Ready')).toBe('True InSync');
      expect(the.writes).toStrictEqual([]);
      the.cluster.now += 1;
      await the.reconcile('a');
      expect(the.condition('a', 'Ready')).toBe('Unknown AccessDenied');
      expect(the.condition('a', 'Reconciling')).toBe('True AccessDenied');
      the.cluster.target.failures.clear();
      await the.reconcile('a');
      expect(the.condition('a', 'Ready')).toBe('True InSync');
    });
  }

  it('are reported of a link that is being made at the fourth', async () => {
    the.cluster.target.failures.set('role', awsFailure('retryable'));
    the.create('a');
    const seen: (string | undefined)[] = [];
    for (let round = 0; round < 4; round += 1) {
      await the.reconcile('a');
      seen.push(the.condition('a', 'Ready'));
    }
    expect(seen).toStrictEqual([...Array(3).fill('Unknown Creating'), 'Unknown AccessDenied']);
  });

  it('are reported at once of a link that is being made and waits long for its turn, with the call', async () => {
    const busy = awsFailure('laneBusy', { retryAfterMs: 60_000 });
    the.cluster.source.failures.set('UpdateStateMachine', busy);
    the.create('a');
    expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 60_000 });
    expect(the.condition('a', 'Ready')).toBe(`Unknown ${busy.reason}`);
    expect(the.message('a', 'Ready')).toBe(busy.message);
    the.cluster.source.failures.clear();
    await the.reconcile('a');
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });

  it.each([
    ['stateMachine', 'laneBusy'],
    ['role', 'laneBusy'],
    ['stateMachine', 'retryable'],
  ] as const)(
    'leave what is said of a link that waits for a person, where its call of %s is %s',
    async (call, kind) => {
      const said = () => ['Ready', 'Stalled', 'Reconciling'].map((type) => the.condition('a', type));
      the.create('a', { managementPolicy: 'Observe' });
      await the.reconcile('a');
      the.calls.length = 0;
      the.cluster.now += DRIFT_CHECK_MS;
      const failure = awsFailure(kind, { retryAfterMs: 60_000 });
      for (const account of [the.cluster.source, the.cluster.target]) account.failures.set(call, failure);
      expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 60_000 });
      expect(said()).toStrictEqual(['False DriftDetected', 'True DriftDetected', undefined]);
      expect(the.writes).toStrictEqual([]);
    },
  );

  describe('of a link that waits for a person for its trust policy', () => {
    beforeEach(async () => {
      await the.ready('a');
      the.cluster.target.failures.set('UpdateAssumeRolePolicy', awsFailure('terminal'));
      the.changeRole((role) => ({ ...role, trust: OTHERS_ALONE }));
      await the.reconcile('a');
      the.calls.length = 0;
    });

    it('leave that as it is said, where the same write waits for its turn', async () => {
      const said = legsNow();
      expect(said).toStrictEqual(['False AccessDenied', 'False AccessDenied', 'True InSync']);
      the.cluster.target.failures.set('UpdateAssumeRolePolicy', longTurn());
      await the.reconcile('a');
      expect(legsNow()).toStrictEqual(said);
    });

    it('are told of a leg that was in order', async () => {
      the.cluster.target.failures.set('UpdateAssumeRolePolicy', longTurn());
      the.cluster.target.failures.set('PutRolePolicy', longTurn());
      the.changeRole(withoutPolicy);
      await the.reconcile('a');
      expect(legsNow()[2]).not.toBe('True InSync');
    });

    it('leave nothing said of a leg that somebody has put in order', async () => {
      const { inlinePolicies } = the.cluster.target.roles.get(ROLE.text) ?? observed();
      the.cluster.target.failures.set('PutRolePolicy', awsFailure('terminal'));
      the.changeRole(withoutPolicy);
      await the.reconcile('a');
      expect(legsNow()[2]).toBe('False AccessDenied');
      the.cluster.target.failures.set('UpdateAssumeRolePolicy', longTurn());
      the.changeRole((role) => ({ ...role, inlinePolicies }));
      await the.reconcile('a');
      expect(legsNow()[2]).toBe('True InSync');
    });
  });

  it('do not leave what is said of another spec', async () => {
    the.create('a', { managementPolicy: 'Observe' });
    await the.reconcile('a');
    the.edit('a', { managementPolicy: 'Enforce' });
    the.cluster.target.failures.set('role', awsFailure('laneBusy', { retryAfterMs: 60_000 }));
    await the.reconcile('a');
    expect(the.condition('a', 'Ready')).toBe('Unknown AccessDenied');
  });

  it('pause no longer each time as long as something gets done', async () => {
    the.cluster.source.failures.set('role', awsFailure('retryable'));
    the.create('a');
    expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 250 });
    expect(the.writes).toContain('CreateRole checkout');
    expect(await the.reconcile('a')).toBe('retryable');
  });

  it('are counted again after a success', async () => {
    await the.ready('a');
    for (let round = 0; round < 5; round += 1) {
      the.cluster.target.failures.set('role', awsFailure('retryable'));
      await the.reconcile('a');
      the.cluster.target.failures.clear();
      await the.reconcile('a');
    }
    expect(the.condition('a', 'Ready')).toBe('True InSync');
    expect(the.writes).toStrictEqual([]);
  });

  it('leave what made the link suspect to be read afresh', async () => {
    await the.ready('a');
    the.cluster.parts.memories.of('uid-a').suspect = true;
    the.cluster.target.failures.set('role', awsFailure('retryable'));
    await the.reconcile('a');
    the.cluster.target.failures.clear();
    the.calls.length = 0;
    await the.reconcile('a');
    expect(the.calls).toContain('role checkout');
  });
});

describe('an account that cannot be reached', () => {
  it('leaves a link Ready for three checks, without a call to AWS, and is reported then', async () => {
    await the.ready('a');
    const toleratedMs = 3 * DRIFT_CHECK_MS;
    cutOff(SINCE);
    expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: toleratedMs });
    the.cluster.now += toleratedMs - 1_000;
    expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 1_000 });
    expect(the.calls).toStrictEqual([]);
    the.cluster.now += 1_000;
    expect(await the.reconcile('a')).toStrictEqual(CHECK);
    expect(the.calls).toStrictEqual(['status Unknown AccountNotReady']);
    expect(the.message('a', 'Ready')).toBe('AWSAccount billing is not Ready: no session');
    expect(the.condition('a', 'Reconciling')).toBe('True AccountNotReady');
    the.cluster.accounts.set(accountOf(TARGET, [TARGET_ENTRY], { aws: the.cluster.target }));
    await the.reconcile('a');
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });

  it('has been out of reach for as long as an earlier process has reported', async () => {
    await the.ready('a');
    cutOff(SINCE - 3 * DRIFT_CHECK_MS);
    await the.reconcile('a');
    expect(the.condition('a', 'Ready')).toBe('Unknown AccountNotReady');
  });

  it('leaves what a link says that needs a person, until it lasts too long or the spec is another', async () => {
    the.cluster.source.machines.clear();
    the.create('a');
    await the.reconcile('a');
    cutOff(SINCE);
    the.calls.length = 0;
    await the.reconcile('a');
    expect([the.condition('a', 'Ready'), the.calls]).toStrictEqual(['False StateMachineNotFound', []]);
    the.edit('a', { driftCheckInterval: '24h' });
    await the.reconcile('a');
    expect(the.condition('a', 'Ready')).toBe('Unknown AccountNotReady');
  });

  it('is reported at once of a link that the rules refused before: they allow it now', async () => {
    the.cluster.accounts.set(accountOf(TARGET, [], { aws: the.cluster.target }));
    the.create('a');
    await the.reconcile('a');
    expect(the.condition('a', 'Ready')).toBe('False AccountNotAllowed');
    cutOff(SINCE);
    await the.reconcile('a');
    expect(the.condition('a', 'Ready')).toBe('Unknown AccountNotReady');
  });

  it('or was not looked at yet, leaves a link Ready, which comes again', async () => {
    await the.ready('a', { driftCheckInterval: '30s' });
    the.cluster.accounts.delete(TARGET);
    the.cluster.registered.add(TARGET);
    expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 15_000 });
    expect(the.writes).toStrictEqual([]);
    the.cluster.now += 120_000;
    expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 15_000 });
    expect(the.condition('a', 'Ready')).toBe('Unknown AccountNotReady');
  });

  it('or was not looked at yet, leaves what is said of a link that is not Ready, until its spec is another', async () => {
    the.cluster.source.machines.clear();
    the.create('a');
    await the.reconcile('a');
    the.cluster.accounts.delete(TARGET);
    the.cluster.registered.add(TARGET);
    the.calls.length = 0;
    expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 15_000 });
    expect(the.calls).toStrictEqual([]);
    expect(the.condition('a', 'Ready')).toBe('False StateMachineNotFound');
    the.edit('a', { deletionPolicy: 'Retain' });
    await the.reconcile('a');
    expect(the.condition('a', 'Ready')).toBe('Unknown AccountNotReady');
  });

  it('leaves an event about the link to be looked into when it is back', async () => {
    await the.ready('a');
    the.cluster.parts.memories.of('uid-a').suspect = true;
    cutOff(SINCE);
    await the.reconcile('a');
    the.cluster.accounts.set(accountOf(TARGET, [TARGET_ENTRY], { aws: the.cluster.target }));
    await the.reconcile('a');
    expect(the.calls).toContain('role checkout');
  });
});

describe('a suspended link whose state machine nobody has read', () => {
  beforeEach(async () => {
    await the.ready('a');
    the.edit('a', { suspend: true });
    the.cluster.parts.machines.forget(machine('checkout').text);
  });

  it("comes back when AWS's pace lets it", async () => {
    the.cluster.source.failures.set('stateMachine', awsFailure('laneBusy', { retryAfterMs: 700 }));
    expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 700 });
  });

  it('comes back with growing pauses when AWS fails', async () => {
    the.cluster.source.failures.set('stateMachine', awsFailure('retryable'));
    expect(await the.reconcile('a')).toBe('retryable');
  });
});

describe('a request for a reconcile', () => {
  const WAYS: Readonly<Record<string, () => void>> = {
    'a read fails': () => the.cluster.target.failures.set('role', awsFailure('retryable')),
    'the state machine cannot be read': () =>
      the.cluster.source.failures.set('stateMachine', awsFailure('retryable')),
    'AWS is throttled': () => the.cluster.target.failures.set('role', awsFailure('throttled')),
    'the quota is used up': () =>
      the.cluster.target.failures.set('role', awsFailure('laneBusy', { retryAfterMs: 700 })),
    'the object changed': () => the.cluster.target.failures.set('role', awsFailure('conflict')),
    'something is not found': () => the.cluster.target.failures.set('role', awsFailure('notFound')),
    'AWS does not allow it': () => the.cluster.target.failures.set('role', awsFailure('terminal')),
    'a write fails': () => {
      the.changeRole(withoutPolicy);
      the.cluster.target.failures.set('PutRolePolicy', awsFailure('retryable', { outcomeUnknown: true }));
    },
    'a write is refused': () => {
      the.changeRole(withoutPolicy);
      the.cluster.target.failures.set('PutRolePolicy', awsFailure('terminal'));
    },
    'an account is not Ready': () => {
      cutOff(undefined);
    },
    'an account was not looked at yet': () => {
      the.cluster.accounts.delete(TARGET);
      the.cluster.registered.add(TARGET);
    },
    'nobody registers an account': () => the.cluster.accounts.delete(TARGET),
    'the rules do not allow the link': () =>
      the.cluster.accounts.set(accountOf(TARGET, [], { aws: the.cluster.target })),
    'the state machine is gone': () => the.cluster.source.machines.clear(),
    'the link is suspended': () => the.edit('a', { suspend: true }),
    'the link is suspended, and its state machine cannot be read': () => {
      the.edit('a', { suspend: true });
      the.cluster.parts.machines.forget(machine('checkout').text);
      the.cluster.source.failures.set('stateMachine', awsFailure('retryable'));
    },
    'the link is being deleted, and AWS fails': () => {
      the.cluster.source.failures.set('UpdateStateMachine', awsFailure('retryable'));
      the.delete('a');
    },
    'the link is being deleted, and its account is not Ready': () => {
      cutOff(undefined);
      the.delete('a');
    },
  };

  for (const [way, arrange] of Object.entries(WAYS)) {
    it(`is answered when ${way}`, async () => {
      await the.ready('a');
      arrange();
      the.request('a', 'now');
      await the.reconcile('a');
      expect(the.object('a')?.status.lastHandledReconcileAt).toBe('now');
    });
  }

  it('that only a person can resolve is no reason to read afresh for ever', async () => {
    await the.ready('a');
    the.changeRole(withoutPolicy);
    the.cluster.target.failures.set('PutRolePolicy', awsFailure('terminal'));
    the.request('a', 'now');
    await the.reconcile('a');
    the.calls.length = 0;
    await the.reconcile('a');
    expect(the.calls).toContain('role checkout-exec from a snapshot');
    expect(the.calls).not.toContain('role checkout-exec');
  });
});

describe('a role that does not exist', () => {
  const LEGS = ['TargetRoleReady', 'TrustPolicyReady', 'PermissionsReady'] as const;
  const conditions = () => LEGS.map((leg) => the.condition('a', leg));

  it('and cannot be made has no leg that is as wanted', async () => {
    the.cluster.target.failures.set('CreateRole', awsFailure('terminal'));
    the.create('a');
    await the.reconcile('a');
    expect(conditions()).toStrictEqual(['False AccessDenied', 'Unknown Creating', 'Unknown Creating']);
  });

  it('and is only observed has none, either', async () => {
    the.create('a', { managementPolicy: 'Observe' });
    await the.reconcile('a');
    expect(conditions()).toStrictEqual(LEGS.map(() => 'False DriftDetected'));
  });

  it('any more, and cannot be made again, is reported at once', async () => {
    await the.ready('a');
    the.cluster.target.roles.clear();
    the.cluster.target.failures.set('CreateRole', awsFailure('terminal'));
    the.request('a', 'now');
    await the.reconcile('a');
    expect(conditions().filter((condition) => condition?.startsWith('True'))).toStrictEqual([]);
    expect(the.condition('a', 'Ready')).toBe('False AccessDenied');
  });
});
