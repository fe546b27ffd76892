/**
 * Which folder of src/ may import which, and what the pure ones may use: this is the only list of it. The purpose of each folder
 * is in docs/architecture.md.
 */

export interface Layer {
  /** Below src/. */
  readonly folder: string;
  /** Folders earlier in the list that it does not need. */
  readonly without?: readonly string[];
  /** Decisions only: the same arguments give the same result, whenever and wherever. */
  readonly pure?: true;
}

/** A folder may import the ones above it. The rooms of controllers/ are folders of their own. */
export const LAYERS: readonly Layer[] = [
  { folder: 'base' },
  { folder: 'arn', pure: true },
  { folder: 'policy', pure: true },
  { folder: 'observed', pure: true },
  { folder: 'asl', without: ['observed'], pure: true },
  { folder: 'kubernetes', without: ['arn', 'policy', 'observed', 'asl'] },
  { folder: 'api', without: ['arn', 'policy', 'observed', 'asl'] },
  { folder: 'access', without: ['observed', 'asl', 'kubernetes'], pure: true },
  { folder: 'desired', without: ['kubernetes'], pure: true },
  { folder: 'plan', without: ['kubernetes'], pure: true },
  { folder: 'report', without: ['kubernetes'], pure: true },
  { folder: 'aws', without: ['asl', 'kubernetes', 'api', 'access', 'desired', 'report'] },
  { folder: 'telemetry', without: ['observed', 'asl', 'access', 'desired', 'plan', 'report', 'aws'] },
  { folder: 'bootstrap', without: ['kubernetes', 'aws', 'telemetry'] },
  { folder: 'controllers/state' },
  { folder: 'controllers/objects' },
  { folder: 'controllers/triggers' },
  { folder: 'controllers/link' },
  { folder: 'controllers/account', without: ['controllers/link'] },
  { folder: 'controllers/dry-run', without: ['controllers/account'] },
  {
    folder: 'console/model',
    without: ['observed', 'access', 'desired', 'plan', 'report', 'aws', 'telemetry', 'bootstrap'],
    pure: true,
  },
  {
    folder: 'console/server',
    without: ['arn', 'policy', 'asl', 'desired', 'plan', 'report', 'aws', 'telemetry'],
  },
  { folder: 'console/ui', without: ['kubernetes', 'api', 'asl', 'policy', 'console/server'] },
  { folder: 'cli' },
];

/** What a pure folder may use of Node and of other packages: only what computes. */
const PURE_PACKAGES = new Set(['node:crypto']);
/** Files of base/ that tell the time or wait. */
const CLOCKS = new Set(['src/base/clock.ts', 'src/base/deadline.ts', 'src/base/turns.ts']);
/** Globals that read the time, randomness or the environment. `Date.parse` and the like only compute. */
const IMPURE_GLOBALS = new Set([
  'Date.now',
  'Math.random',
  'new Date()',
  'clearTimeout',
  'console',
  'crypto',
  'fetch',
  'globalThis',
  'performance',
  'process',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
]);

/** The layer of a file, by its path in the repository; undefined for src/*.ts, which connect the parts. */
export function layerOf(path: string): Layer | undefined {
  return LAYERS.find(({ folder }) => path.startsWith(`src/${folder}/`));
}

/**
 * Why a file may not import another; undefined if it may.
 * @param path path of the importing file in the repository
 * @param imported the path of the imported file, or the name of a package
 */
export function importProblem(path: string, imported: string): string | undefined {
  const layer = layerOf(path);
  if (layer === undefined) return undefined;
  const name = `src/${layer.folder}`;
  if (!imported.startsWith('src/')) {
    return layer.pure && !PURE_PACKAGES.has(imported)
      ? `${name} is pure: no I/O, no clock, no SDK, so not ${imported} either.`
      : undefined;
  }
  if (layer.pure && CLOCKS.has(imported)) return `${name} is pure: time is passed in as a number.`;
  const other = layerOf(imported);
  if (other === undefined) return `${name} is one of the parts that ${imported} joins.`;
  const mayNot = LAYERS.indexOf(other) > LAYERS.indexOf(layer) || layer.without?.includes(other.folder);
  return mayNot ? `${name} does without src/${other.folder}: see scripts/lint/layers.ts.` : undefined;
}

/**
 * Why a file may not use a global; undefined if it may.
 * @param name as in `process` or `Date.now`
 */
export function globalProblem(path: string, name: string): string | undefined {
  const layer = layerOf(path);
  return layer?.pure && IMPURE_GLOBALS.has(name)
    ? `src/${layer.folder} is pure: ${name} gives something else each time.`
    : undefined;
}
