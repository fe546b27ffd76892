/** When callers that a lane refused are to come back: a time of its own for each, as far apart as tokens come in for its tenant.
 *  Every time is in monotonic milliseconds. */

interface Refused {
  readonly tenant: string;
  /** What the call is about. */
  readonly object: string;
  readonly now: number;
  /** When the next token for the call comes in, at the earliest. */
  readonly earliest: number;
  /** How long a token takes to come in. */
  readonly tokenMs: number;
}

interface Ticket {
  readonly time: number;
  /** How many callers were given it. */
  readonly holders: number;
  /** The time that was given first since a call about the object last went out. */
  readonly first: number;
}

/** So many callers are given one time: a link may be brought by both its accounts and an edit, and what one of several links reads
 *  of the object they share the others need not. Where each has a call of its own to make, no more come in vain each time. */
const MOST_HOLDERS = 4;

/** Tickets of which so many are there are looked through for those whose time is long over. */
const FEW = 64;
/** Whoever has other work comes late, and its turn waits for it. */
const KEPT_FOR_MS = 60_000;

export class Tickets {
  /** The last time that each tenant was given. */
  readonly #last = new Map<string, number>();
  /** By tenant and object: another tenant's backlog is no reason to come later. */
  readonly #byObject = new Map<string, Ticket>();
  #sweepAt = FEW;

  /** Whoever comes before its time gets the same again: at a start both accounts of a link bring it, and nobody would come at the
   *  first of the two times. */
  give({ tenant, object, now, earliest, tokenMs }: Refused): number {
    const key = keyOf(tenant, object);
    const own = this.#byObject.get(key);
    if (own !== undefined && own.time > now && own.holders < MOST_HOLDERS) {
      this.#byObject.set(key, { ...own, holders: own.holders + 1 });
      return own.time;
    }
    for (const [name, time] of this.#last) if (time < now) this.#last.delete(name);
    const spacing = Math.max(this.#last.size, 1) * tokenMs;
    const time = Math.max(earliest, (this.#last.get(tenant) ?? Number.NEGATIVE_INFINITY) + spacing);
    this.#last.set(tenant, time);
    this.#sweep(now);
    this.#byObject.set(key, { time, holders: 1, first: own?.first ?? time });
    return time;
  }

  /** Whether others of the tenant were given times that have not come yet, and this one's, if it has one, neither. Of many that
   *  call about one object the first time counts: theirs is given anew for every few that come, and would never be now. */
  comesTooSoon(tenant: string, object: string, now: number): boolean {
    if ((this.#last.get(tenant) ?? now) <= now) return false;
    const own = this.#byObject.get(keyOf(tenant, object));
    return own === undefined || own.first > now;
  }

  /** A tenant's call about the object goes out, or waits for its turn. */
  used(tenant: string, object: string): void {
    this.#byObject.delete(keyOf(tenant, object));
  }

  #sweep(now: number): void {
    if (this.#byObject.size < this.#sweepAt) return;
    for (const [key, { time }] of this.#byObject) if (time < now - KEPT_FOR_MS) this.#byObject.delete(key);
    this.#sweepAt = Math.max(FEW, 2 * this.#byObject.size);
  }
}

/** A namespace holds no blank. */
function keyOf(tenant: string, object: string): string {
  return `${tenant} ${object}`;
}
