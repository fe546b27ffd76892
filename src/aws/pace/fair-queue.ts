/**
 * The order in which a lane's calls go out, as p-queue's `queueClass`. More urgent calls go first, but after so many of them a
 * less urgent one has its turn. Within an urgency, tenants take turns.
 */
import type { Queue, QueueAddOptions } from 'p-queue';

/** Drift is repaired before anything new is made, and both come before mere checks. */
export type Urgency = 'repair' | 'make' | 'look';

const ORDER: readonly Urgency[] = ['repair', 'make', 'look'];

/** After this many more urgent calls, a less urgent one goes out. A tenant can have as many made as it likes, and without this
 *  limit no other tenant's links might ever be made. */
const MOST_PASSING = 15;

export interface Place extends QueueAddOptions {
  readonly urgency: Urgency;
  /** Namespace of the link. Tenants take turns, so that one with a thousand links does not keep another waiting. */
  readonly tenant: string;
}

type Run = () => Promise<unknown>;
interface Entry {
  readonly run: Run;
  readonly id: string | undefined;
}

export class FairQueue implements Queue<Run, Place> {
  /** Within an urgency, the tenant whose turn is next comes first. */
  readonly #waiting = new Map<Urgency, Map<string, Entry[]>>(ORDER.map((urgency) => [urgency, new Map()]));
  /** How many more urgent calls have gone out since one of this urgency did, whether or not one waited: calls that would have
   *  to wait too long are not in the queue, and come again. Counts up to `MOST_PASSING`. */
  readonly #passed = new Map<Urgency, number>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  enqueue(run: Run, place: Partial<Place> = {}): void {
    const { urgency = 'make', tenant = '' } = place;
    const tenants = this.#tenants(urgency);
    const entries = tenants.get(tenant) ?? [];
    entries.push({ run, id: place.id });
    tenants.set(tenant, entries);
    this.#size += 1;
  }

  dequeue(): Run | undefined {
    const urgency = this.#turn();
    if (urgency === undefined) return undefined;
    const tenants = this.#tenants(urgency);
    for (const [tenant, entries] of tenants) {
      const entry = entries.shift();
      tenants.delete(tenant);
      if (entries.length > 0) tenants.set(tenant, entries);
      this.#size -= 1;
      return entry?.run;
    }
    return undefined;
  }

  /** The urgency whose turn it is. */
  #turn(): Urgency | undefined {
    const waiting = ORDER.filter((urgency) => this.#tenants(urgency).size > 0);
    const chosen = waiting.find((urgency) => this.#passedFor(urgency) >= MOST_PASSING) ?? waiting[0];
    if (chosen === undefined) return undefined;
    for (const urgency of lessUrgent(chosen))
      this.#passed.set(urgency, Math.min(this.#passedFor(urgency) + 1, MOST_PASSING));
    this.#passed.delete(chosen);
    return chosen;
  }

  #passedFor(urgency: Urgency): number {
    return this.#passed.get(urgency) ?? 0;
  }

  remove(id: string): void {
    for (const tenants of this.#waiting.values()) {
      for (const [tenant, entries] of tenants) {
        const index = entries.findIndex((entry) => entry.id === id);
        if (index === -1) continue;
        entries.splice(index, 1);
        if (entries.length === 0) tenants.delete(tenant);
        this.#size -= 1;
        return;
      }
    }
  }

  /** How many calls would go out before a new one, at most. */
  ahead({ urgency, tenant }: Pick<Place, 'urgency' | 'tenant'>): number {
    const equal = this.#aheadAmongEquals(urgency, tenant);
    let count = equal + Math.min(this.#countOf(moreUrgent(urgency)), this.#mostPassing(urgency, equal));
    for (const lower of lessUrgent(urgency)) {
      const turns = Math.floor((count + this.#passedFor(lower)) / MOST_PASSING);
      count += Math.min(this.#countOf([lower]), turns);
    }
    return count;
  }

  #aheadAmongEquals(urgency: Urgency, tenant: string): number {
    const tenants = this.#tenants(urgency);
    const mine = tenants.get(tenant)?.length ?? 0;
    let count = mine;
    for (const [name, entries] of tenants) if (name !== tenant) count += Math.min(entries.length, mine + 1);
    return count;
  }

  /** How many more urgent calls may go out before one that has this many of its own urgency before it. An urgency in between
   *  may have its own turn right before each of them. */
  #mostPassing(urgency: Urgency, equal: number): number {
    const each = MOST_PASSING + Math.max(moreUrgent(urgency).length - 1, 0);
    return each * (equal + 1) - this.#passedFor(urgency);
  }

  #countOf(urgencies: readonly Urgency[]): number {
    let count = 0;
    for (const urgency of urgencies)
      for (const entries of this.#tenants(urgency).values()) count += entries.length;
    return count;
  }

  /** Asked by p-queue's `sizeBy` only. */
  filter(place: Readonly<Partial<Place>>): Run[] {
    const tenants = this.#tenants(place.urgency ?? 'make');
    return (tenants.get(place.tenant ?? '') ?? []).map((entry) => entry.run);
  }

  /** A call keeps the place it came with. */
  setPriority(): void {
    throw new Error('a lane orders by urgency and tenant, not by number');
  }

  #tenants(urgency: Urgency): Map<string, Entry[]> {
    const tenants = this.#waiting.get(urgency) ?? new Map<string, Entry[]>();
    this.#waiting.set(urgency, tenants);
    return tenants;
  }
}

function moreUrgent(than: Urgency): readonly Urgency[] {
  return ORDER.slice(0, ORDER.indexOf(than));
}

function lessUrgent(than: Urgency): readonly Urgency[] {
  return ORDER.slice(ORDER.indexOf(than) + 1);
}
