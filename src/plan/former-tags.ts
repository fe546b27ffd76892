/**
 * Tags that an adopted role had before a link asked for other values of the same keys. They are recorded, in the operator's own
 * tags, before the first of them is changed. Each comes back when no link asks for its key any more, or when the role is given
 * back.
 */
import { compareText } from '../base/compare-text.ts';
import { formerRecord, formerTags, formerText, managedKeys } from '../desired/names.ts';
import type { DesiredTargetRole } from '../desired/target-role.ts';
import type { ObservedRole } from '../observed/objects.ts';
import { isOwnTag, MOST_TAGS, tagKey, tagValue } from '../observed/tags.ts';
import type { RoleClaim } from './ownership.ts';

type Tags = ReadonlyMap<string, string>;

export interface FormerTags {
  /** Tags that no link asks for any more, with their former values. */
  readonly back: Tags;
  /** The tags that hold the record: before anything is changed, and once everything in `back` is restored. */
  readonly recordBefore: Tags;
  readonly recordAfter: Tags;
}

/** Decides which former tags come back, and what the record has to be meanwhile. */
export function formerTagsOf(
  desired: DesiredTargetRole,
  observed: ObservedRole,
  claim: RoleClaim,
): FormerTags {
  const record = formerRecord(observed.tags, 'tags');
  // A role that the operator made has no former tags.
  if (claim.kind === 'made' || claim.kind === 'untagged')
    return { back: NONE, recordBefore: record, recordAfter: NONE };
  const former = formerOf(observed);
  const overwritten = overwrittenBy(desired, observed, claim);
  const known = new Map([...former, ...overwritten]);
  // Recorded tags stay recorded, whoever has used the room meanwhile.
  const room = Math.max(roomBeside(desired, observed), record.size);
  const recordBefore = overwritten.size > 0 ? recordOf(known, room) : record;
  const asked = new Map([...known].filter(([key]) => isAsked(desired, key)));
  if (!desired.mayShrink || asked.size === known.size)
    return { back: NONE, recordBefore, recordAfter: recordBefore };
  const back = new Map([...former].filter(([key]) => !asked.has(key)));
  return { back, recordBefore, recordAfter: recordOf(asked, room) };
}

/** A key that stays as it is was asked for by a link that is being deleted. */
function isAsked({ tags, untouched }: DesiredTargetRole, key: string): boolean {
  return tagValue(tags, key) !== undefined || untouched.tagKeys.includes(tagKey(key));
}

/** The former tags according to the record. Whoever may tag the role can write anything there: what IAM would not accept as a
 *  tag, and the operator's own keys, are left out. */
export function formerOf({ tags }: Pick<ObservedRole, 'tags'>): Tags {
  const entries: readonly (readonly unknown[])[] = parsed(formerText(tags, 'tags') ?? '');
  const former = new Map<string, readonly [string, string]>();
  for (const [key, value] of entries) {
    if (typeof key !== 'string' || typeof value !== 'string' || !isOthersTag(key, value)) continue;
    if (former.size < MOST_TAGS && !former.has(tagKey(key))) former.set(tagKey(key), [key, value]);
  }
  return new Map(former.values());
}

/** Tags that are somebody else's and that the operator is about to overwrite: no link asked for them so far, and they are not
 *  on record. Once the role is adopted, a tag with the value that is asked for counts as the operator's: somebody may have
 *  removed that record. */
function overwrittenBy({ tags }: DesiredTargetRole, observed: ObservedRole, { kind }: RoleClaim): Tags {
  const known = new Set([...managedKeys(observed.tags), ...formerOf(observed).keys()].map(tagKey));
  const isOverwritten = ([key, value]: readonly [string, string]) => {
    const asked = tagValue(tags, key);
    return asked !== undefined && !known.has(tagKey(key)) && (kind === 'adoptable' || asked !== value);
  };
  return new Map([...observed.tags].filter(isOverwritten).sort(([a], [b]) => compareText(a, b)));
}

/** As many tags as there is room for, in the order given.
 *  @param room how many tags the record may take */
function recordOf(former: Tags, room: number): Tags {
  const kept: (readonly [string, string])[] = [];
  let record = NONE;
  for (const entry of former) {
    const longer = formerTags('tags', JSON.stringify([...kept, entry]));
    if (longer.size > room) continue;
    kept.push(entry);
    record = longer;
  }
  return record;
}

/** How many tags the record may take. That the role can be adopted counts for more than getting every tag back. */
function roomBeside({ tags }: DesiredTargetRole, observed: ObservedRole): number {
  const others = [...observed.tags.keys(), ...tags.keys()].filter((key) => !isOwnTag(key)).map(tagKey);
  return Math.min(MOST_RECORDS, MOST_TAGS - OTHER_RECORDS - new Set(others).size);
}

/** Cluster, namespace, adoption, attached policies, keys of tags (at most 4), description (at most 6) and boundary (at most 2). */
const OTHER_RECORDS = 16;
const MOST_RECORDS = 8;
const NONE: Tags = new Map();
const LIST_END = ']]';

function isOthersTag(key: string, value: string): boolean {
  return TAG_KEY.test(key) && !/^aws:/i.test(key) && !isOwnTag(key) && TAG_VALUE.test(value);
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html */
const TAG_KEY = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

/** The list with which a text begins. A shortened record is followed by the end of the former, longer one until the tags of
 *  that are removed. Keys and values of tags have no brackets. */
function parsed(text: string): readonly (readonly unknown[])[] {
  const end = text.indexOf(LIST_END);
  try {
    const value: unknown = JSON.parse(text.slice(0, end + LIST_END.length));
    return Array.isArray(value) ? value.filter((entry) => Array.isArray(entry)) : [];
  } catch {
    return [];
  }
}
