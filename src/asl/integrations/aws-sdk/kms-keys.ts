/** KMS keys in the parameters of other services' calls, which use them with the caller's rights. */
import { allow, note } from '../row.ts';
import type { Note, Permission } from '../row.ts';
import { wholeArn } from '../resources.ts';
import { readEach, undetermined, unreadable } from '../reading.ts';
import type { Place, Resource, ResourceArn } from '../reading.ts';

export const KEY_TYPE = 'arn:*:kms:*:*:key/*';

/** A key by its ID or ARN. IAM is asked about the key, never about an alias: a call by an alias needs a statement.
 *  https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html */
export function key(named: string): Resource {
  return {
    types: [KEY_TYPE],
    read: (call) =>
      readEach(call, named, (id) => {
        const found = keyArn(id, call.place);
        if (found !== undefined) return { arns: [found], unknown: [] };
        return ALIAS.test(id) ? undetermined(named, BY_ALIAS) : unreadable(named, id);
      }),
  };
}

const ALIAS = /^(?:arn:[^:]*:kms:[^:]*:[^:]*:)?alias\//;
const BY_ALIAS =
  'names an alias, and IAM is asked about the key behind it (a statement for …:key/* may bind it to the alias by the condition key kms:RequestAlias)';

function keyArn(id: string, { partition, region, accountId }: Place): ResourceArn | undefined {
  if (id.startsWith('arn:')) return wholeArn(id, KEY_TYPE);
  return /^(?:mrk-)?[0-9a-f-]{32,36}$/.test(id)
    ? { text: `arn:${partition}:kms:${region}:${accountId}:key/${id}` }
    : undefined;
}

/** What the call does with the key that a parameter names; for an alias see {@link writingKey}. */
export function usesKey(parameter: string, actions: readonly string[]): Permission {
  const named = key(parameter);
  return allow(
    actions.map((name) => `kms:${name}`),
    { types: named.types, read: (call) => ({ arns: named.read(call).arns, unknown: [] }) },
    { when: parameter },
  );
}

/** For a key that is named by an alias, or only at run time. */
export function writingKey(parameter: string, actions: string): Note {
  return note(
    'KeyPermissionUnknown',
    `if ${parameter} names the key by an alias, or AWS by a default of its own, add a statement with ${actions} on the key’s ARN`,
    { when: [parameter] },
  );
}
