/** Puts links back into the queue by what they have in common: all links of an account, a state machine or a role, however many. */
import type { Clock } from '../../base/clock.ts';
import type { Cache } from '../../kubernetes/store.ts';
import { priority, type WorkQueue } from '../../kubernetes/work-queue.ts';
import type { LinkIndex, LinkObject } from '../state/link-object.ts';

/** Links that come to the queue in one turn of the event loop: a rule may bring all those of an account, and a start those of
 *  a hundred accounts at once. */
const LINKS_AT_ONCE = 500;
/** So many are looked at again at once; else there is a rest before, so long for each of them and so long at most. */
const FEW = 20;
const REST_MS = { each: 20, most: 10_000 } as const;

interface LinkRequeueParts {
  readonly links: Pick<Cache<LinkObject>, 'byIndex'>;
  readonly queue: Pick<WorkQueue, 'add'>;
  readonly clock: Pick<Clock, 'after'>;
}

type Which = (object: LinkObject) => boolean;

/** Some of the links that an index finds. */
export interface Some {
  /** Tells a rest from others of the same links. */
  readonly name: string;
  readonly picks: Which;
}

/** Why links come back: something that they have in common has changed. */
interface Cause {
  readonly id: string;
  /** Keys of those that have not come yet. */
  readonly waiting: Set<string>;
  /** The same, in the order in which they were put there: it goes on with those that are added. */
  readonly inOrder: Iterator<string, undefined>;
}

export class LinkRequeue {
  readonly #parts: LinkRequeueParts;
  /** What has links come to the queue, by index and key: a cause that comes again while its links do adds those that it lacks. */
  readonly #causes = new Map<string, Cause>();
  /** The same causes, the next one first. */
  readonly #turns: Cause[] = [];
  /** Causes that rest, and whether they came again meanwhile. */
  readonly #resting = new Map<string, boolean>();
  #isBringing = false;

  constructor(parts: LinkRequeueParts) {
    this.#parts = parts;
  }

  /** Brings the links that an index finds back to the queue, those that `which` picks; where they are many, over several turns
   *  of the event loop. Returns how many it looked at. */
  requeue(index: LinkIndex, key: string, which: Which = () => true): number {
    const links = this.#parts.links.byIndex(index, key);
    const picked = links.filter(which);
    if (picked.length === 0) return links.length;
    const id = `${index} ${key}`;
    const cause = this.#causes.get(id) ?? this.#begin(id);
    for (const { link } of picked) cause.waiting.add(link.key);
    if (!this.#isBringing) this.#bring();
    return links.length;
  }

  /** The same for what each of the links may do to all others: thousands that go one after the other would bring each other
   *  millions of times. Where it finds many, the next time is a while later. */
  requeueAfterRest(index: LinkIndex, key: string, some?: Some): void {
    const id = `${index} ${key} ${some?.name ?? 'all'}`;
    if (this.#resting.has(id)) {
      this.#resting.set(id, true);
      return;
    }
    const found = this.requeue(index, key, some?.picks);
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

  /** One link of each cause in turn; what is left of all of them comes in the next turns of the event loop. */
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
