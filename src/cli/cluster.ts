/** The cluster that kubectl would talk to, for verbs that look at links or change them. */
import { AWS_ACCOUNT, parseAWSAccount, type AWSAccount } from '../api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK, parseCrossAccountLink, type CrossAccountLink } from '../api/crossaccountlink.ts';
import { ApiError, isNotFound } from '../kubernetes/api-error.ts';
import { KubernetesClient } from '../kubernetes/client.ts';
import { systemClock } from '../base/clock.ts';
import { Connection, loadKubeConfig } from '../kubernetes/connection.ts';
import type { JsonObject } from '../base/json.ts';
import type { ResourceType } from '../kubernetes/metadata.ts';

export const NAMESPACE: ResourceType = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' };

export interface Cluster {
  readonly client: KubernetesClient;
  /** The namespace of the kubeconfig's context. */
  readonly namespace: string;
}

/** Runs `work` with a connection to the cluster and closes it. Throws an error for people when there is no cluster, or
 *  it does not answer. */
export async function withCluster<Result>(work: (cluster: Cluster) => Promise<Result>): Promise<Result> {
  const config = loadKubeConfig();
  const connection = new Connection(config, process.env);
  try {
    return await work({
      client: new KubernetesClient({ connection, clock: systemClock, userAgent: 'kubectl-crossaccountlink' }),
      namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 0) throw error;
    throw new Error(`no answer from the cluster at ${connection.server}: ${error.message}`, { cause: error });
  } finally {
    connection.close();
  }
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
  try {
    return parseCrossAccountLink(await client.get(CROSS_ACCOUNT_LINK, { namespace, name }));
  } catch (error) {
    throw isNotFound(error) ? noSuchLink(namespace, name) : error;
  }
}

/** Merges `patch` into a link. */
export async function patchLink(
  client: KubernetesClient,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  patch: JsonObject,
): Promise<void> {
  try {
    await client.patch(CROSS_ACCOUNT_LINK, { namespace, name }, patch);
  } catch (error) {
    throw isNotFound(error) ? noSuchLink(namespace, name) : error;
  }
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
  try {
    do {
      const page = await client.list(resource, { namespace, limit: 500, continue: next });
      items.push(...page.items);
      next = page.continue;
    } while (next !== undefined);
    return items;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new Error(`the cluster knows no ${resource.plural}: are the CRDs installed?`, { cause: error });
  }
}

export function noSuchLink(namespace: string, name: string): Error {
  return new Error(`there is no CrossAccountLink ${namespace}/${name}`);
}
