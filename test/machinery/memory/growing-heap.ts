/** A program whose heap grows to 100 MB and becomes small again, with garbage all the time. V8 tells of its collections itself
 *  (`--trace-gc`), in the same output as this tells when it begins and ends to have a size. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import '../../../src/heap.ts';

const KEPT = 800_000;
const MADE_A_TURN = 2_000;
const GARBAGE = 50_000;
/** `heap.ts` has looked again by then. */
const NOTICED_MS = 1_100;
const COLLECTIONS = 2;

/** When each full collection began. They are told some time after they ended. */
const collections: number[] = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    if (Object(entry).detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) collections.push(entry.startTime);
}).observe({ entryTypes: ['gc'] });

const kept: object[] = [];
const garbage: object[] = [];

async function make(into: object[]): Promise<void> {
  for (let at = 0; at < MADE_A_TURN; at += 1) into.push({ at, text: [at, at, at] });
  await nextTurn();
}

async function makeGarbageUntil(isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    if (garbage.length > GARBAGE) garbage.length = 0;
    await make(garbage);
  }
}

/** Until so many collections have begun from now on, and ended. */
async function collected(times: number): Promise<void> {
  const since = performance.now();
  await makeGarbageUntil(() => collections.filter((beganAt) => beganAt > since).length >= times);
}

/** Until the size was noticed, and then until V8 has collected by it. */
async function stay(name: string): Promise<void> {
  const noticedAt = performance.now() + NOTICED_MS;
  await makeGarbageUntil(() => performance.now() > noticedAt);
  // One that had begun before ends as it began.
  await collected(1);
  process.stdout.write(`${name} begins\n`);
  await collected(COLLECTIONS);
  process.stdout.write(`${name} ends\n`);
}

await stay('small');
while (kept.length < KEPT) await make(kept);
await stay('large');
kept.length = 0;
// The first collection is what makes it small.
await makeGarbageUntil(() => process.memoryUsage().heapUsed < 40_000_000);
await stay('small again');
