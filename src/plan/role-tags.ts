/** A role's tags: the spec's, and those that say whose the role is and which tags are the operator's. */
import { isManagedKeysTag, isOwnTag, managedKeys, managedKeyTags, TAGS } from '../desired/names.ts';
import { ownershipTags, type DesiredTargetRole } from '../desired/target-role.ts';
import type { ObservedRole } from '../observed/objects.ts';
import { tagValue, withTags } from '../observed/tags.ts';
import type { Action } from './action.ts';
import type { RoleClaim } from './ownership.ts';
import { change } from './role-writes.ts';

/** @param attached the record of attached policies that is to stand before any is attached */
export function tagActions(
  desired: DesiredTargetRole,
  observed: ObservedRole,
  claim: RoleClaim,
  attached: ReadonlyMap<string, string>,
): readonly Action[] {
  // While nothing may be removed, recorded keys stay on record: a link that is not known now may have set them.
  const recorded = desired.mayShrink ? [] : managedKeys(observed.tags);
  const adopted: [string, string][] = claim.kind === 'adoptable' ? [[TAGS.adopted, 'true']] : [];
  const wanted = new Map([
    ...tagsOf(desired, [...desired.tags.keys(), ...recorded]),
    ...attached,
    ...adopted,
  ]);
  const missing = [...wanted].filter(([key, value]) => tagValue(observed.tags, key) !== value);
  const dropped = desired.mayShrink ? droppedTags(observed, wanted) : [];
  return [
    ...(missing.length > 0
      ? [tag(observed, new Map(missing), claim.kind === 'adoptable' ? 'the role is adopted' : 'tags differ')]
      : []),
    ...(dropped.length > 0 ? [untag(observed, dropped, 'tags are no longer asked for')] : []),
  ];
}

/** The record of attached policies, once those that no link needs were detached. */
export function attachedRecordActions(
  observed: ObservedRole,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly Action[] {
  if (before.get(TAGS.attached) === after.get(TAGS.attached)) return [];
  const reason = 'policies were detached';
  const withRecord = { ...observed, tags: withTags(observed.tags, before) };
  return after.size > 0 ? [tag(withRecord, after, reason)] : [untag(withRecord, [TAGS.attached], reason)];
}

function tag(observed: ObservedRole, tags: ReadonlyMap<string, string>, reason: string): Action {
  return {
    operation: 'TagRole',
    leg: 'targetRole',
    object: observed.arn,
    reason,
    changes: [...tags].map(([key, after]) => change(`tags[${key}]`, tagValue(observed.tags, key), after)),
    tags,
  };
}

export function untag(observed: ObservedRole, keys: readonly string[], reason: string): Action {
  return {
    operation: 'UntagRole',
    leg: 'targetRole',
    object: observed.arn,
    reason,
    changes: keys.map((key) => change(`tags[${key}]`, tagValue(observed.tags, key), undefined)),
    keys,
  };
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
  const records = [...observed.tags.keys()].filter((key) => isManagedKeysTag(key) || key === TAGS.attached);
  const recorded = managedKeys(observed.tags).filter(
    (key) => tagValue(observed.tags, key) !== undefined && !isOwnTag(key),
  );
  return [...recorded, ...records].filter((key) => tagValue(wanted, key) === undefined).sort();
}
