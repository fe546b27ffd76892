/**
 * The operator in parts, one for each of our modules, without what nobody uses. Bundled behind an `import()`, each becomes a function
 * that is called when it is first imported, and V8 compiles one after the other. All at once, its parser takes 8 MB more from malloc,
 * and glibc gives none of it back. In one step, esbuild would not look for what nobody uses in modules that it makes functions of.
 */
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Where the parts seem to be: they are never written. */
export const OPERATOR_PARTS = join(ROOT, 'parts');

/** Makes the parts, and shows them to the second step: `main.js`, and what it imports.
 *  @param options of both steps */
export function operatorParts(options: BuildOptions): Plugin {
  return {
    name: 'operator-parts',
    async setup({ onResolve, onLoad }) {
      const parts = await textsByPath(options);
      onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir }) => ({ path: join(resolveDir, path) }));
      onLoad({ filter: /./ }, ({ path }) => {
        const contents = parts.get(path);
        return contents === undefined ? undefined : { contents, resolveDir: dirname(path) };
      });
    },
  };
}

async function textsByPath(options: BuildOptions): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    ...options,
    entryPoints: await ownModules(options),
    outbase: 'src',
    outdir: OPERATOR_PARTS,
    splitting: true,
    sourcemap: 'inline',
    write: false,
  });
  return new Map(outputFiles.map(({ path, text }) => [path, text]));
}

/** Paths of our modules that the operator consists of. */
async function ownModules(options: BuildOptions): Promise<string[]> {
  const { metafile } = await build({
    ...options,
    entryPoints: ['src/main.ts'],
    outdir: OPERATOR_PARTS,
    metafile: true,
    write: false,
  });
  return Object.keys(metafile.inputs).filter((path) => path.startsWith('src/') && path.endsWith('.ts'));
}
