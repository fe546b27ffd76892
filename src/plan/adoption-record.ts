/**
 * What an adopted role was like before is recorded in tags on the role. Without them it could not be given back, and would look
 * like one that the operator made. Whoever may tag the role can change them, so the status of its links has a copy.
 */
import type { AdoptionRecord } from '../api/generated.ts';
import { compareText } from '../base/compare-text.ts';
import { isAdoptionTag, TAGS, withAttached } from '../desired/names.ts';
import type { ObservedRole } from '../observed/objects.ts';
import { withoutTags, withTags } from '../observed/tags.ts';
import type { ObjectPlan } from './action.ts';
import { tag, untag } from './role-tags.ts';

/** The record in a role's tags; undefined if the role was not adopted. */
export function adoptionOn({ roleId, tags }: ObservedRole): AdoptionRecord | undefined {
  if (!tags.has(TAGS.adopted)) return undefined;
  return { roleID: roleId, tags: Object.fromEntries(adoptionTags(tags)) };
}

/** All tags of a role that record an adoption. For a role that the operator made: the tags that record what it attached. */
export function recordOn({ roleId, tags }: ObservedRole): AdoptionRecord {
  const record = adoptionTags(tags);
  return { roleID: roleId, tags: record.length === 0 ? NO_TAGS : Object.fromEntries(record) };
}

/** Shared: most roles have no record, and each role that links name keeps one in memory. */
const NO_TAGS: AdoptionRecord['tags'] = Object.freeze({});

/** What is known of a role's adoption from other sources than its tags. */
export interface KnownAdoption {
  /** Records of this process, or of the role's links. */
  readonly records: readonly AdoptionRecord[];
  /** Whether this process left the role like that: then any other tag of the record is somebody else's. A status may lag. */
  readonly isCertain: boolean;
}

export const NOTHING_KNOWN: KnownAdoption = { records: [], isCertain: false };

/** What somebody did to the tags that record an adoption. */
interface RecordRepair {
  /** Tags that were removed or altered, as they have to be. */
  readonly missing: ReadonlyMap<string, string>;
  /** Tags that somebody forged. */
  readonly surplus: readonly string[];
}

/** The role with the tags that are on record. A tag that one of its links has on record and another one has not does not count.
 *  A tag on no record is believed if the record may lag.
 *  @param policyArns managed policies that links ask for, or asked for until now: they may have been attached since the record
 *  was made */
export function withAdoption(
  role: ObservedRole,
  { records, isCertain }: KnownAdoption,
  policyArns: readonly string[],
): { readonly role: ObservedRole; readonly repair: RecordRepair } {
  const [first, ...others] = records.filter(({ roleID }) => roleID === role.roleId);
  if (first === undefined) return { role, repair: { missing: new Map(), surplus: [] } };
  const known = Object.entries(first.tags).filter(
    ([key, value]) => isAdoptionTag(key) && others.every(({ tags }) => tags[key] === value),
  );
  const asRecorded = new Map(known);
  const attached = asRecorded.get(TAGS.attached);
  if (!isCertain && attached !== undefined)
    asRecorded.set(TAGS.attached, withAttached(attached, role.tags.get(TAGS.attached), policyArns));
  const missing = new Map([...asRecorded].filter(([key, value]) => role.tags.get(key) !== value));
  const surplus = isCertain
    ? adoptionTags(role.tags)
        .map(([key]) => key)
        .filter((key) => !asRecorded.has(key))
    : [];
  if (missing.size + surplus.length === 0) return { role, repair: { missing, surplus } };
  const tags = withTags(withoutTags(role.tags, surplus), missing);
  return { role: { ...role, tags }, repair: { missing, surplus } };
}

function adoptionTags(tags: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  return [...tags].filter(([key]) => isAdoptionTag(key)).sort(([a], [b]) => compareText(a, b));
}

/** A plan made for a role with its tags as recorded. First it repairs those tags that differ on the real role, together with
 *  other tag writes that come first. */
export function recordFirst(
  plan: ObjectPlan,
  observed: ObservedRole,
  { missing, surplus }: RecordRepair,
): ObjectPlan {
  const reason = 'its record of the adoption was changed';
  const cleared = surplus.length > 0 ? [untag(observed, surplus, reason)] : [];
  if (missing.size === 0) return { ...plan, actions: [...cleared, ...plan.actions] };
  const [first, ...others] = plan.actions;
  const actions =
    first?.operation === 'TagRole'
      ? [tag(observed, new Map([...missing, ...first.tags]), first.reason), ...cleared, ...others]
      : [tag(observed, missing, reason), ...cleared, ...plan.actions];
  return { ...plan, actions };
}
