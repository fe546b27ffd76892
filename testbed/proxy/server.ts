/** An HTTP proxy that understands the calls, counts them and does to them what its rules say. */
import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { CallLog } from './call-log.ts';
import { Rules, type Answer, type Fault } from './rules.ts';

/** A complete request. */
export interface Request {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Tls {
  readonly certificate: Buffer;
  readonly key: Buffer;
}

/** What one kind of proxy knows about its calls. */
export interface Dialect<Call> {
  /** Reads a call out of a request. */
  readonly read: (request: Request) => Call;
  /** The call's name in counts. */
  readonly nameOf: (call: Call) => string;
  /** Sees each complete answer of the server before the rules do. */
  readonly learn?: (call: Call, answer: Answer) => void;
  /** For calls whose answer has no foreseeable end: passes on what comes, until it resolves. */
  readonly relay?: (call: Call) => ((source: Readable, sink: ServerResponse) => Promise<void>) | undefined;
}

export interface Proxy<Call> {
  readonly url: string;
  readonly calls: CallLog<Call>;
  readonly rules: Rules<Call>;
  /** Cuts all connections and stops listening. */
  stop(): Promise<void>;
}

/** Headers about one connection, not about the message. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'expect',
  'content-length',
]);

/** Starts a proxy on a free port of the loopback interface, before the server at `upstream`. With `tls` it uses this certificate
 *  itself, and trusts it in the server. */
export async function startProxy<Call>(
  upstream: string,
  dialect: Dialect<Call>,
  tls?: Tls,
): Promise<Proxy<Call>> {
  const calls = new CallLog(dialect.nameOf);
  const rules = new Rules<Call>();
  const pool = new Pool(upstream, {
    connections: 64,
    headersTimeout: 0,
    bodyTimeout: 0,
    ...(tls === undefined ? {} : { connect: { ca: tls.certificate } }),
  });
  const exchange = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const request: Request = {
      method: incoming.method ?? 'GET',
      target: incoming.url ?? '/',
      headers: incoming.headers,
      body: await buffer(incoming),
    };
    const call = dialect.read(request);
    const ended = calls.open(call);
    try {
      ended(await handle(pool, dialect, { call, request, outgoing, faults: await rules.faultsFor(call) }));
    } catch (error) {
      ended(undefined);
      throw error;
    }
  };
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    // A caller that hangs up, or a server that is gone, ends only this exchange, as a cut connection.
    exchange(incoming, outgoing).catch(() => outgoing.destroy());
  };
  const server =
    tls === undefined
      ? createHttpServer(listener)
      : createHttpsServer({ cert: tls.certificate, key: tls.key }, listener);
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = 0;
  const port = await listen(server);
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    calls,
    rules,
    async stop() {
      server.close();
      server.closeAllConnections();
      await pool.destroy();
    },
  };
}

interface Exchange<Call> {
  readonly call: Call;
  readonly request: Request;
  readonly outgoing: ServerResponse;
  readonly faults: readonly Fault[];
}

/** Returns the status that the caller got; undefined if its connection was cut. */
async function handle<Call>(
  pool: Pool,
  dialect: Dialect<Call>,
  { call, request, outgoing, faults }: Exchange<Call>,
): Promise<number | undefined> {
  for (const fault of faults) {
    if (fault.kind === 'delay') await pause(fault.milliseconds);
    else if (fault.kind === 'hold') await fault.until;
    else if (fault.kind === 'answer') return send(outgoing, fault.answer);
    else if (fault.kind === 'cut') return cut(outgoing);
  }

  const relay = dialect.relay?.(call);
  if (relay !== undefined) {
    const hungUp = new AbortController();
    outgoing.once('close', () => hungUp.abort());
    const response = await forward(pool, request, hungUp.signal);
    outgoing.writeHead(response.statusCode, endToEnd(response.headers));
    outgoing.flushHeaders();
    await relay(response.body, outgoing);
    return response.statusCode;
  }

  // A call that was sent takes effect even if its caller no longer waits, as on a real network.
  const response = await forward(pool, request);
  let answer: Answer = {
    status: response.statusCode,
    headers: endToEnd(response.headers),
    body: await buffer(response.body),
  };
  dialect.learn?.(call, answer);
  for (const fault of faults) {
    if (fault.kind === 'lose') return cut(outgoing);
    if (fault.kind === 'change') answer = await fault.change(answer);
  }
  return send(outgoing, answer);
}

function forward(pool: Pool, { method, target, headers, body }: Request, signal?: AbortSignal) {
  return pool.request({
    method,
    path: target,
    headers: endToEnd(headers),
    body: body.length === 0 ? null : body,
    ...(signal === undefined ? {} : { signal }),
  });
}

function send(outgoing: ServerResponse, { status, headers, body }: Answer): number {
  outgoing.writeHead(status, { ...headers, 'content-length': body.length });
  outgoing.end(body);
  return status;
}

function cut(outgoing: ServerResponse): undefined {
  outgoing.destroy();
}

function endToEnd(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name)) kept[name] = value;
  }
  return kept;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no TCP port');
  return address.port;
}
