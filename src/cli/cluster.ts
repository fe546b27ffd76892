/** The cluster that kubectl would talk to, for verbs that look at links or change them. */
import { AWS_ACCOUNT, parseAWSAccount, type AWSAccount } from '../api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK, parseCrossAccountLink, type CrossAccountLink } from '../api/crossaccountlink.ts';
import { KubernetesClient } from '../kubernetes/client.ts';
import { systemClock } from '../kubernetes/clock.ts';
import { Connection, loadKubeConfig } from '../kubernetes/connection.ts';
import type { JsonObject } from '../kubernetes/json.ts';
import type { ResourceType } from '../kubernetes/metadata.ts';

export interface Cluster {
  readonly client: KubernetesClient;
  /** The namespace of the kubeconfig's context. */
  readonly namespace: string;
  close(): Promise<void>;
}

/** Throws an error for people when there is no cluster to talk to. */
export function connect(): Cluster {
  const config = loadKubeConfig();
  const connection = new Connection(config);
  return {
    client: new KubernetesClient({ connection, clock: systemClock, userAgent: 'kubectl-crossaccountlink' }),
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    close: () => connection.close(),
  };
}

/** Links of one namespace, or of all. */
export async function listLinks(
  client: KubernetesClient,
  namespace?: string,
): Promise<readonly CrossAccountLink[]> {
  const items = await listAll(client, CROSS_ACCOUNT_LINK, namespace);
  return items.map(parseCrossAccountLink);
}

export async function getLink(
  client: KubernetesClient,
  namespace: string,
  name: string,
): Promise<CrossAccountLink> {
  return parseCrossAccountLink(await client.get(CROSS_ACCOUNT_LINK, { namespace, name }));
}

export async function listAccounts(client: KubernetesClient): Promise<readonly AWSAccount[]> {
  return (await listAll(client, AWS_ACCOUNT)).map(parseAWSAccount);
}

export async function listAll(
  client: KubernetesClient,
  resource: ResourceType,
  namespace?: string,
): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  let next: string | undefined;
  do {
    const page = await client.list(resource, { namespace, limit: 500, continue: next });
    items.push(...page.items);
    next = page.continue;
  } while (next !== undefined);
  return items;
}
