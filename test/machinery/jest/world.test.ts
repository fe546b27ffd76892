/** Jest itself, on files made for this: what they share, and what none sees of those before it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../../testbed/process.ts';
import { scratchFolder } from '../../../testbed/scratch.ts';
import { present } from '../../expectations.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const folder = scratchFolder('jest');
afterAll(() => rmSync(folder, { recursive: true }));

/** In this order. By a symbol they tell each other what they saw: those on the global object are left alone. */
const FILES: Readonly<Record<string, string>> = {
  '0-teaches-expect': `
    test('adds a matcher', () => expect.extend({ toBeLeft: () => ({ pass: true }) }));`,
  '1-leaves-things': `
    import { counted } from './src/counter.mjs';
    import { own } from './helper.mjs';
    beforeEach(() => { globalThis[Symbol.for('hooks')] = (globalThis[Symbol.for('hooks')] ?? 0) + 1; });
    jest.retryTimes(1);
    test('is left out', () => undefined);
    test.only('leaves things that end with the file', () => {
      expect(expect.toBeLeft ?? expect.not.toBeLeft ?? expect(1).toBeLeft).toBeUndefined();
      expect.addEqualityTesters([() => true]);
      expect.assertions(1);
      globalThis[Symbol.for('seen')] = { counted, own };
      counted();
      process.env.LEFT = 'a variable';
      process.on('SIGUSR2', () => undefined);
      jest.useFakeTimers({ now: 0 });
      jest.spyOn(JSON, 'parse').mockReturnValue('spied');
    });`,
  '2-finds-nothing': `
    import { counted } from './src/counter.mjs';
    import { own } from './helper.mjs';
    test('shares sources', () => expect(counted).toBe(globalThis[Symbol.for('seen')].counted));
    test('has what a source keeps', () => expect(counted()).toBe(2));
    test('has helpers of its own', () => expect(own).not.toBe(globalThis[Symbol.for('seen')].own));
    test('finds nothing of the file before it', () => {
      expect(process.env.LEFT).toBeUndefined();
      expect(process.listenerCount('SIGUSR2')).toBe(0);
      expect(globalThis[Symbol.for('hooks')]).toBe(1);
      expect([1]).not.toEqual([2]);
      expect(Date.now()).toBeGreaterThan(0);
      expect(JSON.parse('1')).toBe(1);
    });
    test('loads sources while it runs', async () => {
      const { late } = await counted.loadLate();
      expect(late()).toBe('late');
    });`,
  '3-loads-later': `
    import { counted } from './src/counter.mjs';
    test('has what was loaded while another file ran', async () => {
      expect((await counted.loadLate()).late()).toBe('late');
      expect((await counted.loadLater()).later).toBe('later');
    });`,
  '4-changes-a-global': `
    test('leaves the language changed', () => { Array.prototype.left = () => 'left'; });`,
  '5-in-a-new-world': `
    import { counted } from './src/counter.mjs';
    test('the language is as it was', () => expect([].left).toBeUndefined());
    test('sources are loaded again', () => expect(counted()).toBe(1));
    test('and fails', () => expect({ counted: counted() }).toStrictEqual({ counted: 3 }));`,
  '6-after-a-failure': `
    import { counted } from './src/counter.mjs';
    test('sources are loaded again', () => expect(counted()).toBe(1));
    test('a rejection that nobody handles fails this file', async () => {
      Promise.reject(new Error('nobody handles this'));
      await new Promise((resolve) => setImmediate(resolve));
    });`,
  '7-with-another-source': `
    import { counted } from './src/counter.mjs';
    import { fails } from './src/typed.ts';
    test('sources are loaded again', () => expect(counted()).toBe(1));
    test('a source that is replaced is replaced for the sources, too', async () => {
      jest.unstable_mockModule('./src/step.mjs', () => ({ STEP: 10 }));
      expect((await import('./src/counter.mjs')).counted()).toBe(10);
    });`,
  '8-with-the-source-again': `
    import { counted } from './src/counter.mjs';
    import { fails } from './src/typed.ts';
    test('has the source itself', () => expect(counted()).toBe(2));
    test('fails in a source', () => fails());`,
  '9-breaks': `
    import { missing } from './src/counter.mjs';
    test('is not run', () => undefined);`,
};

