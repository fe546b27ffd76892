/** How many links are in which state. */
import type { LinkReadiness } from './link-series.ts';

/** How links are counted, when somebody asks. */
export interface LinkCounting {
  /** The states of all links, one after the other: each link has one for each condition that is counted. */
  readonly states: () => Iterable<LinkLabels>;
  /** Those that have metrics of their own; undefined where there are too many. */
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
  /** Every state that a link was ever seen in: conditions and reasons are documented constants. */
  readonly #seen = new Map<string, LinkLabels>();

  /** Counts links by state; one that no link is in any more is counted zero times.
   *  @param breathe awaited after each: there may be tens of thousands */
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
