/**
 * Whose turn it is when the name of a role becomes free. IAM knows a name once in an account, at whatever path, so links that name
 * different roles may want the same one. The oldest of those that wait for it gets it, as with a contested Task. But if somebody
 * deletes the role of a link, that link makes it again.
 */
import { isTrue } from '../../api/conditions.ts';
import { byAge, type Link } from '../../desired/link.ts';
import type { ObservedRole } from '../../observed/objects.ts';
import type { Cache } from '../../kubernetes/store.ts';
import { targetRoleNameKey, type LinkObject } from './link-object.ts';
import type { LinkMemories, LinkMemory } from './link-memory.ts';
import { wasRefusedRole } from './on-record.ts';
import type { LinkResolver } from './resolved-link.ts';

type NameStanding = NonNullable<LinkMemory['nameStanding']>;

/** Why a role cannot be made: another role has its name, or the name is free and another link's turn. */
export type NameWait = 'taken' | 'free';

/** What a reconcile found of its link's role. */
interface RoleFound {
  readonly targetRole: ObservedRole | undefined;
  readonly awaitsName: NameWait | undefined;
}

interface RoleNamesParts {
  readonly links: Pick<Cache<LinkObject>, 'byIndex'>;
  readonly memories: Pick<LinkMemories, 'peek' | 'of'>;
  readonly resolver: Pick<LinkResolver, 'resolve' | 'refuseUnread'>;
}

export class RoleNames {
  readonly #parts: RoleNamesParts;

  constructor(parts: RoleNamesParts) {
    this.#parts = parts;
  }

  /** Of links that want one name, those that have to know that it is free: not the ones that found it taken, except for the one
   *  whose turn it is and those that share its role. */
  concerned(links: readonly LinkObject[]): readonly LinkObject[] {
    const first = this.#first(links)?.link.targetRole.text;
    return links.filter(
      (object) => this.standing(object) !== 'awaits' || object.link.targetRole.text === first,
    );
  }

  /** Notes what a reconcile of a link found of its role. Returns the links that may get their role now: the name is free and theirs,
   *  or was free for this link, which has not made its role; or it has made one that they wait for, too. They read it afresh: what
   *  they last read may say that it is there. */
  note(object: LinkObject, found: RoleFound): readonly LinkObject[] {
    const { memories } = this.#parts;
    const before = this.standing(object);
    const memory = memories.of(object.link.uid);
    const now = standingOf(found, memory);
    memory.nameStanding = now;
    if (before === 'awaits' && now === 'has') return this.#waitingFor(object.link);
    const isLeft = before !== 'none' && now === 'none';
    const first = isLeft || found.awaitsName === 'free' ? this.#firstBeside(object.link) : undefined;
    if (first === undefined || this.#hasWith(first, object)) return [];
    const called = [first, ...this.#waitingFor(first.link)];
    for (const { link } of called) memories.of(link.uid).suspect = true;
    return called;
  }

  /** Whether another link has the role that this one names. Nobody has to make it then. */
  #hasWith(other: LinkObject, { link }: LinkObject): boolean {
    return this.standing(other) === 'has' && other.link.targetRole.text === link.targetRole.text;
  }

  /** Whether this link has to leave the name of its role to another one, if it is free. */
  isAnothers(link: Link): boolean {
    const first = this.#firstBeside(link);
    if (first === undefined || first.link.targetRole.text === link.targetRole.text) return false;
    return this.standing(first) === 'has' || byAge(first.link, link) < 0;
  }

  /** How a link stands now. As long as this process has not found out, its status says it. */
  standing(object: LinkObject): NameStanding {
    return this.#parts.memories.peek(object.link.uid).nameStanding ?? formerStanding(object);
  }

  /** The other links that wait for this link's role. */
  #waitingFor({ uid, targetRole }: Link): readonly LinkObject[] {
    return this.#parts.links
      .byIndex('targetRole', targetRole.text)
      .filter((other) => other.link.uid !== uid && this.standing(other) === 'awaits');
  }

  #firstBeside({ targetRole: { accountId, name } }: Link): LinkObject | undefined {
    return this.#first(this.#parts.links.byIndex('targetRoleName', targetRoleNameKey(accountId, name)));
  }

  #first(links: readonly LinkObject[]): LinkObject | undefined {
    const standing = new Map(links.map((object) => [object, this.standing(object)]));
    const oldest = (which: NameStanding) =>
      links
        .filter((object) => standing.get(object) === which)
        .toSorted((a, b) => byAge(a.link, b.link))
        .find((object) => this.#wouldTake(object));
    return oldest('has') ?? oldest('awaits');
  }

  /** A link that is not to make its role keeps nobody waiting. */
  #wouldTake(object: LinkObject): boolean {
    const { suspended, deleting, legs } = object.link;
    if (suspended || deleting || legs.targetRole !== 'Enforce') return false;
    const { resolver } = this.#parts;
    const resolved = resolver.resolve(object);
    return !('kind' in resolved) && resolver.refuseUnread(resolved) === undefined;
  }
}

/** How a link stood when the process before this one looked at it. */
function formerStanding(object: LinkObject): NameStanding {
  if (isTrue(object.status.conditions, 'TargetRoleReady')) return 'has';
  return wasRefusedRole(object) ? 'awaits' : 'none';
}

/** A role that the link may not use has the name, too. */
function standingOf({ awaitsName, targetRole }: RoleFound, { roleClaimed }: LinkMemory): NameStanding {
  if (awaitsName !== undefined) return 'awaits';
  if (targetRole === undefined) return 'none';
  return roleClaimed === true ? 'has' : 'awaits';
}
