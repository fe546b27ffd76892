import { beforeEach, describe, expect, test } from '@jest/globals';
import { ApiError } from '../../../src/kubernetes/api-error.ts';
import { Controller } from '../../../src/kubernetes/controller.ts';
import type { Reconcile, Reconciled } from '../../../src/kubernetes/controller.ts';
import { priority, WorkQueue } from '../../../src/kubernetes/work-queue.ts';
import { FakeClock } from './fake-clock.ts';
import { until } from '../../until.ts';

describe('the controller', () => {
  let clock: FakeClock;
  let queue: WorkQueue;
  let reconciled: Reconciled[];
  beforeEach(() => {
    clock = new FakeClock();
    queue = new WorkQueue({ clock, random: () => 1, backoff: { minMs: 100, maxMs: 1000 } });
    reconciled = [];
  });

  function start(reconcile: Reconcile, workers = 1): Controller {
    const controller = new Controller({
      queue,
      reconcile,
      workers,
      clock,
      onReconciled: (one) => reconciled.push(one),
    });
    controller.start();
    return controller;
  }
  const reconciledTimes = (count: number) =>
    until(
      () => reconciled.length === count,
      () => reconciled,
    );

  test('reconciles what is queued and says how long it took', async () => {
    start(async () => {
      clock.advance(2500);
      return {};
    });
    queue.add('a/x');
    await reconciledTimes(1);
    expect(reconciled).toStrictEqual([{ key: 'a/x', kind: 'success', seconds: 2.5 }]);
    expect(clock.pending).toStrictEqual([]);
  });

  test('comes back when it was told to, as a resync', async () => {
    start(async () => ({ requeueAfterMs: 5000 }));
    queue.add('a/x');
    await reconciledTimes(1);
    expect(reconciled[0]?.kind).toBe('requeue_after');
    expect(clock.pending).toStrictEqual([5000]);
  });

  test('comes back for a look now and then once nothing else waits', async () => {
    start(async (key) => {
      if (key === 'a/x') return { requeueAfterMs: 5000, isRoutine: true };
      // While this one is worked on, the look is due, and then another key comes.
      if (key === 'a/y') {
        clock.advance(5000);
        queue.add('a/z', priority.resync);
      }
      return {};
    });
    queue.add('a/x');
    await reconciledTimes(1);
    queue.add('a/y');
    await reconciledTimes(4);
    expect(reconciled.map(({ key }) => key)).toStrictEqual(['a/x', 'a/y', 'a/z', 'a/x']);
  });

  test('goes on with what it began before it begins what came meanwhile', async () => {
    start(async (key) => {
      if (key === 'a/x') return { requeueAfterMs: 5000, isBegun: true };
      // While this one is worked on, another key comes, and then it is time to go on.
      if (key === 'a/y') {
        queue.add('a/z');
        clock.advance(5000);
      }
      return {};
    });
    queue.add('a/x');
    await reconciledTimes(1);
    queue.add('a/y');
    await reconciledTimes(4);
    expect(reconciled.map(({ key }) => key)).toStrictEqual(['a/x', 'a/y', 'a/x', 'a/z']);
  });

  test('comes back after growing delays while it fails, and starts over after a success', async () => {
    let failures = 3;
    start(async () => {
      failures -= 1;
      if (failures >= 0) throw new Error('not yet');
      return {};
    });
    const delays: number[] = [];
    queue.add('a/x');
    for (let n = 1; n <= 3; n += 1) {
      await reconciledTimes(n);
      delays.push(clock.pending[0] ?? 0);
      clock.advance(clock.pending[0] ?? 0);
    }
    await reconciledTimes(4);
    failures = 1;
    queue.add('a/x');
    await reconciledTimes(5);
    delays.push(clock.pending[0] ?? 0);
    expect(delays).toStrictEqual([100, 200, 400, 100]);
    expect(reconciled.map(({ kind }) => kind)).toStrictEqual(['error', 'error', 'error', 'success', 'error']);
  });

  test('survives a reconcile that throws before its first await', async () => {
    start(() => {
      throw new Error('at once');
    });
    queue.add('a/x');
    queue.add('a/y');
    await reconciledTimes(2);
    expect(String(reconciled[0]?.error)).toMatch(/at once/);
  });

  test.each([
    ['as long as it asks', 30, 30_000],
    ['five minutes, though it asks for a year', 31_536_000, 300_000],
  ])('leaves a throttling API server alone for %s', async (_time, retryAfterSeconds, pauseMs) => {
    start(async () => {
      throw new ApiError(429, 'TooManyRequests', 'slow down', { retryAfterSeconds });
    });
    queue.add('a/x');
    await reconciledTimes(1);
    expect(clock.pending).toStrictEqual([pauseMs]);
  });

  test('runs as many reconciles at a time as it has workers', async () => {
    const gate = Promise.withResolvers<void>();
    start(async () => {
      await gate.promise;
      return {};
    }, 3);
    for (let n = 0; n < 10; n += 1) queue.add(`a/${n}`, priority.resync);
    await until(
      () => queue.running().length === 3,
      () => queue.running().length,
    );
    expect(queue.depth).toBe(7);
    gate.resolve();
    await reconciledTimes(10);
  });

  test('lets what runs come to its end when it is stopped, and begins nothing more', async () => {
    const gate = Promise.withResolvers<void>();
    const controller = start(async () => {
      await gate.promise;
      return {};
    });
    queue.add('a/running');
    queue.add('a/waiting');
    await until(
      () => queue.running().length === 1,
      () => queue.running().length,
    );
    const stopped = controller.stop(10_000);
    gate.resolve();
    expect(await stopped).toStrictEqual([]);
    expect(reconciled.map(({ key }) => key)).toStrictEqual(['a/running']);
    expect(clock.pending).toStrictEqual([]);
  });

  test('abandons what outlives the grace period, and tells it so', async () => {
    let signal: AbortSignal | undefined;
    const controller = start(async (_, given) => {
      signal = given;
      return new Promise(() => {});
    });
    queue.add('a/stuck');
    await until(
      () => queue.running().length === 1,
      () => queue.running().length,
    );
    const stopped = controller.stop(10_000);
    clock.advance(9999);
    expect(signal?.aborted).toBe(false);
    clock.advance(1);
    expect(await stopped).toStrictEqual(['a/stuck']);
    expect(signal?.aborted).toBe(true);
  });
});
