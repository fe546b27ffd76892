/** Items by key. A key may have several items, each once, in the order in which they were added. */

/** Most keys have one item only: a Set for each would take more memory than everything else. */
type Bucket<Item> = Item | Set<Item>;

export class Buckets<Item extends string | object> {
  readonly #buckets = new Map<string, Bucket<Item>>();

  add(key: string, item: Item): void {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, item);
    else if (bucket instanceof Set) bucket.add(item);
    else if (bucket !== item) this.#buckets.set(key, new Set([bucket, item]));
  }

  delete(key: string, item: Item): void {
    const bucket = this.#buckets.get(key);
    if (bucket instanceof Set) bucket.delete(item);
    if (bucket === item || (bucket instanceof Set && bucket.size === 0)) this.#buckets.delete(key);
  }

  of(key: string): readonly Item[] {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return [];
    return bucket instanceof Set ? [...bucket] : [bucket];
  }

  /** The keys that have items. */
  keys(): Iterable<string> {
    return this.#buckets.keys();
  }
}
