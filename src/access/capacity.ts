/** `maxLinks`: which links have a place, the oldest first. */
import { matchesNamespace, type NamespaceInfo } from './namespaces.ts';
import type { AccountRules } from './rules.ts';

export interface Claimant {
  readonly key: string;
  readonly namespace: NamespaceInfo;
}

/** Whether a link has a place in an account.
 *  @param claimants every link that uses the account, the oldest first
 *  @returns the limit it runs into, or undefined when some matching entry has room or no limit */
export function exceededLimit(
  rules: AccountRules,
  link: Claimant,
  claimants: readonly Claimant[],
): number | undefined {
  let exceeded: number | undefined;
  for (const entry of rules.entries) {
    if (!matchesNamespace(entry, link.namespace)) continue;
    if (entry.maxLinks === undefined) return undefined;
    const place = claimants
      .filter((claimant) => matchesNamespace(entry, claimant.namespace))
      .findIndex((claimant) => claimant.key === link.key);
    if (place < entry.maxLinks) return undefined;
    exceeded = Math.max(exceeded ?? 0, entry.maxLinks);
  }
  return exceeded;
}
