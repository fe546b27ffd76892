/** Links that were Ready and are refused later: what is reported and done then. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import { machine as definitionOf, sendTo } from '../../asl/machines.ts';
import { TAGS } from '../../../../src/desired/names.ts';
import { present } from '../../../expectations.ts';
import { role, TARGET } from '../../access/fixtures.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { awsFailure } from '../model-account.ts';
import { accountOf, CREATED, EXEC, TARGET_ENTRY, untouchedRole } from '../test-cluster.ts';
import { DRIFT_CHECK_MS, type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';
import { withoutPolicy } from './reconciler-situations.ts';

const SECOND = role('crossaccountlink/payments/second');

let the: ReconcilerHarness;

/** Whether the grant and whether the definition names a role. */
const named = ({ text } = ROLE) => [the.granted().includes(text), the.definition.includes(text)];
const remade = () =>
  the.cluster.target.roles.set(ROLE.text, { ...untouchedRole(ROLE.text), roleId: 'AROAFOREIGN' });

beforeEach(() => {
  the = withCheckout();
});

describe('a role that somebody else made again under its name', () => {
  for (const [when, between] of [
    ['', () => undefined],
    [' (the operator was restarted)', () => the.restart()],
  ] as const) {
    it(`is named by neither the definition nor the grant any more${when}`, async () => {
      await the.ready('a');
      remade();
      between();
      await the.converge();
      expect(the.condition('a', 'Ready')).toBe('False RoleNotOwned');
      expect(named()).toStrictEqual([false, false]);
      expect(the.object('a')?.status.drift?.recent ?? []).not.toContainEqual(
        expect.objectContaining({ repaired: true }),
      );
    });
  }

  it('keeps its Credentials where the operator of another cluster has it now: they may be that one’s', async () => {
    await the.ready('a');
    const tags = new Map([[TAGS.clusterId, 'another']]);
    the.cluster.target.roles.set(ROLE.text, { ...untouchedRole(ROLE.text), roleId: 'AROAFOREIGN', tags });
    await the.converge();
    expect(the.condition('a', 'Ready')).toBe('False RoleNotOwned');
    expect(named()).toStrictEqual([false, true]);
  });

  it('takes nothing from another link of the machine', async () => {
    the.changeDefinition(definitionOf({ A: sendTo('orders'), B: sendTo('refunds') }));
    the.create('a', { stateMachineCredentials: { tasks: ['A'] } });
    the.create('b', { targetRole: { arn: SECOND.text }, stateMachineCredentials: { tasks: ['B'] } });
    await the.converge();
    remade();
    await the.converge();
    expect(named()).toStrictEqual([false, false]);
    expect(named(SECOND)).toStrictEqual([true, true]);
    expect(the.condition('b', 'Ready')).toBe('True InSync');
  });

  it('leaves alone the Credentials that a person gave its Task meanwhile, also once the role is the link’s again', async () => {
    await the.ready('a');
    remade();
    await the.converge();
    const theirs = setCredentials(the.definition, new Map([['Send', SECOND.text]]));
    the.changeDefinition(theirs);
    await the.converge();
    the.cluster.target.roles.delete(ROLE.text);
    the.cluster.target.failures.set('CreateRole', awsFailure('terminal'));
    await the.reconcile('a');
    the.cluster.now += DRIFT_CHECK_MS;
    the.cluster.target.failures.clear();
    await the.converge();
    expect(the.condition('a', 'StateMachineCredentialsReady')).toBe('False ForeignCredentials');
    expect(the.definition).toBe(theirs);
  });

  it('keeps a former execution role on record as long as the grant there could not be taken off', async () => {
    await the.ready('a');
    remade();
    the.cluster.source.failures.set('DeleteRolePolicy', awsFailure('terminal'));
    for (let check = 0; check < 2; check += 1) {
      await the.reconcile('a');
      the.cluster.now += DRIFT_CHECK_MS;
    }
    const granting = () =>
      (the.object('a')?.status.inventory ?? []).filter(({ leg }) => leg === 'ExecutionRoleGrant');
    expect(granting()).toStrictEqual([{ leg: 'ExecutionRoleGrant', arn: EXEC.text }]);
    the.cluster.source.failures.clear();
    await the.converge();
    expect([granting(), the.granted().includes(ROLE.text)]).toStrictEqual([[], false]);
  });

  it('gets both again once it is gone, and the operator has made its own', async () => {
    await the.ready('a');
    remade();
    await the.converge();
    the.cluster.target.roles.delete(ROLE.text);
    await the.converge();
    expect(the.condition('a', 'Ready')).toBe('True InSync');
    expect(named()).toStrictEqual([true, true]);
  });
});

it('what AWS had no room for is tried again at once when room was made in the same reconcile, and then at the next check', async () => {
  await the.ready('a');
  const [own] = the.cluster.target.roles.get(ROLE.text)?.inlinePolicies.values() ?? [];
  const foreign = present(own, 'there is no policy');
  the.changeRole((found) => ({
    ...found,
    inlinePolicies: new Map([...withoutPolicy(found).inlinePolicies, ['theirs', foreign]]),
  }));
  the.cluster.target.failures.set('PutRolePolicy', awsFailure('terminal', { reason: 'QuotaExceeded' }));
  expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 250 });
  expect(the.writes).toContain('DeleteRolePolicy checkout');
  expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 540_000, isRoutine: true });
});

