/** The environment that test processes and everything they start get: theirs, not the developer's. */
import { fileURLToPath } from 'node:url';

/** Where Node keeps what it has compiled: the operator and the plugin are started hundreds of times. */
const COMPILED = fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));

/** For programs in Go that live for a minute: they have better things to do than to collect garbage. Memory is there, two
 *  cores are not many. */
export const RARE_COLLECTION = { GOGC: '400' } as const;

/** For such servers, where several are up beside each other and each has little to do: on a second processor theirs would
 *  mostly look for work. */
export const ONE_PROCESSOR = { GOMAXPROCS: '1' } as const;

/** What a process needs to find programs, caches and a terminal. AWS, KUBE and certificate settings of the
 *  machine stay out: a test must never reach a real account or a real cluster. */
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

/** The caller's environment cut down to {@link KEPT}, with Node's compile cache and `extra` on top. */
export function cleanEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && KEPT.has(name)) kept[name] = value;
  }
  return { ...kept, NODE_COMPILE_CACHE: COMPILED, ...extra };
}
