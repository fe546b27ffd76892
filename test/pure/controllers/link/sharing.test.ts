/** Links that share an execution role, a state machine or a target role: what each of them has, and what is left when one
 *  goes. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import type { JsonObject } from '../../../../src/base/json.ts';
import { present } from '../../../expectations.ts';
import { machine as machineArn, role } from '../../access/fixtures.ts';
import { machine as definitionOf, task, type State } from '../../asl/machines.ts';
import { EXEC, untouchedRole } from '../test-cluster.ts';
import { ReconcilerHarness } from './reconciler-harness.ts';

let the: ReconcilerHarness;

beforeEach(() => {
  the = new ReconcilerHarness();
  the.cluster.source.roles.set(EXEC.text, untouchedRole());
});

function send(queue: string): State {
  const QueueUrl = `https://sqs.us-east-1.amazonaws.com/222222222222/${queue}`;
  return task('arn:aws:states:::sqs:sendMessage', { QueueUrl, MessageBody: 'x' });
}

/** A machine under the one execution role, whose Tasks are named like this. */
function putMachine(name: string, ...tasks: readonly string[]): string {
  const text = definitionOf(Object.fromEntries(tasks.map((one) => [one, send(one)])));
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

/** The target roles that the execution role may assume. */
function granted(): readonly string[] {
  const policies = [...present(the.cluster.source.roles.get(EXEC.text), 'no role').inlinePolicies.values()];
  return [targetRole('a'), targetRole('b')].filter((arn) => JSON.stringify(policies).includes(`"${arn}"`));
}

function definition(machine: string): string {
  return present(the.cluster.source.machines.get(machineArn(machine).text), 'no machine').definition;
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
    expect(granted()).toStrictEqual([targetRole('a'), targetRole('b')]);
    the.delete('a');
    await the.converge();
    expect(granted()).toStrictEqual([targetRole('b')]);
    expect(the.condition('b', 'Ready')).toBe('True InSync');
    expect(the.object('b')?.status.drift).toBeUndefined();
    the.delete('b');
    await the.converge();
    expect(granted()).toStrictEqual([]);
  });

  it('with a suspended link keeps what that one has: who leaves waits until it is resumed', async () => {
    await the.converge();
    the.edit('b', { suspend: true });
    await the.converge();
    expect(the.condition('b', 'Ready')).toBe('True InSync');
    the.delete('a');
    // Longer than a deletion is patient without a word.
    for (let minutes = 0; minutes < 3; minutes += 1) {
      await the.reconcile('a');
      the.cluster.now += 60_000;
    }
    expect(the.condition('a', 'Ready')).toBe('False DeletionBlocked');
    expect(the.message('a', 'Ready')).toMatch(/suspended.*or abandon/);
    expect(granted()).toStrictEqual([targetRole('a'), targetRole('b')]);
    the.edit('b', { suspend: false });
    await the.converge();
    expect(the.object('a')).toBeUndefined();
    expect(granted()).toStrictEqual([targetRole('b')]);
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
  expect(definition('checkout')).toBe(setCredentials(text, both));
  the.delete('b');
  await the.converge();
  expect(definition('checkout')).toBe(setCredentials(text, new Map([['One', one]])));
  expect(granted()).toStrictEqual([one]);
  expect(the.condition('a', 'Ready')).toBe('True InSync');
});

it('a target role that two links describe otherwise: the younger is told, and the older’s words stand', async () => {
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

it('nothing but an account: a link that is refused keeps no other from being deleted', async () => {
  putMachine('checkout', 'Checkout');
  putMachine('refund', 'Refund');
  create('a', 'refund', { targetRole: { arn: role('elsewhere/a').text } });
  create('b', 'checkout');
  await the.converge();
  expect(the.condition('a', 'Ready')).toBe('False AccountNotAllowed');
  the.delete('b');
  await the.converge();
  expect(granted()).toStrictEqual([]);
  the.delete('a');
  await the.converge();
  expect([the.object('a'), the.object('b')]).toStrictEqual([undefined, undefined]);
});
