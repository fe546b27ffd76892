/** Whether two reads of a role show the same. */
import { samePolicy } from '../policy/canonical.ts';
import type { ObservedPolicy } from '../policy/document.ts';
import type { ObservedRole } from './objects.ts';

/** Compares without regard to the order in which AWS lists things. Policies are compared as they are written: a difference
 *  without a meaning costs one read too many. */
export function sameRole(a: ObservedRole, b: ObservedRole): boolean {
  return textOf(a) === textOf(b);
}

/** Compares by meaning, for what was written here: AWS returns it in its own words. */
export function meansSame(a: ObservedRole, b: ObservedRole): boolean {
  const names = [...a.inlinePolicies.keys()];
  return (
    textOf(withoutPolicies(a)) === textOf(withoutPolicies(b)) &&
    samePolicies(a.trust, b.trust) &&
    names.length === b.inlinePolicies.size &&
    names.every((name) => samePolicies(a.inlinePolicies.get(name), b.inlinePolicies.get(name)))
  );
}

function withoutPolicies(role: ObservedRole): ObservedRole {
  return { ...role, trust: { kind: 'unreadable', text: '', problem: '' }, inlinePolicies: new Map() };
}

/** Compares by meaning if both can be parsed. */
export function samePolicies(a: ObservedPolicy | undefined, b: ObservedPolicy | undefined): boolean {
  if (a?.kind === 'parsed' && b?.kind === 'parsed') return samePolicy(a.document, b.document);
  return JSON.stringify(a) === JSON.stringify(b);
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
