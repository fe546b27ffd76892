/** A cluster that nobody answers for: what the operator does alone. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a kubeconfig into the folder, for an API server that is not there. Returns its path. */
export function kubeconfigOfNobody(folder: string): string {
  const path = join(folder, 'kubeconfig');
  const cluster = { name: 'nobody', cluster: { server: 'http://127.0.0.1:9' } };
  const context = { name: 'nobody', context: { cluster: 'nobody', user: 'nobody' } };
  const config = {
    'current-context': 'nobody',
    clusters: [cluster],
    contexts: [context],
    users: [{ name: 'nobody' }],
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}
