/**
 * Managed policies on a role. A tag records which of them the operator attached: those are detached when no link needs them any
 * more, and those of others stay if a link preserves them.
 */
import { attachedTag, recordedAttached, TAGS } from '../desired/names.ts';
import type { DesiredTargetRole } from '../desired/target-role.ts';
import type { ObservedRole } from '../observed/objects.ts';
import type { Action } from './action.ts';
import type { RoleClaim } from './ownership.ts';
import { attach, detach } from './role-writes.ts';

export interface AttachedPolicies {
  readonly attach: readonly string[];
  /** Attached by the operator and no longer needed by any link. */
  readonly detach: readonly string[];
  /** The record as tags: before anything is attached, and after everything was detached. After a crash in between, the record
   *  has a policy too many, never one too few. */
  readonly recordBefore: ReadonlyMap<string, string>;
  readonly recordAfter: ReadonlyMap<string, string>;
}

/** Decides which managed policies to attach and to detach, with the record for them. */
export function attachedPolicies(
  desired: DesiredTargetRole,
  observed: ObservedRole,
  claim: RoleClaim,
): AttachedPolicies {
  const wanted = desired.managedPolicyArns;
  const missing = wanted.filter((arn) => !observed.managedPolicyArns.includes(arn));
  const own = ownAttached(observed);
  // On a role that the operator made, policies that a link needs are the operator's, even if their record is gone.
  const added = claim.kind === 'made' ? wanted : missing;
  const before = [...new Set([...own, ...added])];
  const after = desired.mayShrink ? before.filter((arn) => staysAttached(desired, arn)) : before;
  return {
    attach: missing,
    detach: desired.mayShrink ? own.filter((arn) => !staysAttached(desired, arn)) : [],
    recordBefore: attachedTag(before),
    recordAfter: attachedTag(after),
  };
}

/** A policy that replaces another one is attached before that is detached. */
export function managedPolicyActions(
  { arn: { text: object } }: DesiredTargetRole,
  policies: AttachedPolicies,
): readonly Action[] {
  return [
    ...policies.attach.map((arn) => attach(object, arn)),
    ...policies.detach.map((arn) => detach(object, arn, true)),
  ];
}

/** Whether an attached policy may stay attached. */
export function staysAttached(
  { managedPolicyArns, keptPolicyArns }: DesiredTargetRole,
  policyArn: string,
): boolean {
  return managedPolicyArns.includes(policyArn) || keptPolicyArns.includes(policyArn);
}

/** Policies on the role that the operator attached, according to the record. */
export function ownAttached({ managedPolicyArns, tags }: ObservedRole): readonly string[] {
  return managedPolicyArns.filter((arn) => recordedAttached(tags.get(TAGS.attached), arn));
}
