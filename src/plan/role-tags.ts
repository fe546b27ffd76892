/** A role's tags: the spec's, and those that say whose the role is and which tags are the operator's. */
import { isManagedKeysTag, isOwnTag, managedKeys, managedKeyTags, TAGS } from '../desired/names.ts';
import { ownershipTags, type DesiredTargetRole } from '../desired/target-role.ts';
import type { ObservedRole } from '../observed/objects.ts';
import type { Action } from './action.ts';
import type { RoleClaim } from './ownership.ts';
import { change } from './role-writes.ts';

export function tagActions(
  desired: DesiredTargetRole,
  observed: ObservedRole,
  claim: RoleClaim,
): readonly Action[] {
  const object = desired.arn.text;
  // While nothing may be removed, recorded keys stay on record: who asked for them may be out of sight.
  const recorded = desired.mayShrink ? [] : managedKeys(observed.tags);
  const adopted: [string, string][] = claim.kind === 'adoptable' ? [[TAGS.adopted, 'true']] : [];
  const wanted = new Map([...tagsOf(desired, [...desired.tags.keys(), ...recorded]), ...adopted]);
  const missing = [...wanted].filter(([key, value]) => observed.tags.get(key) !== value);
  const dropped = desired.mayShrink ? droppedTags(observed, wanted) : [];
  const actions: Action[] = [];
  if (missing.length > 0) {
    actions.push({
      operation: 'TagRole',
      leg: 'targetRole',
      object,
      reason: claim.kind === 'adoptable' ? 'the role is adopted' : 'tags differ',
      changes: missing.map(([key, after]) => change(`tags[${key}]`, observed.tags.get(key), after)),
      tags: new Map(missing),
    });
  }
  if (dropped.length > 0) {
    actions.push({
      operation: 'UntagRole',
      leg: 'targetRole',
      object,
      reason: 'tags are no longer asked for',
      changes: dropped.map((key) => change(`tags[${key}]`, observed.tags.get(key), undefined)),
      keys: dropped,
    });
  }
  return actions;
}

/** @param managed the keys that are recorded as the operator's */
export function tagsOf(
  { tags, ownership }: DesiredTargetRole,
  managed: Iterable<string>,
): ReadonlyMap<string, string> {
  return new Map([...tags, ...managedKeyTags(managed), ...ownershipTags(ownership)]);
}

/** Tags that an earlier spec put there: the recorded keys, and records that are no longer needed. */
function droppedTags(observed: ObservedRole, wanted: ReadonlyMap<string, string>): readonly string[] {
  const records = [...observed.tags.keys()].filter(isManagedKeysTag);
  const recorded = managedKeys(observed.tags).filter((key) => observed.tags.has(key) && !isOwnTag(key));
  return [...recorded, ...records].filter((key) => !wanted.has(key)).sort();
}
