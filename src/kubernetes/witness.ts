/**
 * Whether a server still has the past that was heard of. A cluster that is restored from a backup counts its resource versions
 * anew, and whoever watches on from where he was hears nothing until as much has been written once more, and never of what
 * happened until then: the server takes a version that is still to come for one that it has.
 * https://github.com/kubernetes/kubernetes/issues/107457
 */
import type { KubernetesClient, ListPage, Scope } from './client.ts';
import { compareResourceVersions, parseMetadata, type ObjectMeta, type ResourceType } from './metadata.ts';

/** What was heard of last: an object as it then was, or that it is gone. */
export interface Witness {
  readonly metadata: ObjectMeta;
  readonly isGone: boolean;
}

/** The newest object of a list; undefined where there is none. */
export function newestWitness(objects: Iterable<{ readonly metadata: ObjectMeta }>): Witness | undefined {
  let newest: ObjectMeta | undefined;
  for (const { metadata } of objects)
    if (newest === undefined || isOlder(newest.resourceVersion, metadata.resourceVersion)) newest = metadata;
  return newest && { metadata: newest, isGone: false };
}

/** What was heard of objects of a kind. */
interface Past {
  readonly witness: Witness;
  /** The newest resource version that was heard of, with or without an object. */
  readonly newest: string;
  /** What was listed and watched. */
  readonly scope: Scope;
}

/**
 * Asks the server about the witness alone. Also false where the witness has changed since: nothing then says whether that
 * happened in the same past.
 * @throws ApiError
 */
export async function isPastAsHeard(
  client: Pick<KubernetesClient, 'list'>,
  resource: ResourceType,
  { witness, newest, scope }: Past,
  signal: AbortSignal,
): Promise<boolean> {
  const { namespace = scope.namespace, name } = witness.metadata;
  const selectors = [scope.fieldSelector, `metadata.name=${name}`].filter((one) => one !== undefined);
  const query = { ...scope, namespace, fieldSelector: selectors.join() };
  const page = await client.list(resource, query, { signal, retries: 0 });
  return !isOlder(page.resourceVersion, newest) && testifies(page, witness);
}

function testifies({ items }: ListPage, { metadata, isGone }: Witness): boolean {
  const live = items.map(parseMetadata).find(({ uid }) => uid === metadata.uid);
  return live?.resourceVersion === (isGone ? undefined : metadata.resourceVersion);
}

function isOlder(version: string, than: string): boolean {
  return (compareResourceVersions(version, than) ?? 0) < 0;
}
