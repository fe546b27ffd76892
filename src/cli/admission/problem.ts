/** What the API server would not take of a manifest, in its words. */
export interface Problem {
  /** Of the field, as in `spec.access[0].namespaces`. */
  readonly path: string;
  readonly text: string;
  /** Whether the rules in CEL are left alone because of it. */
  readonly blocksRules: boolean;
}

/** Rules are evaluated on top of a wrong value as long as its shape is right. */
export function problem(path: string, text: string, blocksRules = false): Problem {
  return { path, text, blocksRules };
}
