/** The console's server over real sockets, and a cluster that the test plays. */
import { request } from 'node:http';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { buildConsole } from '../../../scripts/build-console.ts';
import { systemClock } from '../../../src/base/clock.ts';
import type { StreamMessage } from '../../../src/console/model/contract.ts';
import { StreamParser } from '../../../src/console/model/stream-parser.ts';
import { startConsole, type Console } from '../../../src/console/server/server.ts';
import { findSources } from '../../../src/console/server/sources.ts';
import { ApiError } from '../../../src/kubernetes/api-error.ts';
import { atMost } from '../../../testbed/eventually.ts';
import { accountObject, FakeCluster, forbidden, linkObject } from './fake-cluster.ts';

let cluster: FakeCluster;
let served: Console;
let origin: string;
let headers: Readonly<Record<string, string>>;

beforeEach(async () => {
  cluster = new FakeCluster();
  cluster.items = [linkObject('checkout')];
  const sources = await findSources({
    client: cluster.client,
    clock: systemClock,
    namespace: 'payments',
    only: false,
  });
  served = await startConsole({
    sources,
    clock: systemClock,
    asset: (name) => Buffer.from(`<${name}>`),
    readPolicy: () => Promise.reject(new Error('AWS fell \u202eover')),
  });
  const [address = '', token = ''] = served.url.split('/#token=');
  origin = address;
  headers = { Authorization: `Bearer ${token}` };
});
afterEach(() => served.close());

/** Messages of the stream until one is what is waited for. */
async function hear(isIt: (message: StreamMessage) => boolean, act: () => void = () => undefined) {
  const stop = new AbortController();
  const patience = setTimeout(() => stop.abort(), atMost(10_000));
  const heard: StreamMessage[] = [];
  try {
    const answer = await fetch(`${origin}/api/stream`, { headers, signal: stop.signal });
    const parser = new StreamParser();
    for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const messages: readonly StreamMessage[] = parser.push(piece).map((data) => JSON.parse(data));
      if (heard.length === 0) act();
      heard.push(...messages);
      if (messages.some(isIt)) return heard;
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    clearTimeout(patience);
    stop.abort();
  }
  throw new Error(`no such message came; the last of ${heard.length}: ${JSON.stringify(heard.at(-1))}`);
}

const tells = (name: string) => (message: StreamMessage) => message.links.some((row) => row.name === name);

const registers = (name: string) => (message: StreamMessage) =>
  message.accounts.some((row) => row.name === name);

const gone = (message: StreamMessage) =>
  message.kind === 'change' && message.goneLinks.includes('payments/checkout');

const named = (message: StreamMessage) => message.unreadable?.includes('payments/broken') === true;

const links = (state: string) => (message: StreamMessage) =>
  message.sources?.some((source) => source.kind === 'links' && source.state === state) === true;

