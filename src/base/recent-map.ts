/** Things by name, those that were asked for last: names that come from outside are without number. */
export class RecentMap<Value> {
  readonly #most: number;
  /** In the order of their last use. */
  readonly #values = new Map<string, Value>();

  /** @param most values that are kept, 1 at least */
  constructor(most: number) {
    this.#most = most;
  }

  get(name: string): Value | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    // Asked far more often than anything new is kept.
    this.#values.delete(name);
    this.#values.set(name, value);
    return value;
  }

  /** Keeps a value; the one that was not used for longest goes where there are too many. */
  set(name: string, value: Value): void {
    this.#values.delete(name);
    this.#values.set(name, value);
    if (this.#values.size <= this.#most) return;
    const [oldest] = this.#values.keys();
    if (oldest !== undefined) this.#values.delete(oldest);
  }

  /** From the one that was not used for longest to the one that was used last. */
  entries(): Iterable<readonly [name: string, value: Value]> {
    return this.#values.entries();
  }
}
