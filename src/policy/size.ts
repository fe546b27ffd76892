/** How large IAM takes a policy to be, and how large it may be. */
import type { PolicyDocument } from './document.ts';
import { printPolicy } from './print.ts';

/**
 * IAM's limits, in characters without white space.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const POLICY_QUOTAS = {
  /** All inline policies of one role together. */
  inlineTotal: 10_240,
  /** One version of a managed policy. */
  managed: 6_144,
  /** A role's trust policy; an account may have it raised to 4,096. */
  trust: 2_048,
} as const;

/**
 * Characters of a document as IAM counts them: white space between tokens is free. Whether it is also free
 * inside a string is not documented, so it is counted here and a policy that fits by this measure fits in AWS.
 */
export function policySize(document: PolicyDocument): number {
  return printPolicy(document).length;
}