const SOURCES: Readonly<Record<string, string>> = {
  'src/counter.mjs': `
    import { STEP } from './step.mjs';
    let count = 0;
    export const counted = () => (count += STEP);
    counted.loadLate = () => import('./late.mjs');
    counted.loadLater = () => import('./later.mjs');`,
  'src/typed.ts':
    'interface Gone {\n  readonly lines: 3;\n}\nexport const fails = () => { throw new Error("here"); };',
  'src/step.mjs': `export const STEP = 1;`,
  'src/late.mjs': `export const late = () => 'late';`,
  'src/later.mjs': `export const later = 'later';`,
  'helper.mjs': `export const own = {};`,
  'in-order.mjs': `
    import { createRequire } from 'node:module';
    const { default: Sequencer } = createRequire('${ROOT}')('@jest/test-sequencer');
    export default class InOrder extends Sequencer {
      sort(tests) { return tests.toSorted((a, b) => a.path.localeCompare(b.path)); }
    }`,
  'jest.config.mjs': `
    import config from '${ROOT}jest.config.mjs';
    const here = '${ROOT}test/jest/';
    export default {
      runtime: here + 'runtime.ts',
      testEnvironment: here + 'environment.ts',
      testMatch: ['<rootDir>/*.test.mjs'],
      moduleFileExtensions: config.projects[0].moduleFileExtensions,
      injectGlobals: config.projects[0].injectGlobals,
      extensionsToTreatAsEsm: config.projects[0].extensionsToTreatAsEsm,
      transform: Object.fromEntries(
        Object.entries(config.projects[0].transform).map(([pattern, [, options]]) => [
          pattern,
          ['${ROOT}node_modules/@swc/jest', options],
        ]),
      ),
      testSequencer: '<rootDir>/in-order.mjs',
      cacheDirectory: '<rootDir>/cache',
    };`,
};

interface Result {
  readonly name: string;
  readonly message: string;
  readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
}

const outcomes = new Map<string, Result>();

beforeAll(async () => {
  mkdirSync(join(folder, 'src'));
  for (const [path, text] of Object.entries(SOURCES)) writeFileSync(join(folder, path), text);
  for (const [name, text] of Object.entries(FILES)) {
    writeFileSync(
      join(folder, `${name}.test.mjs`),
      `import { beforeEach, expect, jest, test } from '@jest/globals';\n${text}`,
    );
  }
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  const { stderr } = await run(
    process.execPath,
    [...process.execArgv, jest, '--runInBand', '--json', '--outputFile=results.json', '--reporters=default'],
    { cwd: folder },
  );
  try {
    const results: { readonly testResults: readonly Result[] } = JSON.parse(
      readFileSync(join(folder, 'results.json'), 'utf8'),
    );
    for (const result of results.testResults) {
      outcomes.set(result.name.slice(folder.length + 1).replace('.test.mjs', ''), result);
    }
  } catch (error) {
    throw new Error(`jest wrote no results; it said: ${stderr}`, { cause: error });
  }
});

/** Titles of tests, by whether they passed. */
function outcome(file: string) {
  const { assertionResults } = present(outcomes.get(file), file);
  const titles = (wanted: string) =>
    assertionResults.flatMap(({ title, status }) => (status === wanted ? [title] : []));
  return { passed: titles('passed').length, failed: titles('failed') };
}

describe('files that one worker runs', () => {
  it('share sources and nothing else', () => {
    expect(outcome('1-leaves-things')).toStrictEqual({ passed: 1, failed: [] });
    expect(outcome('2-finds-nothing')).toStrictEqual({ passed: 5, failed: [] });
  });

  it('load more of a source that an earlier file has loaded', () => {
    expect(outcome('3-loads-later')).toStrictEqual({ passed: 1, failed: [] });
  });

  it('begin again after one that changed the language’s own objects', () => {
    expect(outcome('4-changes-a-global')).toStrictEqual({ passed: 1, failed: [] });
    expect(outcome('5-in-a-new-world')).toStrictEqual({ passed: 2, failed: ['and fails'] });
  });

  it('begin again after one that failed', () => {
    expect(outcome('6-after-a-failure')).toStrictEqual({
      passed: 1,
      failed: ['a rejection that nobody handles fails this file'],
    });
    expect(outcome('7-with-another-source')).toStrictEqual({ passed: 2, failed: [] });
  });

  it('do not meet what a file has put in the place of a source', () => {
    expect(outcome('8-with-the-source-again')).toStrictEqual({ passed: 1, failed: ['fails in a source'] });
  });

  it.each([
    ['5-in-a-new-world', /-\s+"counted": 3,\n\s+\+\s+"counted": 2,/],
    ['6-after-a-failure', /nobody handles this/],
    ['8-with-the-source-again', /src\/typed\.ts:4:36/],
    ['9-breaks', /does not provide an export named 'missing'/],
  ])('are told with what went wrong in them: %s', (file, said) => {
    expect(present(outcomes.get(file), file).message).toMatch(said);
  });
});