it('an outage is over its time though the clock was set back meanwhile', async () => {
  await the.ready('a');
  const ahead = Date.parse(CREATED) + the.cluster.now + 7_200_000;
  const { aws: _, ...unreachable } = accountOf(TARGET, [TARGET_ENTRY], {
    problem: 'no session',
    unreachableSince: ahead,
  });
  the.cluster.accounts.set(unreachable);
  await the.reconcile('a');
  expect(the.condition('a', 'Ready')).toBe('True InSync');
  the.cluster.now += 3_600_000;
  await the.reconcile('a');
  expect(the.condition('a', 'Ready')).toBe('Unknown AccountNotReady');
});

it('while a deletion waits, nothing of the link is True', async () => {
  await the.ready('a');
  the.cluster.source.inUse = [{ machine: the.machine(), inUseBy: 'execution run-1' }];
  the.delete('a');
  await the.reconcile('a');
  const conditions = (the.object('a')?.status.conditions ?? []).filter(({ status }) => status === 'True');
  expect(conditions.map(({ type }) => type)).toStrictEqual(['Reconciling']);
  expect(the.condition('a', 'StateMachineCredentialsReady')).toBe('Unknown Deleting');
});

it('a role that no longer has what its link asks for takes neither grant nor Credentials from it', async () => {
  await the.ready('a');
  const { accounts, target } = the.cluster;
  const before = [the.definition, the.granted()];
  const account = accountOf(TARGET, [TARGET_ENTRY], { aws: target });
  const quotas = { inlineTotal: 10_240, trust: 10, attached: 10 };
  accounts.set({ ...account, rules: { ...account.rules, quotas } });
  await the.converge();
  expect(the.condition('a', 'Ready')).toBe('False TrustPolicyTooLarge');
  expect([the.definition, the.granted()]).toStrictEqual(before);
});

it('a deletion that is turned to Retain half-way does not say that AWS is left as it is', async () => {
  await the.ready('a');
  the.cluster.target.failures.set('DeleteRole', awsFailure('terminal'));
  the.delete('a');
  await the.reconcile('a');
  the.edit('a', { deletionPolicy: 'Retain' });
  await the.reconcile('a');
  expect(the.object('a')).toBeUndefined();
  expect(the.notes.at(-1)).toMatch(/nothing more is removed from AWS/);
});

it('a deletion that is turned to Retain after the operator died half-way does not say so, either', async () => {
  await the.ready('a');
  the.delete('a');
  the.restart(1);
  await the.reconcile('a').catch(() => undefined);
  expect(the.tasksNaming()).toStrictEqual([]);
  the.edit('a', { deletionPolicy: 'Retain' });
  the.restart();
  await the.reconcile('a');
  expect(the.object('a')).toBeUndefined();
  expect(the.notes.at(-1)).toMatch(/nothing more is removed from AWS/);
});

it('a deletion whose account went out of reach half-way, and that is turned to Retain then, does not say so, either', async () => {
  await the.ready('a');
  the.cluster.target.failures.set('DeleteRole', awsFailure('terminal'));
  the.delete('a');
  await the.reconcile('a');
  const { aws: _, ...unreachable } = accountOf(TARGET, [TARGET_ENTRY], { problem: 'no session' });
  the.cluster.accounts.set(unreachable);
  await the.reconcile('a');
  expect(the.condition('a', 'Ready')).toBe('Unknown AccountNotReady');
  the.edit('a', { deletionPolicy: 'Retain' });
  await the.reconcile('a');
  expect(the.notes.at(-1)).toMatch(/nothing more is removed from AWS/);
});

it('permissions that an Express machine no longer needs stay for five minutes after the operator began', async () => {
  const both = definitionOf({ Send: sendTo('orders'), More: sendTo('refunds') });
  the.changeMachine({ type: 'EXPRESS', definition: both });
  await the.ready('a');
  await the.converge();
  the.changeDefinition(definitionOf({ Send: sendTo('orders') }));
  the.restart();
  await the.reconcile('a');
  expect(the.permissions).toContain('refunds');
  the.cluster.now += 300_001;
  await the.converge();
  expect(the.permissions).not.toContain('refunds');
});

it('a deletion lists executions only once new ones surely use the definition without the Credentials', async () => {
  the = withCheckout(10_000);
  await the.ready('a');
  await the.converge();
  the.delete('a');
  the.calls.length = 0;
  expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 10_000 });
  expect(the.calls).toContain('UpdateStateMachine checkout');
  expect(the.calls).not.toContain('definitionsInUse checkout');
  expect(the.message('a', 'Ready')).toBe('Waits until every new execution uses the changed definition.');
  the.cluster.now += 10_000;
  await the.reconcile('a');
  expect(the.calls).toContain('definitionsInUse checkout');
  expect(the.object('a')).toBeUndefined();
});
