/**
 * Fast tests load what they test once for each worker: sources and packages stay, the modules of tests are each file's own.
 * To load the same sources for hundreds of files, and to run them cold, was a third of the work. What a source keeps
 * beyond a call is a cache and no state (test/pure/jest/file-modules.test.ts holds it to that), so no test sees what
 * another file has asked for.
 */
import { createRequire } from 'node:module';
import type JestRuntime from 'jest-runtime';
import { sharesWorld } from './environment.ts';
import { FileModules } from './file-modules.ts';

// Its types describe what require() gives, and not what import would.
const { default: Runtime }: typeof JestRuntime = createRequire(import.meta.url)('jest-runtime');

/** By the names that jest's runtime has for them: ES modules by URL, CommonJS modules by path. */
const REGISTRIES = ['esModuleRegistry', 'moduleRegistry'] as const;
const kept: Readonly<Record<(typeof REGISTRIES)[number], Map<string, unknown>>> = {
  esModuleRegistry: new Map(),
  moduleRegistry: new Map(),
};

class WorkerRuntime extends Runtime {
  readonly #own: FileModules[] = [];
  readonly #sharesWorld: boolean;

  constructor(...given: ConstructorParameters<typeof Runtime>) {
    super(...given);
    this.#sharesWorld = sharesWorld(given[0]);
    if (!this.#sharesWorld) return;
    const registries: unknown = Reflect.get(this, 'registries');
    for (const name of REGISTRIES) {
      if (!(registries instanceof Object) || !(Reflect.get(registries, name) instanceof Map))
        throw new Error(`jest's runtime has no ${name} any more: test/jest/runtime.ts has to follow it`);
      const modules = new FileModules(kept[name]);
      Reflect.set(registries, name, modules);
      this.#own.push(modules);
    }
  }

  /** Sources that stay load more of themselves later, by the runtime that loaded them: it must go on living. */
  override teardown(): void {
    if (!this.#sharesWorld) return super.teardown();
    this.restoreAllMocks();
    for (const modules of this.#own) modules.clear();
  }
}

// What jest asks for with require() is the class itself.
export { WorkerRuntime as 'module.exports' };
