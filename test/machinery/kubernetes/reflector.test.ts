import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { widgetsIn } from './fixtures.ts';
import { blue, isList, isWatch, red, ReflectorHarness } from './reflector-harness.ts';

const a = widgetsIn('a');
const b = widgetsIn('b');

describe('the reflector', () => {
  let harness: ReflectorHarness;
  let server: ReflectorHarness['server'];

  beforeEach(async () => {
    harness = await ReflectorHarness.begin();
    ({ server } = harness);
  });
  afterEach(() => harness.end());

  test('has synced only when listeners know every object', async () => {
    server.put(b, 'two', blue);
    harness.start();
    expect(harness.reflector.hasSynced).toBe(false);
    await harness.watching();
    expect(harness.notified).toStrictEqual(['added one red list', 'added two blue list']);
    expect(harness.reflector.cache.get('b/two')?.colour).toBe('blue');
  });

  test('tells what happens while it watches', async () => {
    harness.start();
    await harness.watching();
    server.put(a, 'two', blue);
    server.put(a, 'two', red);
    server.remove(a, 'two');
    await harness.notifiedOf(4);
    expect(harness.notified.slice(1)).toStrictEqual([
      'added two blue watch',
      'updated two red watch',
      'deleted two red watch',
    ]);
  });

  test('keeps indexes as objects come, change and go', async () => {
    harness.start();
    await harness.watching();
    const named = (colour: string) =>
      harness.reflector.cache.byIndex('colour', colour).map(({ metadata }) => metadata.name);
    server.put(a, 'two', red);
    await harness.notifiedOf(2);
    expect(named('red').sort()).toStrictEqual(['one', 'two']);
    server.put(a, 'one', blue);
    await harness.notifiedOf(3);
    expect([named('red'), named('blue')]).toStrictEqual([['two'], ['one']]);
    server.remove(a, 'two');
    await harness.notifiedOf(4);
    expect(named('red')).toStrictEqual([]);
  });

  test('says so when it is asked for an index that is not there', () => {
    harness.start();
    expect(() => harness.reflector.cache.byIndex('size', 'xl')).toThrow(/no index "size"/);
  });

  test('takes no listener that has missed changes', async () => {
    harness.start();
    await harness.watching();
    expect(() => harness.reflector.onChange(() => {})).toThrow(/missed changes/);
  });

  test('asks for fewer objects a page where they are too large together', async () => {
    const spec = { colour: 'red', text: 'x'.repeat(3000) };
    for (const name of ['b', 'c', 'd', 'e']) harness.server.put(widgetsIn('a'), name, { spec });
    harness.start({
      client: harness.server.client(harness.clock, { longestAnswer: 8192 }),
      pageSize: 4,
    });
    await harness.watching();
    expect(harness.cached.toSorted()).toStrictEqual(['b', 'c', 'd', 'e', 'one']);
    expect(harness.errors).toStrictEqual([]);
    expect(
      harness.server.requests.filter(isList).map(({ query }) => [query.get('limit'), query.get('continue')]),
    ).toStrictEqual([
      ['4', null],
      ['2', null],
      ['2', '2'],
      ['2', '4'],
    ]);
  });

  test('asks for more objects a page again after the large ones', async () => {
    const spec = { colour: 'red', text: 'x'.repeat(3000) };
    for (const name of ['b', 'c', 'd', 'e']) harness.server.put(widgetsIn('a'), name, { spec });
    for (let at = 0; at < 100; at += 1) harness.server.put(widgetsIn('a'), `small-${at}`, red);
    harness.start({
      client: harness.server.client(harness.clock, { longestAnswer: 8192 }),
      pageSize: 16,
    });
    await harness.watching();
    expect(harness.cached).toHaveLength(105);
    expect(harness.server.requests.filter(isList).length).toBeLessThan(30);
  });

  test('takes no page of more than 4 MiB, however much the client may read, unless it is one object', async () => {
    for (const [name, length] of [
      ['b', 3_000_000],
      ['c', 3_000_000],
      ['d', 6_000_000],
    ] as const)
      harness.server.put(widgetsIn('a'), name, { spec: { colour: 'red', text: 'x'.repeat(length) } });
    harness.start({ pageSize: 4 });
    await harness.watching();
    expect(harness.cached.toSorted()).toStrictEqual(['b', 'c', 'd', 'one']);
    const limits = harness.server.requests.filter(isList).map(({ query }) => query.get('limit'));
    expect(limits).toStrictEqual(['4', '2', '2', '1', '1']);
  });

  test('reads the list page by page', async () => {
    for (const name of ['two', 'three', 'four', 'five']) server.put(a, name, red);
    harness.start({ pageSize: 2 });
    await harness.watching();
    expect(harness.reflector.cache.size).toBe(5);
    expect(server.requests.filter(isList).map(({ query }) => query.toString())).toStrictEqual([
      'limit=2',
      'limit=2&continue=2',
      'limit=2&continue=4',
    ]);
  });

  for (const [random, timeoutSeconds] of [
    [0, '300'],
    [0.999, '600'],
  ] as const) {
    test(`asks for bookmarks and an end after ${timeoutSeconds} s when chance is ${random}`, async () => {
      harness.start({ random: () => random });
      await harness.watching();
      const query = server.requests.find(isWatch)?.query;
      const asked = ['allowWatchBookmarks', 'timeoutSeconds', 'resourceVersion'].map((name) =>
        query?.get(name),
      );
      expect(asked).toStrictEqual(['true', timeoutSeconds, '101']);
    });
  }

  test('watches on from where it was when the server ends the watch', async () => {
    harness.start();
    await harness.watching();
    server.put(a, 'two', blue);
    await harness.notifiedOf(2);
    harness.clock.advance(2000);
    server.endWatches();
    await harness.until(() => harness.watches === 2);
    expect(server.requests.at(-1)?.query.get('resourceVersion')).toBe('102');
    expect(harness.lists).toBe(1);
  });

  test('watches on from the last bookmark', async () => {
    harness.start();
    await harness.watching();
    server.resourceVersion = 500;
    harness.clock.advance(2000);
    server.bookmark();
    await harness.heard();
    server.endWatches();
    await harness.until(() => harness.watches === 2);
    expect(server.requests.at(-1)?.query.get('resourceVersion')).toBe('500');
  });

  test('is content with bookmarks alone', async () => {
    harness.start();
    await harness.watching();
    for (let n = 0; n < 5; n += 1) {
      harness.clock.advance(190_000);
      server.bookmark();
      await harness.heard();
    }
    expect([harness.errors, harness.lists, harness.watches]).toStrictEqual([[], 1, 1]);
  });

  test('tells how long it has heard nothing', async () => {
    harness.start();
    expect(harness.reflector.sinceLastAnswerMs()).toBe(Infinity);
    await harness.watching();
    harness.clock.advance(4000);
    expect(harness.reflector.sinceLastAnswerMs()).toBe(4000);
    server.put(a, 'two', blue);
    await harness.heard();
  });

  test('leaves out what does not parse, and says which', async () => {
    server.put(a, 'bad', { spec: {} });
    harness.start();
    await harness.watching();
    expect(harness.notified).toStrictEqual(['added one red list']);
    expect([harness.refused, [...harness.reflector.refused.keys()]]).toStrictEqual([['a/bad'], ['a/bad']]);
    server.put(a, 'bad', blue);
    await harness.notifiedOf(2);
    expect(harness.reflector.refused.size).toBe(0);
  });

  test('takes out an object that no longer parses', async () => {
    harness.start();
    await harness.watching();
    server.put(a, 'one', { spec: {} });
    await harness.notifiedOf(2);
    expect(harness.notified[1]).toBe('deleted one red watch');
    expect(harness.reflector.refused.get('a/one') ?? '').toMatch(/colour is missing/);
  });

  test('forgets a refused object that is deleted', async () => {
    server.put(a, 'bad', { spec: {} });
    harness.start();
    await harness.watching();
    server.remove(a, 'bad');
    await harness.until(() => harness.reflector.refused.size === 0);
  });

  test('reports what does not parse, and misses only what counts', async () => {
    server.put(a, 'bad', { spec: {} });
    server.put(b, 'bad', { spec: {} });
    harness.start({ isMissed: (object) => JSON.stringify(object).includes('"namespace":"b"') });
    await harness.watching();
    expect([harness.refused, [...harness.reflector.refused.keys()]]).toStrictEqual([
      ['a/bad', 'b/bad'],
      ['b/bad'],
    ]);
  });

  test('takes what counts as gone for gone, though the server still has it', async () => {
    server.put(a, 'two', blue);
    harness.start({ isGone: ({ colour }) => colour === 'blue' });
    await harness.watching();
    server.put(a, 'one', blue);
    server.put(a, 'two', red);
    await harness.notifiedOf(3);
    expect(harness.notified).toStrictEqual([
      'added one red list',
      'deleted one red watch',
      'added two red watch',
    ]);
    expect(harness.reflector.refused.size).toBe(0);
  });

  test('goes on when a listener throws', async () => {
    let calls = 0;
    harness.start();
    harness.reflector.onChange(() => {
      calls += 1;
      throw new Error('a fault of mine');
    });
    await harness.watching();
    server.put(a, 'two', red);
    await harness.notifiedOf(2);
    expect([calls, harness.errors]).toStrictEqual([2, Array(2).fill('Error: a fault of mine')]);
  });

  test('watches one namespace and one selection when asked to', async () => {
    server.put(b, 'two', blue);
    harness.start({ namespace: 'b', labelSelector: 'app=x' });
    await harness.watching();
    expect(harness.notified).toStrictEqual(['added two blue list']);
    for (const { path, query } of server.requests) {
      expect([path, query.get('labelSelector')]).toStrictEqual([b, 'app=x']);
    }
  });

  test('leaves nothing behind when it is stopped', async () => {
    harness.start();
    await harness.watching();
    await harness.stop();
    await harness.until(() => server.watchers.size === 0);
    expect(harness.clock.pending).toStrictEqual([]);
  });
});
