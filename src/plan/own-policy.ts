/** The operator's own inline policy on a target role, which holds what its links need. */
import { policyName } from '../desired/names.ts';
import type { DesiredTargetRole } from '../desired/target-role.ts';
import type { ObservedRole } from '../observed/objects.ts';
import { samePolicy } from '../policy/canonical.ts';
import { policyOf, type Statement } from '../policy/document.ts';
import { mergeLists } from '../policy/merge.ts';
import type { Action } from './action.ts';
import { deletePolicy, documentOf, putPolicy } from './role-writes.ts';
import { additive, isAllowedBy, partAllowedBy } from './statements.ts';

/** The writes that bring the policy in order, removing only what may be removed. */
export function inlinePolicyActions(desired: DesiredTargetRole, observed: ObservedRole): readonly Action[] {
  const name = policyName(desired.ownership.clusterId);
  const standing = documentOf(observed.inlinePolicies.get(name))?.statements ?? [];
  const statements = mayCutPolicy(desired)
    ? withKept(desired, standing)
    : additive(desired.permissions, standing);
  return writesOf(desired, observed, statements);
}

const mayCutPolicy = ({ mayShrink, policyStays }: DesiredTargetRole) => mayShrink && !policyStays;

/** The statements that are asked for. Of statements that may stay but are not added: as much of each as the role has. */
function withKept(
  { permissions, keptPermissions }: DesiredTargetRole,
  standing: readonly Statement[],
): readonly Statement[] {
  const kept = keptPermissions.flatMap((statement) => partAllowedBy(statement, standing));
  if (kept.length === 0) return permissions;
  const together = mergeLists(permissions, kept);
  // The same parts can be put together into different statements.
  const saysSame =
    together.every((statement) => isAllowedBy(statement, standing)) &&
    standing.every((statement) => isAllowedBy(statement, together));
  return saysSame ? standing : together;
}

function writesOf(
  desired: DesiredTargetRole,
  observed: ObservedRole,
  statements: readonly Statement[],
): readonly Action[] {
  const object = desired.arn.text;
  const name = policyName(desired.ownership.clusterId);
  const policy = observed.inlinePolicies.get(name);
  const current = documentOf(policy);
  if (statements.length === 0)
    return policy !== undefined && mayCutPolicy(desired) ? [deletePolicy(object, name, policy)] : [];
  const wanted = policyOf(statements);
  return current !== undefined && samePolicy(current, wanted)
    ? []
    : [putPolicy(object, name, policy, wanted)];
}
