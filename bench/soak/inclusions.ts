/** Compares with Z3 whether patterns lie inside one another: many more patterns than a test has time for. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Comparison } from '../../test/pure/policy/z3-inclusions.ts';

const SCRIPT = fileURLToPath(new URL('../../test/pure/policy/z3-inclusions.ts', import.meta.url));

/** The cases in which the two disagree, one line each, and a line if Z3 decided nothing. */
export async function inclusionProblems(pairs: number, seed: number): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, String(pairs), String(seed)]);
  const { within, notWithin, wrong }: Comparison = JSON.parse(stdout);
  const decided = within + notWithin;
  return [
    ...wrong.map((pair) => `Z3 disagrees: ${pair}`),
    ...(decided < pairs / 2 ? [`Z3 decided only ${decided} of ${pairs} inclusions`] : []),
  ];
}
