/** A role's tags: those of the spec, and those that say whose the role is and which tags are the operator's. */
import { isManagedKeysTag, managedKeys, managedKeyTags, TAGS } from '../desired/names.ts';
import { ownershipTags, type DesiredTargetRole } from '../desired/target-role.ts';
import type { ObservedRole } from '../observed/objects.ts';
import { isOwnTag, tagKey, tagValue, withoutTags, withTags } from '../observed/tags.ts';
import type { Action } from './action.ts';
import type { RoleClaim } from './ownership.ts';
import { change } from './role-writes.ts';

interface TagRecords {
  /** The operator's other records, as they have to be before anything else is written. */
  readonly records: ReadonlyMap<string, string>;
  /** Tags that the role had before and gets back. */
  readonly back: ReadonlyMap<string, string>;
}

/** A dropped tag stays on record until it is removed: after a crash in between, nothing would remove it any more. */
export function tagActions(
  desired: DesiredTargetRole,
  observed: ObservedRole,
  claim: RoleClaim,
  { records, back }: TagRecords,
): readonly Action[] {
  const recorded = managedKeys(observed.tags);
  const dropped = desired.mayShrink ? droppedKeys(desired, observed, recorded) : [];
  const untouched = recorded.filter((key) => desired.untouched.tagKeys.includes(tagKey(key)));
  // While nothing may be removed, recorded keys stay on record: a link that is not known yet may have set them.
  const kept = desired.mayShrink ? [...dropped, ...untouched] : recorded;
  const adopted: [string, string][] = claim.kind === 'adoptable' ? [[TAGS.adopted, 'true']] : [];
  const wanted = (keys: readonly string[]) =>
    new Map([...tagsOf(desired, [...desired.tags.keys(), ...keys]), ...records, ...adopted]);
  const reason = claim.kind === 'adoptable' ? 'the role is adopted' : 'tags differ';
  const before = set(observed, wanted(kept), reason);
  if (!desired.mayShrink) return before.actions;
  const after = wanted(untouched);
  const surplus = [...before.role.tags.keys()].filter((key) => isRecord(key) && !after.has(key)).sort();
  const isRecordRight = set(before.role, after, '').actions.length === 0;
  const gone = dropped.filter((key) => tagValue(back, key) === undefined);
  const off = unset(before.role, isRecordRight ? [...gone, ...surplus].sort() : gone, UNASKED);
  const restored = set(off.role, back, UNASKED);
  const record = set(restored.role, after, UNASKED);
  return [
    ...before.actions,
    ...off.actions,
    ...restored.actions,
    ...record.actions,
    ...(isRecordRight ? [] : unset(record.role, surplus, UNASKED).actions),
  ];
}

const UNASKED = 'tags are no longer asked for';

/** The writes that bring the records up to date, once what they speak of is done. */
export function recordActions(
  observed: ObservedRole,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly Action[] {
  const reason = 'what is on record is done';
  const written = set({ ...observed, tags: withTags(observed.tags, before) }, after, reason);
  const over = [...before.keys()].filter((key) => !after.has(key)).sort();
  return [...written.actions, ...unset(written.role, over, reason).actions];
}

interface Tagged {
  readonly actions: readonly Action[];
  /** The role with its tags at that time. */
  readonly role: ObservedRole;
}

function set(role: ObservedRole, wanted: ReadonlyMap<string, string>, reason: string): Tagged {
  const missing = new Map([...wanted].filter(([key, value]) => tagValue(role.tags, key) !== value));
  if (missing.size === 0) return { actions: [], role };
  return {
    actions: [tag(role, missing, reason)],
    role: { ...role, tags: withTags(role.tags, missing) },
  };
}

function unset(role: ObservedRole, keys: readonly string[], reason: string): Tagged {
  if (keys.length === 0) return { actions: [], role };
  return {
    actions: [untag(role, keys, reason)],
    role: { ...role, tags: withoutTags(role.tags, keys) },
  };
}

/** One TagRole. Values that change are shown with their former ones. */
export function tag(observed: ObservedRole, tags: ReadonlyMap<string, string>, reason: string): Action {
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

/** Tags that an earlier spec put there. */
function droppedKeys(
  { tags, untouched }: DesiredTargetRole,
  observed: ObservedRole,
  recorded: readonly string[],
): readonly string[] {
  return recorded
    .filter((key) => tagValue(observed.tags, key) !== undefined && !isOwnTag(key))
    .filter((key) => tagValue(tags, key) === undefined && !untouched.tagKeys.includes(tagKey(key)))
    .sort();
}

function isRecord(key: string): boolean {
  return isManagedKeysTag(key) || key === TAGS.attached;
}
