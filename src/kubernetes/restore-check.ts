/**
 * Whether a server was restored from a backup since it was last watched. A restored cluster gives its resource versions a
 * second time. A watch that goes on from the old version gets no events until as much has been written again, and misses
 * everything until then: the server takes a version that is still to come for one that it has.
 * https://github.com/kubernetes/kubernetes/issues/107457
 */
import type { KubernetesClient, ListPage, Scope } from './client.ts';
import { compareResourceVersions, parseMetadata, type ObjectMeta, type ResourceType } from './metadata.ts';

/** The object of the last event or list: as it then was, or that it is gone. */
export interface LastSeen {
  readonly metadata: ObjectMeta;
  readonly isGone: boolean;
}

/** The newest object of a list; undefined if it is empty. */
export function newestSeen(objects: Iterable<{ readonly metadata: ObjectMeta }>): LastSeen | undefined {
  let newest: ObjectMeta | undefined;
  for (const { metadata } of objects)
    if (newest === undefined || isOlder(newest.resourceVersion, metadata.resourceVersion)) newest = metadata;
  return newest && { metadata: newest, isGone: false };
}

/** What a reflector has seen of one kind. */
interface Past {
  readonly lastSeen: LastSeen;
  /** The newest resource version, with or without an object. */
  readonly newest: string;
  /** What was listed and watched. */
  readonly scope: Scope;
}

/** Asks the server about the last seen object only. Also false if that object has changed since, because then nothing says
 *  whether it changed before or after a restore.
 *  @throws ApiError */
export async function hasSameHistory(
  client: Pick<KubernetesClient, 'list'>,
  resource: ResourceType,
  { lastSeen, newest, scope }: Past,
  signal: AbortSignal,
): Promise<boolean> {
  const { namespace = scope.namespace, name } = lastSeen.metadata;
  const selectors = [scope.fieldSelector, `metadata.name=${name}`].filter((one) => one !== undefined);
  const query = { ...scope, namespace, fieldSelector: selectors.join() };
  const page = await client.list(resource, query, { signal });
  return !isOlder(page.resourceVersion, newest) && isUnchanged(page, lastSeen);
}

function isUnchanged({ items }: ListPage, { metadata, isGone }: LastSeen): boolean {
  const live = items.map(parseMetadata).find(({ uid }) => uid === metadata.uid);
  return live?.resourceVersion === (isGone ? undefined : metadata.resourceVersion);
}

function isOlder(version: string, than: string): boolean {
  return (compareResourceVersions(version, than) ?? 0) < 0;
}
