/**
 * Whose turn it is when the name of a role becomes free. IAM knows a name once in an account, at whatever path, so links that name
 * different roles may want the same one. The oldest of those that wait for it gets it, as with a contested Task. But if somebody
 * deletes the role of a link, that link makes it again.
 */
import { isTrue } from '../../api/conditions.ts';
import { byAge, type Link } from '../../desired/link.ts';
import type { Cache } from '../../kubernetes/store.ts';
import { targetRoleNameKey, type LinkObject } from './link-object.ts';
import { wasLookedAt, type LinkMemories, type LinkMemory } from './link-memory.ts';
import type { LinkResolver } from './resolved-link.ts';

type NameStanding = NonNullable<LinkMemory['nameStanding']>;

interface RoleNamesParts {
  readonly links: Pick<Cache<LinkObject>, 'byIndex'>;
  readonly memories: Pick<LinkMemories, 'peek'>;
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
      (object) => this.#standing(object) !== 'awaits' || object.link.targetRole.text === first,
    );
  }

  /** The link whose turn the name of this link's role is, for a role of its own; undefined if there is none. */
  nextBeside(link: Link): LinkObject | undefined {
    const { accountId, name, text } = link.targetRole;
    const first = this.#first(
      this.#parts.links.byIndex('targetRoleName', targetRoleNameKey(accountId, name)),
    );
    return first?.link.targetRole.text === text ? undefined : first;
  }

  /** Whether this link has to leave the name of its role to another one, if it is free. */
  isAnothers(link: Link): boolean {
    const next = this.nextBeside(link);
    return next !== undefined && (this.#standing(next) === 'has' || byAge(next.link, link) < 0);
  }

  #first(links: readonly LinkObject[]): LinkObject | undefined {
    const standing = new Map(links.map((object) => [object, this.#standing(object)]));
    const oldest = (which: NameStanding) =>
      links
        .filter((object) => standing.get(object) === which)
        .toSorted((a, b) => byAge(a.link, b.link))
        .find((object) => this.#wouldTake(object));
    return oldest('has') ?? oldest('awaits');
  }

  #standing(object: LinkObject): NameStanding | undefined {
    const memory = this.#parts.memories.peek(object.link.uid);
    return memory.nameStanding ?? (wasLookedAt(memory) ? undefined : formerStanding(object));
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
function formerStanding({ status }: LinkObject): NameStanding | undefined {
  return isTrue(status.conditions, 'TargetRoleReady') ? 'has' : undefined;
}
