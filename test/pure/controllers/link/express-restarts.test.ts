/** Executions of an Express machine cannot be listed. What one that began before the operator started may need is kept for as
 *  long as it may last, whatever was changed while the operator was away. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { LONGEST_EXPRESS_MS } from '../../../../src/desired/machine-view.ts';
import { machine, role, SOURCE } from '../../access/fixtures.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { EXEC, untouchedRole } from '../test-cluster.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const OTHER_EXEC = role('other-exec', SOURCE);
const OTHER_ROLE = role('crossaccountlink/payments/other');

let the: ReconcilerHarness;

beforeEach(async () => {
  the = withCheckout();
  the.cluster.put('refund');
  for (const name of ['checkout', 'refund']) the.changeMachine({ type: 'EXPRESS' }, name);
  the.cluster.source.roles.set(OTHER_EXEC.text, untouchedRole(OTHER_EXEC.text));
  the.create('a');
  the.create('b', { stateMachineARN: machine('refund').text, targetRole: { arn: OTHER_ROLE.text } });
  await the.converge();
  await look('a', LONGEST_EXPRESS_MS);
  await look('b', 0);
});

async function look(name: string, afterMs: number): Promise<void> {
  the.cluster.now += afterMs;
  the.request(name, `at ${the.cluster.now}`);
  await the.reconcile(name);
}

/** Whether an execution role may still assume the target role, by its grant and by the trust policy. */
function mayAssume(executionRole: typeof EXEC): readonly boolean[] {
  const trust = JSON.stringify(the.cluster.target.roles.get(ROLE.text)?.trust ?? '');
  return [the.granted(executionRole.text).includes(ROLE.text), trust.includes(executionRole.text)];
}

describe('an Express machine gets another execution role while the operator is away', () => {
  beforeEach(() => {
    the.restart();
    the.changeMachine({ executionRoleArn: OTHER_EXEC.text });
  });

  it('grant and trust of the former one stay for five minutes, and then go', async () => {
    await look('a', 0);
    for (const beforeMs of [LONGEST_EXPRESS_MS - 60_000, 59_000]) {
      await look('a', beforeMs);
      expect(mayAssume(EXEC)).toStrictEqual([true, true]);
      expect(mayAssume(OTHER_EXEC)).toStrictEqual([true, true]);
      expect(the.condition('a', 'Ready')).toBe('True InSync');
    }
    await look('b', 1_001);
    await look('a', 1_000);
    expect(mayAssume(EXEC)).toStrictEqual([false, false]);
    expect(the.granted()).toStrictEqual([OTHER_ROLE.text]);
  });

  it('another link under the former one takes nothing off for it, either', async () => {
    await look('a', 0);
    await look('b', 1_000);
    expect(the.granted()).toContain(ROLE.text);
    the.delete('b');
    for (let round = 0; round < 4; round += 1) {
      await look('b', 60_000);
      expect(the.granted()).toContain(ROLE.text);
    }
    await look('a', 61_000);
    await the.converge();
    expect([the.object('b'), the.granted()]).toStrictEqual([undefined, []]);
  });

  it('a second start begins the five minutes again', async () => {
    await look('a', 0);
    the.cluster.now += LONGEST_EXPRESS_MS - 1_000;
    the.restart();
    await look('a', 2_000);
    expect(mayAssume(EXEC)).toStrictEqual([true, true]);
  });
});

it('a machine that is Express holds up nothing on the role that it runs under', async () => {
  const third = role('crossaccountlink/payments/third').text;
  the.create('c', { stateMachineARN: machine('third').text, targetRole: { arn: third } });
  the.cluster.put('third');
  await the.converge();
  the.restart();
  the.delete('c');
  await the.converge();
  expect(the.object('c')).toBeUndefined();
  expect(the.granted()).toStrictEqual([ROLE.text, OTHER_ROLE.text]);
});