describe('the console’s server', () => {
  it('serves the page to anybody under its own name, with its policy', async () => {
    const answer = await fetch(origin);
    expect([answer.status, await answer.text()]).toStrictEqual([200, '<index.html>']);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('has another token each time', async () => {
    const second = await startConsole({
      sources: await findSources({ client: cluster.client, clock: systemClock, namespace: 'x', only: false }),
      clock: systemClock,
      asset: () => Buffer.from(''),
      readPolicy: () => Promise.reject(new Error('no')),
    });
    expect(second.url.split('=')[1]).not.toBe(served.url.split('=')[1]);
    expect(second.url.split('=')[1]).toMatch(/^[\w-]{43}$/);
    await second.close();
  });

  it('tells everything first and then what changes', async () => {
    const [first] = await hear(tells('checkout'));
    expect(first?.kind).toBe('snapshot');
    const heard = await hear(tells('refund'), () => cluster.send('ADDED', linkObject('refund', '101')));
    expect(heard[0]).toMatchObject({ kind: 'snapshot', links: [{ key: 'payments/checkout' }] });
    // What changed just before somebody began to listen may be reported again.
    expect(heard.at(-1)).toMatchObject({
      kind: 'change',
      links: expect.arrayContaining([expect.objectContaining({ key: 'payments/refund' })]),
      goneLinks: [],
    });
  });

  it('reports links that go', async () => {
    await hear(tells('checkout'));
    await hear(gone, () => cluster.send('DELETED', linkObject('checkout', '102')));
  });

  it('reports accounts that come and go', async () => {
    await hear(registers('billing'), () =>
      cluster.send('ADDED', accountObject('billing', '222222222222', '101'), 'awsaccounts'),
    );
    const heard = await hear(
      (message) => message.kind === 'change' && message.goneAccounts.includes('billing'),
      () => cluster.send('DELETED', accountObject('billing', '222222222222', '102'), 'awsaccounts'),
    );
    expect(heard.at(-1)).toMatchObject({ accounts: [], goneLinks: [] });
  });

  it('leaves a link that it cannot read out, and names it', async () => {
    const broken = { ...linkObject('broken', '103'), spec: { stateMachineARN: 7 } };
    await hear(named, () => cluster.send('ADDED', broken));
  });

  it('says when the cluster takes a right away, and when it is back', async () => {
    await hear(links('live'));
    cluster.answer = forbidden;
    await hear(links('refused'), () =>
      cluster.send('ERROR', { kind: 'Status', code: 403, reason: 'Forbidden' }),
    );
    cluster.answer = () => undefined;
    await hear(links('live'));
  });

  it('says that nobody answers once a cluster that took a right away falls silent', async () => {
    await hear(links('live'));
    cluster.answer = forbidden;
    await hear(links('refused'), () =>
      cluster.send('ERROR', { kind: 'Status', code: 403, reason: 'Forbidden' }),
    );
    cluster.answer = () => {
      throw new ApiError(0, 'Timeout', 'no answer in 30 s');
    };
    await hear(links('lost'));
  });

  it('says that the credentials are taken no longer, not that nobody answers', async () => {
    await hear(links('live'));
    cluster.answer = () => {
      throw new ApiError(401, 'Unauthorized', 'Unauthorized');
    };
    const heard = await hear(links('lost'), () =>
      cluster.send('ERROR', { kind: 'Status', code: 401, reason: 'Unauthorized' }),
    );
    expect(JSON.stringify(heard.at(-1)?.sources)).toContain('no longer takes your credentials');
  });

  it('answers what is not there with 404, and what fails with one line', async () => {
    await hear(tells('checkout'));
    const status = async (path: string) => (await fetch(origin + path, { headers })).status;
    expect(await status('/api/link?namespace=payments&name=checkout')).toBe(200);
    expect(await status('/api/link?namespace=payments&name=__proto__')).toBe(404);
    expect(await status('/api/link')).toBe(404);
    expect(await status('/../../etc/passwd')).toBe(404);
    expect(await status('/app.js.map')).toBe(404);
    const failed = await fetch(`${origin}/api/policy?namespace=payments&name=checkout`, { headers });
    expect([failed.status, await failed.text()]).toStrictEqual([500, 'AWS fell \\u202eover\n']);
  });

  it('refuses a request for another host, as a rebound name sends it', async () => {
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    request(origin, { headers: { ...headers, Host: 'rebound.example' } }, ({ statusCode }) =>
      resolve(statusCode),
    ).end();
    expect(await promise).toBe(403);
  });

  it('takes no more than sixteen pages', async () => {
    const stop = new AbortController();
    const listen = () => fetch(`${origin}/api/stream`, { headers, signal: stop.signal });
    const statuses = [];
    for (let page = 0; page < 17; page += 1) statuses.push((await listen()).status);
    expect(statuses).toStrictEqual([...Array.from({ length: 16 }, () => 200), 429]);
    stop.abort();
  });

  it('says which port is not available', async () => {
    const { port } = new URL(origin);
    const sources = await findSources({
      client: cluster.client,
      clock: systemClock,
      namespace: 'x',
      only: false,
    });
    const again = startConsole({
      sources,
      clock: systemClock,
      asset: () => Buffer.from(''),
      readPolicy: () => Promise.reject(new Error('no')),
      port: Number(port),
    });
    await expect(again).rejects.toThrow(`port ${port} is not available`);
  });
});

describe('the page', () => {
  it('is less than 400 KB, compressed, all of it', async () => {
    const files = await buildConsole(mkdtempSync(join(tmpdir(), 'console-')));
    const bytes = [...files.values()].reduce((sum, content) => sum + gzipSync(content).length, 0);
    expect(bytes).toBeLessThan(400_000);
  });

  it('never asks for text to become markup', () => {
    const folder = new URL('../../../src/console/ui/', import.meta.url);
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.includes('.'),
    );
    const sources = names.map((name) => readFileSync(new URL(name, folder), 'utf8'));
    expect(
      sources.filter((source) => /nerHTML|insertAdjacentHTML|document\.write/.test(source)),
    ).toStrictEqual([]);
  });
});
