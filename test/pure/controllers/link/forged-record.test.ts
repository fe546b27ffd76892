/** Tenants can write the annotation that records execution roles. What AWS shows decides which role has what. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ANNOTATIONS } from '../../../../src/api/metadata.ts';
import { present } from '../../../expectations.ts';
import { asSource, role, SOURCE, TARGET } from '../../access/fixtures.ts';
import { machine as definitionOf, task } from '../../asl/machines.ts';
import { grantStatement } from '../../../../src/desired/grant.ts';
import { policyName, TAGS } from '../../../../src/desired/names.ts';
import { CLUSTER, NAMESPACE, ROLE } from '../../desired/fixtures.ts';
import { parsed, STATES_TRUST } from '../../plan/fixtures.ts';
import { accountOf, SOURCE_ENTRY, TARGET_ENTRY, untouchedRole } from '../test-cluster.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';
import { observedMachine } from '../../observed/fixtures.ts';

const CHAIN = `arn:aws:states:us-east-1:${TARGET}:stateMachine:chain`;
const CHAIN_EXEC = role('chain-exec').text;
const BACK = role('crossaccountlink/payments/back', SOURCE).text;

let the: ReconcilerHarness;

/** Link `onward` from `checkout` in one account, and machine `chain` in the other, which may be linked back. */
beforeEach(async () => {
  the = withCheckout();
  const { accounts, source, target } = the.cluster;
  const chainEntry = asSource(['chain'], [`arn:aws:iam::${TARGET}:role/*`]);
  accounts.set(accountOf(SOURCE, [SOURCE_ENTRY, TARGET_ENTRY], { aws: source }));
  accounts.set(accountOf(TARGET, [TARGET_ENTRY, chainEntry], { aws: target }));
  target.roles.set(CHAIN_EXEC, untouchedRole(CHAIN_EXEC));
  await the.ready('onward');
});

function putChain(executionRoleArn: string): void {
  const QueueUrl = `https://sqs.us-east-1.amazonaws.com/${SOURCE}/orders`;
  const send = task('arn:aws:states:::sqs:sendMessage', { QueueUrl, MessageBody: 'x' });
  const chain = observedMachine(definitionOf({ Send: send }), { arn: CHAIN, executionRoleArn });
  the.cluster.target.machines.set(CHAIN, chain);
}

describe('a target role', () => {
  it('that a tenant writes into the record of his link keeps its permissions', async () => {
    putChain(CHAIN_EXEC);
    the.create('back', { stateMachineARN: CHAIN, targetRole: { arn: BACK } });
    await the.converge();
    the.annotate('back', { [ANNOTATIONS.executionRoles]: ROLE.text });
    const before = the.cluster.target.roles.get(ROLE.text);
    await the.reconcile('back');
    the.delete('back');
    await the.converge();
    expect(the.cluster.target.roles.get(ROLE.text)).toStrictEqual(before);
  });

  it('that a state machine runs under is given no grant: the two links do not write over each other', async () => {
    putChain(ROLE.text);
    the.create('back', { stateMachineARN: CHAIN, targetRole: { arn: BACK } });
    const before = the.cluster.target.roles.get(ROLE.text);
    await the.converge();
    expect([the.condition('onward', 'Ready'), the.condition('back', 'Ready')]).toStrictEqual([
      'True InSync',
      'False PolicyNotOwned',
    ]);
    expect(the.cluster.target.roles.get(ROLE.text)).toStrictEqual(before);
  });
});

describe('an execution role that the rules do not let a link change', () => {
  const KEPT = role('crossaccountlink/payments/kept').text;
  const UNLISTED = role('unlisted', SOURCE).text;

  /** It has what a link of others has left there. */
  beforeEach(() => {
    const inlinePolicies = new Map([[policyName(CLUSTER), parsed(grantStatement([KEPT]))]]);
    the.cluster.source.roles.set(UNLISTED, { ...untouchedRole(UNLISTED), inlinePolicies });
    the.annotate('onward', { [ANNOTATIONS.executionRoles]: UNLISTED });
  });

  it.each<readonly [when: string, happen: () => void]>([
    ['is looked at', () => the.request('onward', 'now')],
    ['has its role made again', () => the.cluster.target.roles.delete(ROLE.text)],
    ['is deleted', () => the.delete('onward')],
  ])('keeps its grant when a tenant writes it into the record of a link that %s', async (_when, happen) => {
    const before = the.cluster.source.roles.get(UNLISTED);
    happen();
    await the.converge();
    expect(the.cluster.source.roles.get(UNLISTED)).toStrictEqual(before);
    const inventory = the.object('onward')?.status.inventory ?? [];
    expect(inventory.map(({ arn }) => arn)).not.toContain(UNLISTED);
  });
});

describe('an execution role that has a grant', () => {
  it('and our tags, set by hand, is no target role: it is neither written nor deleted', async () => {
    const { roles } = the.cluster.target;
    const arn = role('crossaccountlink/payments/chain-exec').text;
    const tags = new Map([
      [TAGS.clusterId, CLUSTER],
      [TAGS.namespace, NAMESPACE],
    ]);
    putChain(arn);
    roles.set(arn, { ...untouchedRole(arn), trust: parsed(STATES_TRUST) });
    the.create('back', { stateMachineARN: CHAIN, targetRole: { arn: BACK } });
    await the.converge();
    expect(the.condition('back', 'Ready')).toBe('True InSync');
    roles.set(arn, { ...present(roles.get(arn), arn), tags });
    const before = roles.get(arn);
    the.create('taker', { targetRole: { arn } });
    await the.converge();
    expect(the.condition('taker', 'TargetRoleReady')).toBe('False RoleNotOwned');
    the.delete('taker');
    await the.converge();
    expect(roles.get(arn)).toStrictEqual(before);
  });
});
