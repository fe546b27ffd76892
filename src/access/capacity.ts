/** `maxLinks`: which links have a place; the oldest come first. */
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
  /** Whether it takes a place. A link that the rules of its other account refuse, and for which nothing was written, takes
   *  none. */
  readonly takesPlace: boolean;
}

/** Every link that uses an account. */
export class Claimants<One extends Claimant = Claimant> {
  readonly #sorted: () => One[];
  readonly #compare: (a: One, b: One) => number;
  readonly #byNamespace = new Map<string, { readonly one: One; count: number }>();
  #byAge: One[] | undefined;

  /** @param sorted returns all claimants there are when it is called, the oldest first
   *  @param compare orders them by age */
  constructor(all: Iterable<One>, sorted: () => One[], compare: (a: One, b: One) => number) {
    this.#sorted = sorted;
    this.#compare = compare;
    for (const claimant of all) this.#count(claimant, 1);
  }

  /** The oldest first. Sorted when first asked for. */
  get byAge(): readonly One[] {
    this.#byAge ??= this.#sorted();
    return this.#byAge;
  }

  /** Adds a claimant. */
  add(claimant: One): void {
    this.#count(claimant, 1);
    this.#byAge?.splice(this.#placeOf(claimant), 0, claimant);
  }

  /** Removes a claimant. */
  remove(claimant: One): void {
    this.#count(claimant, -1);
    this.#byAge?.splice(this.#placeOf(claimant), 1);
  }

  /** How many there are in the namespaces to which an entry applies, whatever else it says. */
  inNamespacesOf(entry: AccessEntry): number {
    let sum = 0;
    for (const { one, count } of this.#byNamespace.values())
      if (matchesNamespace(entry, one.namespace)) sum += count;
    return sum;
  }

  #count(claimant: One, more: 1 | -1): void {
    const { name } = claimant.namespace;
    const known = this.#byNamespace.get(name);
    if (known === undefined) this.#byNamespace.set(name, { one: claimant, count: more });
    else known.count += more;
    if (known?.count === 0) this.#byNamespace.delete(name);
  }

  /** How many are older. */
  #placeOf(claimant: One): number {
    const all = this.#byAge ?? [];
    let [from, to] = [0, all.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const other = all[middle];
      if (other !== undefined && this.#compare(other, claimant) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** Whether a link has a place in an account.
 *  @returns the limit it runs into, or undefined when some entry that admits it has room or no limit */
export function exceededLimit(
  rules: AccountRules,
  link: Claimant,
  claimants: Pick<Claimants, 'byAge' | 'inNamespacesOf'>,
): number | undefined {
  let exceeded: number | undefined;
  for (const entry of rules.entries.filter((candidate) => admits(candidate, rules.accountId, link))) {
    const { maxLinks } = entry;
    if (maxLinks === undefined) return undefined;
    // There is usually room for all: then they need not be asked one by one, in every check of each of them.
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

/** Counts up to the limit and no further: there may be thousands of claimants. */
function countUpTo(limit: number, claimants: IteratorObject<Claimant>): number {
  return claimants.take(limit).reduce((count) => count + 1, 0);
}

/** Whether the entry lets the link start from, or reach into, the account. An entry that applies to the namespace but does not
 *  admit the link neither counts it nor gives it room. */
function admits(entry: AccessEntry, accountId: string, link: Claimant): boolean {
  if (!matchesNamespace(entry, link.namespace)) return false;
  return link.stateMachine.accountId === accountId
    ? entriesForMachine([entry], link.stateMachine).length > 0
    : targetEntries([entry], link.targetRole).length > 0;
}
