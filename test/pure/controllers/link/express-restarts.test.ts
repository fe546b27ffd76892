/** Executions of an Express machine cannot be listed. What one that began before the operator did may need stays for as long as it
 *  may last, whatever was changed while the operator was away. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { LONGEST_EXPRESS_MS } from '../../../../src/desired/machine-view.ts';
import { policyName } from '../../../../src/desired/names.ts';
import { present } from '../../../expectations.ts';
import { machine, role, SOURCE } from '../../access/fixtures.ts';
import { CLUSTER, ROLE } from '../../desired/fixtures.ts';
import { EXEC, untouchedRole } from '../test-cluster.ts';
import { ReconcilerHarness } from './reconciler-harness.ts';

const OTHER_EXEC = role('other-exec', SOURCE);
const OTHER_ROLE = role('crossaccountlink/payments/other');

let the: ReconcilerHarness;

beforeEach(async () => {
  the = new ReconcilerHarness();
  for (const name of ['checkout', 'refund']) express(name, EXEC.text);
  for (const { text } of [EXEC, OTHER_EXEC]) the.cluster.source.roles.set(text, untouchedRole(text));
  the.create('a');
  the.create('b', { stateMachineARN: machine('refund').text, targetRole: { arn: OTHER_ROLE.text } });
  await the.converge();
  await look('a', LONGEST_EXPRESS_MS);
  await look('b', 0);
});

function express(name: string, executionRoleArn: string): void {
  const { machines } = the.cluster.source;
  const found = machines.get(machine(name).text);
  if (found === undefined) the.cluster.put(name, executionRoleArn);
  const now = present(machines.get(machine(name).text), 'no machine');
  machines.set(now.arn, { ...now, type: 'EXPRESS', executionRoleArn });
}

async function look(name: string, afterMs: number): Promise<void> {
  the.cluster.now += afterMs;
  the.request(name, `at ${the.cluster.now}`);
  await the.reconcile(name);
}

function grantOn({ text }: typeof EXEC): string {
  const policies = the.cluster.source.roles.get(text)?.inlinePolicies;
  return JSON.stringify(policies?.get(policyName(CLUSTER)) ?? '');
}

function trustOf({ text }: typeof ROLE): string {
  return JSON.stringify(the.cluster.target.roles.get(text)?.trust ?? '');
}

describe('an Express machine gets another execution role while the operator is away', () => {
  beforeEach(() => {
    the.restart();
    express('checkout', OTHER_EXEC.text);
  });

  it('grant and trust of the former one stay for five minutes, and then go', async () => {
    await look('a', 0);
    for (const beforeMs of [LONGEST_EXPRESS_MS - 60_000, 59_000]) {
      await look('a', beforeMs);
      expect([grantOn(EXEC).includes(ROLE.text), trustOf(ROLE).includes(EXEC.text)]).toStrictEqual([
        true,
        true,
      ]);
      expect([grantOn(OTHER_EXEC).includes(ROLE.text), the.condition('a', 'Ready')]).toStrictEqual([
        true,
        'True InSync',
      ]);
    }
    await look('b', 1_001);
    await look('a', 1_000);
    expect([grantOn(EXEC).includes(ROLE.text), trustOf(ROLE).includes(EXEC.text)]).toStrictEqual([
      false,
      false,
    ]);
    expect(grantOn(EXEC)).toContain(OTHER_ROLE.text);
  });

  it('another link under the former one takes nothing off for it, either', async () => {
    await look('a', 0);
    await look('b', 1_000);
    expect(grantOn(EXEC)).toContain(ROLE.text);
    the.delete('b');
    for (let round = 0; round < 4; round += 1) {
      await look('b', 60_000);
      expect(grantOn(EXEC)).toContain(ROLE.text);
    }
    await look('a', 61_000);
    await the.converge();
    expect([the.object('b'), grantOn(EXEC)]).toStrictEqual([undefined, '""']);
  });

  it('a second start begins the five minutes anew', async () => {
    await look('a', 0);
    the.cluster.now += LONGEST_EXPRESS_MS - 1_000;
    the.restart();
    await look('a', 2_000);
    expect([grantOn(EXEC).includes(ROLE.text), trustOf(ROLE).includes(EXEC.text)]).toStrictEqual([
      true,
      true,
    ]);
  });
});

it('a machine that is Express holds up nothing on the role that it runs under', async () => {
  the.create('c', {
    stateMachineARN: machine('third').text,
    targetRole: { arn: role('crossaccountlink/payments/third').text },
  });
  the.cluster.put('third');
  await the.converge();
  the.restart();
  the.delete('c');
  await the.converge();
  expect([the.object('c'), grantOn(EXEC).includes('third'), grantOn(EXEC).includes(ROLE.text)]).toStrictEqual(
    [undefined, false, true],
  );
});
