/** When the reflector lists, and what it makes of a list. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { refuse, respond, type SeenRequest } from './fake-api-server.ts';
import { widgetsIn } from './fixtures.ts';
import { ATTEMPTS, blue, isList, isWatch, red, ReflectorHarness } from './reflector-harness.ts';

const a = widgetsIn('a');
const isLaterPage = ({ query }: SeenRequest) => query.has('continue');

describe('the reflector', () => {
  let harness: ReflectorHarness;
  let server: ReflectorHarness['server'];

  beforeEach(async () => {
    harness = await ReflectorHarness.begin();
    ({ server } = harness);
  });
  afterEach(() => harness.end());

  test('forgets a refused object that a list no longer shows', async () => {
    server.put(a, 'bad', { spec: {} });
    harness.start();
    await harness.watching();
    expect([...harness.reflector.refused.keys()]).toStrictEqual(['a/bad']);
    server.fail(1, isWatch, (response) => refuse(response, 410, 'Expired'));
    harness.clock.advance(2000);
    server.endWatches();
    await harness.pause();
    server.remove(a, 'bad');
    harness.clock.advance(harness.clock.pending[0] ?? 0);
    await harness.watching();
    expect([harness.lists, harness.reflector.refused.size]).toStrictEqual([2, 0]);
  });

  test.each([
    ['a later page fails', isLaterPage, 500, 'InternalError'],
    ['the first page has expired', isList, 410, 'Expired'],
  ])('goes on listing in pages after %s', async (_what, picked, code, reason) => {
    for (const name of ['two', 'three']) server.put(a, name, red);
    server.fail(code === 500 ? ATTEMPTS : 1, picked, (response) => refuse(response, code, reason));
    harness.start({ pageSize: 2 });
    await harness.passPause();
    await harness.watching();
    expect(server.requests.findLast(isList)?.query.get('limit')).toBe('2');
  });

  test.each([
    [429, 'TooManyRequests', 'goes on', 1],
    [503, 'ServiceUnavailable', 'goes on', 1],
    [500, 'InternalError', 'lists anew', 2],
  ])('after a watch that is refused with %d %s %s', async (code, reason, _how, lists) => {
    server.fail(1, isWatch, (response) => refuse(response, code, reason));
    harness.start();
    await harness.passPause();
    await harness.watching();
    expect(harness.lists).toBe(lists);
  });

  test('asks nothing before it goes on after a watch that ended in its time', async () => {
    harness.start();
    await harness.watching();
    harness.clock.advance(150_000);
    server.bookmark();
    await harness.heard();
    harness.clock.advance(150_000);
    server.endWatches();
    await harness.until(() => harness.watches === 2);
    expect(server.requests.map((request) => isWatch(request))).toStrictEqual([false, true, true]);
  });

  test('is patient again with a list that lags once the one before has caught up', async () => {
    harness.start();
    await harness.watching();
    server.resourceVersion = 500;
    server.put(a, 'two', blue);
    await harness.notifiedOf(2);
    for (const expected of [1, 2]) {
      server.fail(1, isList, (response) =>
        respond(response, 200, { metadata: { resourceVersion: '300' }, items: [] }),
      );
      server.send('garbage');
      await harness.passPause();
      await harness.passPause();
      await harness.watching();
      expect(harness.errors.filter((error) => error === '0 Lagging')).toHaveLength(expected);
      harness.clock.advance(70_000);
    }
    expect(harness.cached).toStrictEqual(['one', 'two']);
  });

  test('goes by what a list shows, whatever its versions say, once the cache is doubted', async () => {
    harness.start();
    await harness.watching();
    Object.assign(server.object(`${a}/one`), blue);
    harness.reflector.doubt();
    await harness.notifiedOf(2);
    expect(harness.notified[1]).toBe('updated one blue list');
  });
});
