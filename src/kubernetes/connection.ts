/** The way to one API server: where it is, who we are, and the sockets that all requests share. */
import { existsSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import { proxyOf, type Proxy } from '../base/proxy.ts';
import { withoutEnding } from '../base/without-ending.ts';

/** What a request needs besides its own content. */
interface Credentials {
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly agent: HttpAgent;
}

const IN_CLUSTER_TOKEN_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * HTTP/1.1 on purpose: over HTTP/2 everything, the lease included, would ride on one socket, and a network that
 * silently drops packets would take all of it away for as long as that socket is believed in. Here a request that
 * times out closes its own socket and the next one opens another. The API server closes idle sockets after 90 s;
 * ours go before that. Time limits are the client's matter (`client.ts`), hence none here. Node's own client, because
 * undici's costs 23 MB more.
 */
const SOCKET_OPTIONS = { keepAlive: true, timeout: 60_000 } as const;

/**
 * Finds the cluster as kubectl and controllers do: the files that `KUBECONFIG` names, else the pod's own service
 * account, else `~/.kube/config`. Throws when none of them is there or a file does not read.
 */
export function loadKubeConfig(): KubeConfig {
  const config = new KubeConfig();
  const { KUBECONFIG: files, KUBERNETES_SERVICE_HOST: host } = process.env;
  if (!files && host && existsSync(IN_CLUSTER_TOKEN_FILE)) config.loadFromCluster();
  else config.loadFromDefault();
  // client-node's last resort, a server on localhost:8080, would only end in an error that nobody understands.
  const cluster = config.getCurrentCluster();
  const isLastResort =
    config.getCurrentContext() === 'loaded-context' && cluster?.server === 'http://localhost:8080';
  if (cluster === null || isLastResort) {
    throw new Error(
      'no Kubernetes cluster to talk to: set KUBECONFIG to a file with a current context, or run in a pod',
    );
  }
  return config;
}

/**
 * Keeps its sockets for as long as the TLS material stays the same. client-node by itself opens a new TLS connection
 * for each request; it still does where the kubeconfig names a proxy. Tokens from files and exec plugins are renewed by
 * client-node: files every minute, plugins when their answer expires. A proxy of the kubeconfig goes before one of the
 * environment.
 */
export class Connection {
  readonly #config: KubeConfig;
  readonly #proxy: Proxy | undefined;
  #pool: { readonly tls: TlsMaterial; readonly agent: HttpAgent } | undefined;

  /** @param environment for HTTPS_PROXY, HTTP_PROXY and NO_PROXY
   *  @throws Error when a proxy there is none */
  constructor(config: KubeConfig, environment: Readonly<Record<string, string | undefined>> = {}) {
    this.#config = config;
    this.#proxy = proxyOf(environment);
  }

  /** Base of all URLs, without a slash at the end. */
  get server(): string {
    const cluster = this.#config.getCurrentCluster();
    if (cluster === null) throw new Error('the kubeconfig has no current context');
    return withoutEnding(cluster.server, '/');
  }

  /** Scheme, host and port of the proxy that requests go through; undefined without one. */
  get proxy(): string | undefined {
    const variables = this.#proxyVariables();
    const named = this.server.startsWith('https:') ? variables?.HTTPS_PROXY : variables?.HTTP_PROXY;
    const url = URL.parse(this.#config.getCurrentCluster()?.proxyUrl ?? named ?? '');
    // Whatever else is in it, a password among it, is nobody's business.
    return url === null ? undefined : `${url.protocol}//${url.host}`;
  }

  /** Headers and sockets for the next request, with credentials that are renewed if necessary.
   *  @throws Error if the credentials are not available */
  async credentials(): Promise<Credentials> {
    const options: HttpsOptions = {};
    await this.#config.applyToHTTPSOptions(options);
    const headers: Record<string, string | string[]> = {};
    for (const [name, value] of Object.entries(options.headers ?? {}))
      headers[name] = Array.isArray(value) ? value.map(String) : String(value);
    if (typeof options.auth === 'string') {
      headers['Authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
    }
    return { headers, agent: this.#agent(options) };
  }

  /** Closes all sockets at once; requests under way fail. */
  close(): void {
    this.#pool?.agent.destroy();
    this.#pool = undefined;
  }

  #agent(options: HttpsOptions): HttpAgent {
    const proxied = this.#config.getCurrentCluster()?.proxyUrl !== undefined;
    if (proxied && options.agent instanceof HttpAgent) return options.agent;
    const tls = tlsMaterial(options);
    // Requests that still run on outdated sockets, watches included, end within their own time limits.
    if (this.#pool === undefined || !isDeepStrictEqual(this.#pool.tls, tls)) {
      const secure = this.server.startsWith('https:');
      const sockets = { ...SOCKET_OPTIONS, proxyEnv: this.#proxyVariables() };
      const agent = secure ? new HttpsAgent({ ...sockets, ...tls }) : new HttpAgent(sockets);
      this.#pool = { tls, agent };
    }
    return this.#pool.agent;
  }

  #proxyVariables(): Proxy['variables'] | undefined {
    return this.#proxy?.isBypassed(new URL(this.server)) === false ? this.#proxy.variables : undefined;
  }
}

type HttpsOptions = Parameters<KubeConfig['applyToHTTPSOptions']>[0];
type TlsMaterial = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'servername'>;

function tlsMaterial(options: HttpsOptions): TlsMaterial {
  const { ca, cert, key, rejectUnauthorized, servername } = options;
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    ...(servername !== undefined && { servername }),
  };
}
