import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { refuse, respond } from './fake-api-server.ts';
import type { SeenRequest } from './fake-api-server.ts';
import { widgetsIn } from './fixtures.ts';
import { ATTEMPTS, blue, isList, isWatch, red, ReflectorHarness } from './reflector-harness.ts';

const a = widgetsIn('a');
const isLaterPage = ({ query }: SeenRequest) => query.has('continue');
const expired = (response: ServerResponse) => refuse(response, 410, 'Expired');

/** A watch is begun once, and a refusal for good is believed. */
const attempts = (what: string, place: string) => (place === 'list' && what !== 'a 403' ? ATTEMPTS : 1);

describe('the reflector on a hostile server', () => {
  let harness: ReflectorHarness;
  let server: ReflectorHarness['server'];

  beforeEach(async () => {
    harness = await ReflectorHarness.begin();
    ({ server } = harness);
  });
  afterEach(() => harness.end());

  /** A list as the server would give it now. */
  const page = () => ({
    metadata: { resourceVersion: String(server.resourceVersion) },
    items: server.objects(a),
  });

  /** Ends the watch and refuses to resume it, so that what happens meanwhile is only seen by a list. */
  async function intoGap(): Promise<void> {
    server.fail(1, isWatch, expired);
    harness.clock.advance(2000);
    server.endWatches();
    await harness.until(() => harness.errors.length === 1);
  }

  test('lists again on a 410 and tells only the differences', async () => {
    server.put(a, 'two', red);
    harness.start();
    await harness.watching();
    await intoGap();
    server.put(a, 'three', red);
    server.put(a, 'two', blue);
    server.remove(a, 'one');
    await harness.passPause();
    await harness.watching();
    expect(harness.notified.slice(2).sort()).toStrictEqual([
      'added three red list',
      'deleted one red list',
      'updated two blue list',
    ]);
  });

  test('tells an object deleted and recreated in a gap as a deletion and an addition', async () => {
    harness.start();
    await harness.watching();
    await intoGap();
    server.remove(a, 'one');
    server.put(a, 'one', blue);
    await harness.passPause();
    await harness.watching();
    expect(harness.notified.slice(1)).toStrictEqual(['deleted one red list', 'added one blue list']);
    expect(harness.reflector.cache.getByUid('uid-1')).toBeUndefined();
    expect(harness.reflector.cache.getByUid('uid-2')?.colour).toBe('blue');
  });

  test('lists again on an ERROR event', async () => {
    harness.start();
    await harness.watching();
    server.send(
      JSON.stringify({
        type: 'ERROR',
        object: { kind: 'Status', code: 410, reason: 'Expired' },
      }),
    );
    await harness.passPause();
    await harness.watching();
    expect([harness.errors, harness.lists]).toStrictEqual([['410 Expired'], 2]);
  });

  test('keeps the old contents until a new list is complete', async () => {
    for (const name of ['two', 'three', 'four']) server.put(a, name, red);
    harness.start({ pageSize: 2 });
    await harness.watching();
    server.fail(ATTEMPTS, isLaterPage, (response) => refuse(response, 500, 'InternalError'));
    await intoGap();
    server.remove(a, 'one');
    await harness.passPause();
    await harness.pause();
    expect(harness.errors).toStrictEqual(['410 Expired', '500 InternalError']);
    expect(harness.cached).toStrictEqual(['one', 'two', 'three', 'four']);
    harness.clock.advance(harness.clock.pending[0] ?? 0);
    await harness.watching();
    expect(harness.cached).toStrictEqual(['two', 'three', 'four']);
    expect(harness.notified.slice(4)).toStrictEqual(['deleted one red list']);
  });

  test('lists in one piece when the pages outlive the history of the server', async () => {
    for (const name of ['two', 'three']) server.put(a, name, red);
    server.fail(1, isLaterPage, expired);
    harness.start({ pageSize: 2 });
    await harness.passPause();
    await harness.watching();
    expect(harness.reflector.cache.size).toBe(3);
    expect(server.requests.findLast(isList)?.query.has('limit')).toBe(false);
  });

  const faults: [string, (response: ServerResponse) => void][] = [
    ['a 429', (response) => refuse(response, 429, 'TooManyRequests', { retryAfter: 1 })],
    ['a 500', (response) => refuse(response, 500, 'InternalError')],
    ['a 403', (response) => refuse(response, 403, 'Forbidden')],
    ['an HTML page', (response) => void response.writeHead(200).end('<html>\n')],
    ['a cut connection', (response) => response.socket?.destroy()],
    ['an empty answer', (response) => void response.writeHead(200).end()],
    ['half an answer', (response) => void response.writeHead(200).write('{"k', () => response.destroy())],
  ];
  for (const [what, answer] of faults) {
    for (const [place, picked] of [
      ['list', isList],
      ['watch', isWatch],
    ] as const) {
      test(`gets over ${what} in place of the ${place}`, async () => {
        server.fail(2 * attempts(what, place), picked, answer);
        harness.start();
        await harness.passPause();
        await harness.pause();
        expect(harness.reflector.hasSynced).toBe(place === 'watch');
        harness.clock.advance(harness.clock.pending[0] ?? 0);
        await harness.watching();
        server.put(a, 'two', blue);
        await harness.notifiedOf(2);
        expect(harness.cached).toStrictEqual(['one', 'two']);
      });
    }
  }

  test('gives up on a list and on a watch that are never answered', async () => {
    server.fail(1, isList, () => {});
    server.fail(1, isWatch, () => {});
    harness.start();
    for (const place of [isList, isWatch]) {
      await harness.until(() => server.requests.some(place));
      harness.clock.advance(30_000);
      await harness.passPause();
    }
    await harness.watching();
    expect(harness.errors).toStrictEqual(['0 Timeout', '0 Timeout']);
  });

  test('goes on after its connections are cut, without a list', async () => {
    harness.start();
    await harness.watching();
    server.cut();
    await harness.pause();
    server.put(a, 'two', blue);
    harness.clock.advance(harness.clock.pending[0] ?? 0);
    await harness.until(() => harness.watches === 2);
    expect(server.requests.at(-1)?.query.get('resourceVersion')).toBe('101');
    expect(harness.lists).toBe(1);
  });

  test('lists again after its connections are cut where the server was put back, and has as many versions again', async () => {
    harness.start();
    await harness.watching();
    server.put(a, 'two', blue);
    await harness.notifiedOf(2);
    server.cut();
    await harness.pause();
    server.remove(a, 'two');
    server.resourceVersion = 101;
    server.put(a, 'three', red);
    harness.clock.advance(harness.clock.pending[0] ?? 0);
    await harness.notifiedOf(4);
    expect(harness.notified.slice(2).toSorted()).toStrictEqual([
      'added three red list',
      'deleted two blue list',
    ]);
  });

  test.each([
    [
      'a deletion that it heard of did not happen',
      () => server.remove(a, 'one'),
      () => server.put(a, 'one', red),
    ],
    [
      'an object that it heard of is another',
      () => server.put(a, 'one', blue),
      () => server.put(a, 'one', red),
    ],
  ])('lists again after its connections are cut where %s', async (_what, happen, undo) => {
    harness.start();
    await harness.watching();
    const before = server.object(`${a}/one`);
    happen();
    await harness.notifiedOf(2);
    server.cut();
    await harness.pause();
    undo();
    Object.assign(server.object(`${a}/one`), {
      metadata: before['metadata'],
    });
    harness.clock.advance(harness.clock.pending[0] ?? 0);
    await harness.watching();
    expect(harness.lists).toBe(2);
    expect([...harness.reflector.cache.values()].map(({ colour }) => colour)).toStrictEqual(['red']);
  });

  test('takes no notice of half a line', async () => {
    harness.start();
    await harness.watching();
    for (const { response } of server.watchers) response.write('{"type":"ADDED","obj', () => server.cut());
    await harness.passPause();
    await harness.watching();
    expect(harness.notified).toStrictEqual(['added one red list']);
  });

  const lines = [
    '<html>',
    '{}',
    '[]',
    '{"type":"ADDED","object":{}}',
    '{"type":"JUNK","object":{"metadata":{"name":"x","uid":"u","resourceVersion":"900"}}}',
  ];
  for (const line of lines) {
    test(`lists again after the line ${line}`, async () => {
      harness.start();
      await harness.watching();
      server.resourceVersion = 1000;
      server.send(line);
      await harness.passPause();
      await harness.watching();
      expect(harness.lists).toBe(2);
      expect(harness.notified).toStrictEqual(['added one red list']);
    });
  }

  test('takes a watch that has fallen silent for broken: closes it, lists and watches again', async () => {
    harness.start();
    await harness.watching();
    const [silent] = server.watchers;
    harness.clock.advance(200_000);
    await harness.passPause();
    await harness.watching();
    expect([harness.errors, harness.lists, harness.watches]).toStrictEqual([['0 Timeout'], 2, 2]);
    expect(silent?.response.destroyed).toBe(true);
  });

  test('does not go back in time when a list lags behind what it has seen', async () => {
    harness.start();
    await harness.watching();
    server.resourceVersion = 500;
    server.put(a, 'two', blue);
    await harness.notifiedOf(2);
    server.fail(1, isList, (response) => {
      respond(response, 200, {
        metadata: { resourceVersion: '300' },
        items: [],
      });
    });
    server.send('garbage');
    await harness.passPause();
    await harness.pause();
    expect(harness.errors).toStrictEqual(['0 Garbage', '0 Lagging']);
    expect(harness.cached).toStrictEqual(['one', 'two']);
    harness.clock.advance(harness.clock.pending[0] ?? 0);
    await harness.watching();
    expect(harness.notified).toHaveLength(2);
  });

  test('believes after a minute that a cluster was restored from a backup', async () => {
    harness.start({ random: () => 1 });
    await harness.watching();
    server.resourceVersion = 500;
    server.put(a, 'two', blue);
    await harness.notifiedOf(2);
    server.resourceVersion = 200;
    server.remove(a, 'two');
    const lagsFromMs = harness.clock.monotonicMs();
    server.send('garbage');
    for (let pauses = 0; pauses < 7; pauses += 1) await harness.passPause();
    await harness.watching();
    expect(harness.notified.slice(2)).toStrictEqual(['deleted two blue list']);
    expect(harness.clock.monotonicMs() - lagsFromMs).toBeGreaterThanOrEqual(60_000);
    server.put(a, 'three', red);
    await harness.notifiedOf(4);
  });

  test('reports what a restored cluster has under a version that was another state’s before', async () => {
    harness.start({ random: () => 1 });
    await harness.watching();
    server.put(a, 'two', blue);
    const { resourceVersion } = server;
    server.put(a, 'three', red);
    await harness.notifiedOf(3);
    server.remove(a, 'three');
    server.resourceVersion = resourceVersion - 1;
    server.put(a, 'two', red);
    await harness.notifiedOf(4);
    expect(server.resourceVersion).toBe(resourceVersion);
    server.send('garbage');
    for (let pauses = 0; pauses < 7; pauses += 1) await harness.passPause();
    await harness.watching();
    expect(harness.notified.slice(4)).toStrictEqual(['updated two red list']);
  });

  test('tells a deletion that a restored cluster has undone as an end and a beginning', async () => {
    const deleting = {
      ...red,
      metadata: {
        deletionTimestamp: '2026-01-01T00:00:00Z',
        finalizers: ['f'],
      },
    };
    server.put(a, 'two', deleting);
    harness.start();
    await harness.watching();
    server.put(a, 'two', red);
    await harness.notifiedOf(4);
    expect(harness.notified.slice(2)).toStrictEqual(['deleted two red watch', 'added two red watch']);
  });

  test('takes no notice of events that are older than what it knows', async () => {
    harness.start();
    await harness.watching();
    const object = {
      ...blue,
      metadata: {
        name: 'one',
        namespace: 'a',
        uid: 'uid-1',
        resourceVersion: '99',
      },
    };
    server.send(JSON.stringify({ type: 'MODIFIED', object }));
    server.send(JSON.stringify({ type: 'DELETED', object }));
    server.put(a, 'two', blue);
    await harness.notifiedOf(2);
    expect(harness.notified).toStrictEqual(['added one red list', 'added two blue watch']);
    expect(harness.reflector.cache.get('a/one')?.colour).toBe('red');
  });

  test('lists again when it is asked to, although its watch says nothing', async () => {
    harness.start();
    await harness.watching();
    server.watchers.clear();
    server.put(a, 'two', blue);
    await harness.reflector.refresh('0');
    expect(harness.notified).toStrictEqual(['added one red list', 'added two blue list']);
    expect(harness.errors).toStrictEqual([]);
  });

  test('takes in no list that is older than what it is asked for, and waits for one that is not', async () => {
    harness.start();
    await harness.watching();
    const lagging = page();
    server.remove(a, 'one');
    const { newest } = harness.reflector;
    server.fail(2, isList, (response) => respond(response, 200, lagging));
    let isFresh = false;
    const refresh = async () => {
      await harness.reflector.refresh(String(Number(newest) + 1));
      isFresh = true;
    };
    void refresh();
    for (let list = 0; list < 2; list += 1) {
      expect(isFresh).toBe(false);
      await harness.passPause();
    }
    await harness.until(() => isFresh);
    expect(harness.cached).toStrictEqual([]);
    expect(harness.errors).toStrictEqual(['0 Lagging', '0 Lagging']);
  });

  test('has a list that was begun before taken for none that was asked for', async () => {
    const held = Promise.withResolvers<void>();
    server.fail(1, isList, async (response) => {
      const early = page();
      await held.promise;
      respond(response, 200, early);
    });
    harness.start();
    await harness.until(() => harness.lists === 1);
    server.put(a, 'two', blue);
    const refreshed = harness.reflector.refresh('0');
    held.resolve();
    await refreshed;
    expect(harness.lists).toBe(2);
    expect(harness.cached.toSorted()).toStrictEqual(['one', 'two']);
  });

  test('never has two watches open, whatever happens', async () => {
    harness.start();
    for (let round = 0; round < 20; round += 1) {
      await harness.watching();
      expect(server.watchers.size).toBe(1);
      harness.clock.advance(2000);
      if (round % 4 === 0) server.cut();
      if (round % 4 === 1) server.send('garbage');
      if (round % 4 === 2) server.endWatches();
      if (round % 4 === 3) harness.clock.advance(200_000);
      if (round % 4 !== 2) await harness.passPause();
      await harness.until(() => harness.watches > round + 1);
    }
  });
});
