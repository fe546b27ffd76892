/** Links as the API server has them, and not as a cache does. */
import { CROSS_ACCOUNT_LINK } from '../../api/crossaccountlink.ts';
import type { JsonObject } from '../../base/json.ts';
import { isUnknownSelector } from '../../kubernetes/api-error.ts';
import type { KubernetesApi } from '../../kubernetes/client.ts';
import { fieldEquals } from '../../kubernetes/field-selector.ts';
import { listAll } from '../../kubernetes/list-all.ts';
import { pagesOf } from '../../kubernetes/pages.ts';
import { parseLinkObject, type LinkObject } from './link-object.ts';

/** The CRD lets links be selected by it. */
export const TARGET_ROLE = 'spec.targetRole.arn';

/** Left out: of any role, and of all namespaces. */
export interface LiveQuery {
  readonly targetRole?: string;
  readonly namespace?: string | undefined;
}

/** Others may be among them that the query does not ask for. @throws ApiError */
export type LiveLinks = (query: LiveQuery) => Promise<readonly LinkObject[]>;

/**
 * Reads them from the API server. Those that cannot be parsed are left out, as they are of the cache.
 * The server picks them out itself, unless its CRD is older than this operator.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#crd-selectable-fields
 */
export function liveLinksOf(client: Pick<KubernetesApi, 'list'>): LiveLinks {
  return async (query) => (await listed(client, query)).flatMap(parsed);
}

async function listed(
  client: Pick<KubernetesApi, 'list'>,
  { targetRole, namespace }: LiveQuery,
): Promise<readonly JsonObject[]> {
  const all = () => listAll(client, CROSS_ACCOUNT_LINK, { namespace });
  if (targetRole === undefined) return all();
  try {
    return await selected(client, namespace, fieldEquals(TARGET_ROLE, targetRole));
  } catch (error) {
    if (isUnknownSelector(error)) return all();
    throw error;
  }
}

/** Few, and asked for in one piece: pages the server would read from its storage, object by object. */
async function selected(
  client: Pick<KubernetesApi, 'list'>,
  namespace: string | undefined,
  fieldSelector: string,
): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  for await (const page of pagesOf(client, CROSS_ACCOUNT_LINK, {
    namespace,
    fieldSelector,
  }))
    items.push(...page.items);
  return items;
}

function parsed(object: JsonObject): readonly LinkObject[] {
  try {
    return [parseLinkObject(object)];
  } catch {
    return [];
  }
}
