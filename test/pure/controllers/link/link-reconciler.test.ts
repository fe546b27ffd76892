/** One reconcile of a link: the state of cluster and AWS → calls, conditions, Events, and when to come again. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AwsFailure } from '../../../../src/aws/errors/errors.ts';
import { present } from '../../../expectations.ts';
import { asTarget, SOURCE, TARGET } from '../../access/fixtures.ts';
import { machine as definitionOf, sendTo } from '../../asl/machines.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { accountOf, SENDING, SOURCE_ENTRY } from '../test-cluster.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';
import { NEW } from './new-situations.ts';
import { CHECK, IN_SYNC, READ_BACK, withoutPolicy, type Situation } from './reconciler-situations.ts';
import { INTERRUPTED } from './interrupted-situations.ts';

const OTHER_QUEUE = definitionOf({ Send: sendTo('refunds') });

let the: ReconcilerHarness;

beforeEach(() => {
  the = withCheckout();
});

async function check(situation: Situation): Promise<void> {
  const { writes, calls, conditions, events, result } = situation;
  expect(await the.reconcile('a')).toStrictEqual(result);
  if (calls !== undefined) expect(the.calls).toStrictEqual(calls);
  if (writes !== undefined) expect(the.writes).toStrictEqual(writes);
  const types = Object.keys(conditions);
  expect(Object.fromEntries(types.map((type) => [type, the.condition('a', type)]))).toStrictEqual(conditions);
  expect(the.events).toStrictEqual(events);
}

describe('a new link', () => {
  for (const situation of NEW) {
    it(situation.given, async () => {
      situation.arrange?.(the);
      the.create('a', situation.spec);
      await check(situation);
    });
  }
});

describe('a link that was in sync', () => {
  for (const situation of [...IN_SYNC, ...INTERRUPTED]) {
    it(situation.given, async () => {
      await the.ready('a', situation.spec);
      situation.arrange?.(the);
      await check(situation);
    });
  }
});

describe('the definition', () => {
  it('waits until IAM has propagated, and the link comes back right then, before new ones', async () => {
    the = withCheckout(10_000);
    the.create('a');
    expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 10_000, isBegun: true });
    expect(the.condition('a', 'StateMachineCredentialsReady')).toBe('Unknown Propagating');
    expect(the.writes).not.toContain('UpdateStateMachine checkout');
    the.cluster.now = 10_000;
    expect(await the.reconcile('a')).toStrictEqual(READ_BACK);
    expect(the.writes).toContain('UpdateStateMachine checkout');
  });

  it('is read again ten seconds after it was written, once, and that costs one call', async () => {
    the.create('a');
    expect(await the.reconcile('a')).toStrictEqual(READ_BACK);
    the.cluster.now += 10_000;
    the.calls.length = 0;
    expect(await the.reconcile('a')).toStrictEqual(CHECK);
    expect(the.calls.filter((call) => !call.endsWith('from a snapshot'))).toStrictEqual([
      'stateMachine checkout',
    ]);
  });

  it('that somebody wrote at the same time without the Credentials gets them back then', async () => {
    the.create('a');
    await the.reconcile('a');
    the.changeDefinition(SENDING);
    the.cluster.now += 10_000;
    the.calls.length = 0;
    expect(await the.reconcile('a')).toStrictEqual(READ_BACK);
    expect(the.writes).toContain('UpdateStateMachine checkout');
    expect(the.events).toContain('Normal DriftRepaired');
  });

  it('that needs more than before widens the role before anything else', async () => {
    await the.ready('a');
    the.changeDefinition(OTHER_QUEUE);
    the.request('a', 'now');
    await the.reconcile('a');
    expect(the.writes[0]).toBe('PutRolePolicy checkout');
    expect(the.permissions).toContain(':refunds"');
  });

  it('does not widen the role where the account blocks growth, until the link is edited', async () => {
    the.cluster.holdGrowth();
    await the.ready('a');
    the.changeDefinition(OTHER_QUEUE);
    the.request('a', 'now');
    await the.reconcile('a');
    expect(the.condition('a', 'PermissionsReady')).toBe('False GrowthHeld');
    expect(the.writes).not.toContain('PutRolePolicy checkout');
    the.edit('a', { driftCheckInterval: '11m' });
    await the.reconcile('a');
    expect(the.writes).toContain('PutRolePolicy checkout');
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });

  it('that no longer uses the role in a Task is followed by another reconcile, which takes the permissions', async () => {
    await the.ready('a');
    the.edit('a', { stateMachineCredentials: { tasks: [] } });
    expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 500 });
    expect(the.writes[0]).toBe('UpdateStateMachine checkout');
    the.calls.length = 0;
    await the.reconcile('a');
    expect(the.writes[0]).toBe('DeleteRolePolicy checkout');
  });
});

describe('a role that somebody keeps changing back', () => {
  it('is repaired three times, then the link waits and says so', async () => {
    await the.ready('a');
    for (let round = 0; round < 3; round += 1) {
      the.changeRole(withoutPolicy);
      expect(await the.reconcile('a')).toStrictEqual(CHECK);
    }
    the.changeRole(withoutPolicy);
    the.calls.length = 0;
    expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 15_000 });
    expect(the.writes).toStrictEqual(['status False Conflict']);
    expect(the.message('a', 'PermissionsReady')).toMatch(/has changed .* back 3 times/);
    the.cluster.now += 15_000;
    await the.reconcile('a');
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });
});

describe('a link that the API server refuses to write', () => {
  it('because it changed meanwhile is reconciled again soon', async () => {
    the.create('a');
    const stale = present(the.object('a'), 'no link');
    the.edit('a', { driftCheckInterval: '11m' });
    the.cluster.links.upsert(stale);
    the.cluster.source.machines.clear();
    expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 1_000 });
  });

  it('has the drift that was found then in its status the next time', async () => {
    await the.ready('a');
    the.changeRole(withoutPolicy);
    const { target } = the.cluster;
    const apply = target.apply.bind(target);
    target.apply = (action) => {
      the.edit('a', { driftCheckInterval: '11m' });
      target.apply = apply;
      return apply(action);
    };
    expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 1_000 });
    expect(the.events.filter((event) => event.includes('DriftDetected'))).toHaveLength(1);
    await the.reconcile('a');
    expect(the.object('a')?.status.drift).toMatchObject({ total: 1, recent: [{ repaired: true }] });
    expect(the.events.filter((event) => event.includes('DriftDetected'))).toHaveLength(1);
  });

  it('because it is gone is done', async () => {
    expect(await the.reconcile('nobody')).toStrictEqual({});
  });
});

/** The link changes, and the cache goes on showing it as it was. */
async function lagging(change: () => void): Promise<void> {
  await the.ready('a');
  const stale = present(the.object('a'), 'no link');
  change();
  the.cluster.links.upsert(stale);
  the.changeRole(withoutPolicy);
  expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 1_000 });
}

