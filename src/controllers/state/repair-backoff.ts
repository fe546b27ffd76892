/**
 * Somebody else who changes an object back as often as the operator repairs it: Terraform, another controller, a
 * person with a script. Such a fight nobody wins and it eats both sides' quotas, so after a few rounds the operator
 * pauses, longer each time, and says whom it is fighting with.
 */
import type { RepairPause } from '../../report/repair-pause.ts';

interface Fight {
  readonly rounds: number;
  readonly lastRepairAt: number;
  /** Who was last told to have changed the object, where an event tells. */
  who: string | undefined;
}

/** Repairs that are made at once before a fight is suspected. */
const ROUNDS_AT_ONCE = 3;
const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 1_800_000;
/** An object that stayed as it should for so long is at peace. */
const PEACE_MS = 600_000;

export class RepairBackoff {
  readonly #now: () => number;
  /** The one repaired longest ago first. */
  readonly #byObject = new Map<string, Fight>();

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** An object was put right. */
  repaired(object: string): void {
    const { rounds = 0, who } = this.#current(object) ?? {};
    this.#byObject.delete(object);
    this.#byObject.set(object, { rounds: rounds + 1, lastRepairAt: this.#now(), who });
    this.#forgetThoseAtPeace();
  }

  /** An event told who changed an object. */
  blame(object: string, who: string): void {
    const fight = this.#current(object);
    if (fight !== undefined) fight.who = who;
  }

  /** Whether an object has been put right more often than chance explains. */
  isOn(object: string): boolean {
    return (this.#current(object)?.rounds ?? 0) >= ROUNDS_AT_ONCE;
  }

  /** The pause that is to be kept before the next repair; undefined when it may be made at once. */
  pause(object: string): RepairPause | undefined {
    const fight = this.#current(object);
    if (fight === undefined || fight.rounds < ROUNDS_AT_ONCE) return undefined;
    const remainingMs = fight.lastRepairAt + pauseAfter(fight.rounds) - this.#now();
    if (remainingMs <= 0) return undefined;
    return { rounds: fight.rounds, remainingMs, ...(fight.who !== undefined && { who: fight.who }) };
  }

  #forgetThoseAtPeace(): void {
    for (const object of this.#byObject.keys()) if (this.#current(object) !== undefined) break;
  }

  #current(object: string): Fight | undefined {
    const fight = this.#byObject.get(object);
    if (fight === undefined) return undefined;
    if (this.#now() - fight.lastRepairAt <= PEACE_MS + pauseAfter(fight.rounds)) return fight;
    this.#byObject.delete(object);
    return undefined;
  }
}

function pauseAfter(rounds: number): number {
  if (rounds < ROUNDS_AT_ONCE) return 0;
  return Math.min(FIRST_PAUSE_MS * 2 ** (rounds - ROUNDS_AT_ONCE), LONGEST_PAUSE_MS);
}
