/**
 * What test files share that a worker runs one after the other: a global object, and on it, loaded once, the sources, the
 * packages and jest's own modules. To load them anew, and to run them cold, was nearly half of what fast tests cost.
 *
 * A file that fails, or leaves a global object changed, is the last one of its world: what it has left meets nobody.
 */
import { sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Global } from '@jest/types';
import type { TestFile } from '../../testbed/test-file.ts';
import { CircusAsLoaded, MATCHERS } from './circus-as-loaded.ts';
import { GlobalsAsMade } from './globals-as-made.ts';
import { ordinaryGlobal } from './ordinary-global.ts';

/** Files that one world bears: what sources and packages remember of each stays small beside what they are themselves. */
const MOST_FILES = 100;

/** Under these symbols jest keeps what belongs to one file: its tests, who is told of them, how it repeats them. */
const JESTS_OWN = new Set([
  'EVENT_HANDLERS',
  'JEST_STATE_SYMBOL',
  'LOG_ERRORS_BEFORE_RETRY',
  'RETRY_IMMEDIATELY',
  'RETRY_TIMES',
  'RETRY_TIMES_SETTER',
  'TEST_TIMEOUT_SYMBOL',
  'WAIT_BEFORE_RETRY',
]);
/** Each file has its own of the first three; the last one the AWS SDK adds, wherever it is loaded. */
const MAY_CHANGE = new Set<PropertyKey>(['console', 'process', 'testFile', 'awslambda']);

/** By the names that jest's runtime has for them: ES modules by URL, CommonJS modules by path, and jest's own by path. */
export const REGISTRIES = ['esModuleRegistry', 'moduleRegistry', 'internalModuleRegistry'] as const;

export interface Loader {
  requireModuleOrMock<T = unknown>(from: string, name: string): T;
  requireInternalModule<T = unknown>(from: string, name?: string): T;
}

export class World {
  readonly global: Global.Global;
  /** Modules that outlive the file which loads them. */
  readonly kept: Readonly<Record<(typeof REGISTRIES)[number], Map<string, unknown>>> = {
    esModuleRegistry: new Map(),
    moduleRegistry: new Map(),
    internalModuleRegistry: new Map(),
  };
  /** The loader of the file that runs: what is kept loads more of itself through it. */
  runtime: Loader | undefined;
  readonly #asMade: GlobalsAsMade;
  #circus: CircusAsLoaded | undefined;
  /** What jest gives to tests: `expect`, `it`, `it.each`. */
  #forTests: GlobalsAsMade | undefined;
  readonly #sources: readonly string[];
  #files = 0;

  /** @param root Where the project lies. @param jests The global object that jest has made for a file. */
  constructor(root: string, jests: object) {
    this.#sources = [root + sep, pathToFileURL(root + sep).href].map((folder) => `${folder}src/`);
    this.global = ordinaryGlobal(jests);
    for (const name of ['Error', 'SyntaxError', 'TypeError', 'RangeError'] as const) {
      knowOutsiders(this.global[name], globalThis[name]);
    }
    this.#asMade = new GlobalsAsMade(this.global, MAY_CHANGE);
  }

  /** Whether a module outlives the file that loads it. */
  keeps(key: string): boolean {
    if (this.#sources.some((folder) => key.startsWith(folder))) return true;
    return /^(?:\/|file:)/.test(key) && key.includes('/node_modules/');
  }

  /** Lets a file in. @param process Its own: what it does to the environment ends with it. */
  enter(process: NodeJS.Process, file: TestFile): void {
    this.#files++;
    for (const symbol of Object.getOwnPropertySymbols(this.global)) {
      if (JESTS_OWN.has(symbol.description ?? '')) Reflect.deleteProperty(this.global, symbol);
    }
    // As jest makes it where it is missing, but such that it can be taken away again.
    const state = { assertionCalls: 0, expectedAssertionsNumber: null, isExpectingAssertions: false };
    Object.defineProperty(this.global, MATCHERS, {
      configurable: true,
      value: {
        customEqualityTesters: [],
        matchers: Object.create(null),
        state: { ...state, numPassingAsserts: 0, suppressedErrors: [] },
      },
    });
    this.global.process = process;
    this.global.testFile = file;
  }

  /** Makes circus, which the file has found or loaded, one that knows of no test. */
  beginTests(): void {
    this.#circus ??= new CircusAsLoaded(this.global);
    this.#circus.putBack();
  }

  /** @param forTests functions that all files of this world are given, by name */
  giveForTests(forTests: object): void {
    this.#forTests ??= new GlobalsAsMade(forTests, new Set());
  }

  /** Whether another file may follow the one that has just ended. */
  bearsAnother(): boolean {
    const changed = this.#asMade.changed() ?? this.#forTests?.changed();
    return this.#files < MOST_FILES && changed === undefined;
  }
}

/** Tests have global objects of their own, while sockets and files fail with Node's errors: without this, the SDK
 *  takes a cut connection for something that is no error. */
function knowOutsiders(inner: ErrorConstructor, outer: ErrorConstructor): void {
  const ordinary = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(inner, Symbol.hasInstance, {
    value(this: unknown, value: unknown) {
      return ordinary.call(this, value) || (this === inner && value instanceof outer);
    },
  });
}
