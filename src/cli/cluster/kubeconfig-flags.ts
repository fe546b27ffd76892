/** What kubectl's flags override in a kubeconfig. */
import type { Context, KubeConfig } from '@kubernetes/client-node';
import { didYouMean } from '../../base/suggest.ts';
import type { ClusterFlags } from './cluster-flags.ts';

/** Adds a context and selects it: the chosen one with what flags override. */
export function applyFlags(config: KubeConfig, flags: ClusterFlags): void {
  const { context, clusterName, userName, server } = meantBy(config, flags);
  if (server === undefined) return;
  if (!/^https?:\/\/[^/]/.test(server) || !URL.canParse(server))
    throw new Error(`"${server}" is not the address of an API server: write it as in https://host:6443`);
  const name = config.getCurrentContext() || 'flags';
  const cluster = config.getCluster(clusterName);
  config.loadFromOptions({
    clusters: [{ ...cluster, name: clusterName, ...clusterOf(cluster, server, flags) }],
    users: [{ ...config.getUser(userName), name: userName, ...identityOf(flags) }],
    contexts: [{ ...context, name, cluster: clusterName, user: userName }],
    currentContext: name,
  });
}

interface Meant {
  readonly context: Context | null;
  readonly clusterName: string;
  readonly userName: string;
  /** Undefined if neither the kubeconfig nor a flag names one. */
  readonly server: string | undefined;
}

/** The context, cluster and user that the kubeconfig and the flags choose.
 *  @throws Error for people about one that does not exist */
function meantBy(config: KubeConfig, flags: ClusterFlags): Meant {
  const { context: contextName } = flags;
  if (contextName !== undefined) {
    if (config.getContextObject(contextName) === null) throw unknown('context', contextName, config.contexts);
    config.setCurrentContext(contextName);
  }
  const context: Context | null = config.getContextObject(config.getCurrentContext());
  const clusterName = flags.cluster ?? context?.cluster ?? '';
  const userName = flags.user ?? context?.user ?? '';
  const cluster = config.getCluster(clusterName);
  const user = config.getUser(userName);
  if (flags.cluster !== undefined && cluster === null) throw unknown('cluster', clusterName, config.clusters);
  if (flags.user !== undefined && user === null) throw unknown('user', userName, config.users);
  const server = flags.server ?? cluster?.server;
  if (context !== null && server === undefined && context.cluster !== '')
    throw new Error(astray(context, 'cluster', config.clusters));
  const areGiven = flags.token !== undefined || flags.clientCertificate !== undefined;
  if (context !== null && userName !== '' && user === null && !areGiven)
    throw new Error(astray(context, 'user', config.users));
  return { context, clusterName, userName, server };
}

/** The cluster with what flags override. */
function clusterOf(
  cluster: ReturnType<KubeConfig['getCluster']>,
  server: string,
  { insecureSkipTlsVerify, tlsServerName, certificateAuthority: caFile }: ClusterFlags,
) {
  const isUnverified = insecureSkipTlsVerify ?? cluster?.skipTLSVerify ?? false;
  return {
    server,
    // For plain HTTP, which `kubectl proxy` speaks, there is nothing to verify, and client-node would refuse it otherwise.
    skipTLSVerify: isUnverified || server.startsWith('http:'),
    ...(tlsServerName !== undefined && { tlsServerName }),
    ...(caFile !== undefined && { caFile, caData: undefined }),
  };
}

/** The user with what flags override. */
function identityOf({ token, clientCertificate: certFile, clientKey: keyFile }: ClusterFlags) {
  return {
    ...(token !== undefined && { token, exec: undefined, authProvider: undefined }),
    ...(certFile !== undefined && { certFile, certData: undefined }),
    ...(keyFile !== undefined && { keyFile, keyData: undefined }),
  };
}

/** Like kubectl, which never falls back to an anonymous user if the chosen one does not exist. */
function astray(
  context: Context,
  what: 'cluster' | 'user',
  known: readonly { readonly name: string }[],
): string {
  const names = known.map(({ name }) => name);
  return `context "${context.name}" names ${what} "${context[what]}", which the kubeconfig does not have${didYouMean(context[what], names) || `: correct it, or choose another --context or --${what}`}`;
}

function unknown(what: string, name: string, known: readonly { readonly name: string }[]): Error {
  const names = known.map((each) => each.name);
  const list = names.length === 0 ? 'it has none' : `it has ${listed(known)}`;
  return new Error(`the kubeconfig has no ${what} "${name}"${didYouMean(name, names) || `: ${list}`}`);
}

/** As many names as fit into a sentence. */
export function listed(known: readonly { readonly name: string }[]): string {
  return known
    .slice(0, 10)
    .map(({ name }) => name)
    .join(', ');
}
