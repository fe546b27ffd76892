import { beforeEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { priority, WorkQueue } from '../../../src/kubernetes/work-queue.ts';
import type { Taken, WorkQueueOptions } from '../../../src/kubernetes/work-queue.ts';
import { FakeClock } from './fake-clock.ts';
import { until } from '../../until.ts';

const groupOf = (key: string) => key.split('/')[0] ?? '';

describe('the work queue', () => {
  let clock: FakeClock;
  let queue: WorkQueue;
  const make = (options: Partial<WorkQueueOptions> = {}) =>
    new WorkQueue({ clock, random: () => 1, groupOf, backoff: { minMs: 100, maxMs: 1000 }, ...options });
  beforeEach(() => {
    clock = new FakeClock();
    queue = make();
  });

  /** Takes and finishes everything that is ready, in the order in which it is handed out. */
  async function drain(): Promise<string[]> {
    const keys: string[] = [];
    while (queue.depth > 0) {
      const { key = '' } = (await queue.take()) ?? {};
      keys.push(key);
      queue.done(key);
    }
    return keys;
  }

  test('hands out once what was added many times', async () => {
    for (let n = 0; n < 3; n += 1) queue.add('a/x');
    expect(await drain()).toStrictEqual(['a/x']);
  });

  test('runs a key exactly once more that was added while it ran', async () => {
    queue.add('a/x');
    await queue.take();
    queue.add('a/x');
    queue.add('a/x');
    queue.done('a/x');
    expect(await drain()).toStrictEqual(['a/x']);
  });

  test('never hands a key to a second worker', async () => {
    queue.add('a/x');
    await queue.take();
    queue.add('a/x');
    let second: Taken | undefined;
    void queue.take().then((taken) => (second = taken));
    queue.add('a/y');
    await until(
      () => second !== undefined,
      () => queue.depth,
    );
    expect(second?.key).toBe('a/y');
  });

  test('wakes a waiting worker as soon as there is a key', async () => {
    const taken = queue.take();
    queue.add('a/x', 7);
    expect(await taken).toStrictEqual({ key: 'a/x', priority: 7 });
  });

  test('serves user events before resyncs', async () => {
    for (const key of ['a/1', 'a/2']) queue.add(key, priority.resync);
    queue.add('a/3', priority.event);
    expect(await drain()).toStrictEqual(['a/3', 'a/1', 'a/2']);
  });

  test.each([
    ['a resync', priority.resync],
    ['a routine check', priority.routine],
  ])('serves %s among events that never end', async (_, at) => {
    queue.add('quiet/1', at);
    let events = 0;
    for (let key: string | undefined; key !== 'quiet/1'; events += 1) {
      if (events === 20) break;
      queue.add(`busy/${events}`, priority.event);
      ({ key = '' } = (await queue.take()) ?? {});
      queue.done(key);
    }
    expect(events).toBe(16);
  });

  test('serves a routine check among events and resyncs that never end', async () => {
    queue.add('quiet/1', priority.routine);
    const served: string[] = [];
    for (let n = 0; n < 40; n += 1) {
      queue.add(`busy/${n}`, priority.event);
      queue.add(`resync/${n}`, priority.resync);
      const { key = '' } = (await queue.take()) ?? {};
      served.push(key);
      queue.done(key);
    }
    expect(served).toContain('quiet/1');
    expect(served).toContain('resync/0');
    expect(served.filter((key) => key.startsWith('busy/')).length).toBeGreaterThan(30);
  });

  test('lifts a waiting key to a higher priority, and never lowers it', async () => {
    for (const key of ['a/1', 'a/2', 'a/3']) queue.add(key, priority.resync);
    queue.add('a/3', priority.event);
    queue.add('a/3', priority.resync);
    expect(await drain()).toStrictEqual(['a/3', 'a/1', 'a/2']);
  });

  test('lifts a running key, too, for its next run', async () => {
    queue.add('a/1');
    await queue.take();
    queue.add('a/1', priority.resync);
    queue.add('a/2', priority.resync);
    queue.add('a/1', priority.event);
    queue.done('a/1');
    expect(await drain()).toStrictEqual(['a/1', 'a/2']);
  });

  test("serves a second namespace's ten keys among the first's thousand", async () => {
    for (let n = 0; n < 1000; n += 1) queue.add(`big/${n}`);
    for (let n = 0; n < 10; n += 1) queue.add(`small/${n}`);
    const order = await drain();
    expect(order).toHaveLength(1010);
    expect(order.indexOf('small/9')).toBeLessThanOrEqual(20);
  });

  test('serves the keys of a group in the order in which they came', async () => {
    for (const key of ['a/1', 'b/1', 'a/2', 'b/2', 'a/3']) queue.add(key);
    expect(await drain()).toStrictEqual(['a/1', 'b/1', 'a/2', 'b/2', 'a/3']);
  });

  test('adds a key when its delay has passed, not before', () => {
    queue.addAfter('a/x', 500);
    clock.advance(499);
    expect(queue.depth).toBe(0);
    clock.advance(1);
    expect(queue.depth).toBe(1);
  });

  test('adds at once what is to come after no time', () => {
    queue.addAfter('a/x', 0);
    expect([queue.depth, clock.pending]).toStrictEqual([1, []]);
  });

  for (const [first, second] of [
    [500, 900],
    [900, 500],
  ] as const) {
    test(`keeps the sooner of two delays, ${first} then ${second}`, async () => {
      queue.addAfter('a/x', first);
      queue.addAfter('a/x', second);
      clock.advance(500);
      expect(await drain()).toStrictEqual(['a/x']);
      clock.advance(5000);
      expect(queue.depth).toBe(0);
    });
  }

  test('lets an add at once stand for one that is due later', async () => {
    queue.addAfter('a/x', 500, priority.event);
    queue.add('a/x', priority.resync);
    expect((await queue.take())?.priority).toBe(priority.event);
    queue.done('a/x');
    clock.advance(5000);
    expect(queue.depth).toBe(0);
  });

  test('lets an add that waits stand for one that is due later', async () => {
    queue.add('a/x', priority.resync);
    queue.addAfter('a/x', 500, priority.event);
    expect([(await queue.take())?.priority, clock.pending]).toStrictEqual([priority.event, []]);
  });

  for (const [resyncMs, eventMs] of [
    [500, 900],
    [900, 500],
  ] as const) {
    test(`keeps the higher priority of two delayed adds, a resync in ${resyncMs} and an event in ${eventMs}`, async () => {
      queue.addAfter('a/x', eventMs, priority.event);
      queue.addAfter('a/x', resyncMs, priority.resync);
      clock.advance(500);
      expect((await queue.take())?.priority).toBe(priority.event);
    });
  }

  test('lifts a delayed key that is added again with a higher priority', async () => {
    queue.addAfter('a/x', 500, priority.resync);
    queue.addAfter('a/x', 900, priority.event);
    clock.advance(500);
    expect((await queue.take())?.priority).toBe(priority.event);
  });

  test('doubles the delay of each retry up to the limit, and starts over once forgotten', async () => {
    const delays: number[] = [];
    for (let n = 0; n < 6; n += 1) {
      queue.retry('a/x');
      delays.push(clock.pending[0] ?? 0);
      clock.advance(clock.pending[0] ?? 0);
      await drain();
    }
    queue.forget('a/x');
    queue.retry('a/x');
    delays.push(clock.pending[0] ?? 0);
    expect(delays).toStrictEqual([100, 200, 400, 800, 1000, 1000, 100]);
  });

  test('counts the retries of each key by itself', () => {
    for (let n = 0; n < 3; n += 1) queue.retry('a/x');
    queue.retry('a/y');
    clock.advance(99);
    expect(queue.depth).toBe(0);
    clock.advance(1);
    expect(queue.depth).toBe(2);
  });

  test('spreads retries over the second half of the delay', () => {
    queue = make({ random: () => 0 });
    queue.retry('a/x');
    expect(clock.pending).toStrictEqual([50]);
  });

  test('retries no sooner than a server asked for', () => {
    queue.retry('a/x', priority.resync, 7000);
    expect(clock.pending).toStrictEqual([7000]);
  });

  test('ends its workers and drops what waits when it is shut down', async () => {
    queue.add('a/running');
    await queue.take();
    const waiting = queue.take();
    queue.addAfter('a/later', 500);
    queue.shutDown();
    queue.add('a/new');
    queue.addAfter('a/new', 100);
    expect([await waiting, await queue.take(), queue.depth, clock.pending]).toStrictEqual([
      undefined,
      undefined,
      0,
      [],
    ]);
    expect(queue.running()).toStrictEqual(['a/running']);
  });

  test('drops the rerun of a key that still runs when it is shut down', async () => {
    queue.add('a/x');
    await queue.take();
    queue.add('a/x');
    queue.shutDown();
    queue.done('a/x');
    expect(queue.depth).toBe(0);
  });

  test('refuses to be done with what nobody works on', () => {
    expect(() => queue.done('a/x')).toThrow(/a\/x/);
  });

  test('measures as client-go does', async () => {
    const seen: string[] = [];
    queue = make({
      metrics: {
        depth: (keys) => seen.push(`depth ${keys}`),
        added: () => seen.push('added'),
        queueDuration: (seconds) => seen.push(`queued ${seconds}`),
        workDuration: (seconds) => seen.push(`worked ${seconds}`),
        retried: () => seen.push('retried'),
      },
    });
    queue.add('a/x');
    clock.advance(2000);
    queue.add('a/x');
    await queue.take();
    clock.advance(3000);
    expect(queue.runningMs()).toStrictEqual([3000]);
    queue.retry('a/x');
    queue.done('a/x');
    expect(seen).toStrictEqual(['added', 'depth 1', 'added', 'depth 0', 'queued 2', 'retried', 'worked 3']);
    expect(queue.runningMs()).toStrictEqual([]);
    queue.add('a/y');
    queue.shutDown();
    expect(seen.slice(-2)).toStrictEqual(['depth 1', 'depth 0']);
  });
});

/** What can be done to a queue, for the laws below. */
type Step =
  | { readonly kind: 'add' | 'addAfter' | 'retry'; readonly key: string; readonly at: number }
  | { readonly kind: 'take' | 'done' | 'wait' };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({
      kind: fc.constantFrom('add', 'addAfter', 'retry'),
      key: fc.constantFrom('a/1', 'a/2', 'b/1', 'b/2', 'c/1'),
      at: fc.constantFrom(priority.resync, priority.event),
    }),
    fc.record({ kind: fc.constantFrom('take', 'done', 'wait') }),
  ),
  { maxLength: 80 },
);

