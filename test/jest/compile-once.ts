/**
 * Each test file has a world of its own, for which jest compiles every module again: its own, libraries, and what is
 * tested. For a small file that is most of the work. A worker that has loaded this compiles a source once; each world
 * still evaluates it for itself. See https://nodejs.org/api/vm.html#sourcetextmodulecreatecacheddata
 */
import vm from 'node:vm';

declare module 'node:vm' {
  interface SourceTextModule {
    /** Node has it; its types do not. */
    createCachedData(): Buffer;
  }
}

/** What V8 made of a source. */
const compiled = new Map<string, Buffer>();
const { compileFunction, SourceTextModule } = vm;

vm.compileFunction = (code, params, options) => {
  const cachedData = compiled.get(code);
  if (cachedData !== undefined) return compileFunction(code, params, { ...options, cachedData });
  const fresh = compileFunction(code, params, { ...options, produceCachedData: true });
  if (fresh.cachedData !== undefined) compiled.set(code, fresh.cachedData);
  return fresh;
};

vm.SourceTextModule = class extends SourceTextModule {
  constructor(code: string, options?: vm.SourceTextModuleOptions) {
    const cachedData = compiled.get(code);
    super(code, cachedData === undefined ? options : { ...options, cachedData });
    if (cachedData === undefined) compiled.set(code, this.createCachedData());
  }
};
