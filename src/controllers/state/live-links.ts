/** Links as the API server has them now, not as a cache does. */
import { CROSS_ACCOUNT_LINK } from '../../api/crossaccountlink.ts';
import type { JsonObject } from '../../base/json.ts';
import { isUnknownSelector } from '../../kubernetes/api-error.ts';
import type { KubernetesApi } from '../../kubernetes/client.ts';
import { fieldEquals } from '../../kubernetes/field-selector.ts';
import { listAll } from '../../kubernetes/list-all.ts';
import { pagesOf } from '../../kubernetes/pages.ts';
import { parseLinkObject, type LinkObject } from './link-object.ts';

/** The field by which the CRD lets links be selected. */
export const TARGET_ROLE = 'spec.targetRole.arn';

/** Which links to read. A field that is left out means any. */
export interface LiveQuery {
  readonly targetRole?: string;
  readonly namespace?: string | undefined;
}

/** Reads links. The result may include others that the query does not ask for.
 *  @throws ApiError */
export type LiveLinks = (query: LiveQuery) => Promise<readonly LinkObject[]>;

/** Reads links from the API server. Those that cannot be parsed are left out, as they are in the cache. The server selects them
 *  itself, unless its CRD is older than this operator.
 *  https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#crd-selectable-fields */
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

/** Reads the selected links in one piece, because they are few: the server would read pages from its storage, object by object. */
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
