/**
 * When callers that a lane refused are to come back: each gets a time of its own, as far apart as tokens come in for its
 * tenant. All times are monotonic milliseconds.
 */

interface Refused {
  readonly tenant: string;
  /** What the call is about. */
  readonly object: string;
  readonly now: number;
  /** The earliest time at which there is a token for the call. */
  readonly earliest: number;
  /** How long a token takes to come in. */
  readonly tokenMs: number;
}

interface Ticket {
  readonly time: number;
  /** How many callers got this time. */
  readonly holders: number;
  /** The first time given since a call about the object last went out. */
  readonly first: number;
}

/** How many callers get the same time. A link may be brought back by both its accounts and by an edit; and what one of several
 *  links reads of a shared object, the others need not read. If each of them has to make its own call, no more than these come
 *  in vain each time. */
const MOST_HOLDERS = 4;

/** How many tokens after the first time, or after now, a time may be put off by callers that come early. Whoever may edit links
 *  can bring waiting ones back any number of times, and all new ones get a time behind theirs. */
const MOST_TOKENS_LATER = 64;

/** From this many tickets on, those whose time is long over are removed. */
const FEW = 64;
/** A caller that has other work comes late: its ticket is kept this long. */
const KEPT_FOR_MS = 60_000;

export class Tickets {
  /** The last time given to each tenant. */
  readonly #last = new Map<string, number>();
  /** By tenant and object: another tenant's backlog is no reason to come later. */
  readonly #byObject = new Map<string, Ticket>();
  #sweepAt = FEW;

  /** Gives a time to come back. A caller that comes too early gets the same again: at a start both accounts of a link bring it
   *  back, and otherwise nobody would come at the first of the two times. Once enough callers have it, the next ones get a time
   *  one token later, not one at the end of the line: callers that are brought back early again and again would put it off for
   *  all each time, and sleep on long after everything else is done. */
  give(refused: Refused): number {
    const { tenant, object, now } = refused;
    const key = keyOf(tenant, object);
    const own = this.#byObject.get(key);
    if (own === undefined || own.time <= now) {
      const time = this.#endOfLine(refused);
      this.#sweep(now);
      this.#byObject.set(key, { time, holders: 1, first: own?.first ?? time });
      return time;
    }
    const next =
      own.holders < MOST_HOLDERS
        ? { ...own, holders: own.holders + 1 }
        : { ...own, time: this.#later(own, refused), holders: 1 };
    this.#byObject.set(key, next);
    this.#last.set(tenant, Math.max(next.time, this.#last.get(tenant) ?? next.time));
    return next.time;
  }

  /** One token later. If the first time has come, others have theirs in between. */
  #later({ time, first }: Ticket, { now, tokenMs }: Refused): number {
    const tokens = first > now ? 1 : this.#byObject.size;
    const latest = Math.max(first, now) + MOST_TOKENS_LATER * tokenMs;
    return Math.max(time, Math.min(time + tokens * tokenMs, latest));
  }

  /** The time behind all that the tenant was given. */
  #endOfLine({ tenant, now, earliest, tokenMs }: Refused): number {
    for (const [name, time] of this.#last) if (time < now) this.#last.delete(name);
    const spacing = Math.max(this.#last.size, 1) * tokenMs;
    const time = Math.max(earliest, (this.#last.get(tenant) ?? Number.NEGATIVE_INFINITY) + spacing);
    this.#last.set(tenant, time);
    return time;
  }

  /** Whether other callers of the tenant got times that have not come yet, and neither has this one's, if it has one. If many
   *  call about one object, the first time counts: theirs moves on with every few that come, and would never be reached. */
  comesTooSoon(tenant: string, object: string, now: number): boolean {
    if ((this.#last.get(tenant) ?? now) <= now) return false;
    const own = this.#byObject.get(keyOf(tenant, object));
    return own === undefined || own.first > now;
  }

  /** To be called when a tenant's call about the object goes out, or waits for its turn. If the first time has come and others
   *  were given later ones, the ticket stays: these are to find it when theirs come. */
  used(tenant: string, object: string, now: number): void {
    const key = keyOf(tenant, object);
    const own = this.#byObject.get(key);
    const isAwaited = own !== undefined && own.first <= now && own.time > now;
    if (!isAwaited) this.#byObject.delete(key);
  }

  #sweep(now: number): void {
    if (this.#byObject.size < this.#sweepAt) return;
    for (const [key, { time }] of this.#byObject) if (time < now - KEPT_FOR_MS) this.#byObject.delete(key);
    this.#sweepAt = Math.max(FEW, 2 * this.#byObject.size);
  }
}

/** The name of a namespace contains no blank. */
function keyOf(tenant: string, object: string): string {
  return `${tenant} ${object}`;
}