test('whatever is done to a queue, no key runs twice at a time, none is lost, and none runs unasked', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const clock = new FakeClock();
      const queue = new WorkQueue({ clock, groupOf });
      const running: string[] = [];
      const asked = new Set<string>();
      const take = async () => {
        if (queue.depth === 0 || running.length >= 3) return;
        const isBlocked = [...asked].every((key) => running.includes(key));
        if (isBlocked) return;
        const { key = '' } = (await queue.take()) ?? {};
        expect(running).not.toContain(key);
        expect(asked.delete(key)).toBe(true);
        running.push(key);
      };
      const done = () => {
        const key = running.shift();
        if (key !== undefined) queue.done(key);
      };
      for (const step of history) {
        if ('key' in step) asked.add(step.key);
        switch (step.kind) {
          case 'add':
            queue.add(step.key, step.at);
            break;
          case 'addAfter':
            queue.addAfter(step.key, 50_000, step.at);
            break;
          case 'retry':
            queue.retry(step.key, step.at);
            break;
          case 'take':
            await take();
            break;
          case 'done':
            done();
            break;
          case 'wait':
            clock.advance(100_000);
        }
      }
      clock.advance(1_000_000);
      while (running.length > 0) done();
      while (asked.size > 0 && queue.depth > 0) {
        await take();
        done();
      }
      expect([[...asked], queue.depth]).toStrictEqual([[], 0]);
    }),
  );
});

test('whatever waits, a group with little is served before any other is served more than once as often', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(sizes, async (groups) => {
      const queue = new WorkQueue({ clock: new FakeClock(), groupOf });
      groups.forEach((size, group) => {
        for (let n = 0; n < size; n += 1) queue.add(`${group}/${n}`);
      });
      const served = groups.map(() => 0);
      while (queue.depth > 0) {
        const { key = '' } = (await queue.take()) ?? {};
        queue.done(key);
        const group = Number(groupOf(key));
        served[group] = (served[group] ?? 0) + 1;
        const behind = served.filter((count, index) => count < (groups[index] ?? 0));
        expect(served[group] ?? 0).toBeLessThanOrEqual(Math.min(...behind, Infinity) + 1);
      }
    }),
  );
});
