/** The kubectl plugin as one file with Node.js in it, for people who have no Node.js.
 *  https://nodejs.org/api/single-executable-applications.html */
import { build } from 'esbuild';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOrThrow } from '../../testbed/process.ts';
import { ensureQuill } from '../../testbed/tools/go-tools.ts';
import type { NodeBinary, Platform } from './node-binaries.ts';

/** Marks where Node.js looks for a program in itself. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
const POSTJECT = createRequire(import.meta.url).resolve('postject/dist/cli.js');

interface ExecutableParts {
  /** The plugin's bundle, an ES module. */
  readonly bundle: string;
  readonly platform: Platform;
  /** Node.js for that platform. */
  readonly node: NodeBinary;
  /** Node.js of the same version that runs here: only this version is certain to read what it prepares. */
  readonly host: NodeBinary;
  readonly output: string;
}

/** Writes the executable to `output`. For macOS it is signed, without an identity, because unsigned programs do not start
 *  there. */
export async function makeExecutable({
  bundle,
  platform,
  node,
  host,
  output,
}: ExecutableParts): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'xal-executable-'));
  try {
    const main = join(folder, 'main.cjs');
    await toCommonJs(bundle, main);
    const config = join(folder, 'config.json');
    const blob = join(folder, 'program.blob');
    // Compiled ahead, it starts in half the time. What is compiled here can be read only by Node.js for exactly this platform.
    const useCodeCache = platform.system === process.platform && platform.processor === process.arch;
    await writeFile(
      config,
      JSON.stringify({ main, output: blob, disableExperimentalSEAWarning: true, useCodeCache }),
    );
    await runOrThrow(host.path, ['--experimental-sea-config', config]);
    await copyFile(node.path, output);
    const segment = platform.system === 'darwin' ? ['--macho-segment-name', 'NODE_SEA'] : [];
    await runOrThrow(process.execPath, [
      POSTJECT,
      output,
      'NODE_SEA_BLOB',
      blob,
      '--sentinel-fuse',
      FUSE,
      ...segment,
    ]);
    if (platform.system === 'darwin') await runOrThrow(await ensureQuill(), ['sign', '-vv', output]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The program in an executable has to be CommonJS, and knows no file of its own but the executable. */
async function toCommonJs(bundle: string, output: string): Promise<void> {
  await build({
    entryPoints: [bundle],
    outfile: output,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(process.execPath).href;" },
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 160,
    // import() does not work in what is compiled ahead, not even for Node.js's own modules.
    supported: { 'dynamic-import': false },
    logLevel: 'warning',
  });
}
