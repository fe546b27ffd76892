/** Kubeconfig files: which user calls which server. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A bearer token, or a user that its holder impersonates. */
export interface Credentials {
  readonly token: string;
  readonly as?: string;
  readonly asGroups?: readonly string[];
}

export interface Server {
  readonly url: string;
  /** PEM file against which the server's certificate is checked. */
  readonly certificateFile: string;
}

/** Writes a kubeconfig file below `folder`, readable only by its owner, and returns its path. */
export function writeKubeconfig(folder: string, server: Server, credentials: Credentials): string {
  const file = join(mkdtempSync(join(folder, 'kubeconfig-')), 'config');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'testbed',
    contexts: [{ name: 'testbed', context: { cluster: 'testbed', user: 'testbed' } }],
    clusters: [
      { name: 'testbed', cluster: { server: server.url, 'certificate-authority': server.certificateFile } },
    ],
    users: [
      {
        name: 'testbed',
        user: { token: credentials.token, as: credentials.as, 'as-groups': credentials.asGroups },
      },
    ],
  };
  // JSON is YAML, too.
  writeFileSync(file, JSON.stringify(config, null, 2), { mode: 0o600 });
  return file;
}
