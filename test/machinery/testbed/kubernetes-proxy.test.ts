import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { eventually } from '../../../testbed/eventually.ts';
import { conflict, gone, tooManyRequests } from '../../../testbed/proxy/kubernetes-answers.ts';
import { readKubernetesCall } from '../../../testbed/proxy/kubernetes-call.ts';
import { startKubernetesProxy, type KubernetesProxy } from '../../../testbed/proxy/kubernetes.ts';
import { narrow } from '../../expectations.ts';

const LINKS = '/apis/crossaccountlink.dev/v1alpha1/crossaccountlinks';

/** A stand-in for the API server: watches stay open and are written to by the test. */
function startStub() {
  const reached: string[] = [];
  const watchers: ServerResponse[] = [];
  const server = createServer((request, response) => {
    reached.push(`${request.method} ${request.url}`);
    request.resume();
    if (request.url?.includes('watch=') === true) {
      response.flushHeaders();
      watchers.push(response);
    } else response.end('{"kind":"Whatever"}');
  });
  return { server, reached, watchers };
}

/** Reads a watch as a client does: whole lines as they come. */
function readWatch(response: Response) {
  const events: string[] = [];
  const decoder = new TextDecoder();
  const ended = (async () => {
    let rest = '';
    for await (const chunk of response.body ?? []) {
      const lines = (rest + decoder.decode(chunk)).split('\n');
      rest = lines.pop() ?? '';
      events.push(...lines);
    }
  })();
  ended.catch(() => {});
  return { events, ended };
}

function saw(events: readonly string[], expected: readonly string[]): Promise<void> {
  return eventually('the events', () => expect(events).toStrictEqual(expected));
}

describe('the proxy before the API server', () => {
  const stub = startStub();
  let proxy: KubernetesProxy;

  beforeAll(async () => {
    stub.server.listen(0, '127.0.0.1');
    await once(stub.server, 'listening');
    const address = stub.server.address();
    narrow(address !== null && typeof address === 'object', address);
    proxy = await startKubernetesProxy({ url: `http://127.0.0.1:${address.port}` });
  });

  afterEach(() => {
    for (const watch of proxy.watches.matching()) watch.cut();
    proxy.rules.clear();
    proxy.calls.clear();
    stub.reached.length = 0;
    stub.watchers.length = 0;
  });

  afterAll(async () => {
    await proxy.stop();
    stub.server.closeAllConnections();
    stub.server.close();
  });

  /** Opens a watch through the proxy, with the server's end of it. */
  async function openWatch() {
    const response = await fetch(`${proxy.url}${LINKS}?watch=true`);
    const [server] = stub.watchers.slice(-1);
    const [watch] = proxy.watches.matching().slice(-1);
    narrow(server !== undefined && watch !== undefined, { server, watch });
    return { server, watch, ...readWatch(response) };
  }

  it('passes the events of a watch on as they come', async () => {
    const { server, events } = await openWatch();
    server.write('{"n":1}\n');
    await saw(events, ['{"n":1}']);
    server.write('{"n":2}\n');
    await saw(events, ['{"n":1}', '{"n":2}']);
  });

  it('ends a watch at its source when the watcher hangs up', async () => {
    const hangUp = new AbortController();
    await fetch(`${proxy.url}${LINKS}?watch=true`, { signal: hangUp.signal });
    const [server] = stub.watchers;
    narrow(server !== undefined, server);
    const closed = once(server, 'close');
    hangUp.abort();
    await closed;
  });

  it('ends a watch for the watcher when its source ends', async () => {
    const { server, ended } = await openWatch();
    server.end();
    await ended;
  });

  it('cuts a watch', async () => {
    const { watch, ended } = await openWatch();
    watch.cut();
    await expect(ended).rejects.toThrow();
  });

  it('silences a watch: it stays open and its events are lost', async () => {
    const silenced = await openWatch();
    silenced.watch.silence();
    silenced.server.write('{"n":1}\n');
    const other = await openWatch();
    other.server.write('{"n":2}\n');
    await saw(other.events, ['{"n":2}']);
    expect(silenced.events).toStrictEqual([]);
    expect(proxy.watches.matching()).toHaveLength(2);
  });

  it('holds events back and then lets them go in order', async () => {
    const held = await openWatch();
    const release = held.watch.hold();
    held.server.write('{"n":1}\n');
    held.server.write('{"n":2}\n');
    const other = await openWatch();
    other.server.write('{"n":3}\n');
    await saw(other.events, ['{"n":3}']);
    expect(held.events).toStrictEqual([]);
    release();
    await saw(held.events, ['{"n":1}', '{"n":2}']);
  });

  it('expires a watch with a 410 event, never within an event of the server', async () => {
    const { server, watch, events, ended } = await openWatch();
    server.write('{"n":1}\n{"half of an ');
    await saw(events, ['{"n":1}']);
    watch.expire();
    await ended;
    const last: unknown = JSON.parse(events.at(-1) ?? '');
    expect(last).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410 } });
  });

  for (const [what, fault, status] of [
    ['410', gone, 410],
    ['409', conflict, 409],
    ['429', tooManyRequests(7), 429],
  ] as const) {
    it(`answers ${what} with a Status, and the API server never sees the call`, async () => {
      proxy.rules.add({ match: (call) => call.resource === 'crossaccountlinks', fault });
      const response = await fetch(`${proxy.url}${LINKS}`);
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ kind: 'Status', code: status });
      expect(stub.reached).toStrictEqual([]);
    });
  }

  it('says when to come again', async () => {
    proxy.rules.add({ match: () => true, fault: tooManyRequests(7) });
    expect((await fetch(`${proxy.url}${LINKS}`)).headers.get('retry-after')).toBe('7');
  });

  it('loses the answer of a write that took effect', async () => {
    proxy.rules.add({ match: (call) => call.write, fault: { kind: 'lose' } });
    await expect(fetch(`${proxy.url}${LINKS}/x`, { method: 'PATCH', body: '{}' })).rejects.toThrow();
    expect(stub.reached).toStrictEqual([`PATCH ${LINKS}/x`]);
  });

  it('counts calls by verb and resource', async () => {
    await fetch(`${proxy.url}${LINKS}`);
    await fetch(`${proxy.url}/apis/crossaccountlink.dev/v1alpha1/namespaces/a/crossaccountlinks/x/status`, {
      method: 'PATCH',
      body: '{}',
    });
    expect([...proxy.calls.counts()]).toStrictEqual([
      ['list crossaccountlinks', 1],
      ['patch crossaccountlinks/status', 1],
    ]);
  });
});

