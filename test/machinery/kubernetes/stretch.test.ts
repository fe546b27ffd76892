/** Work that waits for nothing lets the event loop come round. */
import { describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Stretch } from '../../../src/base/stretch.ts';
import { Controller } from '../../../src/kubernetes/controller.ts';
import { WorkQueue } from '../../../src/kubernetes/work-queue.ts';
import { FakeClock } from './fake-clock.ts';
import { until } from '../../until.ts';

/** How many turns the event loop makes until `done`. */
async function turnsUntil(done: () => boolean): Promise<number> {
  for (let turns = 0; ; turns += 1) {
    if (done()) return turns;
    await nextTurn();
  }
}

/** Pieces of a millisecond each, by this many workers. */
async function turnsOf(pieces: number, workers: number): Promise<number> {
  const clock = new FakeClock();
  const stretch = new Stretch(clock);
  let left = pieces;
  for (let worker = 0; worker < workers; worker += 1) {
    void (async () => {
      for (;;) {
        await stretch.breathe();
        if (left <= 0) return;
        left -= 1;
        clock.advance(1);
      }
    })();
  }
  return turnsUntil(() => left <= 0);
}

describe('a stretch of work', () => {
  it.each([1, 10])('of %d workers is over after 8 ms, and goes on in the next turn', async (workers) => {
    const turns = await turnsOf(800, workers);
    expect(turns).toBeGreaterThanOrEqual(90);
    expect(turns).toBeLessThanOrEqual(203);
  });

  it('that is short is done at once', async () => {
    expect(await turnsOf(7, 3)).toBeLessThanOrEqual(1);
  });
});

it('a thousand reconciles that find nothing to do let others in', async () => {
  const clock = new FakeClock();
  const queue = new WorkQueue({ clock, random: () => 1 });
  for (let key = 0; key < 1_000; key += 1) queue.add(`a/${key}`);
  let reconciled = 0;
  const controller = new Controller({
    queue,
    reconcile: () => {
      reconciled += 1;
      clock.advance(1);
      return Promise.resolve({});
    },
    workers: 10,
    clock,
  });
  controller.start();
  expect(await turnsUntil(() => reconciled === 1_000)).toBeGreaterThanOrEqual(90);
  await until(
    () => queue.running().length === 0,
    () => queue.running(),
  );
  await controller.stop(0);
});
