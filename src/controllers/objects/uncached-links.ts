/**
 * Links that the cache lacks, has in an older version, or has only just got, so that none of them was reconciled yet. A watch
 * may lag for minutes without a sign of it, and such a link may need what is about to be removed. So before anything is removed
 * from an object, the API server is asked which links name the target role concerned.
 */
import { writesAnything, type Link } from '../../desired/link.ts';
import type { Cache } from '../../kubernetes/store.ts';
import { recordedTasks } from '../../report/task-record.ts';
import { hasFinalizer, isGone, type LinkObject } from '../state/link-object.ts';
import { wasLookedAt, type LinkMemories } from '../state/link-memory.ts';
import type { LiveLinks, LiveQuery } from '../state/live-links.ts';
import { hasWritten, isOnRecord, wasRefusedRole } from '../state/on-record.ts';
import { hasConnections, type LinkResolver } from '../state/resolved-link.ts';
import { wasMadeSince } from './contributor-states.ts';

export interface UncachedLinksParts {
  readonly links: Cache<LinkObject>;
  readonly memories: LinkMemories;
  readonly resolver: Pick<LinkResolver, 'resolve'>;
  readonly liveLinks: LiveLinks;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** How long an answer is reused: a deletion removes Credentials, grant and role, one after the other. To select links by a
 *  field, the API server goes through the whole namespace. */
const REUSE_MS = 2_000;

/** Up to this many roles are asked for one by one. Whoever writes definitions and policies decides how many roles they name. */
const MOST_ASKED_FOR = 10;

interface Answer {
  /** Monotonic milliseconds at which it was asked for. */
  readonly at: number;
  /** The links that were uncached then. What became of the others since is in the cache. */
  readonly links: Promise<readonly LinkObject[]>;
}

export class UncachedLinks {
  readonly #parts: UncachedLinksParts;
  /** By role and namespace, the oldest first. */
  readonly #answers = new Map<string, Answer>();

  constructor(parts: UncachedLinksParts) {
    this.#parts = parts;
  }

  /** The links that name one of these target roles and are uncached or were not reconciled yet. Left out are links that were
   *  made after `self` began to be deleted and have nothing yet: a deletion does not wait for them, because there may be more
   *  and more. `self` is left out, too: it is confirmed elsewhere.
   *  @throws ApiError */
  async naming(targetRoles: ReadonlySet<string>, self: Link): Promise<readonly LinkObject[]> {
    const isMeant = (object: LinkObject) =>
      targetRoles.has(object.link.targetRole.text) && this.#isAnotherUncached(object, self);
    const lists: (readonly LinkObject[])[] = [];
    for (const query of this.#queriesFor(targetRoles, self)) lists.push(await this.#asked(query, isMeant));
    return lists.flat().filter(isMeant);
  }

  #queriesFor(targetRoles: ReadonlySet<string>, self: Link): readonly LiveQuery[] {
    if (targetRoles.size > MOST_ASKED_FOR) return [{}];
    return [...targetRoles].map((targetRole) => ({
      targetRole,
      namespace: this.#namespaceOf(targetRole, self),
    }));
  }

  #isAnotherUncached(object: LinkObject, self: Link): boolean {
    const { link } = object;
    if (link.uid === self.uid || !this.#isUncached(object)) return false;
    return !wasMadeSince(self, link) || !this.#hasNothingYet(link);
  }

  async #read(query: LiveQuery): Promise<readonly LinkObject[]> {
    const live = await this.#parts.liveLinks(query);
    return live.filter((object) => this.#isUncached(object));
  }

  /** Asks the API server, or reuses a recent answer. That may be older than the cache, so it is reused only if none of its
   *  relevant links is still uncached. */
  async #asked(query: LiveQuery, isMeant: (object: LinkObject) => boolean): Promise<readonly LinkObject[]> {
    const now = this.#parts.now();
    for (const [known, { at }] of this.#answers) if (at + REUSE_MS <= now) this.#answers.delete(known);
    const key = `${query.namespace ?? ''} ${query.targetRole ?? ''}`;
    const recent = await this.#answers.get(key)?.links;
    if (recent?.some(isMeant) === false) return recent;
    const links = this.#read(query);
    this.#answers.set(key, { at: now, links });
    links.catch(() => this.#answers.delete(key));
    return links;
  }

  /** The one namespace whose links may have the role; undefined if nothing proves whose it is. */
  #namespaceOf(targetRole: string, self: Link): string | undefined {
    if (targetRole === self.targetRole.text) return self.namespace;
    const { links, memories } = this.#parts;
    const owners = links
      .byIndex('targetRole', targetRole)
      .filter((object) => isOnRecord(object, memories.peek(object.link.uid)) && !wasRefusedRole(object));
    const [first, ...others] = new Set(owners.map(({ link }) => link.namespace));
    return others.length === 0 ? first : undefined;
  }

  #isUncached(live: LinkObject): boolean {
    if (isGone(live)) return false;
    const { uid, generation } = live.metadata;
    const known = this.#parts.links.getByUid(uid);
    if (known?.metadata.generation !== generation) return true;
    return recordOf(known) !== recordOf(live) || this.#isNew(known);
  }

  /** Whether the link was not reconciled yet: it may need what stands, and nothing shows that before. */
  #isNew(object: LinkObject): boolean {
    const { link } = object;
    const memory = this.#parts.memories.peek(link.uid);
    const mayNeed = writesAnything(link) && !link.deleting && !link.suspended;
    return mayNeed && !isOnRecord(object, memory) && !wasLookedAt(memory) && this.#willBeLookedAt(object);
  }

  /** Whether the link can be reconciled now. If an account is out of reach, that may never happen. */
  #willBeLookedAt(object: LinkObject): boolean {
    const resolved = this.#parts.resolver.resolve(object);
    return 'kind' in resolved ? resolved.kind === 'accountPending' : hasConnections(resolved);
  }

  /** Whether nothing can stand for the link yet. A former leader has written for no link that the cache lacks. */
  #hasNothingYet({ uid }: Link): boolean {
    const known = this.#parts.links.getByUid(uid);
    const memory = this.#parts.memories.peek(uid);
    return known === undefined || !(isOnRecord(known, memory) || hasFinalizer(known) || wasLookedAt(memory));
  }
}

/** The parts of a link's own record that decide how it counts. A lagging cache also lacks what the operator itself wrote. */
function recordOf(object: LinkObject): string {
  return JSON.stringify([hasFinalizer(object), hasWritten(object), recordedTasks(object.status)]);
}
