/** What all SDK clients share: pooled sockets, certificates, timeouts, and no retries of their own. */
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { getCACertificates } from 'node:tls';
import type { IAMClientConfig } from '@aws-sdk/client-iam';
import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import type { HttpRequest } from '@smithy/types';
import { proxyOf, type Proxy } from '../../base/proxy.ts';
import { exchange, type Agents, type WholeAnswer } from './exchange.ts';
import { onlyFromAws } from './foreign-answers.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The part of a client's configuration that is the same for every service. */
export type SharedConfig = Pick<IAMClientConfig, 'maxAttempts' | 'customUserAgent' | 'requestHandler'>;

/** Per host. A lane has at most 16 calls under way, so that one slow account cannot take them all. */
const MAX_SOCKETS = 256;
const CONNECT_TIMEOUT_MS = 3_000;
/** The fence relies on a write being over by then. */
export const WRITE_TIMEOUT_MS = 4_000;
export const READ_TIMEOUT_MS = 30_000;

/** Sockets, proxy and certificates for every SDK client of the process. */
export class Transport {
  readonly shared: SharedConfig;
  readonly #agents: readonly HttpAgent[];

  /** @param environment for AWS_CA_BUNDLE, HTTPS_PROXY, HTTP_PROXY and NO_PROXY, which the SDK does not read
   *  @param version of the operator, for the user agent
   *  @throws Error if the bundle cannot be read, or a proxy or an endpoint is not valid */
  constructor(environment: Environment, version: string) {
    const proxy = proxyOf(environment);
    refuseNoEndpoints(environment);
    const tls = certificates(environment['AWS_CA_BUNDLE']);
    const direct = agents(tls);
    const proxied = proxy === undefined ? direct : agents(tls, proxy);
    this.#agents = [direct, proxied].flatMap(({ httpAgent, httpsAgent }) => [httpAgent, httpsAgent]);
    this.shared = {
      // The SDK's retries know nothing of the account's other calls: lanes and requeues decide here.
      maxAttempts: 1,
      customUserAgent: [['crossaccountlink', version]],
      requestHandler: new RoutedHandler(proxied, direct, proxy?.isBypassed),
    };
  }

  /** Closes all sockets, those in use included. */
  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }
}

/** Variables that name other endpoints than AWS's for the services that are called.
 *  https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
const ENDPOINTS = ['', '_IAM', '_SFN', '_SQS', '_STS'].map((service) => `AWS_ENDPOINT_URL${service}`);

function refuseNoEndpoints(environment: Environment): void {
  if (/^true$/i.test(environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] ?? '')) return;
  for (const variable of ENDPOINTS) {
    const url = environment[variable] ?? '';
    if (url !== '' && !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
      throw new Error(`${variable}=${url} is not a URL: write it like http://localhost:4566`);
  }
}

function agents(tls: { ca: string[] } | undefined, proxy?: Proxy): Agents {
  const keep = { keepAlive: true, maxSockets: MAX_SOCKETS, proxyEnv: proxy?.variables };
  return { httpAgent: new HttpAgent(keep), httpsAgent: new HttpsAgent({ ...keep, ...tls }) };
}

const LIMITS: NodeHttpHandlerOptions = {
  connectionTimeout: CONNECT_TIMEOUT_MS,
  requestTimeout: READ_TIMEOUT_MS,
  // Ends an answer that stops half-way: the request's own timeout ends with the headers.
  socketTimeout: READ_TIMEOUT_MS,
  throwOnRequestTimeout: true,
};

/** Sends requests through the proxy or directly, and rejects answers that are not AWS's. */
export class RoutedHandler extends NodeHttpHandler {
  readonly #direct: NodeHttpHandler;
  readonly #agents: { readonly proxied: Agents; readonly direct: Agents };
  readonly #isBypassed: Proxy['isBypassed'];

  constructor(proxied: Agents, direct: Agents, isBypassed: Proxy['isBypassed'] = () => false) {
    super({ ...LIMITS, ...proxied });
    this.#direct = new NodeHttpHandler({ ...LIMITS, ...direct });
    this.#agents = { proxied, direct };
    this.#isBypassed = isBypassed;
  }

  /** For a call whose answer is needed as a whole. The caller has to check who answered (`onlyFromAws`).
   *  @param wholeMs until the answer must have been read to its end
   *  @throws Error as `handle` does */
  exchange(request: HttpRequest, wholeMs: number): Promise<WholeAnswer> {
    const { direct, proxied } = this.#agents;
    const route = this.#isBypassed(request) ? direct : proxied;
    return exchange(request, route, { connectMs: CONNECT_TIMEOUT_MS, wholeMs });
  }

  override async handle(
    ...args: Parameters<NodeHttpHandler['handle']>
  ): ReturnType<NodeHttpHandler['handle']> {
    const [request] = args;
    const isDirect = this.#isBypassed(request);
    const { response } = isDirect ? await this.#direct.handle(...args) : await super.handle(...args);
    return { response: await onlyFromAws(request, response) };
  }
}

/** The AWS command line's variable; the JavaScript SDK does not read it by itself. */
function certificates(bundle: string | undefined): { ca: string[] } | undefined {
  if (bundle === undefined || bundle === '') return undefined;
  return { ca: [...getCACertificates('default'), readFileSync(bundle, 'utf8')] };
}
