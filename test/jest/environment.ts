/** The world of one test file: Node's own, with an end to how long the file may take. */
import type { JestEnvironmentConfig, EnvironmentContext } from '@jest/environment';
import type { Circus } from '@jest/types';
import { TestEnvironment } from 'jest-environment-node';

/** Longest life of one test file. */
const FILE_TIMEOUT_MS = 5 * 60_000;

export default class FileEnvironment extends TestEnvironment {
  readonly #endsAt = performance.now() + FILE_TIMEOUT_MS;

  constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
    super(config, context);
    for (const name of ['Error', 'SyntaxError', 'TypeError', 'RangeError'] as const) {
      knowOutsiders(this.global[name], globalThis[name]);
    }
  }

  /** Gives each test and hook no more than what is left of the file's time. */
  handleTestEvent(event: Circus.AsyncEvent | Circus.SyncEvent, state: Circus.State): void {
    if (event.name !== 'hook_start' && event.name !== 'test_fn_start') return;
    const leftMs = Math.max(1, this.#endsAt - performance.now());
    const limited = event.name === 'hook_start' ? event.hook : event.test;
    limited.timeout = Math.min(limited.timeout ?? state.testTimeout, leftMs);
  }
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
