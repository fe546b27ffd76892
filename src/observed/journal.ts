/**
 * The journal of our own writes. Reads of whole accounts take a while and may lag behind; what we wrote ourselves,
 * we know. An entry overlays every snapshot that started less than a minute after the write: a link that was just
 * made is then not taken for drift, and nothing is taken away because a snapshot did not yet show it.
 */

/** For so long after a write a snapshot may still show what was before. */
export const SNAPSHOT_LAG_MS = 60_000;

interface Entry<State> {
  /** What the object holds since the write; absent when it was deleted. */
  readonly state: State | undefined;
  /** Monotonic milliseconds at which the write was answered. */
  readonly at: number;
}

export type Overlay<State> =
  | { readonly kind: 'state'; readonly state: State; readonly at: number }
  | { readonly kind: 'deleted'; readonly at: number };

/** Own writes of one account, by ARN. Only the last write of an object counts. */
export class Journal<State> {
  readonly #entries = new Map<string, Entry<State>>();

  /** Notes what an object holds since a write; undefined when it is gone. */
  record(arn: string, state: State | undefined, at: number): void {
    const last = this.#entries.get(arn);
    if (last !== undefined && last.at > at) return;
    this.#entries.set(arn, { state, at });
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
