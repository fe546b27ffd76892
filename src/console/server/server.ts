/** The console's HTTP server: its page, and the data for it. It only ever reads. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AWSAccount } from '../../api/awsaccount.ts';
import type { CrossAccountLink } from '../../api/crossaccountlink.ts';
import type { Clock } from '../../base/clock.ts';
import { terminalSafe } from '../../base/printable.ts';
import type { PolicyView } from '../model/contract.ts';
import { refusalOf, SECURITY_HEADERS } from './guard.ts';
import { LiveFleet } from './live-fleet.ts';
import type { Sources } from './sources.ts';
import { wireText } from './wire.ts';
import { Subscribers } from './subscribers.ts';

interface ConsoleOptions {
  readonly sources: Sources;
  readonly clock: Clock;
  /** Files of the page, by name. */
  readonly asset: (name: string) => Buffer;
  /** Reads a machine's definition from AWS and derives the link's permissions. */
  readonly readPolicy: (link: CrossAccountLink, accounts: readonly AWSAccount[]) => Promise<PolicyView>;
  /** Port on loopback; left out: any free one. */
  readonly port?: number;
}

export interface Console {
  /** To be opened in a browser. Anybody who has it sees what the caller sees. */
  readonly url: string;
  close(): Promise<void>;
}

interface Asset {
  readonly file: string;
  readonly type: string;
}

const PAGE = '/';
const ASSETS: ReadonlyMap<string, Asset> = new Map([
  [PAGE, { file: 'index.html', type: 'text/html; charset=utf-8' }],
  ['/app.js', { file: 'app.js', type: 'text/javascript; charset=utf-8' }],
  ['/app.css', { file: 'app.css', type: 'text/css; charset=utf-8' }],
  ['/icon.svg', { file: 'icon.svg', type: 'image/svg+xml' }],
  ['/inter.woff2', { file: 'inter.woff2', type: 'font/woff2' }],
  ['/licences.txt', { file: 'licences.txt', type: 'text/plain; charset=utf-8' }],
  ['/mono.woff2', { file: 'mono.woff2', type: 'font/woff2' }],
]);

/** Starts watching and serving. Rejects if the port is taken or the page was not built. */
export async function startConsole(options: ConsoleOptions): Promise<Console> {
  // First of all: a missing page should be an error now, not in the browser.
  for (const { file } of ASSETS.values()) options.asset(file);
  const token = randomBytes(32).toString('base64url');
  const subscribers = new Subscribers(options.clock);
  const fleet = new LiveFleet(options.sources, options.clock, (message) => subscribers.send(message));
  const server = createServer();
  const { port } = await listen(server, options.port ?? 0);
  const answering = new Answering(options, { port, token }, fleet, subscribers);
  server.on('request', (request, response) => void answering.answer(request, response));
  const stop = new AbortController();
  const watching = fleet.run(stop.signal);
  return {
    // After the #, so that it is in no request, no log and no referrer.
    url: `http://127.0.0.1:${port}/#token=${token}`,
    async close() {
      stop.abort();
      subscribers.close();
      server.close();
      server.closeAllConnections();
      await watching;
    },
  };
}

async function listen(server: Server, port: number): Promise<AddressInfo> {
  server.listen({ host: '127.0.0.1', port });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(`port ${port} is not available: choose another, or none for a free one`, {
      cause: error,
    });
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address;
}

class Answering {
  readonly #options: ConsoleOptions;
  readonly #own: { readonly port: number; readonly token: string };
  readonly #fleet: LiveFleet;
  readonly #subscribers: Subscribers;

  constructor(
    options: ConsoleOptions,
    own: { readonly port: number; readonly token: string },
    fleet: LiveFleet,
    subscribers: Subscribers,
  ) {
    this.#options = options;
    this.#own = own;
    this.#fleet = fleet;
    this.#subscribers = subscribers;
  }

  /** Never rejects. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#answer(request, response);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else sayNo(response, 500, error instanceof Error ? error.message : String(error));
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const { method = '', headers } = request;
    const url = urlOf(request);
    const path = url?.pathname ?? '';
    const asset = ASSETS.get(path);
    const question = { method, headers, data: asset === undefined, page: path === PAGE };
    const refusal = refusalOf(question, this.#own);
    if (refusal !== undefined) return sayNo(response, refusal.status, refusal.message);
    if (asset !== undefined) return this.#sendAsset(asset, response);
    const { searchParams } = url ?? { searchParams: new URLSearchParams() };
    const link = [searchParams.get('namespace') ?? '', searchParams.get('name') ?? ''] as const;
    switch (path) {
      case '/api/stream':
        return this.#stream(response);
      case '/api/link':
        return sendJson(response, this.#fleet.detail(...link));
      case '/api/policy':
        return sendJson(response, await this.#policy(...link));
      default:
        return sayNo(response, 404, 'There is nothing here.');
    }
  }

  #sendAsset({ file, type }: Asset, response: ServerResponse): void {
    const content = this.#options.asset(file);
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': content.length });
    response.end(content);
  }

  #stream(response: ServerResponse): void {
    if (!this.#subscribers.add(response, this.#fleet.snapshot()))
      sayNo(response, 429, 'Too many pages listen already: close some.');
  }

  async #policy(namespace: string, name: string): Promise<PolicyView | undefined> {
    const link = this.#fleet.link(namespace, name);
    return link === undefined ? undefined : this.#options.readPolicy(link, this.#fleet.accounts());
  }
}

/** Undefined if the request line has no valid path. */
function urlOf({ url = '' }: IncomingMessage): URL | undefined {
  return URL.parse(url, 'http://127.0.0.1') ?? undefined;
}

function sendJson(response: ServerResponse, value: object | undefined): void {
  if (value === undefined) return sayNo(response, 404, 'There is no such link, or you may not see it.');
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(wireText(value));
}

function sayNo(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    ...(status === 405 && { Allow: 'GET' }),
  });
  // It may contain words of AWS or of the API server.
  response.end(`${terminalSafe(message)}\n`);
}
