/** A grant that no status names, on the former execution role of a state machine: the next check removes it, and only what no
 *  link needs. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import { grantStatement } from '../../../../src/desired/grant.ts';
import { policyName } from '../../../../src/desired/names.ts';
import type { ObservedRole } from '../../../../src/observed/objects.ts';
import { machine, role, SOURCE } from '../../access/fixtures.ts';
import { CLUSTER, ROLE } from '../../desired/fixtures.ts';
import { parsed } from '../../plan/fixtures.ts';
import { awsFailure } from '../model-account.ts';
import { SENDING, untouchedRole } from '../test-cluster.ts';
import { DRIFT_CHECK_MS, type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const FORMER = role('former-exec', SOURCE);
const UNLISTED = role('unlisted', SOURCE);
const OTHER_TARGET = role('crossaccountlink/payments/other');

let the: ReconcilerHarness;

function granted(arn: string, ...targets: readonly string[]): ObservedRole {
  const policy = parsed(grantStatement(targets));
  return { ...untouchedRole(arn), inlinePolicies: new Map([[policyName(CLUSTER), policy]]) };
}

/** As the snapshot after that shows it. */
function strays(arn: string, ...targets: readonly string[]): void {
  the.cluster.source.roles.set(arn, granted(arn, ...targets));
  the.cluster.source.strays = new Map([[arn, targets]]);
}

/** What was started with a definition whose Task names that role. */
function naming(targetArn: string): void {
  const definition = setCredentials(SENDING, new Map([['Send', targetArn]]));
  const running = { definition, executionRoleArn: FORMER.text };
  the.cluster.source.inUse = [{ machine: running, inUseBy: 'run' }];
}

const stands = () => the.cluster.source.roles.get(FORMER.text)?.inlinePolicies.size;
const removals = () => the.writes.filter((write) => write.startsWith('DeleteRolePolicy'));

beforeEach(async () => {
  the = withCheckout();
  await the.ready('a');
  await the.converge();
  the.calls.length = 0;
  the.events.length = 0;
});

it('goes with the next check of the link whose role it names, and is no drift', async () => {
  strays(FORMER.text, ROLE.text);
  await the.converge();
  expect(removals()).toStrictEqual(['DeleteRolePolicy former-exec']);
  expect(the.events).toStrictEqual([]);
  expect(the.condition('a', 'Ready')).toBe('True InSync');
  expect(the.object('a')?.status.inventory).toHaveLength(3);
});

it('goes when the operator has just begun, too, once every link was looked at', async () => {
  the.cluster.put('refund');
  the.create('b', { stateMachineARN: machine('refund').text, targetRole: { arn: OTHER_TARGET.text } });
  await the.converge();
  strays(FORMER.text, ROLE.text);
  the.restart();
  the.calls.length = 0;
  await the.reconcile('a');
  expect(the.writes).toStrictEqual([]);
  await the.reconcile('b');
  await the.converge();
  expect(removals()).toStrictEqual(['DeleteRolePolicy former-exec']);
});

it('goes when its link is deleted', async () => {
  strays(FORMER.text, ROLE.text);
  the.delete('a');
  await the.converge();
  expect(the.object('a')).toBeUndefined();
  expect(removals()).toContain('DeleteRolePolicy former-exec');
});

it('stays as long as an execution runs under that role', async () => {
  strays(FORMER.text, ROLE.text, OTHER_TARGET.text);
  naming(ROLE.text);
  await the.converge();
  expect(removals()).toStrictEqual([]);
});

it('stays for what another link may still run under that role when the one is deleted', async () => {
  the.cluster.put('refund');
  the.create('b', { stateMachineARN: machine('refund').text, targetRole: { arn: OTHER_TARGET.text } });
  await the.converge();
  the.restart();
  await the.converge();
  strays(FORMER.text, ROLE.text, OTHER_TARGET.text);
  naming(OTHER_TARGET.text);
  the.delete('a');
  await the.reconcile('a');
  expect(the.granted(FORMER.text)).toContain(OTHER_TARGET.text);
});

it('is left alone on a role that the rules do not let the link change', async () => {
  strays(UNLISTED.text, ROLE.text);
  await the.converge();
  expect(the.writes).toStrictEqual([]);
});

it('is looked at again: what only an old snapshot shows is not written to', async () => {
  the.cluster.source.roles.set(FORMER.text, untouchedRole(FORMER.text));
  the.cluster.source.strays = new Map([[FORMER.text, [ROLE.text]]]);
  await the.converge();
  expect(the.writes).toStrictEqual([]);
  expect(the.condition('a', 'Ready')).toBe('True InSync');
});

describe('of which AWS refuses the removal', () => {
  it('leaves the link Ready, is no drift, and is tried again with each check', async () => {
    strays(FORMER.text, ROLE.text);
    the.cluster.source.failures.set('DeleteRolePolicy', awsFailure('terminal'));
    for (let check = 0; check < 3; check += 1) {
      await the.reconcile('a');
      the.cluster.now += DRIFT_CHECK_MS;
    }
    expect([the.condition('a', 'Ready'), stands()]).toStrictEqual(['True InSync', 1]);
    expect(removals()).toHaveLength(3);
    expect(the.events).toStrictEqual([]);
  });

  it('leaves the link Ready, too, where not even the role may be read', async () => {
    strays(FORMER.text, ROLE.text);
    const { source } = the.cluster;
    const read = source.role.bind(source);
    source.role = (arn, ...rest) =>
      arn === FORMER.text ? Promise.reject(awsFailure('terminal')) : read(arn, ...rest);
    await the.converge();
    expect([the.condition('a', 'Ready'), stands()]).toStrictEqual(['True InSync', 1]);
  });
});

it('decides nothing about a link that only observes grants', async () => {
  the.edit('a', { executionRoleGrant: { managementPolicy: 'Observe' } });
  await the.converge();
  strays(FORMER.text, ROLE.text);
  the.calls.length = 0;
  await the.converge();
  expect(the.condition('a', 'Ready')).toBe('True InSync');
  expect(the.condition('a', 'ExecutionRoleGrantReady')).toBe('True InSync');
  expect(removals()).toStrictEqual([]);
});

it('stays while the link that has it is suspended, although its machine has another role by now', async () => {
  the.cluster.put('refund');
  the.create('b', { stateMachineARN: machine('refund').text, targetRole: { arn: OTHER_TARGET.text } });
  await the.converge();
  the.edit('b', { suspend: true });
  the.cluster.source.roles.set(FORMER.text, untouchedRole(FORMER.text));
  the.cluster.put('refund', FORMER.text);
  the.restart();
  await the.converge();
  expect(the.granted()).toContain(OTHER_TARGET.text);
  the.edit('b', { suspend: false });
  await the.converge();
  expect(the.granted()).toStrictEqual([ROLE.text]);
});
