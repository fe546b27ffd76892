/** A cluster that a command is pointed at: an API server that holds a link, and kubeconfigs that lead to it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import { chosenLinks, withCluster, type Where } from '../../../src/cli/cluster/cluster.ts';
import { describeError } from '../../../src/cli/output/errors.ts';
import { FakeApiServer } from '../kubernetes/fake-api-server.ts';

export const LINKS = '/apis/crossaccountlink.dev/v1alpha1/namespaces/payments/crossaccountlinks';
export const SPEC = {
  stateMachineARN: 'arn:aws:states:us-east-1:111111111111:stateMachine:checkout',
  targetRole: { arn: 'arn:aws:iam::222222222222:role/crossaccountlink/checkout' },
};

interface Config {
  readonly url?: string;
  readonly user?: object;
  readonly context?: string;
  readonly current?: string;
  /** What the context says otherwise. */
  readonly meant?: object;
  /** What the cluster says besides. */
  readonly cluster?: object;
}

class ClusterBench {
  server = new FakeApiServer();
  /** For files of the test. */
  folder = '';

  async begin(): Promise<void> {
    this.server = await new FakeApiServer().start();
    this.folder = mkdtempSync(join(tmpdir(), 'xal-cluster-'));
    const metadata = { generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' };
    this.server.put(LINKS, 'checkout', { metadata, spec: SPEC });
  }

  async end(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** Writes one, and gives its path. */
  kubeconfig({
    url = this.server.url,
    user = { token: 'secret' },
    context = 'prod',
    current = context,
    meant = {},
    cluster = {},
  }: Config = {}): string {
    const file = join(this.folder, `${context}-${crypto.randomUUID()}.yaml`);
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: context, cluster: { server: url, ...cluster } }],
      users: [{ name: `${context}-admin`, user }],
      contexts: [
        {
          name: context,
          context: { cluster: context, user: `${context}-admin`, namespace: 'payments', ...meant },
        },
      ],
      'current-context': current,
    };
    writeFileSync(file, JSON.stringify(config));
    return file;
  }
}

/** A new one for each test of the file. */
export function useCluster(): ClusterBench {
  const bench = new ClusterBench();
  beforeEach(() => bench.begin());
  afterEach(() => bench.end());
  return bench;
}

/** The links that a command is about, as `NAMESPACE/NAME`. */
export const keys = (where: Where, environment: Record<string, string> = {}, names: readonly string[] = []) =>
  withCluster(where, environment, async (cluster) =>
    (await chosenLinks(cluster, names, where)).map(
      ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
    ),
  );

/** What a person reads. */
export async function reported(
  where: Where,
  environment: Record<string, string> = {},
  names: readonly string[] = [],
) {
  try {
    return `no error: ${String(await keys(where, environment, names))}`;
  } catch (error) {
    return describeError(error);
  }
}
