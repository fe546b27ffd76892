/** The environment that test processes and everything they start get: their own, not the developer's. */
import { fileURLToPath } from 'node:url';

/** Where Node keeps compiled code: the operator and the plugin are started hundreds of times. */
const COMPILED = fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));

/** For Go programs that live for a minute: they should collect garbage less often. There is enough memory, but there are only two
 *  cores. */
export const RARE_COLLECTION = { GOGC: '400' } as const;

/** For servers that run beside others and have little to do: on a second processor they would mostly look for work. */
export const ONE_PROCESSOR = { GOMAXPROCS: '1' } as const;

/** What a process needs to find programs, caches and a terminal. The machine's settings for AWS, KUBE and certificates are left
 *  out: a test must never reach a real account or a real cluster. */
const KEPT = new Set([
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'TZ',
  'TERM',
  'TMPDIR',
  'XDG_CACHE_HOME',
  'KUBEBUILDER_ASSETS',
  'CI',
  'NO_COLOR',
  'FORCE_COLOR',
]);

/** The caller's environment reduced to {@link KEPT}, with Node's compile cache and `extra` added. */
export function cleanEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && KEPT.has(name)) kept[name] = value;
  }
  return { ...kept, NODE_COMPILE_CACHE: COMPILED, ...extra };
}
