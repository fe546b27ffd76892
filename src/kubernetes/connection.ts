/** The way to one API server: where it is, who we are, and the sockets that all requests share. */
import { existsSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import { Agent, ProxyAgent, Socks5ProxyAgent } from 'undici';
import type { Dispatcher } from 'undici';

/** What a request needs besides its own content. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher;
}

const inClusterTokenFile = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * HTTP/1.1 on purpose: over HTTP/2 everything, the lease included, would ride on one socket, and a network that
 * silently drops packets would take all of it away for as long as that socket is believed in. Here a request that
 * times out closes its own socket and the next one opens another. The API server closes idle sockets after 90 s;
 * ours go before that. Time limits are the client's matter (`client.ts`), hence none here.
 */
const poolOptions = { allowH2: false, keepAliveTimeout: 60_000, headersTimeout: 0, bodyTimeout: 0 } as const;
const connectTimeoutMs = 10_000;

/**
 * Finds the cluster as kubectl and controllers do: the files that `KUBECONFIG` names, else the pod's own service
 * account, else `~/.kube/config`. Throws when none of them is there or a file does not read.
 */
export function loadKubeConfig(): KubeConfig {
  const config = new KubeConfig();
  const { KUBECONFIG: files, KUBERNETES_SERVICE_HOST: host } = process.env;
  if (!files && host && existsSync(inClusterTokenFile)) config.loadFromCluster();
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
 * Keeps one pool of sockets for as long as the TLS material stays the same. client-node by itself opens a new TLS
 * connection for each request. Tokens from files and exec plugins are renewed by client-node: files every minute,
 * plugins when their answer expires.
 */
export class Connection {
  readonly #config: KubeConfig;
  #pool: { readonly key: unknown; readonly dispatcher: Dispatcher } | undefined;

  constructor(config: KubeConfig) {
    this.#config = config;
  }

  /** Base of all URLs, without a slash at the end. */
  get server(): string {
    const cluster = this.#config.getCurrentCluster();
    if (cluster === null) throw new Error('the kubeconfig has no current context');
    return cluster.server.replace(/\/+$/, '');
  }

  async credentials(): Promise<Credentials> {
    const options: HttpsOptions = {};
    await this.#config.applyToHTTPSOptions(options);
    const headers = Object.entries(options.headers ?? {}).map(([name, value]) => [name, String(value)]);
    if (typeof options.auth === 'string') {
      headers.push(['Authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`]);
    }
    return { headers: Object.fromEntries(headers), dispatcher: this.#dispatcher(options) };
  }

  /** Closes all sockets at once; requests under way fail. */
  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.dispatcher.destroy();
  }

  #dispatcher(options: HttpsOptions): Dispatcher {
    const proxyUrl = this.#config.getCurrentCluster()?.proxyUrl;
    const key = { proxyUrl, tls: tlsMaterial(options) };
    if (this.#pool === undefined || !isDeepStrictEqual(this.#pool.key, key)) {
      const outdated = this.#pool?.dispatcher;
      this.#pool = { key, dispatcher: openPool(key.tls, proxyUrl) };
      // Waits for the requests that still run on it, watches included; they end within their own time limits.
      void outdated?.close();
    }
    return this.#pool.dispatcher;
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

function openPool(tls: TlsMaterial, proxyUrl: string | undefined): Dispatcher {
  if (proxyUrl === undefined) {
    return new Agent({ ...poolOptions, connect: { ...tls, keepAlive: true, timeout: connectTimeoutMs } });
  }
  if (proxyUrl.startsWith('socks'))
    return new Socks5ProxyAgent(proxyUrl, { ...poolOptions, requestTls: tls });
  return new ProxyAgent({ ...poolOptions, uri: proxyUrl, requestTls: tls });
}
