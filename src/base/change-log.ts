/** The latest changes, in order. Readers ask now and then what has changed since they last did, and need not look at everything again. */

export class ChangeLog<Item> {
  /** How many are kept at least, once there were so many. */
  readonly #limit: number;
  #items: Item[] = [];
  /** How many came before the first that is kept. */
  #dropped = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many came so far. */
  get count(): number {
    return this.#dropped + this.#items.length;
  }

  add(item: Item): void {
    this.#items.push(item);
    // Half at once, so that each addition costs the same on average.
    if (this.#items.length > 2 * this.#limit) this.#drop(this.#items.length - this.#limit);
  }

  /** Something happened that cannot be told item by item: whoever asks next looks at everything. */
  addUntold(): void {
    this.#drop(this.#items.length);
    this.#dropped += 1;
  }

  /** What came since there were `count`; undefined where that is not known any more. */
  since(count: number): readonly Item[] | undefined {
    return count < this.#dropped ? undefined : this.#items.slice(count - this.#dropped);
  }

  #drop(count: number): void {
    this.#items = this.#items.slice(count);
    this.#dropped += count;
  }
}
