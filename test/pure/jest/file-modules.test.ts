import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { FileModules } from '../../jest/file-modules.ts';

const SOURCE = 'file:///project/src/policy/glob.ts';
const PACKAGE = '/project/node_modules/yaml/dist/index.js';
const TEST = 'file:///project/test/pure/policy/glob.test.ts';

describe('the modules of a test file', () => {
  it('hold the sources and packages that files before it loaded, and none of their own modules', () => {
    const kept = new Map<string, unknown>();
    const first = new FileModules(kept);
    for (const key of [SOURCE, PACKAGE, TEST]) first.set(key, `the first file's ${key}`);
    const second = new FileModules(kept);
    expect([SOURCE, PACKAGE, TEST].map((key) => second.has(key))).toStrictEqual([true, true, false]);
    expect(second.get(SOURCE)).toBe(`the first file's ${SOURCE}`);
    expect(second.get(TEST)).toBeUndefined();
  });

  it('go with the file; sources and packages stay', () => {
    const kept = new Map<string, unknown>();
    const modules = new FileModules(kept);
    for (const key of [SOURCE, PACKAGE, TEST]) modules.set(key, {});
    modules.clear();
    expect([SOURCE, PACKAGE, TEST].map((key) => modules.has(key))).toStrictEqual([true, true, false]);
  });

  it('can be given up one by one', () => {
    const modules = new FileModules(new Map());
    modules.set(SOURCE, {}).set(TEST, {});
    expect([modules.delete(SOURCE), modules.delete(TEST), modules.delete(TEST)]).toStrictEqual([
      true,
      true,
      false,
    ]);
    expect(modules.has(SOURCE)).toBe(false);
  });
});

/** What a source keeps between two calls. Tests share it, so each is a cache: with it or without it, answers are the same. */
const CACHES = [
  'src/access/permissions.ts: COMPILED',
  'src/asl/expressions/known.ts: sizes',
  'src/asl/integrations/aws-sdk/iam-prefixes.ts: prefixesWithoutHyphens',
  'src/asl/integrations/aws-sdk/pass-role.ts: decoded',
  'src/asl/integrations/dependent-actions.ts: decoded',
  'src/asl/integrations/iam-data.ts: decoded',
  'src/asl/integrations/operations.ts: decoded',
  'src/asl/integrations/operations.ts: namesByPrefix',
  'src/asl/parameters.ts: PATHS',
  'src/asl/parameters.ts: READ_ARGUMENTS',
  'src/asl/parameters.ts: WITHOUT_CASE',
  'src/aws/transport/frequent-calls.ts: repeated',
  'src/base/intern.ts: known',
  'src/cli/admission/re2.ts: known',
  'src/cli/admission/rules.ts: programs',
  'src/policy/canonical.ts: POLICY_KEYS',
  'src/policy/canonical.ts: STATEMENT_KEYS',
  'src/policy/glob.ts: AUTOMATA',
  'src/policy/merge.ts: LATELY',
  'src/policy/size.ts: SIZES',
];

it('no source keeps anything between two calls but caches', () => {
  const root = new URL('../../../', import.meta.url);
  const found = globSync('src/**/*.ts', { cwd: root, exclude: ['src/console/ui/**'] }).flatMap((path) => {
    const text = readFileSync(new URL(path, root), 'utf8');
    const changing =
      /^(?:export )?(?:let (\w+)|const (\w+) = new (?:Map|WeakMap|RecentMap|Set)(?:<[^(\n]*>)?\([\d_]*\))/gm;
    return Array.from(
      text.matchAll(changing),
      ([, variable, constant]) => `${path}: ${variable ?? constant}`,
    );
  });
  expect(found.toSorted()).toStrictEqual(CACHES);
});
