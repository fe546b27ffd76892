/** How long the reflector stays away from a server that fails. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { refuse, type SeenRequest } from './fake-api-server.ts';
import { widgetsIn } from './fixtures.ts';
import { ATTEMPTS, isList, isWatch, red, ReflectorHarness } from './reflector-harness.ts';

const a = widgetsIn('a');

describe('the reflector on a server that fails', () => {
  let harness: ReflectorHarness;
  let server: ReflectorHarness['server'];

  beforeEach(async () => {
    harness = await ReflectorHarness.begin();
    ({ server } = harness);
  });
  afterEach(() => harness.end());

  test('waits longer after each failure, up to half a minute, and shortly again after a success', async () => {
    server.fail(9 * ATTEMPTS, isList, (response) => refuse(response, 500, 'InternalError'));
    harness.start({ random: () => 1 });
    const pauses: number[] = [];
    for (let n = 0; n < 9; n += 1) {
      pauses.push(await harness.pause());
      harness.clock.advance(harness.clock.pending[0] ?? 0);
    }
    expect(pauses).toStrictEqual([800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000, 30_000]);
    await harness.watching();
    harness.clock.advance(2000);
    server.bookmark();
    await harness.heard();
    server.cut();
    expect(await harness.pause()).toBe(800);
  });

  test('asks again at once where two of five reads fail, and is never kept long from what happens', async () => {
    for (const name of ['two', 'three']) server.put(a, name, red);
    let reads = 0;
    const isFailing = (request: SeenRequest) => !isWatch(request) && (reads += 1) % 5 < 2;
    server.fail(Infinity, isFailing, (response) => refuse(response, 500, 'InternalError'));
    const began = harness.clock.monotonicMs();
    harness.start({ pageSize: 2 });
    const cuts = 10;
    for (let cut = 1; cut <= cuts; cut += 1) {
      await harness.until(() => {
        harness.passRetryPause();
        return harness.watches === cut && server.watchers.size === 1;
      });
      await harness.watching();
      harness.clock.advance(2_000);
      server.cut();
      await harness.passPause();
    }
    expect(harness.errors).toStrictEqual(Array(cuts).fill('0 ConnectionFailed'));
    expect((harness.clock.monotonicMs() - began) / cuts).toBeLessThan(3_500);
  });

  test('leaves a throttling server alone for as long as it asks', async () => {
    server.fail(1, isWatch, (response) => refuse(response, 429, 'TooManyRequests', { retryAfter: 17 }));
    harness.start();
    expect(await harness.pause()).toBe(17_000);
  });

  test('does not ask in a tight loop when the server ends every watch at once', async () => {
    server.fail(3, isWatch, (response) => void response.writeHead(200).end());
    harness.start();
    for (const pauseMs of [400, 800, 1600]) {
      expect(await harness.pause()).toBe(pauseMs);
      harness.clock.advance(pauseMs);
    }
    await harness.watching();
    expect(harness.lists).toBe(1);
  });
});
