/**
 * The names by which the operator finds its work again in AWS. They are published: policies, tags and organization rules of
 * users refer to them.
 */
import { hash } from 'node:crypto';
import { OWN_TAG_PREFIX } from '../observed/tags.ts';

/** What a cluster ID may be: it is part of tags, of policy names and of the role names of users. */
export const CLUSTER_ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/;

export const TAGS = {
  clusterId: `${OWN_TAG_PREFIX}cluster-id`,
  namespace: `${OWN_TAG_PREFIX}namespace`,
  /** On a role that the operator did not make: such a role is given back, never deleted. */
  adopted: `${OWN_TAG_PREFIX}adopted`,
  /** On a role that also has policies of others: which of the attached ones are the operator's. */
  attached: `${OWN_TAG_PREFIX}attached-policies`,
} as const;

/** Whether a role's tags say that it belongs to the operator of this cluster. */
export function isTaggedFor(clusterId: string, tags: ReadonlyMap<string, string>): boolean {
  return tags.get(TAGS.clusterId) === clusterId;
}

/** What an adopted role had before the operator changed it, so that it can be given back. */
const FORMER_TAGS = {
  description: `${OWN_TAG_PREFIX}former-description`,
  boundary: `${OWN_TAG_PREFIX}former-boundary`,
  tags: `${OWN_TAG_PREFIX}former-tags`,
} as const;

export type FormerField = keyof typeof FORMER_TAGS;

/** Which of the role's tags come from `spec.targetRole.tags`, so that they are removed when the spec drops them. */
const MANAGED_KEYS_TAG = `${OWN_TAG_PREFIX}tag-keys`;

const SID_PREFIX = 'CrossAccountLink';

/** The one inline policy that this cluster's operator keeps on a role. */
export function policyName(clusterId: string): string {
  return `${SID_PREFIX}-${clusterId}`;
}

/** The cluster whose operator keeps a policy of that name; undefined when none does. */
export function clusterOfPolicy(name: string): string | undefined {
  const clusterId = name.startsWith(policyName('')) ? name.slice(policyName('').length) : '';
  return CLUSTER_ID_PATTERN.test(clusterId) ? clusterId : undefined;
}

/** The Lease that makes sure that a cluster ID is used by one installation at a time. AWS does not distinguish upper from lower
 *  case in names of policies, and Kubernetes has no upper case. */
export function claimName(clusterId: string): string {
  return `crossaccountlink-${clusterId.toLowerCase()}-claim`;
}

export const GRANT_SID = `${SID_PREFIX}Grant`;
/** What an adopted role trusts when nothing else is left: a trust policy cannot be empty. */
export const RELEASED_SID = `${SID_PREFIX}Released`;

/** Sid of the trust statement for one execution role. It is stable, so that the statement can be recognized. */
export function trustSid(executionRoleArn: string): string {
  return `${SID_PREFIX}Trust${hash('sha256', executionRoleArn).slice(0, 12)}`;
}

/** Whether a statement of a trust policy is the operator's own, of any cluster. */
export function isOwnSid(sid: string | undefined): boolean {
  return sid?.startsWith(SID_PREFIX) ?? false;
}

/** Whether the path of a change is one that an edit of a link may cause: the operator's statements, Credentials, and what specs
 *  say of the role itself. */
export function isOwnPath(path: string): boolean {
  return (
    path.includes(`[${SID_PREFIX}`) ||
    path.endsWith('.Credentials.RoleArn') ||
    SCALAR_PATHS.has(path) ||
    (path.startsWith('tags[') && !PROOFS.has(path))
  );
}

/** Whether the path of a change is a role's boundary, or the record of the boundary that an adopted role had. */
export function isBoundaryPath(path: string): boolean {
  return path === 'permissionsBoundary' || path.startsWith(`tags[${FORMER_TAGS.boundary}`);
}

const SCALAR_PATHS: ReadonlySet<string> = new Set(['description', 'permissionsBoundary']);
/** Tags that no edit changes: they say whose the role is. The operator's other tags record what specs ask for. */
const PROOFS: ReadonlySet<string> = new Set(
  [TAGS.clusterId, TAGS.namespace, TAGS.adopted].map((key) => `tags[${key}]`),
);

/** The tags that record which tag keys are the operator's, as many as needed at 256 characters each. Keys are separated by a
 *  space. A key may contain one itself: it is written `+_` there, and a plus `++`. */
