/** What kubectl reads of a kubeconfig's users, and client-node does not: a file with the token, and groups to act in. */
import { resolve } from 'node:path';
import { isJsonObject, objectAt, stringAt, type JsonObject } from '../../base/json.ts';
import { parseYaml } from '../files/yaml.ts';

export interface FurtherUser {
  /** Absolute. It goes before a token that stands in the kubeconfig itself. */
  readonly tokenFile?: string;
  /** Who to act as, besides the name. */
  readonly headers: Readonly<Record<string, string | string[]>>;
}

/** The users that have something of this, by name. Of several with one name the first counts.
 *  @param folder that paths are taken from, as client-node takes them
 *  @throws Error when it is no YAML */
export function furtherUsers(text: string, folder: string): ReadonlyMap<string, FurtherUser> {
  const [config] = parseYaml(text);
  const users = isJsonObject(config) ? config['users'] : undefined;
  const found = new Map<string, FurtherUser>();
  for (const entry of Array.isArray(users) ? users : []) {
    const name = isJsonObject(entry) ? stringAt(entry, 'name') : undefined;
    if (name === undefined || found.has(name)) continue;
    const user = objectAt(entry, 'user');
    const tokenFile = stringAt(user, 'tokenFile');
    found.set(name, {
      ...(tokenFile !== undefined && { tokenFile: resolve(folder, tokenFile) }),
      headers: impersonation(user),
    });
  }
  return found;
}

function impersonation(user: JsonObject): Record<string, string | string[]> {
  const uid = stringAt(user, 'as-uid');
  const groups = textsAt(user, 'as-groups');
  const extra = objectAt(user, 'as-user-extra');
  return {
    ...(uid !== undefined && { 'Impersonate-Uid': uid }),
    ...(groups.length > 0 && { 'Impersonate-Group': groups }),
    ...Object.fromEntries(
      Object.keys(extra).map((key) => [`Impersonate-Extra-${encodeURIComponent(key)}`, textsAt(extra, key)]),
    ),
  };
}

function textsAt(object: JsonObject, field: string): string[] {
  const value = object[field];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
