/** The project's own programs in Go, in folders next to this file. Their sources determine their version. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOrThrow } from '../process.ts';
import { cached } from './cache.ts';
import { find, GO } from './prerequisites.ts';
import { withProgress } from './progress.ts';

interface OwnGoTool {
  readonly binary: string;
  /** Folder of the Go module, next to this file. */
  readonly module: string;
  /** Folder of the program in it: `.` or `./judge`. */
  readonly package: string;
  /** Files from which it is built. */
  readonly sources: readonly string[];
  /** What it is, for people who wait for it. */
  readonly what: string;
}

/** Finds or builds a program (half a minute, once). */
export async function ensureOwnGoTool({
  binary,
  module,
  sources,
  what,
  ...tool
}: OwnGoTool): Promise<string> {
  const folder = fileURLToPath(new URL(module, import.meta.url));
  const digest = createHash('sha256');
  for (const source of sources) digest.update(readFileSync(join(folder, source)));
  return cached(join(`${binary}-${digest.digest('hex').slice(0, 12)}`, binary), async (unfinished) => {
    const go = await find(GO);
    await withProgress(`building ${what} (once; half a minute)`, () =>
      runOrThrow(go, ['build', '-trimpath', '-ldflags', '-s -w', '-o', unfinished, tool.package], {
        cwd: folder,
        env: { ...process.env, CGO_ENABLED: '0' },
      }),
    );
  });
}
