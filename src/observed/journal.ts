/**
 * The journal of our own writes. Reads of whole accounts take a while and may lag behind; what we wrote ourselves,
 * we know. An entry overlays every snapshot that started less than a minute after the write: a link that was just
 * made is then not taken for drift, and nothing is taken away because a snapshot did not yet show it.
 */

/** For so long after a write a snapshot may still show what was before. */
export const SNAPSHOT_LAG_MS = 60_000;

/** Where a snapshot that began so long after a write shows what the object neither holds since nor held before, somebody
 *  has changed it, and a fresh read decides. */
export const WRITE_SETTLES_MS = 15_000;

/** Writes in a row to one object, as far as they are remembered. */
const MOST_FORMER = 12;

interface Entry<State> {
  /** What the object holds since the write; absent when it was deleted. */
  readonly state: State | undefined;
  /** Monotonic milliseconds at which the write was answered, or a read began that showed the state. */
  readonly at: number;
  /** The same of the last own write. */
  readonly writtenAt: number;
  /** What it held before this write and others shortly before: a snapshot that lags shows one of them. */
  readonly former: readonly (State | undefined)[];
  /** What own writes replaced, the last one at the end. */
  readonly replaced: readonly Replaced<State>[];
  /** Monotonic milliseconds at which a read began that showed the write; undefined as long as none has. */
  readonly shownAt: number | undefined;
}

interface Replaced<State> {
  readonly state: State | undefined;
  /** Monotonic milliseconds at which the write was answered that replaced it. */
  readonly at: number;
}

/** The last own write of an object. */
interface LastWrite<State> {
  readonly state: State | undefined;
  /** What it and others replaced within that time. */
  readonly former: readonly (State | undefined)[];
  readonly ageMs: number;
}

type Overlay<State> =
  | { readonly kind: 'state'; readonly state: State; readonly at: number }
  | { readonly kind: 'deleted'; readonly at: number };

/** Own writes of one account, by ARN. Only the last write of an object counts. */
export class Journal<State> {
  readonly #entries = new Map<string, Entry<State>>();

  /** Notes what an object holds since a write; undefined when it is gone.
   *  @param before what it held until then, where no write is known that says so */
  record(arn: string, state: State | undefined, at: number, before?: State): void {
    this.#record(arn, { state, at, writtenAt: at, shownAt: undefined }, before);
  }

  /** Notes what a fresh read of an object that was written shows, which began at that time. */
  read(arn: string, state: State | undefined, at: number): void {
    const writtenAt = this.#entries.get(arn)?.writtenAt ?? Number.NEGATIVE_INFINITY;
    this.#record(arn, { state, at, writtenAt, shownAt: at });
  }

  /** Notes what an object holds, as far as a read shows it that did not show all of the last write. */
  readInPart(arn: string, state: State | undefined): void {
    const entry = this.#entries.get(arn);
    if (entry !== undefined) this.#entries.set(arn, { ...entry, state });
  }

  /** The last own write, if it is not older than that, with what was before; undefined when there is none.
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
    // Snapshots may still show what was before the last one.
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

  /** What an object held shortly before its last write, as far as a snapshot that began at that time may still show it:
   *  one that began after a read which showed the write may not. */
  former(arn: string, snapshotStartedAt: number): readonly (State | undefined)[] {
    const { former = [], shownAt = Infinity } = this.#entries.get(arn) ?? {};
    return snapshotStartedAt > shownAt ? [] : former;
  }

  /** What is known better than by a snapshot that started at that time; undefined when the snapshot may be believed. */
  overlay(arn: string, snapshotStartedAt: number): Overlay<State> | undefined {
    const entry = this.#entries.get(arn);
    if (entry === undefined || snapshotStartedAt >= entry.at + SNAPSHOT_LAG_MS) return undefined;
    const { state, at } = entry;
    return state === undefined ? { kind: 'deleted', at } : { kind: 'state', state, at };
  }

  /** Forgets what no snapshot that started then or later needs. */
  prune(oldestSnapshotStartedAt: number): void {
    for (const [arn, { at }] of this.#entries) {
      if (oldestSnapshotStartedAt >= at + SNAPSHOT_LAG_MS) this.#entries.delete(arn);
    }
  }

  get size(): number {
    return this.#entries.size;
  }
}
