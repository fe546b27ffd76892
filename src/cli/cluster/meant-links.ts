/** Which links a verb is about: named ones, all of a namespace, or all. */
import { chosenLinks, linksNamed, type Cluster, type Where } from './cluster.ts';
import type { NamedLink } from './link-name.ts';

/** Which links a verb changes. */
export interface Chosen extends Where {
  /** All of the namespace. */
  readonly all?: boolean;
}

/** The links that a verb changes. All of a namespace, or of every one, only if that is said explicitly.
 *  @throws Error for people */
export async function linksToChange(
  cluster: Cluster,
  names: readonly string[],
  { all = false, allNamespaces = false }: Chosen,
): Promise<readonly NamedLink[]> {
  const isAll = all || allNamespaces;
  if (names.length > 0 && isAll) throw new Error('either names or --all, not both');
  if (names.length > 0) return linksNamed(cluster, names);
  if (!isAll)
    throw new Error('which links? Name them, or use --all for all of the namespace, -A for every namespace');
  const links = await chosenLinks(cluster, [], { allNamespaces });
  return links.map(({ metadata: { namespace, name } }) => ({ namespace, name }));
}

/** The message if there is no link to show. */
export function noLinks({ namespace }: Cluster, { allNamespaces = false, reason }: Wanted): string {
  const which = reason === undefined ? 'no links' : `no links whose Ready condition has the reason ${reason}`;
  return allNamespaces ? `${which} in any namespace` : `${which} in namespace ${namespace}; -A looks in all`;
}

/** Which links are looked for. */
export interface Wanted extends Where {
  readonly reason?: string;
}
