/** `maxLinks`: which links have a place, the oldest first. */
import type { RoleArn, StateMachineArn } from '../arn/arn.ts';
import { matchesNamespace, type NamespaceInfo } from './namespaces.ts';
import type { AccessEntry, AccountRules } from './rules.ts';
import { entriesForMachine } from './source.ts';
import { targetEntries } from './target.ts';

export interface Claimant {
  readonly key: string;
  readonly namespace: NamespaceInfo;
  readonly stateMachine: StateMachineArn;
  readonly targetRole: RoleArn;
  /** Whether it may take a place: one that the rules of its other account refuse, and for which nothing was written, takes none. */
  readonly takesPlace: boolean;
}

/** Whether a link has a place in an account.
 *  @param claimants every link that uses the account, the oldest first
 *  @returns the limit it runs into, or undefined when some entry that admits it has room or no limit */
export function exceededLimit(
  rules: AccountRules,
  link: Claimant,
  claimants: readonly Claimant[],
): number | undefined {
  let exceeded: number | undefined;
  for (const entry of rules.entries.filter((candidate) => admits(candidate, rules.accountId, link))) {
    const { maxLinks } = entry;
    if (maxLinks === undefined) return undefined;
    const older = olderThan(link, claimants).filter(
      (claimant) => admits(entry, rules.accountId, claimant) && claimant.takesPlace,
    );
    if (countUpTo(maxLinks, older) < maxLinks) return undefined;
    exceeded = Math.max(exceeded ?? 0, maxLinks);
  }
  return exceeded;
}

function* olderThan({ key }: Claimant, claimants: readonly Claimant[]): Generator<Claimant> {
  for (const claimant of claimants) {
    if (claimant.key === key) return;
    yield claimant;
  }
}

/** Counts no further than the limit: there may be thousands of claimants. */
function countUpTo(limit: number, claimants: IteratorObject<Claimant>): number {
  return claimants.take(limit).reduce((count) => count + 1, 0);
}

/** Whether the entry is one that lets the link start from, or reach into, the account. An entry that speaks of the
 *  namespace without admitting the link neither counts it nor gives it room. */
function admits(entry: AccessEntry, accountId: string, link: Claimant): boolean {
  if (!matchesNamespace(entry, link.namespace)) return false;
  return link.stateMachine.accountId === accountId
    ? entriesForMachine([entry], link.stateMachine).length > 0
    : targetEntries([entry], link.targetRole).length > 0;
}
