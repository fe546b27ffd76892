/** Whether two looks at a role saw the same. */
import type { ObservedRole } from './objects.ts';

/** What AWS lists in whatever order is compared without regard to it. Policies are compared as they are written: a
 *  difference that means nothing costs one look too many. */
export function sameRole(a: ObservedRole, b: ObservedRole): boolean {
  return textOf(a) === textOf(b);
}

function textOf({
  roleId,
  trust,
  inlinePolicies,
  managedPolicyArns,
  permissionsBoundaryArn,
  tags,
  instanceProfiles,
}: ObservedRole): string {
  return JSON.stringify([
    roleId,
    trust,
    byName(inlinePolicies),
    managedPolicyArns.toSorted(),
    permissionsBoundaryArn,
    byName(tags),
    instanceProfiles.toSorted(),
  ]);
}

function byName<Value>(entries: ReadonlyMap<string, Value>): readonly (readonly [string, Value])[] {
  return [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
