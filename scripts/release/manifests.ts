/** What `kubectl apply -f` accepts: the CRDs, and the operator with everything that it needs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrThrow } from '../../testbed/process.ts';
import { ensureTools } from '../../testbed/tools/go-tools.ts';

const HEADER = `# crossaccountlink: CRDs, operator and its rights. The cluster ID is yours to choose: it is part of names and tags in
# AWS, has to survive a rebuild of the cluster, and no two clusters may share one. The pods wait for it:
#
#   kubectl apply --server-side -f install.yaml
#   kubectl create configmap crossaccountlink-settings -n crossaccountlink-system --from-literal=CLUSTER_ID=production
#
# Every setting of docs/operations.md can stand in that ConfigMap, by its variable.
`;

/** All CRDs in one text. */
export function crdsManifest(root: string): string {
  const folder = join(root, 'crds');
  const texts = readdirSync(folder)
    .toSorted()
    .map((name) => readFileSync(join(folder, name), 'utf8').trim());
  return `${texts.join('\n---\n')}\n`;
}

export async function installManifest(root: string): Promise<string> {
  const { kubectl } = await ensureTools();
  const operator = await runOrThrow(kubectl, ['kustomize', join(root, 'deploy/overlays/release')]);
  return `${HEADER}---\n${crdsManifest(root)}---\n${operator}`;
}
