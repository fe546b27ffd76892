/** A fix that is reverted. */

export interface Mutation {
  readonly name: string;
  /** Texts that occur once in a file, with what replaces them. If several mechanisms prevent the same fault, each covers for the
   *  others: then all of them are taken back. */
  readonly edits: readonly (readonly [file: string, from: string, to: string])[];
  /** Kept histories that find it, by file in test/data/simulation without its ending. */
  readonly foundBy: readonly string[];
}
