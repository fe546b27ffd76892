/** The cluster that kubectl would talk to, for verbs that look at links or change them. */
import { AWS_ACCOUNT, parseAWSAccount, type AWSAccount } from '../../api/awsaccount.ts';
import {
  CROSS_ACCOUNT_LINK,
  parseCrossAccountLink,
  type CrossAccountLink,
} from '../../api/crossaccountlink.ts';
import { ApiError, isNotFound } from '../../kubernetes/api-error.ts';
import { KubernetesClient } from '../../kubernetes/client.ts';
import { listAll } from '../../kubernetes/list-all.ts';
import { systemClock } from '../../base/clock.ts';
import { Connection } from '../../kubernetes/connection.ts';
import type { JsonObject } from '../../base/json.ts';
import { parseMetadata, type ResourceType } from '../../kubernetes/metadata.ts';
import type { ClusterFlags } from './cluster-flags.ts';
import { clusterError } from '../output/errors.ts';
import { openKubeConfig } from './kubeconfig.ts';
import {
  isObjectName,
  noSuchLink,
  parseLinkName,
  withoutKind,
  type LinkRef,
  type NamedLink,
} from './link-name.ts';
import { didYouMean, nearest } from '../../base/suggest.ts';

export const NAMESPACE: ResourceType = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' };

export interface Cluster {
  readonly client: KubernetesClient;
  /** The namespace of `-n` or, without it, of the kubeconfig's context. */
  readonly namespace: string;
  /** The namespace of `-n`. */
  readonly given?: string;
}

/** Which cluster, and which of its namespaces. */
export interface Where extends ClusterFlags {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
}

/** The longest delay of Node's timers. */
const NO_LIMIT_MS = 2 ** 31 - 1;

/** Runs `work` with a connection to the cluster, and closes it.
 *  @throws Error for people, if there is no cluster, or it does not answer or refuses */
