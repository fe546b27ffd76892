/** What need not end as a fresh operator would make it, because by contract a link let go of it. */
import { findCondition } from '../../src/api/conditions.ts';
import { CROSS_ACCOUNT_LINK } from '../../src/api/crossaccountlink.ts';
import { ANNOTATIONS } from '../../src/api/metadata.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { hasFinalizer, type LinkObject } from '../../src/controllers/state/link-object.ts';
import type { Link } from '../../src/desired/link.ts';
import { policyName, TAGS } from '../../src/desired/names.ts';
import type { ModelRole } from './aws-model.ts';
import type { Event } from './history.ts';
import type { KubernetesModel } from './kubernetes-model.ts';
import { RESTORE_UNNOTICED_MS } from './laws.ts';
import { CLUSTER_ID, executionRoleArn, EXECUTION_ROLES } from './scenery.ts';
import type { Scheduler } from './scheduler.ts';
import type { Truth } from './truth.ts';

type Tamper = Extract<Event, { readonly do: 'tamper' }>;

export class Excused {
  readonly #truth: Truth;
  readonly #scheduler: Pick<Scheduler, 'nowMs'>;
  /** Links that were deleted and left AWS as it was. */
  readonly #left: LinkObject[] = [];
  /** Links that the API server removed although they had the finalizer. */
  readonly #removed: LinkObject[] = [];
  /** UIDs of links whose finalizer somebody took off: the API server lets them go at once. */
  readonly #freed = new Set<string>();
  /** Roles whose tags were taken off: nothing tells any more which of them were adopted and which were made by the operator. If
   *  such a role also bears something foreign, it is left behind and named. */
  readonly #untagged = new Set<string>();
  /** Roles whose policy was taken off, or that had none when their tags were taken off. Without both, the operator refuses them,
   *  even for the link they were made for. */
  readonly #withoutPolicy = new Set<string>();
  /** Roles that others made again. If too little on one shows that it is the operator's, the operator that made the former role
   *  refuses it, while an operator that never saw the former one takes it. */
  readonly #remade = new Set<string>();
  /** UIDs of links that once only observed. They lost their finalizer, and are let go at once unless they got it back. */
  readonly #observed = new Set<string>();
  /** UIDs of links that once observed everything and had no finalizer any more: what they had in AWS before is on no record. */
  readonly #letGo = new Set<string>();
  /** UIDs of links that a backup brought back as they were before they got their finalizer, with the time. Until the operator
   *  notices, the API server lets them go at once, and what remains in AWS is reported as left behind. */
  readonly #bared = new Map<string, number>();
  /** Roles that a link once adopted. They stay adopted, whatever its spec says later. */
  readonly #adopted = new Set<string>();
  /** Roles on which others let somebody in, and roles that links preserved before they went. A role that is both outlives its
   *  links. */
  readonly #openedByOthers = new Set<string>();
  readonly #preserved = new Set<string>();
  /** Roles that a link did not make, but from which it removed what was foreign before it was deleted. */
  readonly #cleared = new Set<string>();
  /** Roles on which a link that may adopt once asked for foreign parts to be removed. What was removed then does not come back
   *  when this or another link later asks to preserve foreign parts. */
  readonly #onceCleared = new Set<string>();

  constructor(kubernetes: KubernetesModel, truth: Truth, scheduler: Pick<Scheduler, 'nowMs'>) {
    this.#scheduler = scheduler;
    this.#truth = truth;
    kubernetes.onChange((resource, before, after) => {
      if (resource.plural !== CROSS_ACCOUNT_LINK.plural) return;
      if (after !== undefined) this.#seen(truth.parse(after));
      else if (before !== undefined) this.#gone(truth.parse(before));
    });
    kubernetes.onRestore((changes) => {
      for (const { resource, before, after } of changes)
        if (resource.plural === CROSS_ACCOUNT_LINK.plural) this.#restored(before, after);
    });
  }

