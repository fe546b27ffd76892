/** Settings of which a role has only one, whatever its links ask for: its boundary, its description, and a value for each tag. */
import { MOST_TAGS, tagKey, tagValue } from '../observed/tags.ts';
import type { ContributorConflict } from './contribution.ts';
import { byAge, type Link } from './link.ts';
import { managedKeyTags } from './names.ts';

interface OldestValues {
  readonly permissionsBoundaryArn?: string;
  readonly description?: string;
  readonly tags: ReadonlyMap<string, string>;
  /** What stays as the role has it, because the oldest link that sets it is being deleted. */
  readonly untouched: UntouchedValues;
  readonly conflicts: readonly ContributorConflict[];
}

export interface UntouchedValues {
  readonly boundary: boolean;
  readonly description: boolean;
  /** Keys of tags, compared as IAM does. */
  readonly tagKeys: readonly string[];
}

/** A role has one boundary, one description and one value for each tag: that of the oldest link. Younger links that set another
 *  value have a conflict. While it is not known what the oldest one sets, nothing is changed. For a link that is being deleted,
 *  what stands is kept and nothing is written any more, even if it is edited.
 *  @param kept the links whose needs the role holds
 *  @param silent links of which only the spec is known: they decide, and nothing is written for them */
export function oldestValues(kept: readonly Link[], silent: readonly Link[]): OldestValues {
  const speaking = new Set(kept.map(({ key }) => key));
  const asking = [...kept, ...silent.filter(({ key }) => !speaking.has(key))].sort(byAge);
  const conflicts: ContributorConflict[] = [];
  const untouched = new Set<string>();
  const decide = (field: string, read: (link: Link) => string | undefined): string | undefined => {
    const [oldest, ...younger] = asking.filter((link) => read(link) !== undefined);
    if (oldest === undefined) return undefined;
    const differing = younger.filter((link) => read(link) !== read(oldest));
    conflicts.push(...differing.map((link) => valueConflict(link, field)));
    if (!speaking.has(oldest.key)) return undefined;
    if (kept.some((link) => !link.deleting && read(link) === read(oldest))) return read(oldest);
    untouched.add(field);
    return undefined;
  };
  const permissionsBoundaryArn = decide('permissionsBoundaryARN', (link) => link.permissionsBoundaryArn);
  const description = decide('description', (link) => link.description);
  const { keys, conflicts: beyond } = fittingTagKeys(asking);
  conflicts.push(...beyond);
  const decided = [...keys.values()].sort().flatMap((key): [string, string][] => {
    const value = decide(tagField(key), ({ tags }) => tagValue(new Map(Object.entries(tags)), key));
    return value === undefined ? [] : [[key, value]];
  });
  return {
    ...(permissionsBoundaryArn !== undefined && { permissionsBoundaryArn }),
    ...(description !== undefined && { description }),
    tags: new Map(decided),
    untouched: {
      boundary: untouched.has('permissionsBoundaryARN'),
      description: untouched.has('description'),
      tagKeys: [...keys].flatMap(([key, spelt]) => (untouched.has(tagField(spelt)) ? [key] : [])),
    },
    conflicts,
  };
}

function tagField(key: string): string {
  return `tags[${key}]`;
}

/** The operator's own tags: cluster, namespace and attached policies. */
const OWN_TAGS = 3;

/** The keys that links set together, as many as a role can hold with the records of them. A younger link that goes beyond that
 *  adds none; by the CRD, no link can do so alone. Two spellings are one key to IAM: the oldest link's is used.
 *  @param asking the oldest first */
function fittingTagKeys(asking: readonly Link[]): {
  readonly keys: ReadonlyMap<string, string>;
  readonly conflicts: readonly ContributorConflict[];
} {
  let keys: ReadonlyMap<string, string> = new Map();
  const conflicts: ContributorConflict[] = [];
  for (const link of asking) {
    const more = Object.keys(link.tags).map((key) => [tagKey(key), key] as const);
    const widened = new Map([...more, ...keys]);
    const count = widened.size + managedKeyTags(widened.values()).size + OWN_TAGS;
    if (keys.size === 0 || widened.size === keys.size || count <= MOST_TAGS) keys = widened;
    else conflicts.push(tooManyTags(link, count));
  }
  return { keys, conflicts };
}

function tooManyTags({ key, targetRole }: Link, count: number): ContributorConflict {
  return {
    linkKey: key,
    leg: 'targetRole',
    reason: 'QuotaExceeded',
    message:
      `With this link ${targetRole.name} would have ${count} tags, including the operator's own, and IAM allows ${MOST_TAGS}: ` +
      `set fewer in targetRole.tags, or give the link a target role of its own.`,
  };
}

function valueConflict(link: Link, field: string): ContributorConflict {
  return {
    linkKey: link.key,
    leg: 'targetRole',
    reason: 'Conflict',
    message: `An older link to ${link.targetRole.name} sets targetRole.${field} to another value: make them equal.`,
  };
}
