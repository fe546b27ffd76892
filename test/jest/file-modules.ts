/** The modules that one test file sees, by path or URL: its own, and those that files before it have loaded and left. */
export class FileModules extends Map<string, unknown> {
  readonly #stays: (key: string) => boolean;
  #kept: Map<string, unknown>;

  /** @param kept Modules that outlive the file: those of which `stays` says so. */
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

  /** From here on the file loads everything anew, and for itself alone. */
  override clear(): void {
    super.clear();
    this.loadKeptAnew();
  }

  /** From here on the file loads what would be kept anew, and for itself alone; its own modules stay. */
  loadKeptAnew(): void {
    this.#kept = new Map();
  }
}
