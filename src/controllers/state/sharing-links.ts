/**
 * Links of one namespace through which one state machine uses one role. Whoever may make links may make thousands of them.
 * Because every link asks about all others, they are gathered once for all.
 */
import { hash } from 'node:crypto';
import { compareText } from '../../base/compare-text.ts';
import type { Link } from '../../desired/link.ts';
import type { Cache } from '../../kubernetes/store.ts';
import type { LinkObject } from './link-object.ts';
import { hasWritten } from './on-record.ts';

export interface SharingGroup {
  readonly links: readonly Link[];
  /** Which Tasks they select by name, as a text to compare. What the rules say of them is not in it. */
  readonly choice: string;
}

const NOBODY_ELSE: SharingGroup = { links: [], choice: '' };

export class SharingLinks {
  readonly #links: Pick<Cache<LinkObject>, 'byIndex' | 'changes'>;
  /** Groups as of `#asOf` changes. */
  readonly #groups = new Map<string, SharingGroup>();
  #asOf = 0;

  constructor(links: Pick<Cache<LinkObject>, 'byIndex' | 'changes'>) {
    this.#links = links;
  }

  /** The links that write the role and for which the operator wrote, this one among them. They count for the others whatever
   *  happens to them. A new link, for which nothing was written yet, is not among them: until then, what its Tasks need is not
   *  left to it. */
  of(link: Link): SharingGroup {
    if (this.#asOf !== this.#links.changes) this.#groups.clear();
    this.#asOf = this.#links.changes;
    const key = `${link.namespace} ${link.targetRole.text} ${link.stateMachine.text}`;
    const group = this.#groups.get(key) ?? this.#gather(key, link);
    return group.links.some(({ uid }) => uid !== link.uid) ? group : NOBODY_ELSE;
  }

  #gather(key: string, link: Link): SharingGroup {
    const objects = this.#links.byIndex('targetRole', link.targetRole.text);
    // That applies to nearly all roles: nothing is kept for them.
    if (objects.every((other) => other.link.uid === link.uid)) return NOBODY_ELSE;
    const group = groupAmong(objects, link);
    this.#groups.set(key, group);
    return group;
  }
}

function groupAmong(objects: readonly LinkObject[], { namespace, stateMachine }: Link): SharingGroup {
  const links = objects
    .filter(({ link }) => link.namespace === namespace && link.stateMachine.text === stateMachine.text)
    .filter((object) => object.link.legs.targetRole === 'Enforce' && hasWritten(object))
    .map(({ link }) => link);
  if (links.length === 0) return NOBODY_ELSE;
  // The order in the index changes with each status that is written.
  const selections = links
    .toSorted((a, b) => compareText(a.uid, b.uid))
    .map(({ uid, tasks }) => [uid, tasks ?? null]);
  return { links, choice: hash('sha256', JSON.stringify(selections), 'base64') };
}
