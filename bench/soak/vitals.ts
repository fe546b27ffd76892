/** The state of an operator according to its own /metrics, and whether it grows. */

export interface Vitals {
  /** Seconds since the soak began. */
  readonly at: number;
  readonly rssMB: number;
  readonly heapMB: number;
  readonly fds: number;
  readonly handles: number;
}

const NAMES = {
  rss: 'process_resident_memory_bytes',
  heap: 'nodejs_heap_size_used_bytes',
  fds: 'process_open_fds',
  handles: 'nodejs_active_handles_total',
} as const;

const MB = 1024 * 1024;

/** All samples of an operator's metrics without labels, and the sums of those with labels. */
export async function scrape(telemetryUrl: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${telemetryUrl}/metrics`)).text();
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const name = /^[a-z_]+/.exec(line)?.[0];
    if (name === undefined) continue;
    values.set(name, (values.get(name) ?? 0) + Number(line.slice(line.lastIndexOf(' '))));
  }
  return values;
}

export function vitalsOf(metrics: ReadonlyMap<string, number>, at: number): Vitals {
  const value = (name: string) => metrics.get(name) ?? 0;
  return {
    at,
    rssMB: value(NAMES.rss) / MB,
    heapMB: value(NAMES.heap) / MB,
    fds: value(NAMES.fds),
    handles: value(NAMES.handles),
  };
}

export interface Growth {
  readonly rssStartMB: number;
  readonly rssEndMB: number;
  readonly rssSlopeMBPerHour: number;
  /** The lowest value of each half: what is left after a garbage collection. */
  readonly heapFloorsMB: readonly [number, number];
  readonly fds: readonly [number, number];
  readonly handles: readonly [number, number];
  readonly problems: readonly string[];
}

/** A process is still filling its caches for a while after it began to lead. */
const WARM_UP = 1 / 4;
/** By how much the lowest memory use may grow from the first half to the second. */
const GROWTH = { share: 0.15, MB: 8 } as const;
const MORE_HANDLES = 20;

/** Compares the halves of a life, without its beginning. */
export function growthOf(life: readonly Vitals[]): Growth {
  const warm = life.slice(Math.floor(life.length * WARM_UP));
  const halves = [warm.slice(0, warm.length / 2), warm.slice(warm.length / 2)] as const;
  const pair = (measure: (half: readonly Vitals[]) => number) =>
    [measure(halves[0]), measure(halves[1])] as const;
  const least = (of: (vitals: Vitals) => number) => pair((half) => Math.min(...half.map(of)));
  const [rssStartMB, rssEndMB] = pair((half) => median(half.map(({ rssMB }) => rssMB)));
  const heapFloorsMB = least(({ heapMB }) => heapMB);
  const fds = least((vitals) => vitals.fds);
  const handles = least((vitals) => vitals.handles);
  return {
    rssStartMB,
    rssEndMB,
    rssSlopeMBPerHour: slopePerHour(warm),
    heapFloorsMB,
    fds,
    handles,
    problems: [
      ...grows('RSS', [rssStartMB, rssEndMB], ' MB', GROWTH.MB + GROWTH.share * rssStartMB),
      ...grows('the heap', heapFloorsMB, ' MB', GROWTH.MB + GROWTH.share * heapFloorsMB[0]),
      ...grows('open files', fds, '', MORE_HANDLES),
      ...grows('handles', handles, '', MORE_HANDLES),
    ],
  };
}

function grows(
  what: string,
  [start, end]: readonly [number, number],
  unit: string,
  allowed: number,
): readonly string[] {
  return end - start > allowed ? [`${what} grew from ${start.toFixed(1)} to ${end.toFixed(1)}${unit}`] : [];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Slope of the least-squares line through RSS over time. */
function slopePerHour(life: readonly Vitals[]): number {
  const middle = mean(life.map(({ at }) => at));
  const height = mean(life.map(({ rssMB }) => rssMB));
  const products = life.map(({ at, rssMB }) => (at - middle) * (rssMB - height));
  const squares = life.map(({ at }) => (at - middle) ** 2);
  return (mean(products) / mean(squares)) * 3600;
}