export async function withCluster<Result>(
  where: Where,
  environment: Readonly<Record<string, string | undefined>>,
  work: (cluster: Cluster) => Promise<Result>,
): Promise<Result> {
  const { namespace, allNamespaces, requestTimeout } = where;
  if (namespace !== undefined && allNamespaces === true)
    throw new Error('either --namespace or --all-namespaces, not both');
  if (namespace !== undefined && !isObjectName(namespace))
    throw new Error(`"${namespace}" is not a valid namespace name`);
  const config = await openKubeConfig(where, environment);
  const context = config.getCurrentContext();
  const connection = new Connection(config, environment);
  try {
    // Asked for here, once, rather than with the first request, which would be repeated.
    await connection.credentials();
    return await work({
      client: new KubernetesClient({
        connection,
        clock: systemClock,
        userAgent: 'kubectl-crossaccountlink',
        ...(requestTimeout !== undefined && { timeoutMs: requestTimeout || NO_LIMIT_MS }),
      }),
      namespace: namespace ?? config.getContextObject(context)?.namespace ?? 'default',
      ...(namespace !== undefined && { given: namespace }),
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw clusterError(error, { server: connection.server, context, proxy: connection.proxy });
  } finally {
    connection.close();
  }
}

/** The links that a verb is about: the named ones, or all of the namespace, or of all namespaces.
 *  @throws Error for people, if one of them or its namespace does not exist */
export async function chosenLinks(
  cluster: Cluster,
  names: readonly string[],
  { allNamespaces = false }: Where,
): Promise<readonly CrossAccountLink[]> {
  const { client, namespace } = cluster;
  if (names.length > 0) {
    if (allNamespaces) throw new Error('either a NAME or --all-namespaces, not both');
    const links: CrossAccountLink[] = [];
    for (const link of linksNamed(cluster, names)) links.push(await getLink(client, link));
    return links;
  }
  if (allNamespaces) return listLinks(client);
  const links = await listLinks(client, namespace);
  if (links.length === 0) await refuseUnknownNamespace(client, namespace);
  return links;
}

/** The names as links, each once. */
export function linksNamed({ given, namespace }: Cluster, names: readonly string[]): readonly NamedLink[] {
  const links = withoutKind(names).map((name) => parseLinkName(name, given, namespace));
  return [...new Map(links.map((link) => [`${link.namespace}/${link.name}`, link])).values()];
}

/** Links of one namespace, or of all. */
export async function listLinks(
  client: KubernetesClient,
  namespace?: string,
): Promise<readonly CrossAccountLink[]> {
  const items = await listInstalled(client, CROSS_ACCOUNT_LINK, namespace);
  return items.map(parseCrossAccountLink);
}

/** One link.
 *  @throws Error for people, with a suggestion, if the link or the namespace does not exist, or may not be read */
export async function getLink(client: KubernetesClient, link: NamedLink): Promise<CrossAccountLink> {
  const { namespace, name } = link;
  try {
    return parseCrossAccountLink(await client.get(CROSS_ACCOUNT_LINK, { namespace, name }));
  } catch (error) {
    throw await linkError(client, link, error);
  }
}

/** Merges `patch` into a link, and returns it as it is then. */
export async function patchLink(
  client: KubernetesClient,
  link: NamedLink,
  patch: JsonObject,
): Promise<CrossAccountLink> {
  const { namespace, name } = link;
  try {
    return parseCrossAccountLink(await client.patch(CROSS_ACCOUNT_LINK, { namespace, name }, patch));
  } catch (error) {
    throw await linkError(client, link, error);
  }
}

/** All AWSAccounts.
 *  @throws Error for people if they are not installed, otherwise ApiError */
export async function listAccounts(client: KubernetesClient): Promise<readonly AWSAccount[]> {
  return (await listInstalled(client, AWS_ACCOUNT)).map(parseAWSAccount);
}

/** All objects of one of the operator's kinds.
 *  @throws Error for people if it is not installed, otherwise ApiError */
export async function listInstalled(
  client: KubernetesClient,
  resource: ResourceType,
  namespace?: string,
): Promise<readonly JsonObject[]> {
  try {
    return await listAll(client, resource, { namespace });
  } catch (error) {
    throw isNotFound(error) ? notInstalled(resource, error) : error;
  }
}

/** Throws if it is certain that there is no such namespace. */
export async function refuseUnknownNamespace(client: KubernetesClient, namespace: string): Promise<void> {
  try {
    await client.get(NAMESPACE, { name: namespace });
  } catch (error) {
    if (!isNotFound(error)) return;
    const known = await namesOf(client, NAMESPACE);
    throw new Error(`there is no namespace "${namespace}"${didYouMean(namespace, known)}`, { cause: error });
  }
}

/** Why a link could not be read or changed. */
async function linkError(client: KubernetesClient, link: NamedLink, error: unknown): Promise<unknown> {
  if (!isNotFound(error)) return error;
  if (!(error instanceof ApiError) || error.reason !== 'NotFound')
    return notInstalled(CROSS_ACCOUNT_LINK, error);
  return new Error((await missingLink(client, link)).message, { cause: error });
}

/** The error about a link that does not exist, with what its caller may have meant. */
export async function missingLink(client: KubernetesClient, link: NamedLink): Promise<Error> {
  await refuseUnknownNamespace(client, link.namespace);
  return noSuchLink(link, await likelyMeant(client, link));
}

async function likelyMeant(client: KubernetesClient, { namespace, name }: LinkRef): Promise<string> {
  const here = didYouMean(name, await namesOf(client, CROSS_ACCOUNT_LINK, namespace));
  if (here !== '') return here;
  const elsewhere = (await keysOf(client)).filter(
    (key) => nearest(key.split('/')[1] ?? '', [name]).length > 0,
  );
  const same = elsewhere.filter((key) => key.endsWith(`/${name}`));
  const meant = (same.length > 0 ? same : elsewhere).slice(0, 3);
  return meant.length === 0 ? '' : `: did you mean ${meant.join(' or ')}?`;
}

/** Keys of the links that may be listed in all namespaces. */
async function keysOf(client: KubernetesClient): Promise<readonly string[]> {
  const metas = (await listQuietly(client, CROSS_ACCOUNT_LINK)).map(parseMetadata);
  return metas.map(({ namespace, name }) => `${namespace ?? ''}/${name}`);
}

/** Names of existing objects, as far as the caller may list them, for suggestions and completion. */
export async function namesOf(
  client: KubernetesClient,
  resource: ResourceType,
  namespace?: string,
): Promise<readonly string[]> {
  const objects = await listQuietly(client, resource, namespace);
  return objects.map((object) => parseMetadata(object).name);
}

async function listQuietly(
  client: KubernetesClient,
  resource: ResourceType,
  namespace?: string,
): Promise<readonly JsonObject[]> {
  try {
    return (await client.list(resource, { namespace, limit: 500 }, { retries: 0 })).items;
  } catch {
    return [];
  }
}

function notInstalled({ kind }: ResourceType, cause: unknown): Error {
  return new Error(
    `the cluster has no ${kind}s: the operator is not installed there, see docs/getting-started.md, or choose another --context`,
    { cause },
  );
}
