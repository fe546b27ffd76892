/**
 * After this many keys of higher priorities, one of a lower priority is served. Whoever may edit an object can make any number
 * of events, and without this limit everybody else's checks might wait for ever.
 */
const MOST_PASSING = 15;

/** Keys in the order in which they are served: the highest priority first, with an occasional turn for lower ones; within a
 *  priority, a key of each group in turn; within a group, first come, first served. The time of each operation does not depend
 *  on the number of keys. */
export class ReadyKeys {
  /** Priority → group → keys. Maps and sets keep the order of insertion, which is the order of service. */
  readonly #levels = new Map<number, Map<string, Set<string>>>();
  /** The levels with keys, highest first. */
  #priorities: number[] = [];
  /** Level → how many keys of higher ones were served since it had a turn. */
  readonly #passed = new Map<number, number>();

  add(key: string, group: string, priority: number): void {
    let level = this.#levels.get(priority);
    if (level === undefined) {
      level = new Map();
      this.#levels.set(priority, level);
      this.#priorities = [...this.#levels.keys()].sort((a, b) => b - a);
    }
    const keys = level.get(group);
    if (keys === undefined) level.set(group, new Set([key]));
    else keys.add(key);
  }

  /** Moves a key to another priority, to the end of its group there. Does nothing if it is not held. */
  move(key: string, group: string, from: number, to: number): void {
    const level = this.#levels.get(from);
    const keys = level?.get(group);
    if (level === undefined || !keys?.delete(key)) return;
    if (keys.size === 0) level.delete(group);
    this.#dropIfEmpty(from, level);
    this.add(key, group, to);
  }

  /** Removes and returns the key whose turn it is; its group goes to the end. */
  next(): string | undefined {
    const priority = this.#turn();
    const level = priority === undefined ? undefined : this.#levels.get(priority);
    if (priority === undefined || level === undefined) return undefined;
    for (const [group, keys] of level) {
      level.delete(group);
      for (const key of keys) {
        keys.delete(key);
        if (keys.size > 0) level.set(group, keys);
        this.#dropIfEmpty(priority, level);
        return key;
      }
    }
    return undefined;
  }

  /** The level that is served now. */
  #turn(): number | undefined {
    const passedFor = (level: number) => this.#passed.get(level) ?? 0;
    const chosen = this.#priorities.find((level) => passedFor(level) >= MOST_PASSING) ?? this.#priorities[0];
    if (chosen === undefined) return undefined;
    for (const level of this.#priorities) if (level < chosen) this.#passed.set(level, passedFor(level) + 1);
    this.#passed.delete(chosen);
    return chosen;
  }

  #dropIfEmpty(priority: number, level: ReadonlyMap<string, unknown>): void {
    if (level.size > 0) return;
    this.#levels.delete(priority);
    this.#passed.delete(priority);
    this.#priorities = this.#priorities.filter((held) => held !== priority);
  }
}
