/** Runs the program next to this file that judges objects as Argo CD and Flux do. */
import { runOrThrow } from '../process.ts';
import { ensureOwnGoTool } from './own-go-tools.ts';

export interface Judge {
  /** Flux's verdict on an object, such as `Current`, `InProgress` or `Failed`. */
  kstatus(object: unknown): Promise<string>;
  /** What a script of Argo CD returns for an object, as parsed JSON; an empty Lua table is an empty list. */
  lua(script: string, object: unknown): Promise<unknown>;
}

export async function openJudge(): Promise<Judge> {
  const judge = await ensureOwnGoTool({
    binary: 'judge',
    module: 'gitops',
    package: './judge',
    sources: ['go.mod', 'judge/main.go'],
    what: 'the judge of GitOps health',
  });
  const ask = async (args: readonly string[], object: unknown) =>
    JSON.parse(await runOrThrow(judge, args, { input: JSON.stringify(object), timeoutMs: 20_000 }));
  return {
    kstatus: async (object) => String((await ask(['kstatus'], object)).status),
    lua: (script, object) => ask(['lua', script], object),
  };
}
