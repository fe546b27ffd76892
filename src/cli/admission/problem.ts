/** What the API server would refuse in a manifest, in its words. */
export interface Problem {
  /** Of the field, as in `spec.access[0].namespaces`. */
  readonly path: string;
  readonly text: string;
  /** Whether the CEL rules are not evaluated because of it. */
  readonly blocksRules: boolean;
}

/** A wrong value of the right structure: the rules are evaluated as well. */
export function problem(path: string, text: string): Problem {
  return { path, text, blocksRules: false };
}

/** A value without the structure on which the rules rely: they are not evaluated. */
export function blockingProblem(path: string, text: string): Problem {
  return { path, text, blocksRules: true };
}
