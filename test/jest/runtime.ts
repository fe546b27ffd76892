/** Jest's loader of modules, except that the modules stay that the file's world keeps. It uses parts that jest calls private. */
import { createRequire } from 'node:module';
import type JestRuntime from 'jest-runtime';
import type { FileEnvironment } from './environment.ts';
import { FileModules } from './file-modules.ts';
import { REGISTRIES, type Loader, type World } from './world.ts';

// Its types describe what require() returns, not what import would.
const { default: Runtime }: typeof JestRuntime = createRequire(import.meta.url)('jest-runtime');

/** Jest loads this before a file's tests, and for nothing else. */
const CIRCUS = /\/jest-circus\/build\/jestAdapterInit\.js$/;

class FileRuntime extends Runtime {
  readonly #world: World;

  constructor(...given: ConstructorParameters<typeof Runtime>) {
    super(...given);
    const [, environment] = given;
    if (!isFileEnvironment(environment)) throw new Error('this runtime needs test/jest/environment.ts');
    this.#world = environment.world;
    this.#world.runtime = this;
    const loadAnew = this.#keepModules();
    for (const name of ['setMock', 'setModuleMock']) {
      replaced(this, name, (mock, all) => {
        // A module's replacement has to reach everything that asks for the module, including modules that are kept.
        loadAnew();
        return mock(all);
      });
    }
    for (const name of ['dynamicImport', 'dynamicImportFromCjs']) this.#importByFileThatRuns(name);
  }

  override setGlobalsForRuntime(
    globals: Parameters<InstanceType<typeof Runtime>['setGlobalsForRuntime']>[0],
  ): void {
    this.#world.giveForTests(globals);
    super.setGlobalsForRuntime(globals);
  }

  override requireModuleOrMock<T = unknown>(from: string, name: string): T {
    const runs = this.#inPlaceFor(from);
    return runs === undefined ? super.requireModuleOrMock(from, name) : runs.requireModuleOrMock(from, name);
  }

  override requireInternalModule<T = unknown>(from: string, name?: string): T {
    const runs = this.#inPlaceFor(from);
    if (runs !== undefined) return runs.requireInternalModule(from, name);
    const module = super.requireInternalModule<T>(from, name);
    if (name === undefined && CIRCUS.test(from)) this.#world.beginTests();
    return module;
  }

  /** @returns a function that makes the file load everything again */
  #keepModules(): () => void {
    const registries = part(this, 'registries');
    const modules = REGISTRIES.map((name) => {
      part(registries, name);
      const ofFile = new FileModules(this.#world.kept[name], (key) => this.#world.keeps(key));
      Reflect.set(registries, name, ofFile);
      return ofFile;
    });
    return () => modules.forEach((ofFile) => ofFile.loadKeptAnew());
  }

  #importByFileThatRuns(name: string): void {
    replaced(part(this, 'esmLoader'), name, (load, asked) => {
      const [, from] = asked;
      const path = from instanceof Object && 'identifier' in from ? from.identifier : from;
      const runs = this.#inPlaceFor(String(path));
      if (runs === undefined) return load(asked);
      const loader = part(runs, 'esmLoader');
      return Reflect.apply(method(loader, name), loader, asked);
    });
  }

  /** The runtime of the file that runs, if this one's file is over and the asking module is kept. */
  #inPlaceFor(asking: string): Loader | undefined {
    const { runtime } = this.#world;
    return runtime !== this && this.#world.keeps(asking) ? runtime : undefined;
  }
}

/** Jest loads this class in its own way, so it is not the one that an import would give here. */
function isFileEnvironment(environment: object): environment is FileEnvironment {
  return 'world' in environment;
}

type Given = readonly unknown[];

/** Replaces one of jest's methods. */
function replaced(
  of: object,
  name: string,
  by: (before: (given: Given) => unknown, given: Given) => unknown,
): void {
  const before = method(of, name);
  Reflect.set(of, name, (...given: Given) => by((all) => Reflect.apply(before, of, all), given));
}

function method(of: object, name: string): Function {
  const found = part(of, name);
  if (typeof found === 'function') return found;
  throw new Error(`jest's ${name} is no function any more: test/jest/runtime.ts has to follow it`);
}

/** A part of jest that has no name in its types. */
function part(of: object, name: string): object {
  const found: unknown = Reflect.get(of, name);
  if (found instanceof Object) return found;
  throw new Error(`jest has no ${name} any more: test/jest/runtime.ts has to follow it`);
}

// Jest asks for this file with require(), and expects the class itself.
export { FileRuntime as 'module.exports' };
