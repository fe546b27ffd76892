import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { World } from '../../jest/world.ts';
import { present } from '../../expectations.ts';

const newWorld = () => new World('/home/src/project', globalThis);
const enter = (world: World) => world.enter(process, present(globalThis.testFile, 'testFile'));

describe('a world that test files share', () => {
  it.each([
    ['file:///home/src/project/src/policy/glob.ts', true],
    ['/home/src/project/src/policy/tables.json', true],
    ['/home/src/project/node_modules/yaml/dist/index.js', true],
    ['file:///home/src/project/node_modules/@jest/expect-utils/build/index.js', true],
    ['file:///home/src/project/test/pure/policy/glob.test.ts', false],
    ['/home/src/project/testbed/random.ts', false],
    ['node:fs', false],
    ['@jest/globals//home/src/project/node_modules/yaml/dist/index.js', false],
    ['/home/src/project/node_modules/expect/build/index.js', true],
    ['/home/src/project/node_modules/@jest/expect/build/index.js', true],
    ['/home/src/project/node_modules/jest-circus/build/jestAdapterInit.js', true],
  ])('keeps %s: %j', (key, kept) => {
    expect(newWorld().keeps(key)).toBe(kept);
  });

  it('holds a hundred files', () => {
    const world = newWorld();
    for (let file = 1; file < 100; file++) enter(world);
    expect(world.bearsAnother()).toBe(true);
    enter(world);
    expect(world.bearsAnother()).toBe(false);
  });

  it('holds none after one that changed a global', () => {
    const world = newWorld();
    enter(world);
    world.global.Date.now = () => 0;
    expect(world.bearsAnother()).toBe(false);
  });

  it('forgets by the next file what jest keeps under symbols: its tests, its time limit, its matchers', () => {
    const world = newWorld();
    const jests = [Symbol('JEST_STATE_SYMBOL'), Symbol.for('TEST_TIMEOUT_SYMBOL')];
    const matchers = Symbol.for('$$jest-matchers-object');
    enter(world);
    for (const symbol of jests) Reflect.set(world.global, symbol, 'of the first file');
    const before: unknown = Reflect.get(world.global, matchers);
    enter(world);
    expect(jests.filter((symbol) => Object.hasOwn(world.global, symbol))).toStrictEqual([]);
    expect(Reflect.get(world.global, matchers)).not.toBe(before);
  });
});

/** What a source keeps between two calls. Files share it, so each is a cache, with or without which answers are the same, or
 *  stays empty. */
const CACHES = [
  'src/access/permissions.ts: COMPILED',
  'src/asl/definition/large-definition.ts: LOADED',
  'src/asl/derive/derive.ts: LATELY',
  'src/asl/derive/recent-results.ts: CONTENTS',
  'src/asl/derive/select.ts: LATELY',
  'src/asl/expressions/known.ts: sizes',
  'src/asl/integrations/aws-sdk/iam-prefixes.ts: withoutHyphens',
  'src/asl/integrations/aws-sdk/pass-role.ts: decoded',
  'src/asl/integrations/dependent-actions.ts: decoded',
  'src/asl/integrations/did-you-mean.ts: NEAR',
  'src/asl/integrations/iam-data.ts: decoded',
  'src/asl/integrations/operations.ts: decoded',
  'src/asl/integrations/operations.ts: namesByPrefix',
  'src/asl/parameters.ts: PATHS',
  'src/asl/parameters.ts: READ_ARGUMENTS',
  'src/asl/parameters.ts: WITHOUT_CASE',
  'src/asl/parameters.ts: lately',
  'src/aws/live-account.ts: NO_GRANTS',
  'src/aws/reads/kept-roles.ts: LATELY',
  'src/aws/transport/frequent-calls.ts: repeated',
  'src/base/intern.ts: known',
  'src/base/turns.ts: awaited',
  'src/cli/admission/re2.ts: known',
  'src/cli/admission/rules.ts: programs',
  'src/desired/target-role-trust.ts: LATELY',
  'src/kubernetes/metadata.ts: written',
  'src/plan/former-tags.ts: NONE',
  'src/plan/hidden-roles.ts: WHOLE',
  'src/policy/canonical.ts: POLICY_KEYS',
  'src/policy/canonical.ts: STATEMENT_KEYS',
  'src/policy/glob.ts: AUTOMATA',
  'src/policy/merge.ts: LATELY',
  'src/policy/merge.ts: MERGED',
  'src/policy/parse.ts: LATELY',
  'src/policy/size.ts: SIZES',
];

it('no source keeps anything between two calls but caches', () => {
  const root = new URL('../../../', import.meta.url);
  const found = globSync('src/**/*.ts', { cwd: root, exclude: ['src/console/ui/**'] }).flatMap((path) => {
    const text = readFileSync(new URL(path, root), 'utf8');
    const changing =
      /^(?:export )?(?:let (\w+)|const (\w+)(?:: (?!Readonly)[^=]*)? = new \w+(?:<[^(\n]*>)?\([\d_]*\))/gm;
    return Array.from(
      text.matchAll(changing),
      ([, variable, constant]) => `${path}: ${variable ?? constant}`,
    );
  });
  expect(found.toSorted()).toStrictEqual(CACHES);
});
