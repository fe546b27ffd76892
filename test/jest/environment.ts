/** Where one test file runs: in a world that files share, with what it may borrow, and with a limit on how long it may take. */
import { flushCompileCache } from 'node:module';
import type { JestEnvironmentConfig, EnvironmentContext } from '@jest/environment';
import { ModernFakeTimers } from '@jest/fake-timers';
import type { Circus } from '@jest/types';
import { TestEnvironment } from 'jest-environment-node';
import { ModuleMocker } from 'jest-mock';
import type { TestFile, Witness } from '../../testbed/test-file.ts';
import './compile-once.ts';
import { lendControlPlane, restControlPlane } from './worker-control-plane.ts';
import { lendEmulator } from './worker-emulator.ts';
import { World } from './world.ts';

/** Longest time for one test file. Other work on the machine may triple what a file takes. */
const FILE_TIMEOUT_MS = 10 * 60_000;

// A worker with nothing left to do ends at once. Otherwise Node first frees its heap, which on a busy machine takes longer than
// jest waits, and jest would report that tests were leaking.
if (process.send !== undefined) process.once('beforeExit', () => process.exit());

/** The world for the worker's next file; undefined before the first file, and after one that spoilt its world. */
let shared: World | undefined;

export class FileEnvironment extends TestEnvironment {
  readonly world: World;
  readonly #endsAt = performance.now() + FILE_TIMEOUT_MS;
  readonly #file: TestFile = {
    borrowControlPlane: lendControlPlane,
    borrowEmulator: lendEmulator,
    lifelines: new Set(),
    witnesses: new Set(),
  };
  #failed = false;
  #finished = false;

  constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
    super(config, context);
    const { globalConfig, projectConfig } = config;
    const newWorld = () => new World(globalConfig.rootDir, this.global);
    this.world = needsItsOwn(config) ? newWorld() : (shared ??= newWorld());
    this.world.enter(this.global.process, this.#file);
    const { global } = this.world;
    this.context = global;
    this.global = global;
    this.moduleMocker = new ModuleMocker(global);
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global });
  }

  /** Once the file's time is over, everything that it has not tested yet fails at once. A failure is reported with what the
   *  file's witnesses have seen. */
  async handleTestEvent(event: Circus.AsyncEvent | Circus.SyncEvent, state: Circus.State): Promise<void> {
    if (event.name === 'test_done') this.#failed ||= event.test.errors.length > 0;
    if (event.name === 'run_finish') this.#finished = state.unhandledErrors.length === 0;
    if (event.name === 'test_fn_start' && performance.now() > this.#endsAt) {
      event.test.fn = () => {
        throw new Error(`not tested: the file has taken more than ${FILE_TIMEOUT_MS / 60_000} minutes`);
      };
    }
    if (event.name === 'test_fn_failure') {
      const failure =
        event.error instanceof Object && 'message' in event.error ? event.error.message : event.error;
      for (const witness of this.#file.witnesses) {
        const seen = await testimony(witness, String(failure));
        if (seen !== '') event.test.errors.push(withoutStack(seen));
      }
    }
  }

  /** Ends what the file has started and not stopped. */
  override async teardown(): Promise<void> {
    for (const lifeline of this.#file.lifelines) lifeline.destroy();
    restControlPlane();
    await super.teardown();
    const spoilt = this.#failed || !this.#finished || !this.world.bearsAnother();
    if (spoilt && this.world === shared) shared = undefined;
    // Node writes what it has compiled when a process ends. In a fresh checkout that is a lot, and takes longer than jest waits
    // for its workers.
    flushCompileCache();
  }
}

/** Whether a file needs a world of its own: in watch mode, sources change between two runs of a process; for coverage, they are
 *  instrumented for each file; and a leak shows only when everything that the file could reach is gone. */
function needsItsOwn({ globalConfig, projectConfig }: JestEnvironmentConfig): boolean {
  const { watch, watchAll, collectCoverage } = globalConfig;
  return watch || watchAll || collectCoverage || projectConfig.detectLeaks;
}

async function testimony(witness: Witness, failure: string): Promise<string> {
  try {
    return await witness(failure);
  } catch (error) {
    return `what the file's witnesses saw cannot be told: ${String(error)}`;
  }
}

function withoutStack(message: string): Error {
  const error = new Error(message);
  error.stack = message;
  return error;
}

export default FileEnvironment;
