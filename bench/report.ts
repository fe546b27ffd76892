/** The targets of performance.md, the table that is printed, and the file that is kept. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Results } from './parts/part.ts';

const RESULTS_FILE = fileURLToPath(new URL('results.json', import.meta.url));

interface Target {
  readonly section: string;
  readonly figure: string;
  /** The limit, which may depend on a figure of the same run. */
  readonly atMost: number | ((results: Results) => number | undefined);
}

/** Sections of the part `scale`. */
const SCALES = ['scale5000', 'scale20000', 'scale50000'];

/** At full size, which means 200 links, 10 accounts and 30 ms. */
const TARGETS: readonly Target[] = [
  { section: 'create', figure: 'seconds', atMost: anEighthOfThePeers },
  { section: 'create', figure: 'operatorCpuSeconds', atMost: 5 },
  { section: 'create', figure: 'callsPerLink', atMost: 5.2 },
  { section: 'create', figure: 'kubernetesWritesPerLink', atMost: 4 },
  { section: 'check', figure: 'callsPerLink', atMost: 1.06 },
  { section: 'check', figure: 'iamCallsPerLink', atMost: 0.055 },
  { section: 'check', figure: 'writes', atMost: 0 },
  { section: 'repair', figure: 'p99Ms', atMost: 1_000 },
  { section: 'restart', figure: 'calls', atMost: 5_300 },
  { section: 'restart', figure: 'writes', atMost: 0 },
  { section: 'memory', figure: 'rssMB200', atMost: 110 },
  { section: 'memory', figure: 'rssMB5000', atMost: 180 },
  { section: 'quota', figure: 'floorRatio', atMost: 1.15 },
  { section: 'quota', figure: 'throttledShare', atMost: 0.005 },
  // At least a tenth of the machine belongs to the small tenant; the point is that it waits for none of the thousand.
  { section: 'fairness', figure: 'smallTenantSeconds', atMost: (results) => twice(results, 'fairness') },
  { section: 'isolation', figure: 'healthySeconds', atMost: (results) => twice(results, 'isolation') },
  { section: 'startup', figure: 'firstReconcileMs', atMost: 1_000 },
  { section: 'startup', figure: 'idleRssMB', atMost: 100 },
  { section: 'fight', figure: 'writes', atMost: 19 },
  ...SCALES.flatMap((section) => [
    { section, figure: 'kilobytesALink', atMost: 15 },
    { section, figure: 'checkCpuMs', atMost: 2 },
    { section, figure: 'checkHoldMs', atMost: 50 },
    { section, figure: 'otherCalls', atMost: 0 },
  ]),
  { section: 'storm', figure: 'seconds10', atMost: (results) => thrice(results) },
  { section: 'storm', figure: 'fellBack10', atMost: 0 },
  { section: 'storm', figure: 'fellBack40', atMost: 0 },
];

/** Compared with AWS Controllers for Kubernetes, if they were measured in the same run (`--peer`). */
function anEighthOfThePeers(results: Results): number {
  const peer = results['peer']?.['seconds'];
  return peer === undefined ? 6 : peer / 8;
}

/** Beside a busy neighbour on two cores: twice the time that it takes alone, plus a second in fairness to a loaded machine. */
function twice(results: Results, section: string): number | undefined {
  const alone = results[section]?.['aloneSeconds'];
  return alone === undefined ? undefined : 2 * alone + 1;
}

/** If one call in ten fails: three times the time that it takes otherwise. */
function thrice(results: Results): number | undefined {
  const calm = results['storm']?.['seconds0'];
  return calm === undefined ? undefined : 3 * calm;
}

/** One line for each figure: section, figure, value, target, and whether it is met. */
export function table(results: Results): string {
  const rows = Object.entries(results).flatMap(([section, figures]) =>
    Object.entries(figures).map(([figure, value]) => row(results, section, figure, value)),
  );
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function row(results: Results, section: string, figure: string, value: number): readonly string[] {
  const target = TARGETS.find((candidate) => candidate.section === section && candidate.figure === figure);
  const bound = typeof target?.atMost === 'function' ? target.atMost(results) : target?.atMost;
  const verdict = bound === undefined ? [] : [`≤ ${round(bound)}`, value <= bound ? 'met' : 'MISSED'];
  return [section, figure, String(round(value)), ...verdict];
}

/** Adds to what is there, so that one part can be measured again. */
export function keep(results: Results): void {
  const kept = mergeResults(readResults(), results);
  writeFileSync(RESULTS_FILE, `${JSON.stringify(rounded(kept), null, 2)}\n`);
}

/** The figures of both; the later ones if both have them. */
export function mergeResults(earlier: Results, later: Results): Results {
  const sections = [...new Set([...Object.keys(earlier), ...Object.keys(later)])];
  return Object.fromEntries(sections.map((name) => [name, { ...earlier[name], ...later[name] }]));
}

function readResults(): Results {
  try {
    return Object(JSON.parse(readFileSync(RESULTS_FILE, 'utf8')));
  } catch {
    return {};
  }
}

function rounded(results: Results): Results {
  return Object.fromEntries(
    Object.entries(results).map(([section, figures]) => [
      section,
      Object.fromEntries(Object.entries(figures).map(([figure, value]) => [figure, round(value)])),
    ]),
  );
}

/** Four digits are as precise as a noisy machine can be. */
function round(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(4));
}
