/**
 * What test files share that a worker runs one after the other: a global object, and on it, loaded once, the sources, the
 * packages and jest's own modules. Loading them again, and running them cold, took nearly half of the time of fast tests.
 *
 * A file that fails, or leaves a global object changed, is the last one of its world: no other file meets what it has left.
 */
import { sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Global } from '@jest/types';
import type { TestFile } from '../../testbed/test-file.ts';
import { CircusAsLoaded, MATCHERS } from './circus-as-loaded.ts';
import { GlobalsAsMade } from './globals-as-made.ts';
import { ordinaryGlobal } from './ordinary-global.ts';

/** How many files one world may run: what sources and packages remember of each stays small compared with themselves. */
const MOST_FILES = 100;

/** The symbols under which jest keeps what belongs to one file: its tests, the listeners for them, how it repeats them. */
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
/** The first three are different for each file; the AWS SDK adds the last one wherever it is loaded. */
const MAY_CHANGE = new Set<PropertyKey>(['console', 'process', 'testFile', 'awslambda']);

/** By their names in jest's runtime: ES modules by URL, CommonJS modules by path, and jest's own by path. */
export const REGISTRIES = ['esModuleRegistry', 'moduleRegistry', 'internalModuleRegistry'] as const;

export interface Loader {
  requireModuleOrMock<T = unknown>(from: string, name: string): T;
  requireInternalModule<T = unknown>(from: string, name?: string): T;
}

export class World {
  readonly global: Global.Global;
  /** Modules that outlive the file that loads them. */
  readonly kept: Readonly<Record<(typeof REGISTRIES)[number], Map<string, unknown>>> = {
    esModuleRegistry: new Map(),
    moduleRegistry: new Map(),
    internalModuleRegistry: new Map(),
  };
  /** The loader of the file that runs: kept modules load more of themselves through it. */
  runtime: Loader | undefined;
  readonly #asMade: GlobalsAsMade;
  #circus: CircusAsLoaded | undefined;
  /** What jest gives to tests: `expect`, `it`, `it.each`. */
  #forTests: GlobalsAsMade | undefined;
  readonly #sources: readonly string[];
  #files = 0;

  /** @param root path of the project
   *  @param jests the global object that jest has made for a file */
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

  /** Lets a file in.
   *  @param process the file's own: what the file does to the environment ends with it */
  enter(process: NodeJS.Process, file: TestFile): void {
    this.#files++;
    for (const symbol of Object.getOwnPropertySymbols(this.global)) {
      if (JESTS_OWN.has(symbol.description ?? '')) Reflect.deleteProperty(this.global, symbol);
    }
    // Like the one that jest makes if it is missing, but so that it can be removed again.
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

  /** Resets circus, which the file has found or loaded, so that it knows of no test. */
  beginTests(): void {
    this.#circus ??= new CircusAsLoaded(this.global);
    this.#circus.putBack();
  }

  /** @param forTests functions that all files of this world get, by name */
  giveForTests(forTests: object): void {
    this.#forTests ??= new GlobalsAsMade(forTests, new Set());
  }

  /** Whether another file may follow the one that has just ended. */
  bearsAnother(): boolean {
    const changed = this.#asMade.changed() ?? this.#forTests?.changed();
    return this.#files < MOST_FILES && changed === undefined;
  }
}

/** Tests have global objects of their own, but sockets and files fail with Node's errors. Without this, the SDK would not
 *  recognize a cut connection as an error. */
function knowOutsiders(inner: ErrorConstructor, outer: ErrorConstructor): void {
  const ordinary = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(inner, Symbol.hasInstance, {
    value(this: unknown, value: unknown) {
      return ordinary.call(this, value) || (this === inner && value instanceof outer);
    },
  });
}
