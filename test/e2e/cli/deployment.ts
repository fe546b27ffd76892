import { OPERATOR_NAMESPACE } from '../../../testbed/operator.ts';
import type { Scene } from '../link/scene.ts';

/** Like the chart's, for verbs that look at Deployments: here, nothing runs them. */
export async function deployOperator({ stage }: Scene): Promise<void> {
  const labels = { 'app.kubernetes.io/name': 'crossaccountlink' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'operator', image: 'none' }] } };
  const metadata = { name: 'crossaccountlink', namespace: OPERATOR_NAMESPACE, labels };
  const spec = { replicas: 2, selector: { matchLabels: labels }, template };
  await stage.apply(JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec }));
  const status = { replicas: 2, readyReplicas: 2, updatedReplicas: 2, availableReplicas: 2 };
  const patch = JSON.stringify({ status });
  await stage.kubectl(
    'patch',
    'deployment',
    'crossaccountlink',
    `--namespace=${OPERATOR_NAMESPACE}`,
    '--subresource=status',
    '--type=merge',
    `--patch=${patch}`,
  );
}
