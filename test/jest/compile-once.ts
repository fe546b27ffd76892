/**
 * Jest compiles again what each test file loads for itself, and in a new world (world.ts) everything. A worker that has
 * loaded this compiles a source once; it is still evaluated each time. See https://nodejs.org/api/vm.html#sourcetextmodulecreatecacheddata
 */
import vm from 'node:vm';

declare module 'node:vm' {
  interface SourceTextModule {
    /** Node has it; its types do not. */
    createCachedData(): Buffer;
  }
}

/** What V8 made of a source. It takes it up again only under the flags under which it was made. */
const compiled = new Map<string, Buffer>();
const { compileFunction, SourceTextModule } = vm;

vm.compileFunction = (code, params, options) => {
  const cachedData = compiled.get(code);
  if (cachedData !== undefined) {
    const again = compileFunction(code, params, { ...options, cachedData });
    if (again.cachedDataRejected !== true) return again;
  }
  const fresh = compileFunction(code, params, { ...options, produceCachedData: true });
  if (fresh.cachedData !== undefined) compiled.set(code, fresh.cachedData);
  return fresh;
};

vm.SourceTextModule = new Proxy(SourceTextModule, {
  construct(make, [code, options]: [string, vm.SourceTextModuleOptions | undefined]) {
    const cachedData = compiled.get(code);
    if (cachedData !== undefined) {
      try {
        return new make(code, { ...options, cachedData });
      } catch {
        // Rejected: what is wrong with the source itself is told below.
      }
    }
    const fresh = new make(code, options);
    compiled.set(code, fresh.createCachedData());
    return fresh;
  },
});
