/**
 * Jest compiles again what each test file loads for itself, and everything in a new world (world.ts). A worker that has loaded
 * this compiles a source only once; it is still evaluated each time. See
 * https://nodejs.org/api/vm.html#sourcetextmodulecreatecacheddata
 */
import vm from 'node:vm';

declare module 'node:vm' {
  interface SourceTextModule {
    /** Node has this function; its types do not. */
    createCachedData(): Buffer;
  }
}

/** What V8 compiled from a source. V8 accepts it only under the same flags. */
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
        // Rejected: what is wrong with the source itself is reported below.
      }
    }
    const fresh = new make(code, options);
    compiled.set(code, fresh.createCachedData());
    return fresh;
  },
});
