/**
 * Runs the tests: `npm test`, `npm test -- pure`, `npm test -- test/e2e/testbed.test.ts --only=kubectl`. Each argument is a
 * folder below test/ or a file; `--only=PATTERN` keeps the tests whose own names match, regardless of the file's name.
 */
import { globSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from 'jest';
import { readArguments, refuse } from '../testbed/arguments.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const USAGE = `make test [ARGS="[FOLDER or FILE …] [--only=PATTERN]"]
  FOLDER or FILE: by its path, with or without test/; all when left out
  --only: the tests whose names (not: whose files' names) match a regular expression`;

const { positionals, values } = readArguments(USAGE, {
  allowPositionals: true,
  options: { only: { type: 'string' } },
});
const chosen = positionals.length === 0 ? [] : ['--runTestsByPath', ...positionals.flatMap(filesOf)];
const named = values.only === undefined ? [] : [`--testNamePattern=${values.only}`];
await run(['--rootDir', ROOT, ...named, ...chosen]);

/** Test files that an argument names: a file, or a folder, which may be given without `test/`. */
function filesOf(argument: string): string[] {
  const path = [resolve(ROOT, argument), resolve(ROOT, 'test', argument)].find(
    (candidate) => statSync(candidate, { throwIfNoEntry: false }) !== undefined,
  );
  if (path === undefined) refuse(`${argument} is neither a test file nor a folder below test/`, USAGE);
  return statSync(path).isFile() ? [path] : globSync(join(path, '**/*.test.ts'));
}
