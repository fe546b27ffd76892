/**
 * Metrics of single links, so that an alert can go to the team that owns the link. They are only shown while there are not too
 * many links, because each costs Prometheus memory.
 */
import { keyOf } from '../kubernetes/metadata.ts';

interface LinkName {
  readonly namespace: string;
  readonly name: string;
}

/** Whether a link is Ready, and its reason. */
export interface LinkReadiness extends LinkName {
  readonly ready: boolean;
  readonly reason: string;
}

interface DriftCounts extends LinkName {
  detected: number;
  repaired: number;
}

interface Metric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly labelNames: readonly string[];
  readonly help: string;
}

const SHOWN: Metric = {
  name: 'crossaccountlink_link_metrics',
  type: 'gauge',
  labelNames: [],
  help: '1 while links have metrics of their own: not more of them than --link-metrics-limit.',
};
const READY: Metric = {
  name: 'crossaccountlink_link_ready',
  type: 'gauge',
  labelNames: ['namespace', 'name', 'reason'],
  help: '1 while the link is Ready, 0 while it is not, with the reason.',
};
const DETECTED: Metric = {
  name: 'crossaccountlink_link_drift_detected_total',
  type: 'counter',
  labelNames: ['namespace', 'name'],
  help: "Fields of the link's AWS objects that somebody else changed.",
};
const REPAIRED: Metric = {
  name: 'crossaccountlink_link_drift_repaired_total',
  type: 'counter',
  labelNames: ['namespace', 'name'],
  help: "Changed fields of the link's AWS objects that the operator repaired.",
};

/** In the order in which they are shown. */
export const LINK_METRICS: readonly Metric[] = [SHOWN, READY, DETECTED, REPAIRED];

/** Keeps as little as possible for each link, and makes the text only when Prometheus asks. */
export class LinkSeries {
  /** By namespace and name: links that have drifted; all others count zero. */
  readonly #drift = new Map<string, DriftCounts>();

  /** Counts a drifted field of a link. */
  drifted({ namespace, name }: LinkName, repaired: boolean): void {
    const key = keyOf({ namespace, name });
    const counts = this.#drift.get(key) ?? { namespace, name, detected: 0, repaired: 0 };
    counts.detected += 1;
    if (repaired) counts.repaired += 1;
    this.#drift.set(key, counts);
  }

  /** The series of all links in Prometheus' text format, line by line. Drift is counted from zero on, because a rate needs a
   *  first value. Counts of links that are not in the list are dropped.
   *  @param links undefined if there are too many: then none are shown, because a part would look like the whole */
  *lines(links: readonly LinkReadiness[] | undefined): Generator<string> {
    const shown = links ?? [];
    this.#forgetOthers(shown);
    yield* heading(SHOWN);
    yield `${SHOWN.name} ${links === undefined ? 0 : 1}`;
    yield* heading(READY);
    for (const { reason, ready, ...link } of shown)
      yield `${READY.name}{${labels(link)},reason="${escaped(reason)}"} ${ready ? 1 : 0}`;
    yield* heading(DETECTED);
    for (const link of shown) yield `${DETECTED.name}{${labels(link)}} ${this.#of(link)?.detected ?? 0}`;
    yield* heading(REPAIRED);
    for (const link of shown) yield `${REPAIRED.name}{${labels(link)}} ${this.#of(link)?.repaired ?? 0}`;
  }

  #of(link: LinkName): DriftCounts | undefined {
    return this.#drift.size === 0 ? undefined : this.#drift.get(keyOf(link));
  }

  #forgetOthers(links: readonly LinkName[]): void {
    if (this.#drift.size === 0) return;
    const present = new Set(links.map(keyOf));
    for (const key of this.#drift.keys()) if (!present.has(key)) this.#drift.delete(key);
  }
}

function* heading({ name, type, help }: Metric): Generator<string> {
  yield `# HELP ${name} ${help}`;
  yield `# TYPE ${name} ${type}`;
}

function labels({ namespace, name }: LinkName): string {
  return `namespace="${escaped(namespace)}",name="${escaped(name)}"`;
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details */
function escaped(value: string): string {
  return /["\\\n]/.test(value)
    ? value
        .replaceAll('\\', '\\\\')
        .replaceAll('\n', String.raw`\n`)
        .replaceAll('"', String.raw`\"`)
    : value;
}
