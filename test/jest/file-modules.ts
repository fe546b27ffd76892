const KEPT = /\/(?:src|node_modules)\//;

/** The modules that one test file loads, by URL or path: its own, above those of sources and packages, which stay. */
export class FileModules extends Map<string, unknown> {
  readonly #kept: Map<string, unknown>;

  constructor(kept: Map<string, unknown>) {
    super();
    this.#kept = kept;
  }

  override get(key: string): unknown {
    return KEPT.test(key) ? this.#kept.get(key) : super.get(key);
  }

  override has(key: string): boolean {
    return KEPT.test(key) ? this.#kept.has(key) : super.has(key);
  }

  override set(key: string, module: unknown): this {
    if (!KEPT.test(key)) return super.set(key, module);
    this.#kept.set(key, module);
    return this;
  }

  override delete(key: string): boolean {
    return KEPT.test(key) ? this.#kept.delete(key) : super.delete(key);
  }
}
