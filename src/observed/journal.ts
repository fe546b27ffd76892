/**
 * The journal of own writes. A read of a whole account takes a while and may lag, but the operator knows what it wrote. An
 * entry is laid over every snapshot that started less than a minute after the write. So a link that was just made is not taken
 * for drift, and nothing is removed because a snapshot does not show it yet.
 */

/** How long after a write a snapshot may still show the former state. */
export const SNAPSHOT_LAG_MS = 60_000;

/** If a snapshot that began this long after a write shows what the object has neither had since nor before, somebody has
 *  changed it, and a fresh read decides. */
export const WRITE_SETTLES_MS = 15_000;

/** How many former states are remembered of writes in a row to one object. */
const MOST_FORMER = 12;

interface Entry<State> {
  /** The object's state since the write; undefined if it was deleted. */
  readonly state: State | undefined;
  /** Monotonic milliseconds at which the write was answered, or at which a read began that showed the state. */
  readonly at: number;
  /** The same for the last own write. */
  readonly writtenAt: number;
  /** The states before this write and others shortly before: a snapshot that lags shows one of them. */
  readonly former: readonly (State | undefined)[];
  /** What own writes replaced, the last one at the end. */
  readonly replaced: readonly Replaced<State>[];
  /** Monotonic milliseconds at which a read began that showed the write; undefined as long as none has. */
  readonly shownAt: number | undefined;
}

interface Replaced<State> {
  readonly state: State | undefined;
  /** Monotonic milliseconds at which the write that replaced it was answered. */
  readonly at: number;
}

/** The last own write of an object. */
interface LastWrite<State> {
  readonly state: State | undefined;
  /** What it and other writes replaced within that time. */
  readonly former: readonly (State | undefined)[];
  readonly ageMs: number;
}

type Overlay<State> =
  | { readonly kind: 'state'; readonly state: State; readonly at: number }
  | { readonly kind: 'deleted'; readonly at: number };

/** Own writes of one account, by ARN. Only the last write of an object counts. */
export class Journal<State> {
  readonly #entries = new Map<string, Entry<State>>();

  /** Notes the state of an object since a write; undefined if it was deleted.
   *  @param before its former state, in case no earlier write is known */
  record(arn: string, state: State | undefined, at: number, before?: State): void {
    this.#record(arn, { state, at, writtenAt: at, shownAt: undefined }, before);
  }

  /** Notes what a fresh read of an object shows that began at that time. */
  read(arn: string, state: State | undefined, at: number): void {
    const writtenAt = this.#entries.get(arn)?.writtenAt ?? Number.NEGATIVE_INFINITY;
    this.#record(arn, { state, at, writtenAt, shownAt: at });
  }

  /** Notes the state of an object if a read shows only a part of the last write. */
  readInPart(arn: string, state: State | undefined): void {
    const entry = this.#entries.get(arn);
    if (entry !== undefined) this.#entries.set(arn, { ...entry, state });
  }

  /** The last own write, if it is recent enough, with the former states; undefined if there is none.
   *  @param at when a read began that may show either */
  lastWrite(arn: string, at: number, withinMs: number): LastWrite<State> | undefined {
    const entry = this.#entries.get(arn);
    const ageMs = at - (entry?.writtenAt ?? Number.NEGATIVE_INFINITY);
    if (entry === undefined || ageMs >= withinMs) return undefined;
    const former = entry.replaced.filter((one) => at - one.at < withinMs).map(({ state }) => state);
    return { state: entry.state, former, ageMs };
  }

  /** Notes that a snapshot shows the last write. */
  shows(arn: string, snapshotStartedAt: number): void {
    const entry = this.#entries.get(arn);
    if (entry !== undefined && entry.shownAt === undefined && snapshotStartedAt >= entry.at)
      this.#entries.set(arn, { ...entry, shownAt: snapshotStartedAt });
  }

  #record(arn: string, entry: Omit<Entry<State>, 'former' | 'replaced'>, before?: State): void {
    const last = this.#entries.get(arn);
    if (last !== undefined && last.at > entry.at) return;
    // Snapshots may still show the state before the last entry.
    const isRecent = last !== undefined && entry.at < last.at + SNAPSHOT_LAG_MS;
    const former = isRecent ? [...last.former.slice(-MOST_FORMER), last.state] : [before];
    // A read replaces nothing in AWS.
    const isRead = last !== undefined && entry.writtenAt === last.writtenAt;
    const replaced = isRead
      ? last.replaced
      : [
          ...(last?.replaced ?? []).slice(-MOST_FORMER),
          { state: isRecent ? last.state : before, at: entry.writtenAt },
        ];
    this.#entries.set(arn, { ...entry, former, replaced });
  }

  /** The former states of an object that a snapshot that began at that time may still show. It cannot show them if it began
   *  after a read that showed the write. */
  former(arn: string, snapshotStartedAt: number): readonly (State | undefined)[] {
    const { former = [], shownAt = Infinity } = this.#entries.get(arn) ?? {};
    return snapshotStartedAt > shownAt ? [] : former;
  }

  /** What is known better than from a snapshot that started at that time; undefined if the snapshot can be trusted. */
  overlay(arn: string, snapshotStartedAt: number): Overlay<State> | undefined {
    const entry = this.#entries.get(arn);
    if (entry === undefined || snapshotStartedAt >= entry.at + SNAPSHOT_LAG_MS) return undefined;
    const { state, at } = entry;
    return state === undefined ? { kind: 'deleted', at } : { kind: 'state', state, at };
  }

  /** Forgets what no snapshot needs that started then or later. */
  prune(oldestSnapshotStartedAt: number): void {
    for (const [arn, { at }] of this.#entries) {
      if (oldestSnapshotStartedAt >= at + SNAPSHOT_LAG_MS) this.#entries.delete(arn);
    }
  }

  get size(): number {
    return this.#entries.size;
  }
}
