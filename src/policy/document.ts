/**
 * The IAM policy language as types that cannot hold anything invalid. Documents from outside are turned into these in `parse.ts`,
 * and back into AWS's JSON in `print.ts`. No other part of the program sees that JSON.
 * Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */

export interface PolicyDocument {
  readonly version: typeof POLICY_VERSION | '2008-10-17';
  readonly id?: string;
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  /** Only in resource-based policies (for us: trust policies). */
  readonly principals?: Principals;
  readonly actions: Patterns;
  /** Left out in trust policies. */
  readonly resources?: Patterns;
  /** operator (as written, `ForAllValues:` and `IfExists` included) → condition key → values. */
  readonly conditions?: Conditions;
}

/** `Action`/`NotAction` and `Resource`/`NotResource`: `negated` tells which of the two it was. */
export interface Patterns {
  readonly negated: boolean;
  readonly values: readonly string[];
}

/** `Principal`/`NotPrincipal`. `"*"` is held as `{ AWS: ["*"] }` with `anyone: true`. */
export interface Principals {
  readonly negated: boolean;
  /** Written as the bare `"*"`, which also covers anonymous callers and services. */
  readonly anyone: boolean;
  /** principal type (`AWS`, `Service`, `Federated`, `CanonicalUser`) → identifiers. */
  readonly byType: Readonly<Record<string, readonly string[]>>;
}

export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** The current version of the policy language. Everything is written in it. */
export const POLICY_VERSION = '2012-10-17';

/** A document in the current version. */
export function policyOf(statements: readonly Statement[]): PolicyDocument {
  return { version: POLICY_VERSION, statements };
}

/** A policy text as read from AWS. A text that does not parse is kept, so that it can be shown and replaced. */
export type ObservedPolicy =
  | { readonly kind: 'parsed'; readonly document: PolicyDocument }
  | { readonly kind: 'unreadable'; readonly text: string; readonly problem: string };
