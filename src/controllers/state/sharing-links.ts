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
  /** As of `#asOf` changes, the groups of roles that several links name, by role. For each role all are made at once: a
   *  thousand links of as many state machines may name it. */
  readonly #groups = new Map<string, ReadonlyMap<string, SharingGroup>>();
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
    const groups = this.#groups.get(link.targetRole.text) ?? this.#gather(link);
    const group = groups?.get(placeOf(link));
    return group?.links.some(({ uid }) => uid !== link.uid) === true ? group : NOBODY_ELSE;
  }

  #gather({ uid, targetRole: { text: role } }: Link): ReadonlyMap<string, SharingGroup> | undefined {
    const objects = this.#links.byIndex('targetRole', role);
    // That applies to nearly all roles: nothing is kept for them.
    if (objects.every(({ link }) => link.uid === uid)) return undefined;
    const sharing = objects
      .filter((object) => object.link.legs.targetRole === 'Enforce' && hasWritten(object))
      .map(({ link }) => link);
    const groups = new Map(
      [...Map.groupBy(sharing, placeOf)].map(([place, links]) => [place, new Group(links)]),
    );
    this.#groups.set(role, groups);
    return groups;
  }
}

/** Among the links of one role. */
function placeOf({ namespace, stateMachine }: Link): string {
  return `${namespace} ${stateMachine.text}`;
}

class Group implements SharingGroup {
  readonly links: readonly Link[];
  #choice: string | undefined;

  constructor(links: readonly Link[]) {
    this.links = links;
  }

  /** Worked out when it is first asked for: most groups are of one link, and nobody asks. */
  get choice(): string {
    this.#choice ??= choiceOf(this.links);
    return this.#choice;
  }
}

function choiceOf(links: readonly Link[]): string {
  // The order in the index changes with each status that is written.
  const selections = links
    .toSorted((a, b) => compareText(a.uid, b.uid))
    .map(({ uid, tasks }) => [uid, tasks ?? null]);
  return hash('sha256', JSON.stringify(selections), 'base64');
}
