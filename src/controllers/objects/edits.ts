/** What links ask of an object that their statuses did not know of when they were written. */
import type { Leg } from '../../desired/leg.ts';
import { editedLegs } from '../../report/legs-on-record.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { LinkResolver } from '../state/resolved-link.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';

export class Edits {
  readonly #resolver: LinkResolver;
  readonly #machines: StateMachineCache;

  constructor(resolver: LinkResolver, machines: StateMachineCache) {
    this.#resolver = resolver;
    this.#machines = machines;
  }

  /** Legs of which any of these links asks something else by now. */
  of(objects: readonly LinkObject[]): ReadonlySet<Leg> {
    return new Set(objects.flatMap((object) => [...this.#legsOf(object)]));
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
