import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, it } from '@jest/globals';
import { ROOT } from '../docs/markdown.ts';

/** The files that a file imports by what it runs; types alone run nothing. */
function importsOf(path: string): readonly string[] {
  const text = readFileSync(posix.join(ROOT, path), 'utf8');
  return [...text.matchAll(/^(?:import(?! type )|export)[^;]*? from '(\.[^']+)';/gm)].map(
    ([, specifier = '']) => posix.join(posix.dirname(path), specifier),
  );
}

/** The files that run when these do, as far as they lie where `folders` says. */
function reachedFrom(files: readonly string[], folders: RegExp): ReadonlySet<string> {
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const imported of importsOf(path)) if (folders.test(imported)) visit(imported);
  };
  files.forEach(visit);
  return reached;
}

it('every file of controllers/ is run by a test that needs no control plane', () => {
  const files = globSync('src/controllers/**/*.ts', { cwd: ROOT });
  const tests = globSync('test/{pure,machinery}/**/*.test.ts', { cwd: ROOT });
  const reached = reachedFrom(tests, /^(test|src\/controllers)\//);
  expect(files.length).toBeGreaterThan(30);
  expect(files.filter((path) => !reached.has(path))).toEqual([]);
});

it('what runs outside jest imports nothing of it', () => {
  const files = globSync('{bench,scripts,testbed}/*.ts', { cwd: ROOT });
  const reached = [...reachedFrom(files, /^(test|testbed|bench|scripts)\//)];
  expect(reached.length).toBeGreaterThan(100);
  expect(
    reached.filter((path) => /from '@jest\/globals'/.test(readFileSync(posix.join(ROOT, path), 'utf8'))),
  ).toEqual([]);
});

it('every script reads its command line by readArguments, which has help and no stacks', () => {
  const files = globSync('{bench,scripts,testbed}/**/*.ts', { cwd: ROOT });
  const own = files.filter((path) => readFileSync(posix.join(ROOT, path), 'utf8').includes('parseArgs('));
  expect(own).toEqual(['testbed/arguments.ts']);
});
