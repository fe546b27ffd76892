/** Links that share an execution role, a state machine or a target role: what each of them has, and what stays when one is
 *  deleted. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import type { JsonObject } from '../../../../src/base/json.ts';
import { machine as machineArn, role } from '../../access/fixtures.ts';
import { machine as definitionOf, sendTo } from '../../asl/machines.ts';
import { EXEC, untouchedRole } from '../test-cluster.ts';
import { ReconcilerHarness } from './reconciler-harness.ts';

let the: ReconcilerHarness;

beforeEach(() => {
  the = new ReconcilerHarness();
  the.cluster.source.roles.set(EXEC.text, untouchedRole());
});

/** A machine under the one execution role, whose Tasks are named like this. */
function putMachine(name: string, ...tasks: readonly string[]): string {
  const text = definitionOf(Object.fromEntries(tasks.map((one) => [one, sendTo(one)])));
  the.cluster.put(name, EXEC.text, text);
  return text;
}

function targetRole(name: string): string {
  return role(`crossaccountlink/payments/${name}`).text;
}

function create(name: 'a' | 'b', machine: string, spec: JsonObject = {}): void {
  the.create(name, {
    stateMachineARN: machineArn(machine).text,
    targetRole: { arn: targetRole(name) },
    ...spec,
  });
}

describe('an execution role', () => {
  beforeEach(() => {
    putMachine('checkout', 'Checkout');
    putMachine('refund', 'Refund');
    create('a', 'checkout');
    create('b', 'refund');
  });

  it('has the union of its links, and keeps what belongs to the one that stays', async () => {
    await the.converge();
    expect(the.granted()).toStrictEqual([targetRole('a'), targetRole('b')]);
    the.delete('a');
    await the.converge();
    expect(the.granted()).toStrictEqual([targetRole('b')]);
    expect(the.condition('b', 'Ready')).toBe('True InSync');
    expect(the.object('b')?.status.drift).toBeUndefined();
    the.delete('b');
    await the.converge();
    expect(the.granted()).toStrictEqual([]);
  });

  it('with a suspended link keeps what that one has: who leaves waits until it is resumed', async () => {
    await the.converge();
    the.edit('b', { suspend: true });
    await the.converge();
    expect(the.condition('b', 'Ready')).toBe('True InSync');
    the.delete('a');
    // Until the deletion's patience is over.
    for (let minutes = 0; minutes < 3; minutes += 1) {
      await the.reconcile('a');
      the.cluster.now += 60_000;
    }
    expect(the.condition('a', 'Ready')).toBe('False DeletionBlocked');
    expect(the.message('a', 'Ready')).toMatch(/suspended.*or abandon/);
    expect(the.granted()).toStrictEqual([targetRole('a'), targetRole('b')]);
    the.edit('b', { suspend: false });
    await the.converge();
    expect(the.object('a')).toBeUndefined();
    expect(the.granted()).toStrictEqual([targetRole('b')]);
  });
});

it('a state machine: each link gives its own Tasks a role, and takes back only those', async () => {
  const text = putMachine('checkout', 'One', 'Two', 'Three');
  create('a', 'checkout', { stateMachineCredentials: { tasks: ['One'] } });
  create('b', 'checkout', { stateMachineCredentials: { tasks: ['Two', 'Three'] } });
  await the.converge();
  const [one, other] = [targetRole('a'), targetRole('b')];
  const both = new Map([
    ['One', one],
    ['Two', other],
    ['Three', other],
  ]);
  expect(the.definition).toBe(setCredentials(text, both));
  the.delete('b');
  await the.converge();
  expect(the.definition).toBe(setCredentials(text, new Map([['One', one]])));
  expect(the.granted()).toStrictEqual([one]);
  expect(the.condition('a', 'Ready')).toBe('True InSync');
});

it('a target role that two links describe otherwise: the younger has a conflict, and the older’s words stand', async () => {
  putMachine('checkout', 'A', 'B');
  const described = (name: string, description: string) => ({
    targetRole: { arn: targetRole('a'), description },
    stateMachineCredentials: { tasks: [name] },
  });
  create('a', 'checkout', described('A', 'the first'));
  create('b', 'checkout', described('B', 'the second'));
  await the.converge();
  expect(the.condition('b', 'Ready')).toBe('False Conflict');
  expect(the.message('b', 'Ready')).toMatch(/older link to a sets targetRole.description/);
  expect(the.cluster.target.roles.get(targetRole('a'))?.description).toBe('the first');
  expect(the.condition('a', 'Ready')).toBe('True InSync');
});

it('an account and nothing else: a link that is refused keeps no other from being deleted', async () => {
  putMachine('checkout', 'Checkout');
  putMachine('refund', 'Refund');
  create('a', 'refund', { targetRole: { arn: role('elsewhere/a').text } });
  create('b', 'checkout');
  await the.converge();
  expect(the.condition('a', 'Ready')).toBe('False AccountNotAllowed');
  the.delete('b');
  await the.converge();
  expect(the.granted()).toStrictEqual([]);
  the.delete('a');
  await the.converge();
  expect([the.object('a'), the.object('b')]).toStrictEqual([undefined, undefined]);
});
