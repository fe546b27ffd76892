/** Builds the plugin's launcher in a form that an old Node.js understands. */
import { build } from 'esbuild';
import { chmodSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @param neededNode the oldest Node.js that runs the program: `22.19` */
export async function buildLauncher(outfile: string, neededNode: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('../src/cli/launcher.ts', import.meta.url))],
    outfile,
    format: 'esm',
    target: 'node13.2',
    define: { NEEDED_NODE: JSON.stringify(neededNode) },
    banner: { js: '#!/usr/bin/env node' },
    logLevel: 'warning',
  });
  chmodSync(outfile, 0o755);
}
