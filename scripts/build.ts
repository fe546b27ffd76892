/**
 * Bundles the operator into one file, and the kubectl plugin into one for each verb with the parts that verbs share (cli/),
 * behind a launcher: they start in a third of the time and half of the memory of the unbundled program. The same sources give the
 * same bytes; if SOURCE_DATE_EPOCH (seconds) is set, it also becomes the files' time. `node scripts/build.ts [FOLDER]`; dist/
 * unless a folder is given.
 */
import { build, type BuildOptions } from 'esbuild';
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildConsole, embedConsole } from './build-console.ts';
import { buildLauncher } from './build-launcher.ts';
import { bundleDiet } from './bundle-diet.ts';
import { bundleHttp } from './bundle-http.ts';
import { OPERATOR_PARTS, operatorParts } from './operator-parts.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUTPUT = resolve(process.argv[2] ?? join(ROOT, 'dist'));

/** Bundled CommonJS packages load node's own modules with `require`, which an ES module lacks. */
const REQUIRE =
  "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);";

const PLUGIN = 'kubectl-crossaccountlink.mjs';
const LEGAL = `${PLUGIN}.LEGAL.txt`;

const page = await buildConsole(join(OUTPUT, 'console'));
const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22.19',
  // Prefer packages' ES modules, because unused parts of these can be left out.
  mainFields: ['module', 'main'],
  plugins: [bundleDiet, bundleHttp, embedConsole(page)],
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
} satisfies BuildOptions;
await bundle({
  stdin: {
    contents: "import './heap.js'; await import('./main.js');",
    resolveDir: OPERATOR_PARTS,
    sourcefile: 'operator.js',
  },
  plugins: [operatorParts(COMMON)],
  outfile: join(OUTPUT, 'operator.mjs'),
});
refuseWideText(join(OUTPUT, 'operator.mjs'));
const verbs = join(OUTPUT, 'cli');
rmSync(verbs, { recursive: true, force: true });
await bundle({
  entryPoints: ['src/cli/main.ts'],
  outdir: verbs,
  outExtension: { '.js': '.mjs' },
  splitting: true,
  legalComments: 'external',
});
gatherLegal();
const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
await buildLauncher(join(OUTPUT, PLUGIN), String(engines.node).replace(/^>=/, ''));
settleTimes();

async function bundle(options: BuildOptions): Promise<void> {
  await build({
    ...COMMON,
    // Without comments the text is ASCII, which V8 keeps in half the memory. Names stay and lines stay short, so that a crash
    // without its source map can be read.
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 160,
    legalComments: 'linked',
    banner: { js: REQUIRE },
    ...options,
  });
  const written = options.outfile ?? options.outdir ?? '';
  process.stdout.write(`${relative(ROOT, written)}  ${(bytesOf(written) / 1e6).toFixed(1)} MB\n`);
}

/** esbuild escapes what is not ASCII, except in regular expressions and tagged templates. */
function refuseWideText(path: string): void {
  const wide = /[^\0-\x7f]/.exec(readFileSync(path, 'utf8'));
  if (wide === null) return;
  const around = wide.input.slice(Math.max(0, wide.index - 40), wide.index + 20);
  throw new Error(`${path} is not ASCII, and takes twice the memory: escape what stands in ${around}`);
}

/** Size of a file, or of the programs in a folder. */
function bytesOf(path: string): number {
  const found = statSync(path);
  if (!found.isDirectory()) return found.size;
  const programs = readdirSync(path).filter((name) => name.endsWith('.mjs'));
  return programs.reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
}

/** Gathers the licences of what the plugin contains, from each of its files and the console's page, in one file. */
function gatherLegal(): void {
  const files = readdirSync(verbs)
    .filter((name) => name.endsWith('.LEGAL.txt'))
    .toSorted();
  const texts = files.map((name) => readFileSync(join(verbs, name), 'utf8'));
  writeFileSync(join(OUTPUT, LEGAL), [...new Set(texts), page.get('licences.txt') ?? ''].join('\n'));
  for (const name of files) rmSync(join(verbs, name));
}

function settleTimes(): void {
  const epoch = process.env['SOURCE_DATE_EPOCH'];
  if (epoch === undefined || statSync(OUTPUT, { throwIfNoEntry: false }) === undefined) return;
  for (const name of readdirSync(OUTPUT, { recursive: true, encoding: 'utf8' }))
    utimesSync(join(OUTPUT, name), Number(epoch), Number(epoch));
}
