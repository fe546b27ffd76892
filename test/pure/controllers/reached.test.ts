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

/** The files of tests and controllers that run when these tests do. */
function reachedFrom(tests: readonly string[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const imported of importsOf(path)) if (/^(test|src\/controllers)\//.test(imported)) visit(imported);
  };
  tests.forEach(visit);
  return reached;
}

it('every file of controllers/ is run by a test that needs no control plane', () => {
  const files = globSync('src/controllers/**/*.ts', { cwd: ROOT });
  const reached = reachedFrom(globSync('test/{pure,machinery}/**/*.test.ts', { cwd: ROOT }));
  expect(files.length).toBeGreaterThan(30);
  expect(files.filter((path) => !reached.has(path))).toEqual([]);
});
