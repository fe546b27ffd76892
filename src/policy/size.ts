/** The size of a policy as IAM counts it, and how large it may be. */
import { canonicalAction } from './canonical.ts';
import { policyOf, type PolicyDocument, type Statement } from './document.ts';
import { printPolicy } from './print.ts';

/**
 * IAM's limits, in characters without white space.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export interface PolicyQuotas {
  /** All inline policies of one role together. */
  readonly inlineTotal: number;
  /** A role's trust policy. */
  readonly trust: number;
  /** Managed policies attached to one role, as a number. */
  readonly attached: number;
}

/** AWS's defaults. If an account has had some of them raised, its AWSAccount says so. */
export const POLICY_QUOTAS: PolicyQuotas = { inlineTotal: 10_240, trust: 2_048, attached: 10 };

/**
 * Characters of a document as IAM counts them: white space between tokens is free. Whether it is also free
 * inside a string is not documented, so it is counted here and a policy that fits by this measure fits in AWS.
 */
export function policySize(document: PolicyDocument): number {
  const { statements, ...frame } = document;
  const commas = Math.max(0, statements.length - 1);
  return statements.reduce((size, statement) => size + sizeOf(statement), frameSize(frame) + commas);
}

function frameSize({ version, id }: Omit<PolicyDocument, 'statements'>): number {
  return id === undefined ? FRAME : printPolicy({ version, id, statements: [] }).length;
}

/** Nearly every policy has this frame; the names of both versions are equally long. */
const FRAME = printPolicy(policyOf([])).length;

/** Statements never change, and their lengths are asked for again and again: each is worked out once. */
const SIZES = new WeakMap<Statement, number>();

function sizeOf(statement: Statement): number {
  const known = SIZES.get(statement);
  if (known !== undefined) return known;
  const size = printPolicy(policyOf([statement])).length - FRAME;
  SIZES.set(statement, size);
  return size;
}

/**
 * The least that statements take, however they are merged: each of their texts occurs at least once. Linear in their size, so
 * that it can be asked before anything is compared.
 */
export function leastSize(statements: readonly Statement[]): number {
  const actions = new Set<string>();
  const texts = new Set<string>();
  for (const statement of statements) {
    for (const action of statement.actions.values) actions.add(canonicalAction(action));
    for (const resource of statement.resources?.values ?? []) texts.add(resource);
    for (const keys of Object.values(statement.conditions ?? {}))
      for (const values of Object.values(keys)) for (const value of values) texts.add(value);
  }
  let size = 0;
  for (const text of actions) size += text.length;
  for (const text of texts) size += text.length;
  return size;
}
