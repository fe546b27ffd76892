/** Metrics of single links, so that an alert can go to the team whose link it is about: kept while there are not too many
 *  links, for each costs Prometheus memory. */
import { Counter, Gauge, type Registry } from 'prom-client';

export interface LinkName {
  readonly namespace: string;
  readonly name: string;
}

/** How a link stands, by its Ready condition. */
export interface LinkStanding extends LinkName {
  readonly ready: boolean;
  readonly reason: string;
}

export class LinkSeries {
  readonly #shown: Gauge;
  readonly #ready: Gauge<'namespace' | 'name' | 'reason'>;
  readonly #detected: Counter<'namespace' | 'name'>;
  readonly #repaired: Counter<'namespace' | 'name'>;
  /** Links whose drift is counted. */
  readonly #counted = new Map<string, LinkName>();

  constructor(registry: Registry) {
    const registers = [registry];
    this.#shown = new Gauge({
      name: 'crossaccountlink_link_metrics',
      help: '1 while links have metrics of their own: not more of them than --link-metrics-limit.',
      registers,
    });
    this.#ready = new Gauge({
      name: 'crossaccountlink_link_ready',
      help: '1 while the link is Ready, 0 while it is not, with the reason.',
      labelNames: ['namespace', 'name', 'reason'],
      registers,
    });
    this.#detected = new Counter({
      name: 'crossaccountlink_link_drift_detected_total',
      help: "Fields of the link's AWS objects that somebody else changed.",
      labelNames: ['namespace', 'name'],
      registers,
    });
    this.#repaired = new Counter({
      name: 'crossaccountlink_link_drift_repaired_total',
      help: "Fields of the link's AWS objects that were put right.",
      labelNames: ['namespace', 'name'],
      registers,
    });
  }

  /** Replaces what is known of all links. Undefined, for too many of them, shows none: a part would look like the whole. */
  show(links: readonly LinkStanding[] | undefined): void {
    this.#shown.set(links === undefined ? 0 : 1);
    this.#ready.reset();
    const standing = new Set<string>();
    for (const { namespace, name, reason, ready } of links ?? []) {
      this.#ready.set({ namespace, name, reason }, ready ? 1 : 0);
      standing.add(keyOf({ namespace, name }));
      this.#count({ namespace, name });
    }
    for (const [key, link] of this.#counted) {
      if (standing.has(key)) continue;
      this.#counted.delete(key);
      for (const counter of [this.#detected, this.#repaired]) counter.remove(labelsOf(link));
    }
  }

  drifted(link: LinkName, repaired: boolean): void {
    this.#count(link);
    this.#detected.inc(labelsOf(link));
    if (repaired) this.#repaired.inc(labelsOf(link));
  }

  /** From zero on: a rate needs something to rise from. */
  #count(link: LinkName): void {
    const key = keyOf(link);
    if (this.#counted.has(key)) return;
    this.#counted.set(key, labelsOf(link));
    for (const counter of [this.#detected, this.#repaired]) counter.inc(labelsOf(link), 0);
  }
}

function keyOf({ namespace, name }: LinkName): string {
  return `${namespace}/${name}`;
}

/** Nothing but the labels, whatever else a link has. */
function labelsOf({ namespace, name }: LinkName): { namespace: string; name: string } {
  return { namespace, name };
}
