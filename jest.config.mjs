/**
 * How tests run, whoever starts them: `make test`, `npx jest test/pure/plan`, an editor.
 * They are ES modules, for which jest needs a flag of Node's, and they run on the pinned Node: jest that was started
 * otherwise starts itself again. (Plain JavaScript, since any Node must be able to read this.)
 */
import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

// What a file has loaded for itself is garbage when it has ended. To look for it only once a gigabyte is in use, and not from the first
// megabytes on, saves a twelfth of all processor time; to let new objects fill more room before they are looked through,
// a fourteenth of that of fast tests.
const FLAGS = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  '--initial-old-space-size=1000',
  '--max-semi-space-size=64',
];
const pinned = realpathSync(fileURLToPath(new URL('node_modules/.bin/node', import.meta.url)));

if (vm.SourceTextModule === undefined || realpathSync(process.execPath) !== pinned) {
  const { status } = spawnSync(pinned, [...process.execArgv, ...FLAGS, ...process.argv.slice(1)], {
    stdio: 'inherit',
  });
  process.exit(status ?? 1);
}

// Test processes inherit this: no real account and no real cluster is in reach.
const { cleanEnvironment } = await import('./testbed/environment.ts');
const { PROPERTY_SEED } = process.env;
process.env = cleanEnvironment(PROPERTY_SEED === undefined ? {} : { PROPERTY_SEED });

/** One project for each folder of test/, so that `--selectProjects pure` and the folder's name say the same. */
function project(name) {
  return {
    displayName: name,
    roots: ['<rootDir>/test'],
    testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
    runtime: '<rootDir>/test/jest/runtime.ts',
    testEnvironment: '<rootDir>/test/jest/environment.ts',
    setupFiles: name === 'e2e' ? [] : ['<rootDir>/test/jest/property-seed.ts'],
    ...(name === 'e2e' && { globalSetup: '<rootDir>/test/jest/prepare.ts' }),
    injectGlobals: false,
    extensionsToTreatAsEsm: ['.ts'],
    moduleFileExtensions: ['ts', 'mjs', 'js', 'cjs', 'json', 'node'],
    transform: {
      '\\.ts$': [
        '@swc/jest',
        {
          jsc: {
            target: 'esnext',
            parser: { syntax: 'typescript' },
            experimental: { keepImportAttributes: true },
          },
        },
      ],
    },
  };
}

/** Five files at a time on two cores, since end-to-end tests wait half of their time, for a poll, a lease or an outage;
 *  fewer where there are less than 2.5 GB for each, with its servers. */
function workers() {
  const bytes = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return Math.max(1, Math.floor(Math.min(2.5 * availableParallelism(), bytes / 2.5e9)));
}

export default {
  projects: ['pure', 'machinery', 'e2e', 'histories'].map(project),
  reporters: ['<rootDir>/test/jest/reporter.ts'],
  testSequencer: '<rootDir>/test/jest/sequencer.mjs',
  maxWorkers: workers(),
  maxConcurrency: 4,
  // A worker is at its end within 20 ms of being told so. On a busy machine it takes longer until Node has let go of its
  // memory and jest has noticed; after half a second jest would say that tests were leaking.
  workerGracefulExitTimeout: 10_000,
  testTimeout: 300_000,
  watchman: false,
};
