/** The order in which a lane's calls go out, as p-queue's `queueClass`: by urgency, and among equals each tenant in turn. */
import type { Queue, QueueAddOptions } from 'p-queue';

/** Drift is repaired before anything new is made, and both before looking around. */
export type Urgency = 'repair' | 'make' | 'look';

const ORDER: readonly Urgency[] = ['repair', 'make', 'look'];

export interface Place extends QueueAddOptions {
  readonly urgency: Urgency;
  /** Namespace of the link, so that one with a thousand links does not keep another waiting. */
  readonly tenant: string;
}

type Run = () => Promise<unknown>;
interface Entry {
  readonly run: Run;
  readonly id: string | undefined;
}

export class FairQueue implements Queue<Run, Place> {
  /** Within an urgency: the tenant whose turn is next stands first. */
  readonly #waiting = new Map<Urgency, Map<string, Entry[]>>(ORDER.map((urgency) => [urgency, new Map()]));
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
    for (const urgency of ORDER) {
      const tenants = this.#tenants(urgency);
      const next = tenants.entries().next();
      if (next.done === true) continue;
      const [tenant, entries] = next.value;
      const entry = entries.shift();
      tenants.delete(tenant);
      if (entries.length > 0) tenants.set(tenant, entries);
      this.#size -= 1;
      return entry?.run;
    }
    return undefined;
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

  /** How many calls would go out before a new one that were added now. */
  ahead({ urgency, tenant }: Pick<Place, 'urgency' | 'tenant'>): number {
    const mine = this.#tenants(urgency).get(tenant)?.length ?? 0;
    let count = mine;
    for (const other of ORDER) {
      if (ORDER.indexOf(other) > ORDER.indexOf(urgency)) break;
      for (const [name, entries] of this.#tenants(other)) {
        if (other !== urgency) count += entries.length;
        else if (name !== tenant) count += Math.min(entries.length, mine + 1);
      }
    }
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
