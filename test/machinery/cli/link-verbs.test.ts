/** What `reconcile` says while it waits. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { withCluster } from '../../../src/cli/cluster/cluster.ts';
import { reconcile } from '../../../src/cli/link-verbs.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { FakeApiServer } from '../kubernetes/fake-api-server.ts';

const LINKS = '/apis/crossaccountlink.dev/v1alpha1/namespaces/payments/crossaccountlinks';
const SPEC = {
  stateMachineARN: 'arn:aws:states:us-east-1:111111111111:stateMachine:checkout',
  targetRole: { arn: 'arn:aws:iam::222222222222:role/crossaccountlink/checkout' },
};

let server: FakeApiServer;

beforeEach(async () => {
  server = await new FakeApiServer().start();
});
afterEach(() => server.stop());

function condition(type: string, status: string, reason: string, message: string): JsonObject {
  return { type, status, reason, message, lastTransitionTime: '2026-01-01T00:00:00Z', observedGeneration: 1 };
}

/** What is printed of a link with these conditions, which somebody deletes while it is waited for. */
async function waitedFor(...conditions: readonly JsonObject[]): Promise<string> {
  const metadata = { generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' };
  server.put(LINKS, 'checkout', { metadata, spec: SPEC, status: { conditions } });
  let warned = '';
  const io = {
    write: () => undefined,
    print: () => undefined,
    warn: (output: string) => {
      warned += output;
      server.remove(LINKS, 'checkout');
    },
    read: () => Promise.resolve(''),
  };
  await withCluster({ server: server.url, namespace: 'payments' }, { KUBECONFIG: '/dev/null' }, (cluster) =>
    expect(reconcile(cluster, ['checkout'], {}, io)).rejects.toThrow(
      'payments/checkout is gone: its deletion is complete',
    ),
  );
  return warned;
}

describe('reconcile, while it waits', () => {
  it('does not wait for an operator that has let the link go', async () => {
    const finalizers = ['shop.example/archive'];
    const metadata = { generation: 1, creationTimestamp: '2026-01-01T00:00:00Z', finalizers };
    const deletionTimestamp = '2026-01-02T00:00:00Z';
    server.put(LINKS, 'checkout', { metadata: { ...metadata, deletionTimestamp }, spec: SPEC });
    const io = { write() {}, print() {}, warn() {}, read: () => Promise.resolve('') };
    await withCluster({ server: server.url, namespace: 'payments' }, { KUBECONFIG: '/dev/null' }, (cluster) =>
      expect(reconcile(cluster, ['checkout'], {}, io)).rejects.toThrow(
        /^payments\/checkout is being deleted\. The operator has released it; .*: shop\.example\/archive\.$/,
      ),
    );
  });

  it('says nothing of before as if it were the answer', async () => {
    const ready = condition('Ready', 'True', 'InSync', 'The state machine can call into the target account.');
    expect(await waitedFor(ready)).toBe('waiting for payments/checkout: the operator has not answered yet\n');
  });

  it('says what the operator is at', async () => {
    const states = ['Ready', 'Reconciling'].map((type) =>
      condition(type, type === 'Ready' ? 'Unknown' : 'True', 'Propagating', 'IAM takes its time.'),
    );
    expect(await waitedFor(...states)).toBe(
      'waiting for payments/checkout: Propagating: IAM takes its time.\n',
    );
  });
});