describe('a call to the API server', () => {
  const cases = [
    ['GET', '/api/v1/namespaces', { verb: 'list', group: '', resource: 'namespaces' }],
    ['GET', '/api/v1/namespaces/a', { verb: 'get', resource: 'namespaces', name: 'a', namespace: '' }],
    ['PUT', '/api/v1/namespaces/a/finalize', { resource: 'namespaces', name: 'a', subresource: 'finalize' }],
    ['GET', '/api/v1/namespaces/a/secrets', { verb: 'list', resource: 'secrets', namespace: 'a', name: '' }],
    ['GET', '/api/v1/events?watch=1', { verb: 'watch', resource: 'events' }],
    ['POST', '/api/v1/namespaces/a/events', { verb: 'create', write: true }],
    [
      'PATCH',
      '/apis/crossaccountlink.dev/v1alpha1/namespaces/a/crossaccountlinks/x/status',
      {
        verb: 'patch',
        group: 'crossaccountlink.dev',
        resource: 'crossaccountlinks',
        namespace: 'a',
        name: 'x',
        subresource: 'status',
      },
    ],
    [
      'PUT',
      '/apis/coordination.k8s.io/v1/namespaces/a/leases/l',
      { verb: 'update', resource: 'leases', name: 'l' },
    ],
    ['DELETE', `${LINKS}/x`, { verb: 'delete', write: true }],
    ['DELETE', LINKS, { verb: 'deletecollection' }],
    ['GET', '/readyz', { verb: 'other', resource: '', write: false }],
    ['GET', '/apis', { verb: 'other', resource: '' }],
  ] as const;
  for (const [method, target, expected] of cases) {
    it(`is read from ${method} ${target}`, () => {
      expect(readKubernetesCall({ method, target, headers: {}, body: Buffer.alloc(0) })).toMatchObject(
        expected,
      );
    });
  }
});
