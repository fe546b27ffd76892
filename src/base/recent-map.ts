/** A map of limited size that keeps what was used last: there is no limit to the names that input may contain. */
export class RecentMap<Value> {
  readonly #most: number;
  /** In the order of their last use. */
  readonly #values = new Map<string, Value>();
  /** The name that was used last. */
  #latest: string | undefined;

  /** @param most how many values are kept, at least 1 */
  constructor(most: number) {
    this.#most = most;
  }

  /** The value, which counts as used now; undefined if it is not kept. */
  get(name: string): Value | undefined {
    const value = this.#values.get(name);
    if (value !== undefined) this.#setLast(name, value);
    return value;
  }

  /** Keeps a value; if there are too many, the one that was not used for longest is dropped. */
  set(name: string, value: Value): void {
    this.#setLast(name, value);
    if (this.#values.size <= this.#most) return;
    const [oldest] = this.#values.keys();
    if (oldest !== undefined) this.#values.delete(oldest);
  }

  #setLast(name: string, value: Value): void {
    // Often one name is used many times in a row, and each removal leaves a gap in the map.
    if (name !== this.#latest) this.#values.delete(name);
    this.#values.set(name, value);
    this.#latest = name;
  }

  /** From the value that was not used for longest to the one that was used last. */
  entries(): Iterable<readonly [name: string, value: Value]> {
    return this.#values.entries();
  }
}
