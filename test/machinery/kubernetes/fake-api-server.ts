/** An API server that keeps objects like the real one, and misbehaves on demand, over real sockets. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { KubernetesClient } from '../../../src/kubernetes/client.ts';
import type { Clock } from '../../../src/base/clock.ts';
import { Connection } from '../../../src/kubernetes/connection.ts';
import { isJsonObject, objectAt, stringAt } from '../../../src/base/json.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { TransportOptions } from '../../../src/kubernetes/transport.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: JsonObject;
  /** The body as it came. */
  readonly text: string;
}

/** Answers a request in the server's place; false leaves it to the server. */
export type Fault = (request: SeenRequest, response: ServerResponse) => boolean;

export interface Watcher {
  readonly collection: string;
  readonly response: ServerResponse;
}

interface Stored {
  readonly path: string;
  readonly object: JsonObject;
}

export class FakeApiServer {
  readonly requests: SeenRequest[] = [];
  /** Tried in turn before each answer; each stays until it is taken out. */
  readonly faults: Fault[] = [];
  readonly watchers = new Set<Watcher>();
  readonly sockets = new Set<Socket>();
  /** Connections ever opened. */
  connections = 0;
  resourceVersion = 100;
  readonly #objects = new Map<string, Stored>();
  readonly #server: Server;
  #uids = 0;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.on('connection', (socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  async start(): Promise<this> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.listen(0, '127.0.0.1', resolve);
    await promise;
    return this;
  }

  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return `http://127.0.0.1:${address.port}`;
  }

  connection(): Connection {
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: 'fake', server: this.url, skipTLSVerify: true },
      { name: 'tester', token: 'secret' },
    );
    return new Connection(config);
  }

  client(clock: Clock, options: Partial<TransportOptions> = {}): KubernetesClient {
    return new KubernetesClient({ connection: this.connection(), clock, userAgent: 'test/1', ...options });
  }

  /** Adds a fault that applies `times` times to the requests that `matches` picks. */
  fail(
    times: number,
    matches: (request: SeenRequest) => boolean,
    answer: (response: ServerResponse) => void,
  ): void {
    let left = times;
    this.faults.push((request, response) => {
      if (left === 0 || !matches(request)) return false;
      left -= 1;
      answer(response);
      return true;
    });
  }

  /** Puts an object in place, as some other client would. */
  put(collection: string, name: string, content: JsonObject = {}): JsonObject {
    const path = `${collection}/${name}`;
    const before = this.#objects.get(path)?.object;
    const namespace = /\/namespaces\/([^/]+)\//.exec(path)?.[1];
    const uid =
      before === undefined ? `uid-${(this.#uids += 1)}` : stringAt(objectAt(before, 'metadata'), 'uid');
    this.resourceVersion += 1;
    const metadata = {
      ...objectAt(content, 'metadata'),
      name,
      namespace,
      uid,
      resourceVersion: String(this.resourceVersion),
    };
    const object = { ...content, metadata };
    this.#objects.set(path, { path, object });
    this.#tell(path, before === undefined ? 'ADDED' : 'MODIFIED', object);
    return object;
  }

  remove(collection: string, name: string): void {
    const path = `${collection}/${name}`;
    const object = this.#objects.get(path)?.object;
    if (object === undefined) throw new Error(`${path} is not there`);
    this.#objects.delete(path);
    this.resourceVersion += 1;
    const metadata = { ...objectAt(object, 'metadata'), resourceVersion: String(this.resourceVersion) };
    this.#tell(path, 'DELETED', { ...object, metadata });
  }

  object(path: string): JsonObject {
    return this.#objects.get(path)?.object ?? {};
  }

  objects(collection: string): JsonObject[] {
    return [...this.#objects.values()]
      .filter(({ path }) => inCollection(path, collection))
      .map(({ object }) => object);
  }

  /** Sends a line to every open watch. */
  send(line: string): void {
    for (const { response } of this.watchers) response.write(`${line}\n`);
  }

  bookmark(): void {
    const metadata = { resourceVersion: String(this.resourceVersion) };
    this.send(JSON.stringify({ type: 'BOOKMARK', object: { metadata } }));
  }

  /** Ends every watch as the server does when its time is up. */
  endWatches(): void {
    for (const { response } of this.watchers) response.end();
  }

  /** Breaks every connection. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  #tell(path: string, type: string, object: JsonObject): void {
    for (const { collection, response } of this.watchers) {
      if (inCollection(path, collection)) response.write(`${JSON.stringify({ type, object })}\n`);
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const text = (await request.toArray()).join('');
    const body: unknown = text === '' ? {} : JSON.parse(text);
    const seen = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: isJsonObject(body) ? body : {},
      text,
    };
    this.requests.push(seen);
    if (this.faults.some((fault) => fault(seen, response))) return;
    if (seen.query.get('watch') === 'true') return this.#watch(seen, response);
    this.#answer(seen, response);
  }

  #watch({ path }: SeenRequest, response: ServerResponse): void {
    const watcher = { collection: path, response };
    this.watchers.add(watcher);
    response.on('close', () => this.watchers.delete(watcher));
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.flushHeaders();
  }

  #answer(request: SeenRequest, response: ServerResponse): void {
    const path = request.path.replace(/\/status$/, '');
    const stored = this.#objects.get(path);
    switch (request.method) {
      case 'GET':
        if (isCollection(path)) return this.#list(request, response);
        return stored ? respond(response, 200, stored.object) : refuse(response, 404, 'NotFound');
      case 'POST': {
        const name = stringAt(objectAt(request.body, 'metadata'), 'name') ?? '';
        if (this.#objects.has(`${path}/${name}`)) return refuse(response, 409, 'AlreadyExists');
        return respond(response, 201, this.put(path, name, request.body));
      }
      default:
        if (stored === undefined) return refuse(response, 404, 'NotFound');
        return this.#change(request, stored, response);
    }
  }

  #change(request: SeenRequest, { path, object }: Stored, response: ServerResponse): void {
    const asked = stringAt(objectAt(request.body, 'metadata'), 'resourceVersion');
    const current = stringAt(objectAt(object, 'metadata'), 'resourceVersion');
    if (asked !== undefined && asked !== current) return refuse(response, 409, 'Conflict');
    const slash = path.lastIndexOf('/');
    const [collection, name] = [path.slice(0, slash), path.slice(slash + 1)];
    if (request.method === 'DELETE') {
      this.remove(collection, name);
      return respond(response, 200, object);
    }
    const next = request.method === 'PUT' ? request.body : merge(object, request.body);
    respond(response, 200, this.put(collection, name, next));
  }

  #list(request: SeenRequest, response: ServerResponse): void {
    const [, name] = /metadata.name=([^,]+)/.exec(request.query.get('fieldSelector') ?? '') ?? [];
    const all = this.objects(request.path).filter(
      (object) => name === undefined || stringAt(objectAt(object, 'metadata'), 'name') === name,
    );
    const from = Number(request.query.get('continue') ?? 0);
    const limit = Number(request.query.get('limit') ?? all.length);
    const metadata = {
      resourceVersion: String(this.resourceVersion),
      ...(from + limit < all.length && { continue: String(from + limit) }),
    };
    respond(response, 200, { kind: 'List', metadata, items: all.slice(from, from + limit) });
  }
}

/** Counts what follows the version: `plural` or `namespaces/x/plural`, and one more for an object in it. */
function isCollection(path: string): boolean {
  const rest = path.replace(/^\/(api|apis\/[^/]+)\/[^/]+\//, '');
  return rest.split('/').length % 2 === 1;
}

function inCollection(path: string, collection: string): boolean {
  const [root, plural] = [collection.slice(0, collection.lastIndexOf('/')), collection.split('/').at(-1)];
  return path.startsWith(root) && path.split('/').at(-2) === plural;
}

function merge(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, isJsonObject(value) ? merge(objectAt(target, key), value) : value);
  }
  return Object.fromEntries(merged);
}

export function respond(response: ServerResponse, status: number, body: JsonObject): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

/** Answers a `metav1.Status`, as the API server does when it refuses. */
export function refuse(
  response: ServerResponse,
  code: number,
  reason: string,
  more: { retryAfter?: number; causes?: JsonObject[] } = {},
): void {
  const details = { causes: more.causes ?? [] };
  const body = { kind: 'Status', status: 'Failure', message: `refused: ${reason}`, reason, details, code };
  const headers = {
    'Content-Type': 'application/json',
    ...(more.retryAfter && { 'Retry-After': more.retryAfter }),
  };
  response.writeHead(code, headers).end(JSON.stringify(body));
}
