/** A link with the operator's finalizer forged on it, on a machine that nobody can describe. */
import { expect, it } from '@jest/globals';
import { machine, role } from '../../access/fixtures.ts';
import { EXEC, SENDING, untouchedRole } from '../test-cluster.ts';
import { ReconcilerHarness } from './reconciler-harness.ts';

it('holds up another link’s deletion until it was looked at once, and no longer', async () => {
  const harness = new ReconcilerHarness();
  harness.cluster.put('checkout', EXEC.text, SENDING);
  harness.cluster.source.roles.set(EXEC.text, untouchedRole());
  await harness.ready('a');
  harness.create('forged', {
    stateMachineARN: machine('is-not-there').text,
    targetRole: { arn: role('crossaccountlink/payments/forged').text },
  });
  harness.forgeFinalizer('forged');
  harness.delete('a');
  await harness.reconcile('a');
  const waits = harness.object('a') !== undefined;
  await harness.reconcile('forged');
  await harness.reconcile('a');
  expect({ waits, gone: harness.object('a') === undefined }).toStrictEqual({ waits: true, gone: true });
});
