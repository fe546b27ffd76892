/**
 * Whose turn it is when the name of a role becomes free. IAM knows a name once in an account, at whatever path, so links that name
 * different roles may want the same one. The oldest of those that wait for it gets it, as with a contested Task.
 */
import { byAge, type Link } from '../../desired/link.ts';
import type { Cache } from '../../kubernetes/store.ts';
import { targetRoleNameKey, type LinkObject } from './link-object.ts';
import type { LinkMemories } from './link-memory.ts';
import type { LinkResolver } from './resolved-link.ts';

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

  /** Of links that want one name, those that have to know that it is free: not the ones that found it taken, except for the oldest
   *  and those that share its role. */
  concerned(links: readonly LinkObject[]): readonly LinkObject[] {
    const first = this.#first(links)?.link.targetRole.text;
    return links.filter(({ link }) => !this.#found(link) || link.targetRole.text === first);
  }

  /** The oldest link that waits for the name of this link's role, for a role of its own; undefined if there is none. */
  waitingBeside(link: Link): LinkObject | undefined {
    const first = this.#first(this.#wanting(link));
    return first?.link.targetRole.text === link.targetRole.text ? undefined : first;
  }

  /** Whether an older link waits for the name of this link's role, for a role of its own. */
  hasElder(link: Link): boolean {
    const other = this.waitingBeside(link);
    return other !== undefined && byAge(other.link, link) < 0;
  }

  #wanting({ targetRole: { accountId, name } }: Link): readonly LinkObject[] {
    return this.#parts.links.byIndex('targetRoleName', targetRoleNameKey(accountId, name));
  }

  #first(links: readonly LinkObject[]): LinkObject | undefined {
    const waiting = links.filter(({ link }) => this.#found(link));
    if (waiting.length === 0) return undefined;
    return waiting.toSorted((a, b) => byAge(a.link, b.link)).find((object) => this.#wouldTake(object));
  }

  #found({ uid }: Link): boolean {
    return this.#parts.memories.peek(uid).awaitsName;
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
