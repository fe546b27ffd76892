/** The world of one test file: Node's own, with what the file may borrow, and an end to how long it may take. */
import { flushCompileCache } from 'node:module';
import type { JestEnvironmentConfig, EnvironmentContext } from '@jest/environment';
import { ModernFakeTimers } from '@jest/fake-timers';
import type { Circus } from '@jest/types';
import { TestEnvironment } from 'jest-environment-node';
import { ModuleMocker } from 'jest-mock';
import type { TestFile, Witness } from '../../testbed/test-file.ts';
import './compile-once.ts';
import { ordinaryGlobal } from './ordinary-global.ts';
import { lendControlPlane } from './worker-control-plane.ts';
import { lendEmulator } from './worker-emulator.ts';

/** Longest life of one test file. Other work on the machine may triple what a file takes. */
const FILE_TIMEOUT_MS = 10 * 60_000;

// A worker with nothing left to do ends at once. Otherwise Node takes its heap apart first, which on a busy machine lasts
// longer than jest waits, and jest says that tests were leaking.
if (process.send !== undefined) process.once('beforeExit', () => process.exit());

export default class FileEnvironment extends TestEnvironment {
  readonly #endsAt = performance.now() + FILE_TIMEOUT_MS;
  readonly #file: TestFile = {
    borrowControlPlane: lendControlPlane,
    borrowEmulator: lendEmulator,
    lifelines: new Set(),
    witnesses: new Set(),
  };

  constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
    super(config, context);
    const ordinary = ordinaryGlobal(this.global);
    this.context = ordinary;
    this.global = ordinary;
    this.moduleMocker = new ModuleMocker(ordinary);
    this.fakeTimersModern = new ModernFakeTimers({ config: config.projectConfig, global: ordinary });
    for (const name of ['Error', 'SyntaxError', 'TypeError', 'RangeError'] as const) {
      knowOutsiders(this.global[name], globalThis[name]);
    }
    this.global.testFile = this.#file;
  }

  /** Once the file has had its time, what it has not tested yet fails at once. A failure is reported with what the file's
   *  witnesses have seen. */
  async handleTestEvent(event: Circus.AsyncEvent | Circus.SyncEvent): Promise<void> {
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
    await super.teardown();
    // Node writes what it has compiled when a process ends. In a fresh checkout that is much, and lasts longer than jest
    // waits for its workers.
    flushCompileCache();
  }
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

/** A test file has global objects of its own, while sockets and files fail with Node's errors: without this, the SDK
 *  takes a cut connection for something that is no error. */
function knowOutsiders(inner: ErrorConstructor, outer: ErrorConstructor): void {
  const ordinary = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(inner, Symbol.hasInstance, {
    value(this: unknown, value: unknown) {
      return ordinary.call(this, value) || (this === inner && value instanceof outer);
    },
  });
}
