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

/** Every link that uses an account. */
export class Claimants {
  readonly #sort: () => readonly Claimant[];
  readonly #byNamespace: ReadonlyMap<string, readonly Claimant[]>;
  #byAge: readonly Claimant[] | undefined;

  /** @param sort returns the same claimants, the oldest first */
  constructor(all: readonly Claimant[], sort: () => readonly Claimant[]) {
    this.#sort = sort;
    this.#byNamespace = Map.groupBy(all, ({ namespace }) => namespace.name);
  }

  /** The oldest first. They are sorted once somebody asks: while links are made one after the other, each would have it done anew. */
  get byAge(): readonly Claimant[] {
    this.#byAge ??= this.#sort();
    return this.#byAge;
  }

  /** How many there are in the namespaces that an entry speaks of, whatever else it says of them. */
  inNamespacesOf(entry: AccessEntry): number {
    let count = 0;
    for (const claimants of this.#byNamespace.values()) {
      const [first] = claimants;
      if (first !== undefined && matchesNamespace(entry, first.namespace)) count += claimants.length;
    }
    return count;
  }
}

/** Whether a link has a place in an account.
 *  @returns the limit it runs into, or undefined when some entry that admits it has room or no limit */
export function exceededLimit(rules: AccountRules, link: Claimant, claimants: Claimants): number | undefined {
  let exceeded: number | undefined;
  for (const entry of rules.entries.filter((candidate) => admits(candidate, rules.accountId, link))) {
    const { maxLinks } = entry;
    if (maxLinks === undefined) return undefined;
    // Where there is room for all, as there mostly is, they need not be asked one by one, at each check of each of them.
    if (claimants.inNamespacesOf(entry) < maxLinks) return undefined;
    const older = olderThan(link, claimants.byAge).filter(
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
