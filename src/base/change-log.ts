/** The latest changes, in order. A reader asks what has changed since it last did, and need not go through everything again. */

export class ChangeLog<Item> {
  /** How many are kept at least. */
  readonly #limit: number;
  #items: Item[] = [];
  /** How many were dropped before the first that is kept. */
  #dropped = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many were added so far. */
  get count(): number {
    return this.#dropped + this.#items.length;
  }

  add(item: Item): void {
    this.#items.push(item);
    // Half of them at once, so that each addition costs the same on average.
    if (this.#items.length > 2 * this.#limit) this.#drop(this.#items.length - this.#limit);
  }

  /** Notes a change that cannot be listed item by item: every reader has to go through everything next time. */
  addUntold(): void {
    this.#drop(this.#items.length);
    this.#dropped += 1;
  }

  /** The changes since there were `count`; undefined if these are no longer known. */
  since(count: number): readonly Item[] | undefined {
    return count < this.#dropped ? undefined : this.#items.slice(count - this.#dropped);
  }

  #drop(count: number): void {
    this.#items = this.#items.slice(count);
    this.#dropped += count;
  }
}
