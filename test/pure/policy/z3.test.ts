/** Inclusion of patterns as an SMT solver sees it. */
import { expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Comparison } from './z3-inclusions.ts';

const PAIRS = 150;

it(`${PAIRS} random patterns lie inside one another exactly where Z3 says so of them as regular expressions`, async () => {
  const script = fileURLToPath(new URL('z3-inclusions.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, String(PAIRS)]);
  const { within, notWithin, undecided, wrong }: Comparison = JSON.parse(stdout);
  expect(wrong).toStrictEqual([]);
  expect(within + notWithin + undecided).toBe(PAIRS);
  // Both answers have been seen, and Z3 decides most of them.
  expect(Math.min(within, notWithin)).toBeGreaterThan(PAIRS / 10);
  expect(undecided).toBeLessThan(PAIRS / 2);
});
