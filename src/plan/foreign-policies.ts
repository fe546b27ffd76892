/** Policies on a role that are not the operator's. */
import { policyName } from '../desired/names.ts';
import type { DesiredTargetRole } from '../desired/target-role.ts';
import type { ObservedRole } from '../observed/objects.ts';
import type { Action } from './action.ts';
import { staysAttached, type AttachedPolicies } from './attached-policies.ts';
import { deletePolicy, detach } from './role-writes.ts';

/** The writes that remove them.
 *  @param policies the operator's own managed policies, which other writes detach */
export function foreignPolicyActions(
  desired: DesiredTargetRole,
  { inlinePolicies, managedPolicyArns }: ObservedRole,
  policies: AttachedPolicies,
): readonly Action[] {
  const object = desired.arn.text;
  const own = policyName(desired.ownership.clusterId);
  const attached = managedPolicyArns.filter(
    (arn) => !staysAttached(desired, arn) && !policies.detach.includes(arn),
  );
  return [
    ...[...inlinePolicies]
      .filter(([name]) => name !== own)
      .map(([name, policy]) => deletePolicy(object, name, policy)),
    ...attached.map((arn) => detach(object, arn, false)),
  ];
}