describe('a cache that lags behind', () => {
  for (const [what, change] of [
    ['is being deleted', () => the.delete('a')],
    ['wants something else', () => the.edit('a', { targetRole: { arn: ROLE.text, description: 'x' } })],
    ['is gone', () => (the.removeFinalizer('a'), the.delete('a'))],
  ] as const) {
    it(`has nothing written for a link that ${what}`, async () => {
      await lagging(change);
      expect(the.writes.filter((call) => call.includes('Policy'))).toStrictEqual([]);
    });
  }
});

it('what the entries of the source account do not allow is refused unread', async () => {
  the.cluster.accounts.set(accountOf(SOURCE, [{ ...SOURCE_ENTRY, asSource: { stateMachines: [] } }]));
  the.create('a');
  expect(await the.reconcile('a')).toStrictEqual(CHECK);
  expect(the.condition('a', 'Ready')).toBe('False AccountNotAllowed');
});

function raise(quotas: { inlineTotal: number; trust: number; attached: number }): void {
  const entry = asTarget({ allowedActions: ['sqs:*'], allowedResources: ['*'] });
  const { rules, ...account } = accountOf(TARGET, [entry], { aws: the.cluster.target });
  the.cluster.accounts.set({ ...account, rules: { ...rules, quotas } });
}

describe('quotas that the target account had raised', () => {
  const resources = Array.from(
    { length: 120 },
    (_, index) => `arn:aws:sqs:us-east-1:222222222222:${'q'.repeat(70)}${index}`,
  );
  const targetRole = {
    arn: ROLE.text,
    permissions: { statements: [{ actions: ['sqs:SendMessage'], resources }] },
  };

  it('hold for what a link may need; without them it is refused', async () => {
    the.create('a', { targetRole });
    await the.reconcile('a');
    expect(the.condition('a', 'PermissionsReady')).toBe('False GrantTooLarge');
    raise({ inlineTotal: 20_480, trust: 2_048, attached: 10 });
    await the.reconcile('a');
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });

  it.each([
    ['PutRolePolicy', 'PermissionsReady', 'GrantTooLarge'],
    ['CreateRole', 'TargetRoleReady', 'TrustPolicyTooLarge'],
  ] as const)(
    'and AWS’s own refusal of %s is understood whatever they say',
    async (operation, leg, reason) => {
      raise({ inlineTotal: 1_000_000, trust: 1_000_000, attached: 1_000 });
      const subject = { accountId: TARGET, operation, object: ROLE.text };
      the.cluster.target.failures.set(
        operation,
        new AwsFailure(subject, { kind: 'terminal', reason }, 'LimitExceeded'),
      );
      the.create('a', { targetRole });
      await the.reconcile('a');
      expect(the.condition('a', leg)).toBe(`False ${reason}`);
      the.cluster.target.failures.clear();
      the.request('a', 'now');
      await the.reconcile('a');
      expect(the.condition('a', 'Ready')).toBe('True InSync');
    },
  );
});

it('a request is answered however long its token is, as far as a status can hold that', async () => {
  await the.ready('a');
  the.request('a', `${'x'.repeat(255)}\u{1f600} and more`);
  await the.reconcile('a');
  expect(the.object('a')?.status.lastHandledReconcileAt).toBe(`${'x'.repeat(255)}\ufffd`);
  the.calls.length = 0;
  await the.reconcile('a');
  expect(the.writes).toStrictEqual([]);
});
