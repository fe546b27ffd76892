/** A mend that is taken back. */

export interface Mutation {
  readonly name: string;
  /** Texts that stand once in a file, with what stands there instead. Where several paths lead to the same end, each
   *  covers for the others: then all of them are taken back. */
  readonly edits: readonly (readonly [file: string, from: string, to: string])[];
  /** Kept histories that find it, by file in test/data/simulation without its ending. */
  readonly foundBy: readonly string[];
}
