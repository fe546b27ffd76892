/** Puts links back into the queue by what they have in common: all links of an account, a state machine or a role, however many. */
import type { Clock } from '../../base/clock.ts';
import type { Cache } from '../../kubernetes/store.ts';
import { priority, type WorkQueue } from '../../kubernetes/work-queue.ts';
import type { LinkIndex, LinkObject } from '../state/link-object.ts';

/** How many links come to the queue in one turn of the event loop. A changed rule may bring all links of an account, and a
 *  start those of a hundred accounts at once. */
const LINKS_AT_ONCE = 500;
/** Up to this many links come back at once. For more there is a pause first, which grows with their number up to a limit. */
const FEW = 20;
const REST_MS = { each: 20, most: 10_000 } as const;

interface LinkRequeueParts {
  readonly links: Pick<Cache<LinkObject>, 'byIndex'>;
  readonly queue: Pick<WorkQueue, 'add'>;
  readonly clock: Pick<Clock, 'after'>;
}

/** A selection of the links that an index finds. */
export interface Some {
  /** Distinguishes selections of the same links. */
  readonly name: string;
  readonly of: (links: readonly LinkObject[]) => readonly LinkObject[];
}

/** Why links come back: something that they have in common has changed. */
interface Cause {
  readonly id: string;
  /** Keys of the links that have not come back yet. */
  readonly waiting: Set<string>;
  /** The same keys in the order of insertion; it includes keys that are added later. */
  readonly inOrder: Iterator<string, undefined>;
}

export class LinkRequeue {
  readonly #parts: LinkRequeueParts;
  /** Causes by index and key. If a cause comes again while its links are coming back, it only adds links that are missing. */
  readonly #causes = new Map<string, Cause>();
  /** The same causes in the order of their turns. */
  readonly #turns: Cause[] = [];
  /** Causes during their pause, and whether they came again meanwhile. */
  readonly #resting = new Map<string, boolean>();
  #isBringing = false;

  constructor(parts: LinkRequeueParts) {
    this.#parts = parts;
  }

  /** Brings the links that an index finds, or some of them, back to the queue. If they are many, this takes several turns of the
   *  event loop. Returns how many links it went through. */
  requeue(index: LinkIndex, key: string, some?: Some): number {
    const links = this.#parts.links.byIndex(index, key);
    const picked = some?.of(links) ?? links;
    if (picked.length === 0) return links.length;
    const id = `${index} ${key}`;
    const cause = this.#causes.get(id) ?? this.#begin(id);
    for (const { link } of picked) cause.waiting.add(link.key);
    if (!this.#isBringing) this.#bring();
    return links.length;
  }

  /** The same for a cause that each link can be to all the others: if thousands of them go one after the other, they would
   *  bring each other back millions of times. If the cause has many links, its next time is a while later. */
  requeueAfterRest(index: LinkIndex, key: string, some?: Some): void {
    const id = `${index} ${key} ${some?.name ?? 'all'}`;
    if (this.#resting.has(id)) {
      this.#resting.set(id, true);
      return;
    }
    const found = this.requeue(index, key, some);
    if (found <= FEW) return;
    this.#resting.set(id, false);
    this.#parts.clock.after(Math.min(found * REST_MS.each, REST_MS.most), () => {
      const cameAgain = this.#resting.get(id) === true;
      this.#resting.delete(id);
      if (cameAgain) this.requeueAfterRest(index, key, some);
    });
  }

  #begin(id: string): Cause {
    const waiting = new Set<string>();
    const cause = { id, waiting, inOrder: waiting.values() };
    this.#causes.set(id, cause);
    this.#turns.push(cause);
    return cause;
  }

  /** Brings one link of each cause in turn, and the rest in the next turns of the event loop. */
  #bring(): void {
    for (let count = 0; count < LINKS_AT_ONCE; count += 1) {
      const cause = this.#turns.shift();
      const key = cause?.inOrder.next().value;
      if (cause === undefined || key === undefined) break;
      this.#parts.queue.add(key, priority.resync);
      cause.waiting.delete(key);
      if (cause.waiting.size > 0) this.#turns.push(cause);
      else this.#causes.delete(cause.id);
    }
    this.#isBringing = this.#turns.length > 0;
    if (this.#isBringing) this.#parts.clock.after(0, () => this.#bring());
  }
}
