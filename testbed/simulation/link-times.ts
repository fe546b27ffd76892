/** When people last changed what a link depends on, and since when its access does not work. */
import type { LawsParts } from './laws.ts';

/** For so long after people changed something, the operator may still act on what was before. */
export const IN_FLIGHT_MS = 20_000;

/** Times of one link, in milliseconds of the simulation. */
export interface LinkTime {
  /** When people last changed the link, its state machine or its roles. */
  touchedMs: number;
  /** When people last changed the link or the rules. */
  editedMs: number;
  /** Since when the access does not work. */
  brokenSinceMs: number | undefined;
}

export class LinkTimes {
  readonly #parts: Pick<LawsParts, 'truth' | 'scheduler'>;
  readonly #byUid = new Map<string, LinkTime>();
  /** When the last process that slept wakes. */
  #awakeAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: Pick<LawsParts, 'truth' | 'scheduler'>) {
    this.#parts = parts;
  }

  /** The times of a link; of one that is asked for the first time, now. */
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

  /** People changed the link or the rules. */
  edited(uid: string): void {
    this.touched(uid);
    const known = this.of(uid);
    known.editedMs = Math.max(known.editedMs, this.#parts.scheduler.nowMs);
  }

  /** People changed something that the link depends on. An edit after a restore has that noticed no sooner. */
  touched(uid: string): void {
    const known = this.of(uid);
    known.touchedMs = Math.max(known.touchedMs, this.#parts.scheduler.nowMs);
  }

  /** The cluster was restored, and the operator notices that at the time given. */
  restored(uid: string, noticedAtMs: number): void {
    this.#byUid.set(uid, { touchedMs: noticedAtMs, editedMs: noticedAtMs, brokenSinceMs: undefined });
  }

  /** A process sleeps until then: it acts on what was before when it wakes, and notices then what happened meanwhile. */
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

  /** Works out anew whether each link's access works. */
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
