/** /metrics, /healthz, /readyz and /loglevel. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LOG_LEVELS, type LevelOwner } from './log-level.ts';

interface Endpoints {
  readonly metrics: () => Promise<string>;
  /** What is not in order, by name; empty if ready. */
  readonly ready: () => readonly string[];
  readonly log: LevelOwner;
}

const PATHS = ['/metrics', '/healthz', '/readyz', '/loglevel'];
const LONGEST_LEVEL = Math.max(...LOG_LEVELS.map(({ length }) => length));

/** @param address `host:port`; port 0 takes a free one */
export async function serveTelemetry(
  address: string,
  endpoints: Endpoints,
): Promise<{ server: Server; url: string }> {
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replace(/^\[|\]$/g, '');
  const server = createServer((request, response) => {
    // A client that hangs up, or whose request fails, must not affect others.
    handle(request, response, endpoints).catch(() => response.destroy());
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(Number(address.slice(at + 1)), host === '' ? undefined : host, resolve);
  await promise;
  return { server, url: `http://${urlHost(server.address())}` };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  { metrics, ready, log }: Endpoints,
): Promise<void> {
  const answer = (status: number, body: string, type = 'text/plain; charset=utf-8') => {
    response.writeHead(status, { 'content-type': type }).end(body);
  };
  // Probes and scrapes may ask with parameters, as in `/readyz?verbose`.
  switch (request.url?.split('?', 1)[0]) {
    case '/metrics':
      return answer(200, await metrics(), 'text/plain; version=0.0.4; charset=utf-8');
    case '/healthz':
      return answer(200, 'ok\n');
    case '/readyz': {
      const problems = ready();
      return problems.length === 0 ? answer(200, 'ok\n') : answer(503, `${problems.join('\n')}\n`);
    }
    case '/loglevel': {
      const { status, body } = request.method === 'PUT' ? await changeLevel(request, log) : levelOf(log);
      return answer(status, body);
    }
    default:
      return answer(404, `not found: ${PATHS.join(', ')}\n`);
  }
}

interface LevelAnswer {
  readonly status: number;
  readonly body: string;
}

function levelOf(log: LevelOwner): LevelAnswer {
  return { status: 200, body: `${log.level}\n` };
}

/** Only for requests from the pod itself, which includes `kubectl port-forward`: so it takes the right to do that. */
async function changeLevel(request: IncomingMessage, log: LevelOwner): Promise<LevelAnswer> {
  if (!isLoopback(request.socket.remoteAddress))
    return { status: 403, body: 'only from the pod itself: kubectl port-forward\n' };
  const wanted = await readStart(request);
  if (!LOG_LEVELS.includes(wanted))
    return { status: 400, body: `the body has to be one of ${LOG_LEVELS.join(', ')}\n` };
  log.level = wanted;
  return levelOf(log);
}

function isLoopback(address = ''): boolean {
  return ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(address);
}

/** The body without surrounding blanks. A body that is too long for a level is cut, and so is not one. */
async function readStart(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > LONGEST_LEVEL + 2) break;
  }
  return text.trim();
}

function urlHost(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') return String(address);
  return `${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}
