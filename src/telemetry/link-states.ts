/** How many links are in which state. */
import type { LinkReadiness } from './link-series.ts';

/** How links are counted when metrics are collected. */
export interface LinkCounting {
  /** The states of all links, one after the other: one for each link and condition that is counted. */
  readonly states: () => Iterable<LinkLabels>;
  /** The links that have metrics of their own; undefined if there are too many. */
  readonly single: () => readonly LinkReadiness[] | undefined;
}

export interface LinkLabels {
  readonly condition: string;
  readonly status: string;
  readonly reason: string;
}

interface LinkCount {
  readonly labels: LinkLabels;
  readonly count: number;
}

export class LinkStates {
  /** Every state in which a link was ever seen: conditions and reasons are documented constants. */
  readonly #seen = new Map<string, LinkLabels>();

  /** Counts links by state. A state in which no link is any more counts zero.
   *  @param breathe awaited after each link: there may be tens of thousands */
  async count(states: Iterable<LinkLabels>, breathe: () => Promise<void>): Promise<readonly LinkCount[]> {
    const counts = new Map<string, number>();
    for (const labels of states) {
      const { condition, status, reason } = labels;
      const key = `${condition} ${status} ${reason}`;
      if (!this.#seen.has(key)) this.#seen.set(key, labels);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      await breathe();
    }
    return [...this.#seen].map(([key, labels]) => ({ labels, count: counts.get(key) ?? 0 }));
  }
}
