/**
 * Pauses between repairs of an object that somebody else keeps changing back: Terraform, another controller, a person with a
 * script. To repair at once each time would use up the quotas of both sides and settle nothing. So after a few rounds the
 * operator pauses, longer each time, and reports who changes the object.
 */
import type { RepairPause } from '../../report/repair-pause.ts';

interface RepairHistory {
  readonly rounds: number;
  readonly lastRepairAt: number;
  /** Who changed the object last, if an event said so. */
  who: string | undefined;
}

/** How many repairs are made at once before pauses begin. */
const ROUNDS_AT_ONCE = 3;
const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 1_800_000;
/** If an object stays as it should for this long after the pause, its repairs are forgotten. */
const FORGET_AFTER_MS = 600_000;

export class RepairBackoff {
  readonly #now: () => number;
  /** By ARN, the object whose repair is longest ago first. */
  readonly #byObject = new Map<string, RepairHistory>();

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** To be called when an object was repaired. */
  repaired(object: string): void {
    const { rounds = 0, who } = this.#current(object) ?? {};
    this.#byObject.delete(object);
    this.#byObject.set(object, { rounds: rounds + 1, lastRepairAt: this.#now(), who });
    this.#forgetOld();
  }

  /** To be called when an event says who changed an object. */
  blame(object: string, who: string): void {
    const history = this.#current(object);
    if (history !== undefined) history.who = who;
  }

  /** Whether an object was repaired more often than chance explains. */
  isOn(object: string): boolean {
    return (this.#current(object)?.rounds ?? 0) >= ROUNDS_AT_ONCE;
  }

  /** The pause before the next repair; undefined if it may be made at once. */
  pause(object: string): RepairPause | undefined {
    const history = this.#current(object);
    if (history === undefined) return undefined;
    const remainingMs = history.lastRepairAt + pauseAfter(history.rounds) - this.#now();
    if (remainingMs <= 0) return undefined;
    return { rounds: history.rounds, remainingMs, ...(history.who !== undefined && { who: history.who }) };
  }

  #forgetOld(): void {
    for (const object of this.#byObject.keys()) if (this.#current(object) !== undefined) break;
  }

  #current(object: string): RepairHistory | undefined {
    const history = this.#byObject.get(object);
    if (history === undefined) return undefined;
    if (this.#now() - history.lastRepairAt <= FORGET_AFTER_MS + pauseAfter(history.rounds)) return history;
    this.#byObject.delete(object);
    return undefined;
  }
}

function pauseAfter(rounds: number): number {
  if (rounds < ROUNDS_AT_ONCE) return 0;
  return Math.min(FIRST_PAUSE_MS * 2 ** (rounds - ROUNDS_AT_ONCE), LONGEST_PAUSE_MS);
}
