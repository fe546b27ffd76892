/** What links ask of an object that was not yet in their statuses when these were written. */
import type { Leg } from '../../desired/leg.ts';
import type { Link } from '../../desired/link.ts';
import { editedLegs, legsWrittenWith, wasFrozen } from '../../report/legs-on-record.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { LinkResolver } from '../state/resolved-link.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';
import { NO_LEGS } from './drift-finder.ts';
import type { LegsOnRecord } from './object-update.ts';

export class Edits {
  readonly #resolver: LinkResolver;
  readonly #machines: StateMachineCache;

  constructor(resolver: LinkResolver, machines: StateMachineCache) {
    this.#resolver = resolver;
    this.#machines = machines;
  }

  /** Legs for which any of these links asks something else by now. */
  of(objects: readonly LinkObject[]): ReadonlySet<Leg> {
    return new Set(objects.flatMap((object) => [...this.#legsOf(object)]));
  }

  /** The same, as one of the links sees it. If it only observes what others write, the operator writes what these ask for, and
   *  after a restart nothing says that it was the operator. */
  seenBy({ uid, legs }: Link, part: keyof Link['legs'], objects: readonly LinkObject[]): ReadonlySet<Leg> {
    const isOthers = objects.some(({ link }) => link.uid !== uid && link.legs[part] === 'Enforce');
    const edited = this.of(objects);
    return legs[part] === 'Observe' && isOthers ? edited.union(legsWrittenWith(part)) : edited;
  }

  /** What the statuses of an object's links leave open, as one of them sees it. It is worked out only when asked for. */
  onRecord(
    link: Link,
    part: keyof Link['legs'],
    sharing: () => readonly LinkObject[],
  ): Omit<LegsOnRecord, 'left'> {
    return {
      edited: () => this.seenBy(link, part, sharing()),
      observed: () => observedByOthers(link, part, sharing()),
      frozen: () => frozenLegs(part, sharing()),
    };
  }

  #legsOf(object: LinkObject): ReadonlySet<Leg> {
    const machine = this.#machines.known(object.link.stateMachine.text);
    if (machine?.kind !== 'found') return editedLegs(object, undefined);
    const { view } = machine;
    const resolved = this.#resolver.resolve(object);
    const requirements = 'kind' in resolved ? undefined : this.#resolver.requirementsOf(resolved, view);
    const tasks = requirements?.kind === 'required' ? requirements.tasks : undefined;
    return editedLegs(object, { view, tasks });
  }
}

/** The legs written with `part` of an object, if another one of its links only observes them. That link may have written there
 *  before it came to observe, and after a restart nothing says so. */
function observedByOthers(
  { uid }: Pick<Link, 'uid'>,
  part: keyof Link['legs'],
  objects: readonly Pick<LinkObject, 'link'>[],
): ReadonlySet<Leg> {
  const isObserved = objects.some(({ link }) => link.uid !== uid && link.legs[part] === 'Observe');
  return isObserved ? legsWrittenWith(part) : NO_LEGS;
}

/** Legs written with `part` of an object that these links share, off which nothing could be taken for the sake of one of them. */
function frozenLegs(
  part: keyof Link['legs'],
  objects: readonly Pick<LinkObject, 'status'>[],
): ReadonlySet<Leg> {
  return objects.some(({ status }) => wasFrozen(status)) ? legsWrittenWith(part) : NO_LEGS;
}
