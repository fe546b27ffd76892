/** What all SDK clients have in common: sockets that are kept, certificates, timeouts, no retries of their own. */
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { getCACertificates } from 'node:tls';
import type { IAMClientConfig } from '@aws-sdk/client-iam';
import { proxyVariables } from '../base/proxy.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The part of a client's configuration that is the same for every service. */
export type SharedConfig = Pick<IAMClientConfig, 'maxAttempts' | 'customUserAgent' | 'requestHandler'>;

/** Per host. A lane has at most 16 calls under way, so that one slow account cannot take them all. */
const MAX_SOCKETS = 256;
const CONNECT_TIMEOUT_MS = 3_000;
/** The fence counts on a write being over by then. */
export const WRITE_TIMEOUT_MS = 4_000;
export const READ_TIMEOUT_MS = 30_000;

export class Transport {
  readonly shared: SharedConfig;
  readonly #agents: readonly [HttpAgent, HttpsAgent];

  /** @param environment for AWS_CA_BUNDLE, HTTPS_PROXY, HTTP_PROXY and NO_PROXY, none of which the SDK reads
   *  @param version of the operator, for the user agent
   *  @throws Error when the bundle cannot be read or a proxy is none */
  constructor(environment: Environment, version: string) {
    const keep = { keepAlive: true, maxSockets: MAX_SOCKETS, proxyEnv: proxyVariables(environment) };
    const httpAgent = new HttpAgent(keep);
    const httpsAgent = new HttpsAgent({ ...keep, ...certificates(environment['AWS_CA_BUNDLE']) });
    this.#agents = [httpAgent, httpsAgent];
    this.shared = {
      // The SDK's retries know nothing of the account's other calls: lanes and requeues are ours.
      maxAttempts: 1,
      customUserAgent: [['crossaccountlink', version]],
      requestHandler: {
        httpAgent,
        httpsAgent,
        connectionTimeout: CONNECT_TIMEOUT_MS,
        requestTimeout: READ_TIMEOUT_MS,
        // An answer that stops in the middle: the request's timeout ends with its headers.
        socketTimeout: READ_TIMEOUT_MS,
        throwOnRequestTimeout: true,
      },
    };
  }

  /** Closes all sockets, those in use included. */
  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }
}

/** The AWS command line's variable; the JavaScript SDK does not read it by itself. */
function certificates(bundle: string | undefined): { ca: string[] } | undefined {
  if (bundle === undefined || bundle === '') return undefined;
  return { ca: [...getCACertificates('default'), readFileSync(bundle, 'utf8')] };
}
