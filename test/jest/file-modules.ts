/** The modules that one test file sees, by path or URL: its own, and those that earlier files have loaded and left. */
export class FileModules extends Map<string, unknown> {
  readonly #stays: (key: string) => boolean;
  #kept: Map<string, unknown>;

  /** @param kept modules that outlive the file: those for which `stays` is true */
  constructor(kept: Map<string, unknown>, stays: (key: string) => boolean) {
    super();
    this.#kept = kept;
    this.#stays = stays;
  }

  override get(key: string): unknown {
    return this.#stays(key) ? this.#kept.get(key) : super.get(key);
  }

  override has(key: string): boolean {
    return this.#stays(key) ? this.#kept.has(key) : super.has(key);
  }

  override set(key: string, module: unknown): this {
    if (!this.#stays(key)) return super.set(key, module);
    this.#kept.set(key, module);
    return this;
  }

  override delete(key: string): boolean {
    return this.#stays(key) ? this.#kept.delete(key) : super.delete(key);
  }

  /** From here on the file loads everything again, and for itself alone. */
  override clear(): void {
    super.clear();
    this.loadKeptAnew();
  }

  /** From here on the file loads again, and for itself alone, what would be kept; its own modules stay. */
  loadKeptAnew(): void {
    this.#kept = new Map();
  }
}