export function managedKeyTags(keys: Iterable<string>): ReadonlyMap<string, string> {
  const values: string[] = [];
  for (const key of [...new Set(keys)].sort()) {
    const written = key.replaceAll('+', '++').replaceAll(' ', '+_');
    const last = values.at(-1);
    if (last !== undefined && last.length + 1 + written.length <= 256)
      values[values.length - 1] = `${last} ${written}`;
    else values.push(written);
  }
  return new Map(
    values.map((value, index) => [`${MANAGED_KEYS_TAG}${index === 0 ? '' : `-${index}`}`, value]),
  );
}

/** The keys that `managedKeyTags` recorded on a role. */
export function managedKeys(tags: ReadonlyMap<string, string>): readonly string[] {
  return [...tags]
    .filter(([key]) => isManagedKeysTag(key))
    .flatMap(([, value]) => value.split(' '))
    .map((written) => written.replaceAll(/\+([+_])/g, (_, escaped) => (escaped === '_' ? ' ' : '+')));
}

/** Whether a tag is part of that record. */
export function isManagedKeysTag(key: string): boolean {
  return key === MANAGED_KEYS_TAG || key.startsWith(`${MANAGED_KEYS_TAG}-`);
}

/** Marks a text in which every character is one byte: in UTF-8, accented letters take two. */
const LATIN_1 = '.';

/** The tags that record a text, as many as needed: the longest description, 1,000 characters, takes six. In Base64, because
 *  values of tags allow fewer characters than descriptions.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules */
export function formerTags(field: FormerField, text: string): ReadonlyMap<string, string> {
  const bytes = Buffer.from(text, 'latin1');
  const isShorter = bytes.toString('latin1') === text && bytes.length < Buffer.byteLength(text);
  const encoded = isShorter
    ? `${LATIN_1}${bytes.toString('base64url')}`
    : Buffer.from(text).toString('base64url');
  const parts = encoded.match(/.{1,256}/g) ?? [''];
  return new Map(
    parts.map((part, index) => [`${FORMER_TAGS[field]}${index === 0 ? '' : `-${index}`}`, part]),
  );
}

/** The text that `formerTags` recorded on a role; undefined if nothing is on record. */
export function formerText(tags: ReadonlyMap<string, string>, field: FormerField): string | undefined {
  const record = formerRecord(tags, field);
  if (record.size === 0) return undefined;
  const encoded = [...record.values()].join('');
  return encoded.startsWith(LATIN_1)
    ? Buffer.from(encoded.slice(LATIN_1.length), 'base64url').toString('latin1')
    : Buffer.from(encoded, 'base64url').toString();
}

/** The tags of the record, in order. An earlier version may have written them differently: they stay as they are. */
export function formerRecord(
  tags: ReadonlyMap<string, string>,
  field: FormerField,
): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (let key: string = FORMER_TAGS[field]; ; key = `${FORMER_TAGS[field]}-${parts.size}`) {
    const part = tags.get(key);
    if (part === undefined) return parts;
    parts.set(key, part);
  }
}

/** Whether a tag records what an adopted role had before. */
export function isFormerTag(key: string): boolean {
  return Object.values(FORMER_TAGS).some((tag) => key === tag || key.startsWith(`${tag}-`));
}

/** Whether a tag records what an adopted role was like before, or that it was adopted. */
export function isAdoptionTag(key: string): boolean {
  return key === TAGS.adopted || key === TAGS.attached || isFormerTag(key);
}

/** The tag that records attached managed policies, each by eight digits: a role has up to 25, and a tag's value 256 characters.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export function attachedTag(policyArns: readonly string[]): ReadonlyMap<string, string> {
  const record = policyArns.map(shortDigest).sort().slice(0, MOST_ATTACHED).join(' ');
  return new Map(record === '' ? [] : [[TAGS.attached, record]]);
}

const MOST_ATTACHED = 28;

/** A record of attached policies, with those of the given policies added that are in another record. */
export function withAttached(
  record: string,
  other: string | undefined,
  policyArns: readonly string[],
): string {
  const digests = policyArns.filter((arn) => recordedAttached(other, arn)).map(shortDigest);
  return [...new Set([...record.split(' '), ...digests])].sort().slice(0, MOST_ATTACHED).join(' ');
}

/** Whether the record names the policy. */
export function recordedAttached(record: string | undefined, policyArn: string): boolean {
  return record?.split(' ').includes(shortDigest(policyArn)) ?? false;
}

function shortDigest(text: string): string {
  return hash('sha256', text).slice(0, 8);
}
