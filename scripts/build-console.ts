/** Builds the console's page from src/console/ui: into a folder, and into the plugin's bundle. */
import { build, type Plugin } from 'esbuild';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const UI = 'src/console/ui';

/** Files that are copied as they are: name in the page, place in the repository. */
const FILES: readonly (readonly [string, string])[] = [
  ['index.html', `${UI}/index.html`],
  ['icon.svg', `${UI}/icon.svg`],
  ['inter.woff2', 'node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'],
  [
    'mono.woff2',
    'node_modules/@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2',
  ],
];

/** Packages in the page, whose licences require their text to be included. */
const PACKAGES = ['preact', '@fontsource-variable/inter', '@fontsource-variable/jetbrains-mono'];

type ConsoleFiles = ReadonlyMap<string, Buffer>;

/** The page's files by name; also written into `folder`. */
export async function buildConsole(folder: string): Promise<ConsoleFiles> {
  const { outputFiles } = await build({
    entryPoints: { app: `${UI}/main.tsx`, style: `${UI}/app.css` },
    outdir: folder,
    write: false,
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2023',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    external: ['/inter.woff2', '/mono.woff2'],
    legalComments: 'none',
    logLevel: 'warning',
  });
  const built = outputFiles.map(({ path, contents }): readonly [string, Buffer] => [
    path.endsWith('.css') ? 'app.css' : 'app.js',
    Buffer.from(contents),
  ]);
  const licences = PACKAGES.map(
    (name) => `${name}\n\n${readFileSync(join(ROOT, 'node_modules', name, 'LICENSE'), 'utf8')}`,
  );
  const files = new Map<string, Buffer>([
    ...built,
    ['licences.txt', Buffer.from(licences.join('\n\n'))],
    ...FILES.map(([name, path]) => [name, readFileSync(join(ROOT, path))] as const),
  ]);
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
  return files;
}

/** Puts the files into the bundle, in place of the module that reads them from the folder. */
export function embedConsole(files: ConsoleFiles): Plugin {
  const entries = [...files].map(([name, content]) => [name, content.toString('base64')] as const);
  const contents = `
const FILES = new Map(${JSON.stringify(entries)});
export function consoleAsset(name) {
  const content = FILES.get(name);
  if (content === undefined) throw new Error('the console has no ' + name);
  return Buffer.from(content, 'base64');
}`;
  return {
    name: 'embed-console',
    setup({ onLoad }) {
      onLoad({ filter: /console\/server\/assets\.ts$/ }, () => ({ contents, loader: 'js' }));
    },
  };
}
