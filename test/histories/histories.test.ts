/** Thousands of histories of the whole operator on models, of fixed seeds, behind all other tests. */
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { run } from '../../testbed/process.ts';
import { PLAIN_KINDS } from '../../testbed/simulation/history.ts';
import { remark } from '../expectations.ts';

/** 20 s of two cores. Issue 16 asks for 10,000, which take three minutes: they come when so many of any seeds break none, for each
 *  change of order makes other histories of the same seeds. */
const HISTORIES = 1_000;
/** The same in every run: a seed that breaks a law does so again when it is played alone. */
const FIRST_SEED = 800_000;
/** All other tests may come before it. */
const PATIENCE_MS = 20 * 60_000;

it(
  `${HISTORIES} histories break no law`,
  async () => {
    // What specs and rules of every kind come to is decided by contract in more ways than can be drawn blindly: `make simulate`
    // draws those, too.
    const kinds = `--kinds=${PLAIN_KINDS.join(',')}`;
    const script = fileURLToPath(new URL('../../bench/simulate.ts', import.meta.url));
    const which = [`--histories=${HISTORIES}`, `--seed=${FIRST_SEED}`, kinds];
    const { stdout, stderr, exitCode } = await run(process.execPath, [script, '--behind', ...which]);
    const [summary = '', ...failures] = stdout.trimEnd().split('\n');
    remark(`${summary}; ${stderr.trimEnd().split('\n').at(-1)}`);
    expect({ failures, summary, exitCode, stderr }).toStrictEqual({
      failures: [],
      summary: expect.stringMatching(`^${HISTORIES} histories of .*; 0 broke a law$`),
      exitCode: 0,
      stderr: expect.any(String),
    });
  },
  PATIENCE_MS,
);
