/** What the API server would not take of a manifest, in its words. */
export interface Problem {
  /** Of the field, as in `spec.access[0].namespaces`. */
  readonly path: string;
  readonly text: string;
  /** Whether the rules in CEL are left alone because of it. */
  readonly blocksRules: boolean;
}

/** A wrong value of the right shape: the rules are evaluated on top of it. */
export function problem(path: string, text: string): Problem {
  return { path, text, blocksRules: false };
}

/** What has not the shape that the rules go by: they are left alone. */
export function blockingProblem(path: string, text: string): Problem {
  return { path, text, blocksRules: true };
}
