/** The life of the operator's process: it may end right after any write. */

export class Crashed extends Error {
  override readonly name = 'Crashed';
}

export class Lifeline {
  #writes = 0;
  #diesAfter = Number.POSITIVE_INFINITY;

  /** Writes that took effect since the process began. */
  get writes(): number {
    return this.#writes;
  }

  get isDead(): boolean {
    return this.#writes >= this.#diesAfter;
  }

  /** A process that has just begun.
   *  @param diesAfter so many writes; the answer of the last one is lost */
  begin(diesAfter = Number.POSITIVE_INFINITY): void {
    this.#writes = 0;
    this.#diesAfter = diesAfter;
  }

  /** To be called before each call. @throws Crashed once the process is dead */
  calling(): void {
    if (this.isDead) throw new Crashed();
  }

  /** To be called after each write that took effect. @throws Crashed when that was the last one */
  wrote(): void {
    this.#writes += 1;
    this.calling();
  }
}
