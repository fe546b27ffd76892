/** Every object of a kind, for callers that read once and watch nothing. */
import type { JsonObject } from '../base/json.ts';
import type { KubernetesApi, Scope } from './client.ts';
import type { ResourceType } from './metadata.ts';
import { pagesOf } from './pages.ts';

/** Links that fit into the longest page that is read, unless they are much larger than most. */
const PAGE = 250;

/** Reads page after page.
 *  @throws ApiError; 410 if reading took longer than the server keeps the pages */
export async function listAll(
  client: Pick<KubernetesApi, 'list'>,
  resource: ResourceType,
  scope: Scope = {},
): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  for await (const page of pagesOf(client, resource, { ...scope, limit: PAGE })) items.push(...page.items);
  return items;
}
