/** The program next to this file that judges objects as Argo CD and Flux do. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOrThrow } from '../process.ts';
import { cached } from './cache.ts';
import { find, GO } from './prerequisites.ts';
import { withProgress } from './progress.ts';

const MODULE = fileURLToPath(new URL('gitops', import.meta.url));
const SOURCES = ['go.mod', 'judge/main.go'];

/** Finds or builds the judge (half a minute, once). Its version is what its sources are. */
async function ensureJudge(): Promise<string> {
  const digest = createHash('sha256');
  for (const source of SOURCES) digest.update(readFileSync(join(MODULE, source)));
  return cached(join(`judge-${digest.digest('hex').slice(0, 12)}`, 'judge'), async (unfinished) => {
    const go = await find(GO);
    await withProgress('building the judge of GitOps health (once; half a minute)', () =>
      runOrThrow(go, ['build', '-trimpath', '-ldflags', '-s -w', '-o', unfinished, './judge'], {
        cwd: MODULE,
        env: { ...process.env, CGO_ENABLED: '0' },
      }),
    );
  });
}

export interface Judge {
  /** Flux's verdict on an object, such as `Current`, `InProgress` or `Failed`. */
  kstatus(object: unknown): Promise<string>;
  /** What a script of Argo CD returns for an object, as parsed JSON; an empty Lua table is an empty list. */
  lua(script: string, object: unknown): Promise<unknown>;
}

export async function openJudge(): Promise<Judge> {
  const judge = await ensureJudge();
  const ask = async (args: readonly string[], object: unknown) =>
    JSON.parse(await runOrThrow(judge, args, { input: JSON.stringify(object), timeoutMs: 20_000 }));
  return {
    kstatus: async (object) => String((await ask(['kstatus'], object)).status),
    lua: (script, object) => ask(['lua', script], object),
  };
}
