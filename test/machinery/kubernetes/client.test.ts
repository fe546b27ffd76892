import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ApiError } from '../../../src/kubernetes/api-error.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { objectAt } from '../../../src/base/json.ts';
import type { KubernetesApi, KubernetesClient } from '../../../src/kubernetes/client.ts';
import { fencedClient } from '../../../src/kubernetes/fenced-client.ts';
import type { RequestOptions } from '../../../src/kubernetes/transport.ts';
import { FakeApiServer, refuse, respond } from './fake-api-server.ts';
import type { SeenRequest } from './fake-api-server.ts';
import { FakeClock } from './fake-clock.ts';
import { widgets, widgetsIn } from './fixtures.ts';
import { until } from '../../until.ts';

const any = () => true;
const one = { namespace: 'a', name: 'one' };
const once = { retries: 0 };

/** The error that a promise is rejected with. */
async function failure(promise: Promise<unknown>): Promise<ApiError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('it succeeded');
}

describe('the REST client', () => {
  let server: FakeApiServer;
  let clock: FakeClock;
  beforeEach(async () => {
    server = await new FakeApiServer().start();
    clock = new FakeClock();
    server.put(widgetsIn('a'), 'one', { spec: { colour: 'red' } });
  });
  afterEach(() => server.stop());

  test('sends each request on the same few connections', async () => {
    const client = server.client(clock);
    for (let n = 0; n < 20; n += 1) await client.get(widgets, one);
    expect(server.connections).toBeLessThanOrEqual(2);
  });

  test('says who it is and shows its token', async () => {
    await server.client(clock, { userAgent: 'widgets/1.2' }).get(widgets, one);
    const { headers } = server.requests[0] ?? {};
    expect(headers?.['user-agent']).toBe('widgets/1.2');
    expect(headers?.authorization).toBe('Bearer secret');
  });

  const calls: [
    string,
    (client: ReturnType<FakeApiServer['client']>) => Promise<unknown>,
    Partial<SeenRequest>,
  ][] = [
    ['get', (client) => client.get(widgets, one), { method: 'GET', path: `${widgetsIn('a')}/one` }],
    ['list', (client) => client.list(widgets), { method: 'GET', path: '/apis/example.com/v1/widgets' }],
    [
      'create',
      (client) => client.create(widgets, { metadata: { namespace: 'a', name: 'two' } }),
      {
        method: 'POST',
        path: widgetsIn('a'),
        body: { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { namespace: 'a', name: 'two' } },
      },
    ],
    [
      'update',
      (client) => client.update(widgets, one, { metadata: { name: 'one' } }),
      { method: 'PUT', path: `${widgetsIn('a')}/one` },
    ],
    [
      'patch',
      (client) => client.patch(widgets, one, { spec: { colour: null } }),
      { method: 'PATCH', path: `${widgetsIn('a')}/one`, body: { spec: { colour: null } } },
    ],
    [
      'applyStatus',
      (client) => client.applyStatus(widgets, one, { status: { n: 1 } }, { fieldManager: 'me' }),
      {
        method: 'PATCH',
        path: `${widgetsIn('a')}/one/status`,
        body: { apiVersion: 'example.com/v1', kind: 'Widget', status: { n: 1 } },
      },
    ],
    ['delete', (client) => client.delete(widgets, one), { method: 'DELETE', path: `${widgetsIn('a')}/one` }],
    [
      'get in the core group',
      async (client) => failure(client.get({ ...widgets, group: '' }, one)),
      { method: 'GET', path: '/api/v1/namespaces/a/widgets/one' },
    ],
  ];
  for (const [name, call, expected] of calls) {
    test(`asks what the API expects for ${name}`, async () => {
      await call(server.client(clock));
      const [seen] = server.requests;
      for (const [field, value] of Object.entries(expected)) {
        expect(Object.entries(seen ?? {}).find(([key]) => key === field)?.[1]).toStrictEqual(value);
      }
    });
  }

  test('applies as server-side apply and patches as merge patch', async () => {
    const client = server.client(clock);
    await client.patch(widgets, one, {});
    await client.applyStatus(widgets, one, {}, { fieldManager: 'me', force: true });
    expect(
      server.requests.map(({ headers, query }) => [headers['content-type'], query.toString()]),
    ).toStrictEqual([
      ['application/merge-patch+json', ''],
      ['application/apply-patch+yaml', 'fieldManager=me&force=true'],
    ]);
  });

  test('reports status, reason, message, causes and Retry-After of a refusal', async () => {
    server.fail(1, any, (response) => {
      refuse(response, 403, 'Forbidden', { retryAfter: 99, causes: [{ reason: 'NamespaceTerminating' }] });
    });
    const error = await failure(server.client(clock).get(widgets, one));
    expect([error.status, error.reason, error.message, error.causes, error.retryAfterSeconds]).toStrictEqual([
      403,
      'Forbidden',
      'refused: Forbidden',
      ['NamespaceTerminating'],
      99,
    ]);
  });

  test('makes an error of an answer that is no Status', async () => {
    server.fail(1, any, (response) => void response.writeHead(502).end('<html>bad gateway'));
    const error = await failure(server.client(clock).get(widgets, one, once));
    expect([error.status, error.reason]).toStrictEqual([502, 'HTTP 502']);
  });

  test('makes an error of an answer that is not JSON', async () => {
    server.fail(1, any, (response) => void response.writeHead(200).end('<html>welcome'));
    const error = await failure(server.client(clock).get(widgets, one, once));
    expect([error.status, error.reason]).toStrictEqual([0, 'Garbage']);
  });

  test('makes an error of an answer that is JSON and no object', async () => {
    server.fail(1, any, (response) => void response.writeHead(200).end('[]'));
    expect((await failure(server.client(clock).get(widgets, one, once))).reason).toBe('Garbage');
  });

  test('reads no more of an answer than it may be long, and makes the request once', async () => {
    server.put(widgetsIn('a'), 'one', { spec: { text: 'x'.repeat(5000) } });
    const error = await failure(server.client(clock, { longestAnswer: 4096 }).get(widgets, one));
    expect([error.status, error.reason]).toStrictEqual([0, 'TooLarge']);
    expect(server.requests).toHaveLength(1);
    await until(
      () => server.sockets.size === 0,
      () => server.sockets.size,
    );
  });

  test('takes an answer that is as long as it may be', async () => {
    const { length } = JSON.stringify(server.object(`${widgetsIn('a')}/one`));
    const client = server.client(clock, { longestAnswer: length });
    expect(objectAt(await client.get(widgets, one), 'spec')).toStrictEqual({ colour: 'red' });
  });

  test('knows the HTTP status alone of a refusal without an end', async () => {
    server.fail(1, any, (response) => void response.writeHead(403).end(' '.repeat(2 * 1024 * 1024)));
    const error = await failure(server.client(clock).get(widgets, one));
    expect([error.status, error.reason]).toStrictEqual([403, 'HTTP 403']);
  });

  const asked = (count: number) =>
    until(
      () => server.requests.length === count,
      () => server.requests.length,
    );

  test('sends no attempt of a write once the fence is closed, a repeated one neither', async () => {
    let isOpen = true;
    const client = fencedClient(server.client(clock), { mayWrite: () => isOpen });
    server.fail(9, any, (response) => refuse(response, 429, 'TooManyRequests', { retryAfter: 1 }));
    const answer = failure(client.patch(widgets, one, { metadata: { labels: { a: 'b' } } }));
    await asked(1);
    isOpen = false;
    await until(
      () => clock.pending.includes(1000),
      () => clock.pending,
    );
    clock.advance(1000);
    const error = await answer;
    expect([error.status, error.reason, server.requests.length]).toStrictEqual([0, 'Fenced', 1]);
  });

  const writes: [string, (client: KubernetesApi, options?: RequestOptions) => Promise<unknown>][] = [
    [
      'create',
      (client, given) => client.create(widgets, { metadata: { namespace: 'a', name: 'two' } }, given),
    ],
    ['update', (client, given) => client.update(widgets, one, { spec: {} }, given)],
    ['patch', (client, given) => client.patch(widgets, one, { spec: {} }, given)],
    [
      'applyStatus',
      (client, given) => client.applyStatus(widgets, one, { status: {} }, { ...given, fieldManager: 'me' }),
    ],
    ['delete', (client, given) => client.delete(widgets, one, given)],
  ];
  test.each(writes)('does not send %s through a closed fence', async (_, write) => {
    const error = await failure(write(fencedClient(server.client(clock), { mayWrite: () => false })));
    expect([error.reason, server.requests.length]).toStrictEqual(['Fenced', 0]);
  });

  test.each(writes)('gives up %s behind an open fence when its caller does', async (_, write) => {
    const client = fencedClient(server.client(clock), { mayWrite: () => true });
    await failure(write(client, { signal: AbortSignal.abort() }));
    expect(server.requests).toHaveLength(0);
  });

  test('reads and watches through a closed fence', async () => {
    const client = fencedClient(server.client(clock), { mayWrite: () => false });
    expect(objectAt(await client.get(widgets, one), 'spec')).toStrictEqual({ colour: 'red' });
    const { items, resourceVersion } = await client.list(widgets);
    expect(items).toHaveLength(1);
    server.fail(
      1,
      ({ query }) => query.get('watch') === 'true',
      (response) => response.writeHead(200).end('{"type": "ADDED", "object": {}}\n'),
    );
    const { signal } = new AbortController();
    const events = client.watch(widgets, { resourceVersion, timeoutSeconds: 1 }, 10_000, signal);
    expect((await events.next()).value).toStrictEqual({ type: 'ADDED', object: {} });
  });

  for (const status of [429, 503]) {
    test(`comes back when it may, after a ${status} with Retry-After`, async () => {
      server.fail(2, any, (response) => refuse(response, status, 'TooManyRequests', { retryAfter: 3 }));
      const answer = server.client(clock).get(widgets, one);
      for (const attempt of [1, 2]) {
        await until(
          () => server.requests.length === attempt && clock.pending[0] === 3000,
          () => [server.requests.length, clock.pending],
        );
        clock.advance(2999);
        expect(server.requests).toHaveLength(attempt);
        clock.advance(1);
      }
      expect((await answer)['kind']).toBeUndefined();
      expect(server.requests).toHaveLength(3);
    });
  }

  const immediate: [string, number, number | undefined][] = [
    ['a 429 without Retry-After', 429, undefined],
    ['a Retry-After beyond its patience', 429, 3600],
  ];
  for (const [what, status, retryAfter] of immediate) {
    test(`reports ${what} at once`, async () => {
      server.fail(9, any, (response) => refuse(response, status, 'No', retryAfter ? { retryAfter } : {}));
      expect((await failure(server.client(clock).get(widgets, one))).status).toBe(status);
      expect(server.requests).toHaveLength(1);
    });
  }

  const versioned = { metadata: { resourceVersion: '7' }, status: {} };
  const repeated: Readonly<Record<string, (client: KubernetesClient) => Promise<unknown>>> = {
    'a read': (client) => client.get(widgets, one),
    'a patch that carries its resource version': (client) => client.patch(widgets, one, versioned),
    'an apply that carries its resource version': (client) =>
      client.applyStatus(widgets, one, versioned, { fieldManager: 'x', force: true }),
  };
  for (const [what, call] of Object.entries(repeated)) {
    for (const status of [500, 502, 503, 504]) {
      test(`makes ${what} again after a ${status}`, async () => {
        server.fail(2, any, (response) => refuse(response, status, 'No', {}));
        const answer = call(server.client(clock)).catch((error: unknown) => error);
        for (const attempt of [1, 2]) {
          await until(
            () => server.requests.length === attempt && (clock.pending[0] ?? Infinity) <= 1000,
            () => [server.requests.length, clock.pending],
          );
          clock.advance(1000);
        }
        await answer;
        expect(server.requests).toHaveLength(3);
      });
    }
  }

  const never: Readonly<Record<string, (client: KubernetesClient) => Promise<unknown>>> = {
    'a patch without a resource version': (client) => client.patch(widgets, one, { status: {} }),
    'an update': (client) => client.update(widgets, one, versioned),
    'a creation': (client) => client.create(widgets, { metadata: { name: 'x' } }),
    'a deletion': (client) => client.delete(widgets, one),
  };
  for (const [what, call] of Object.entries(never)) {
    test(`never makes ${what} again after a 500`, async () => {
      server.fail(9, any, (response) => refuse(response, 500, 'No', {}));
      expect((await failure(call(server.client(clock)))).status).toBe(500);
      expect(server.requests).toHaveLength(1);
    });
  }

  test('gives up after as many retries as allowed', async () => {
    server.fail(9, any, (response) => refuse(response, 429, 'TooManyRequests', { retryAfter: 1 }));
    const answer = failure(server.client(clock).get(widgets, one, { retries: 1 }));
    await until(
      () => clock.pending[0] === 1000,
      () => clock.pending,
    );
    clock.advance(1000);
    expect((await answer).status).toBe(429);
    expect(server.requests).toHaveLength(2);
  });

  test.each([
    ['does not come in time', () => {}],
    ['stops half-way', (response: ServerResponse) => void response.writeHead(200).write('{"half": ')],
  ])('gives up on an answer that %s', async (_when, answerWith) => {
    server.fail(1, any, answerWith);
    const answer = failure(server.client(clock).get(widgets, one, { timeoutMs: 700 }));
    await asked(1);
    clock.advance(700);
    expect((await answer).reason).toBe('Timeout');
  });

  test('leaves no timer behind', async () => {
    await server.client(clock).get(widgets, one);
    expect(clock.pending).toStrictEqual([]);
  });

  test('opens another connection after one that timed out', async () => {
    server.fail(1, any, () => {});
    const client = server.client(clock);
    const answer = failure(client.get(widgets, one));
    await asked(1);
    clock.advance(30_000);
    await answer;
    await client.get(widgets, one);
    expect(server.connections).toBe(2);
  });

  test('reads once more when its kept-alive connection was closed', async () => {
    server.fail(1, any, (response) => response.socket?.destroy());
    await server.client(clock).get(widgets, one);
    expect(server.requests).toHaveLength(2);
  });

  test('ends when something on the way speaks another protocol', async () => {
    server.fail(1, any, (response) =>
      response.socket?.end(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n',
      ),
    );
    const error = await failure(server.client(clock).get(widgets, one, once));
    expect([error.status, error.reason]).toStrictEqual([0, 'ConnectionFailed']);
  });

  test('never repeats a write whose answer was lost', async () => {
    server.fail(1, any, (response) => response.socket?.destroy());
    const error = await failure(server.client(clock).patch(widgets, one, {}));
    expect([error.status, error.reason]).toStrictEqual([0, 'ConnectionFailed']);
    expect(server.requests).toHaveLength(1);
  });

  test('counts each attempt with its status, or <error> without one', async () => {
    const seen: string[] = [];
    const client = server.client(clock, {
      onRequest: (...[method, { plural }, status]) => seen.push(`${method} ${plural} ${status}`),
    });
    server.fail(1, any, (response) => response.socket?.destroy());
    await client.get(widgets, one);
    await failure(client.get(widgets, { namespace: 'a', name: 'none' }));
    expect(seen).toStrictEqual(['GET widgets <error>', 'GET widgets 200', 'GET widgets 404']);
  });

  test('stops when it is aborted', async () => {
    server.fail(1, any, () => {});
    const stop = new AbortController();
    const answer = failure(server.client(clock).get(widgets, one, { signal: stop.signal }));
    await asked(1);
    stop.abort();
    expect((await answer).reason).toBe('Aborted');
  });

  test('keeps names inside their path segment', async () => {
    await failure(server.client(clock).get(widgets, { namespace: 'a', name: '../../secrets?x=' }));
    expect(server.requests[0]?.path).toBe(`${widgetsIn('a')}/..%2F..%2Fsecrets%3Fx%3D`);
  });

  test('refuses a list without a resource version', async () => {
    server.fail(1, any, (response) => respond(response, 200, { items: [] }));
    expect((await failure(server.client(clock).list(widgets))).reason).toBe('Garbage');
  });

  test('works on the real clock', async () => {
    expect((await server.client(systemClock).list(widgets)).items).toHaveLength(1);
  });
});
