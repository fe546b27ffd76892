/** Every object of a kind, for whoever looks once and watches nothing. */
import type { JsonObject } from '../base/json.ts';
import type { KubernetesApi, Scope } from './client.ts';
import type { ResourceType } from './metadata.ts';

const PAGE = 500;

/** Reads page after page. @throws ApiError; 410 where the pages outlived what the server keeps */
export async function listAll(
  client: Pick<KubernetesApi, 'list'>,
  resource: ResourceType,
  scope: Scope = {},
): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  let next: string | undefined;
  do {
    const page = await client.list(resource, { ...scope, limit: PAGE, continue: next });
    items.push(...page.items);
    next = page.continue;
  } while (next !== undefined);
  return items;
}
