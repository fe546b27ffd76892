/**
 * What kubectl reads of a kubeconfig's users and client-node does not: a file with the token, and impersonation beyond the
 * name.
 */
import { resolve } from 'node:path';
import { isJsonObject, objectAt, stringAt, type JsonObject } from '../../base/json.ts';
import { parseYaml } from '../files/yaml.ts';

export interface FurtherUser {
  /** Absolute path. It takes precedence over a token in the kubeconfig itself. */
  readonly tokenFile?: string;
  /** Headers of the impersonation, without the name. */
  readonly headers: Readonly<Record<string, string | string[]>>;
}

/** The users that have any of this, by name. If several have one name, the first counts.
 *  @param folder to which paths are relative, as in client-node
 *  @throws Error if the text is not YAML */
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