  /** What was made for a link that is missing now stays, because the link may be about to be restored, too. */
  #restored(before: JsonObject | undefined, after: JsonObject | undefined): void {
    if (after !== undefined) this.#seen(this.#truth.parse(after));
    if (before === undefined) return;
    const was = this.#truth.parse(before);
    const is = after && this.#truth.parse(after);
    if (is?.link.uid !== was.link.uid) this.#left.push(was);
    else if (hasFinalizer(was) && !hasFinalizer(is)) this.#bared.set(is.link.uid, this.#scheduler.nowMs);
  }

  #seen(one: LinkObject): void {
    const { link } = one;
    if (observes(link)) this.#observed.add(link.uid);
    if (observesAll(link) && !hasFinalizer(one)) this.#letGo.add(link.uid);
    if (link.adopt) this.#adopted.add(link.targetRole.text);
    if (link.adopt && link.unmanaged === 'Remove') this.#onceCleared.add(link.targetRole.text);
  }

  #gone(one: LinkObject): void {
    const { link, metadata } = one;
    const isBare = !hasFinalizer(one);
    const bareSinceMs = this.#bared.get(link.uid) ?? Number.NEGATIVE_INFINITY;
    const wasBared = this.#scheduler.nowMs - bareSinceMs < RESTORE_UNNOTICED_MS;
    const isLetGo = isBare && (this.#observed.has(link.uid) || wasBared);
    const isAbandoned = metadata.annotations[ANNOTATIONS.abandon] === 'true';
    const isFreed = this.#freed.has(link.uid) && (isBare || metadata.deletionTimestamp !== undefined);
    if (link.retain || observes(link) || isLetGo || isAbandoned || isFreed) this.#left.push(one);
    if (!isBare && metadata.deletionTimestamp === undefined) this.#removed.push(one);
    if (link.unmanaged === 'Preserve') this.#preserved.add(link.targetRole.text);
    if (link.adopt && link.unmanaged === 'Remove') this.#cleared.add(link.targetRole.text);
  }

  /** To be called when somebody takes the finalizer off a link. */
  freed(key: string): void {
    for (const { link } of this.#truth.links()) if (link.key === key) this.#freed.add(link.uid);
  }

  /** To be called if no process that lives now need have seen that the API server removed a link although it had the finalizer. */
  overlooked(): void {
    this.#left.push(...this.#removed);
  }

  /** To be called when somebody has changed a role by hand.
   *  @param after the role as it is now */
  tampered({ role, how }: Pick<Tamper, 'role' | 'how'>, after: ModelRole | undefined): void {
    const isUntagged = how === 'untag' || how === 'strip';
    const isBare = after?.inline.has(policyName(CLUSTER_ID)) !== true;
    if (isUntagged) this.#untagged.add(role);
    // A role that was made without a policy may need permissions before anybody sees that its tags are gone.
    if (how === 'dropPolicy' || (isUntagged && isBare)) this.#withoutPolicy.add(role);
    if (how === 'foreignTrust' || how === 'dropTrust') this.#openedByOthers.add(role);
  }

  /** To be called when somebody makes a role again. */
  remade(role: string): void {
    this.#remade.add(role);
  }

  /** Whether the object at a path of the resting state may differ from what a fresh operator makes. */
  test(path: string): boolean {
    const contested = new Set([
      ...this.#contestedRoles(),
      ...this.#formerlyAdopted(),
      ...this.#changedByOthers(),
    ]);
    const roles = new Set([...this.#left.map(({ link }) => link.targetRole.text), ...contested]);
    const machines = new Set(this.#left.map(({ link }) => link.stateMachine.text));
    const [object = '', ...what] = path.split(' ');
    if (roles.has(object) || machines.has(object) || this.#cleared.has(object)) return true;
    if (this.#isContestedMachine(object, contested)) return true;
    if (this.#untagged.has(object) && (this.#isAdopted(object) || !this.#isNamed(object))) return true;
    // If somebody made a role again with too little on it that is the operator's, a deletion leaves it behind and names it.
    if (this.#remade.has(object) && !this.#isNamed(object)) return true;
    if (this.#isGivenBack(object) && !isOwn(what)) return true;
    if (this.#onceCleared.has(object) && this.#isPreserved(object) && mayBeForeign(what)) return true;
    const grants = EXECUTION_ROLES.map(executionRoleArn);
    if (grants.includes(object) && what.join(' ') === `policy ${policyName(CLUSTER_ID)}`)
      return this.#left.length > 0 || contested.size > 0 || this.#hasFormerGrant(object);
    // What is reported by links that share a state machine or a role with one of these.
    return this.#truth
      .links()
      .some(
        ({ link }) =>
          link.key === object &&
          (roles.has(link.targetRole.text) ||
            machines.has(link.stateMachine.text) ||
            this.#isContestedMachine(link.stateMachine.text, contested)),
      );
  }

  /** Whether the grant on an execution role may be what a link had before it observed everything. If it is refused its role when
   *  it writes again, it takes back only what is on its record. */
  #hasFormerGrant(executionRole: string): boolean {
    return this.#truth.links().some(({ link, status }) => {
      const { reason } = findCondition(status.conditions, 'TargetRoleReady') ?? {};
      return (
        this.#letGo.has(link.uid) && reason === 'RoleNotOwned' && status.executionRoleARN === executionRole
      );
    });
  }

  #formerlyAdopted(): readonly string[] {
    const adopting = this.#truth.links().filter(({ link }) => link.adopt);
    return [...this.#adopted].filter((role) => !adopting.some(({ link }) => link.targetRole.text === role));
  }

  #isPreserved(role: string): boolean {
    return this.#truth
      .links()
      .some(({ link }) => link.targetRole.text === role && link.unmanaged === 'Preserve');
  }

  #changedByOthers(): readonly string[] {
    return this.#truth.links().flatMap(({ link, status }) => {
      const { reason } = findCondition(status.conditions, 'TargetRoleReady') ?? {};
      const role = link.targetRole.text;
      const isStripped = this.#untagged.has(role) && this.#withoutPolicy.has(role);
      // A link that may adopt takes over a role that somebody made again, as somebody else's.
      if (this.#remade.has(role) && link.adopt) return [role];
      const isTheirs = this.#remade.has(role) || isStripped || this.#wasGivenBack(role);
      return reason === 'RoleNotOwned' && isTheirs ? [role] : [];
    });
  }

  #isNamed(role: string): boolean {
    return this.#truth.links().some(({ link }) => link.targetRole.text === role);
  }

  #isGivenBack(role: string): boolean {
    return this.#wasGivenBack(role) && !this.#isNamed(role);
  }

  /** Others go on using a role that its links preserved for them. Such a role stays, without anything of the operator's, and is
   *  refused to the next link that names it. */
  #wasGivenBack(role: string): boolean {
    return this.#openedByOthers.has(role) && this.#preserved.has(role);
  }

  #isAdopted(role: string): boolean {
    return [...this.#truth.links(), ...this.#truth.gone()].some(
      ({ link }) => link.targetRole.text === role && link.adopt,
    );
  }

  /** Roles that links of two namespaces name: the link that came first has them. */
  #contestedRoles(): ReadonlySet<string> {
    const namespaces = new Map<string, string>();
    const contested = new Set<string>();
    for (const { link } of [...this.#truth.links(), ...this.#truth.gone()]) {
      const role = link.targetRole.text;
      if ((namespaces.get(role) ?? link.namespace) !== link.namespace) contested.add(role);
      namespaces.set(role, link.namespace);
    }
    return contested;
  }

  #isContestedMachine(machine: string, contested: ReadonlySet<string>): boolean {
    return this.#truth
      .links()
      .some(({ link }) => link.stateMachine.text === machine && contested.has(link.targetRole.text));
  }
}

const OWN_TAGS: ReadonlySet<string> = new Set(Object.values(TAGS));

/** Whether only the operator writes the part at this path. */
function isOwn([what = '', name = '']: readonly string[]): boolean {
  return what === 'policy' ? name === policyName(CLUSTER_ID) : what === 'tag' && OWN_TAGS.has(name);
}

/** Whether the part at this path may be something foreign that links preserve. */
function mayBeForeign([what = '', name = '']: readonly string[]): boolean {
  return what === 'policy' ? name !== policyName(CLUSTER_ID) : what === 'trust' || what === 'attached';
}

function observesAll({ legs }: Link): boolean {
  return Object.values(legs).every((policy) => policy === 'Observe');
}

function observes({ legs }: Link): boolean {
  return Object.values(legs).includes('Observe');
}
