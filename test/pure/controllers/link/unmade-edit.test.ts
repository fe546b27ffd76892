/** AWS first refuses an edit of the target role: it is made later, although snapshots do not show all of a role. */
import { expect, it } from '@jest/globals';
import type { FailureKind } from '../../../../src/aws/errors/errors.ts';
import type { ObservedRole } from '../../../../src/observed/objects.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { awsFailure, type ModelAccount } from '../model-account.ts';
import { withCheckout } from './reconciler-harness.ts';

const EDITS = [
  { what: 'description', operation: 'UpdateRoleDescription', edit: { description: 'new' } },
  { what: 'tags', operation: 'TagRole', edit: { tags: { team: 'x' } } },
] as const;
const FAILURES: readonly FailureKind[] = ['laneBusy', 'throttled', 'retryable', 'terminal'];

/** As IAM has it: without descriptions. */
function takeSnapshot(account: ModelAccount): void {
  const snapshot = new Map<string, ObservedRole>();
  for (const [arn, role] of account.roles) {
    const { description: _, ...shown } = role;
    snapshot.set(arn, shown);
  }
  account.snapshot = snapshot;
}

for (const { what, operation, edit } of EDITS)
  for (const kind of FAILURES)
    it(`a new ${what}, where AWS answers ${kind} at first`, async () => {
      const the = withCheckout();
      await the.ready('a');
      const { target } = the.cluster;
      const reconcile = async () => {
        the.cluster.now += 1_000;
        takeSnapshot(target);
        await the.reconcile('a');
      };
      the.edit('a', { targetRole: { arn: ROLE.text, ...edit } });
      target.failures.set(operation, awsFailure(kind));
      await reconcile();
      await reconcile();
      expect(the.condition('a', 'TargetRoleReady')).not.toBe('True InSync');
      target.failures.clear();
      await reconcile();
      expect(target.written.at(-1)).toBe(`${operation} checkout`);
      expect(the.condition('a', 'TargetRoleReady')).toBe('True InSync');
    });
