/**
 * A role's tags. To IAM `Team` and `team` are the same key: TagRole with either changes it, UntagRole with either removes it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules
 */

/** How many tags a role can have. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const MOST_TAGS = 50;

/** The same text for all keys that IAM treats as equal. */
export function tagKey(key: string): string {
  return key.toLowerCase();
}

/** The value of a key, whatever its case on the role. */
export function tagValue(tags: ReadonlyMap<string, string>, key: string): string | undefined {
  const exact = tags.get(key);
  if (exact !== undefined) return exact;
  const wanted = tagKey(key);
  for (const [name, value] of tags) if (tagKey(name) === wanted) return value;
  return undefined;
}

/** The tags after TagRole: a key replaces one that differs only in the case of its letters. */
export function withTags(
  tags: ReadonlyMap<string, string>,
  added: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map([...withoutTags(tags, [...added.keys()]), ...added]);
}

/** The tags after UntagRole, which takes keys in any case of letters. */
export function withoutTags(
  tags: ReadonlyMap<string, string>,
  keys: Iterable<string>,
): ReadonlyMap<string, string> {
  const removed = new Set([...keys].map(tagKey));
  return new Map([...tags].filter(([key]) => !removed.has(tagKey(key))));
}

/** What the operator's own tags begin with. */
export const OWN_TAG_PREFIX = 'crossaccountlink.dev/';

/** Whether a tag is the operator's own, whatever its case. Some letters beyond ASCII become ASCII letters in lower case, such
 *  as the Kelvin sign. Nobody knows whether IAM treats them as the same, so a key with one is not the operator's. */
export function isOwnTag(key: string): boolean {
  return /^[ -~]*$/.test(key) && tagKey(key).startsWith(OWN_TAG_PREFIX);
}

/** Whether IAM may treat a key as one of the operator's own, by whatever rule it compares letters. */
export function resemblesOwnTag(key: string): boolean {
  return tagKey(key.replaceAll('\u017f', 's').replaceAll(/[\u0131\u0130]/gu, 'i')).startsWith(OWN_TAG_PREFIX);
}

/** Tags as AWS lists them. The operator's own are looked up by name, so their keys are read in small letters. */
export function observedTags(
  list: readonly { readonly key: string; readonly value: string }[],
): ReadonlyMap<string, string> {
  return new Map(list.map(({ key, value }) => [isOwnTag(key) ? tagKey(key) : key, value]));
}
