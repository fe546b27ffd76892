/** When people last changed what a link depends on, and since when its access does not work. */
import type { LawsParts } from './laws.ts';

/** How long after a change by people the operator may still act on what was before. */
export const IN_FLIGHT_MS = 20_000;

/** Times of one link, in milliseconds of the simulation. */
export interface LinkTime {
  /** When people last changed the link, its state machine or its roles. */
  touchedMs: number;
  /** When people last changed the link or the rules. */
  editedMs: number;
  /** Since when the access does not work; undefined while it works. */
  brokenSinceMs: number | undefined;
}

export class LinkTimes {
  readonly #parts: Pick<LawsParts, 'truth' | 'scheduler'>;
  readonly #byUid = new Map<string, LinkTime>();
  /** When the last of the sleeping processes wakes. */
  #awakeAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: Pick<LawsParts, 'truth' | 'scheduler'>) {
    this.#parts = parts;
  }

  /** The times of a link. For a link that is asked about for the first time, all of them are now. */
  of(uid: string): LinkTime {
    const { nowMs } = this.#parts.scheduler;
    const known = this.#byUid.get(uid) ?? { touchedMs: nowMs, editedMs: nowMs, brokenSinceMs: nowMs };
    this.#byUid.set(uid, known);
    return known;
  }

  /** Since when the access of each known link does not work, by UID. */
  broken(): ReadonlyMap<string, number | undefined> {
    return new Map([...this.#byUid].map(([uid, { brokenSinceMs }]) => [uid, brokenSinceMs]));
  }

  /** To be called when people changed the link or the rules. */
  edited(uid: string): void {
    this.touched(uid);
    const known = this.of(uid);
    known.editedMs = Math.max(known.editedMs, this.#parts.scheduler.nowMs);
  }

  /** To be called when people changed something that the link depends on. After a restore, the operator does not notice it before
   *  it notices the restore. */
  touched(uid: string): void {
    const known = this.of(uid);
    known.touchedMs = Math.max(known.touchedMs, this.#parts.scheduler.nowMs);
  }

  /** To be called when the cluster was restored, with the time at which the operator notices that. */
  restored(uid: string, noticedAtMs: number): void {
    this.#byUid.set(uid, { touchedMs: noticedAtMs, editedMs: noticedAtMs, brokenSinceMs: undefined });
  }

  /** To be called when a process sleeps until this time. When it wakes, it acts on what it knew before, and only then notices
   *  what happened meanwhile. */
  asleepUntil(atMs: number): void {
    this.#awakeAtMs = Math.max(this.#awakeAtMs, atMs);
  }

  /** Whether the operator may not have noticed yet what happened at that time. */
  isRecent(ms: number): boolean {
    return this.elapsedMs(ms) < IN_FLIGHT_MS;
  }

  /** How long the operator has had to notice what happened at that time: a process that sleeps notices nothing. */
  elapsedMs(ms: number): number {
    return this.#parts.scheduler.nowMs - Math.max(ms, this.#awakeAtMs);
  }

  /** Works out again whether each link's access works. */
  judgeAll(): void {
    const { truth, scheduler } = this.#parts;
    for (const object of truth.links()) {
      const known = this.of(object.link.uid);
      const works = truth.problem(object) === undefined;
      if (works) known.brokenSinceMs = undefined;
      else known.brokenSinceMs ??= scheduler.nowMs;
    }
  }
}
