import { expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { runOrThrow } from '../../../testbed/process.ts';

const PROGRAM = fileURLToPath(new URL('growing-heap.ts', import.meta.url));
const HOT = fileURLToPath(new URL('hot-functions.ts', import.meta.url));
/** Together the jobs of 1,000 functions take 74 MB; those that are begun and wait for their turn, some 20. */
const JOBS_AT_ONCE = 30_000_000;

/** Of each size, whether V8 freed memory as if there were little of it ("reduce") in the collections that it made then. */
function reducedIn(output: string): Record<string, readonly boolean[]> {
  const sizes = output.matchAll(/^(.+) begins$(.*?)^\1 ends$/gms);
  return Object.fromEntries(
    Array.from(sizes, ([, name = '', within = '']) => {
      const collections = within.matchAll(/ms: Mark-Compact (\(reduce\))?/g);
      return [name, [...new Set(Array.from(collections, ([, reduce]) => reduce !== undefined))]];
    }),
  );
}

it('V8 keeps a small heap small, and is spared that while the heap is large', async () => {
  const flags = ['--initial-heap-size=20', '--max-semi-space-size=4', '--trace-gc'];
  const output = await runOrThrow(process.execPath, [...flags, PROGRAM]);
  const reduced = reducedIn(output);
  expect(reduced).toMatchObject({ small: [true], 'small again': [true] });
  // V8 does so by itself if a program has been idle for long.
  expect(reduced['large']).toContain(false);
});

it("V8's compiler holds no job longer than until its code is installed", async () => {
  expect(Number(await runOrThrow(process.execPath, [HOT]))).toBeLessThan(JOBS_AT_ONCE);
});
