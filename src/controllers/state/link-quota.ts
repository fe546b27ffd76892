/** `maxLinks`: which links have a place in their accounts, according to the caches. */
import { Claimants, exceededLimit, type Claimant } from '../../access/capacity.ts';
import type { NamespaceInfo } from '../../access/namespaces.ts';
import { counted } from '../../base/counted.ts';
import type { Refusal } from '../../desired/refusals.ts';
import { byAge, type Link } from '../../desired/link.ts';
import type { Cache, Change } from '../../kubernetes/store.ts';
import type { Account } from './account-registry.ts';
import { accountsOf, type LinkObject } from './link-object.ts';

export class LinkQuota {
  readonly #links: Pick<Cache<LinkObject>, 'byIndex'>;
  readonly #namespaceOf: (name: string) => NamespaceInfo;
  readonly #takesPlace: (link: Link) => boolean;
  /** By account ID. */
  readonly #claimants = new Map<string, Claimants<LinkClaimant>>();

  /** @param takesPlace whether a link takes a place from younger ones */
  constructor(
    links: Pick<Cache<LinkObject>, 'byIndex'>,
    namespaceOf: (name: string) => NamespaceInfo,
    takesPlace: (link: Link) => boolean,
  ) {
    this.#links = links;
    this.#namespaceOf = namespaceOf;
    this.#takesPlace = takesPlace;
  }

  /** To be called when a link comes or goes. Without a change, all are counted again. With it they need not be: if thousands of
   *  links come one after the other, each would have all before it counted.
   *  @param change of the one link that came or went since this was last called */
  linksChanged(change?: Change<LinkObject>): void {
    if (change === undefined || change.kind === 'updated') return this.#claimants.clear();
    const { link } = change.kind === 'added' ? change.object : change.old;
    for (const account of accountsOf(link)) {
      const claimants = this.#claimants.get(account);
      if (change.kind === 'added') claimants?.add(this.#claimant(link));
      else claimants?.remove(this.#claimant(link));
    }
  }

  /** Refuses a link that is beyond `maxLinks` of an account's entries; undefined if none is exceeded. */
  refuse(link: Link, accounts: readonly Account[]): Refusal | undefined {
    const claimant = this.#claimant(link);
    for (const account of accounts) {
      if (!isLimited(account)) continue;
      const limit = exceededLimit(account.rules, claimant, this.#claimantsOf(account.accountId));
      if (limit === undefined) continue;
      return {
        kind: 'refused',
        leg: 'targetRole',
        reason: 'TooManyLinks',
        message: `AWSAccount ${account.name} allows ${allowance(limit)}.`,
      };
    }
    return undefined;
  }

  #claimantsOf(accountId: string): Claimants<LinkClaimant> {
    const known = this.#claimants.get(accountId);
    if (known !== undefined) return known;
    const all = () => this.#links.byIndex('account', accountId).map(({ link }) => this.#claimant(link));
    const claimants = new Claimants(all(), () => all().sort(byAgeOfLink), byAgeOfLink);
    this.#claimants.set(accountId, claimants);
    return claimants;
  }

  #claimant(link: Link): LinkClaimant {
    return new LinkClaimant(link, this.#namespaceOf, this.#takesPlace);
  }
}

/** The end of the sentence, with what to do. */
function allowance(limit: number): string {
  const raise = 'ask its administrators to raise access[].maxLinks';
  if (limit === 0) return `no links here: ${raise}`;
  return `${counted(limit, 'link')} here, and older ones come first: ${raise}, or delete one that is not needed`;
}

/** Whether the account limits links at all. If not, nothing is counted. */
function isLimited({ rules }: Account): boolean {
  return rules.entries.some(({ maxLinks }) => maxLinks !== undefined);
}

/** A link among the claimants. It looks up the labels of its namespace and the rules each time, because both may change. */
class LinkClaimant implements Claimant {
  readonly link: Link;
  readonly #namespaceOf: (name: string) => NamespaceInfo;
  readonly #takesPlace: (link: Link) => boolean;

  constructor(link: Link, namespaceOf: (name: string) => NamespaceInfo, takesPlace: (link: Link) => boolean) {
    this.link = link;
    this.#namespaceOf = namespaceOf;
    this.#takesPlace = takesPlace;
  }

  get takesPlace() {
    return this.#takesPlace(this.link);
  }

  get key() {
    return this.link.key;
  }

  get stateMachine() {
    return this.link.stateMachine;
  }

  get targetRole() {
    return this.link.targetRole;
  }

  get namespace() {
    return this.#namespaceOf(this.link.namespace);
  }
}

function byAgeOfLink(a: LinkClaimant, b: LinkClaimant): number {
  return byAge(a.link, b.link);
}
