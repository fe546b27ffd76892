/**
 * Runs the tests: `npm test`, `npm test -- pure`, `npm test -- test/e2e/testbed.test.ts --only=kubectl`.
 * Each argument is a folder below test/ or a file; `--only=PATTERN` keeps the tests whose names match.
 */
import { globSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { run } from 'jest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' } },
});
const chosen = positionals.length === 0 ? [] : ['--runTestsByPath', ...positionals.flatMap(filesOf)];
const named = values.only === undefined ? [] : [`--testNamePattern=${values.only}`];
await run(['--rootDir', ROOT, ...named, ...chosen]);

/** Test files named by an argument: a file, or a folder that may be given without `test/`. */
function filesOf(argument: string): string[] {
  const path = [resolve(ROOT, argument), resolve(ROOT, 'test', argument)].find(
    (candidate) => statSync(candidate, { throwIfNoEntry: false }) !== undefined,
  );
  if (path === undefined) throw new Error(`${argument} is neither a test file nor a folder below test/`);
  return statSync(path).isFile() ? [path] : globSync(join(path, '**/*.test.ts'));
}
