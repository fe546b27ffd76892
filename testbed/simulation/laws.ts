/**
 * What must hold at every step of a simulation, whatever happens. Laws judge by what is really so in both models, never
 * by what a process of the operator believes.
 */
import { isDeepStrictEqual } from 'node:util';
import { AWS_ACCOUNT } from '../../src/api/awsaccount.ts';
import { targetEntries } from '../../src/access/target.ts';
import { CROSS_ACCOUNT_LINK } from '../../src/api/crossaccountlink.ts';
import { findCondition } from '../../src/api/conditions.ts';
import { FINALIZER } from '../../src/api/metadata.ts';
import { objectAt, type JsonObject } from '../../src/base/json.ts';
import type { LinkObject } from '../../src/controllers/state/link-object.ts';
import { byAge, type Link } from '../../src/desired/link.ts';
import { TAGS } from '../../src/desired/names.ts';
import type { ResourceType } from '../../src/kubernetes/metadata.ts';
import type { AwsChange, AwsModel, ModelMachine, ModelRole } from './aws-model.ts';
import { foreignPartOf, foreignPartOfDefinition, isUnread, keepsForeign } from './foreign-parts.ts';
import { HoldLaw, UNNOTICED_MS } from './hold-law.ts';
import type { KubernetesModel, Restored } from './kubernetes-model.ts';
import { isKept, isUnseenByNeighbour, NeighbourLaw } from './neighbour-law.ts';
import { RunLaws } from './run-laws.ts';
import { NAMESPACE, TARGET } from './scenery.ts';
import { StatusLaws } from './status-laws.ts';
import type { Scheduler } from './scheduler.ts';
import { SuspendLaw } from './suspend-law.ts';
import type { Truth } from './truth.ts';
import { OPERATORS, type Whose } from './whose.ts';

export interface Violation {
  readonly law: string;
  readonly atMs: number;
  readonly message: string;
}

/** For so long after people changed something, the operator may still act on what was before. */
const IN_FLIGHT_MS = 20_000;
/** So long it may take until a restore of the cluster is noticed: silent watches are given up, and lists that are older than
 *  what was seen are believed after a while. */
export const RESTORE_UNNOTICED_MS = 6 * 60_000;

interface Known {
  /** When people last changed the link, its state machine or its roles. */
  touchedMs: number;
  /** When people last changed the link or the rules. */
  editedMs: number;
  /** Since when the access does not work. */
  brokenSinceMs: number | undefined;
}

export interface LawsParts {
  readonly aws: AwsModel;
  readonly kubernetes: KubernetesModel;
  readonly truth: Truth;
  readonly scheduler: Scheduler;
  readonly onViolation: (violation: Violation) => void;
  /** Whose laws these are: of the operator's cluster, when left out. */
  readonly whose?: Whose;
  /** What is so in the other cluster, where there is one. */
  readonly neighbour?: () => Truth | undefined;
  /** Told of a state machine that was deployed and never read before the operator wrote it. */
  readonly onOverwritten?: (before: ModelMachine) => void;
}

export class Laws {
  readonly #parts: LawsParts;
  readonly #whose: Whose;
  readonly #known = new Map<string, Known>();
  /** Every target role that a link ever named. */
  readonly #named = new Set<string>();
  /** Those of them that a link might adopt, or preserves: what it adopted stays so, whatever its spec says later. */
  readonly #adoptable = new Set<string>();
  #restoredAtMs = Number.NEGATIVE_INFINITY;
  /** When the last process that slept wakes. */
  #awakeAtMs = Number.NEGATIVE_INFINITY;
  /** Roles that others have made, or made again. */
  readonly #remade = new Set<string>();
  /** Roles that some link wanted until then, by ARN. */
  readonly #wantedUntilMs = new Map<string, number>();
  /** When a link last said of a role that nothing foreign stays on it, or the rules were changed. */
  readonly #neighbours: NeighbourLaw;
  readonly #clearedUntilMs = new Map<string, number>();
  readonly #runs: RunLaws;
  readonly hold: HoldLaw;
  readonly #statuses: StatusLaws;
  readonly #suspended: SuspendLaw;

  constructor(parts: LawsParts) {
    this.#parts = parts;
    this.#whose = parts.whose ?? OPERATORS;
    this.#runs = new RunLaws(parts, ({ link }) => !this.#isRecent(this.#knownOf(link.uid).touchedMs));
    this.hold = new HoldLaw(parts, IN_FLIGHT_MS);
    this.#statuses = new StatusLaws(parts);
    this.#suspended = new SuspendLaw(parts);
    this.#neighbours = new NeighbourLaw(parts);
    parts.aws.onChange((change) => {
      this.#statuses.changed(change);
      if (change.actor === this.#whose.caller) this.#operatorWrote(change);
      else if (change.actor === 'others') this.#peopleWrote(change);
      else this.#neighbourWrote(change);
    });
    parts.kubernetes.onChange((resource, before, after) => this.#clusterChanged(resource, before, after));
    parts.kubernetes.onRestore((changes) => this.#restored(changes));
  }

  /** Until its lists show it, the operator knows the cluster as it was before: what that may lead to is not judged, but for
   *  what it asks the API server about first. */
  #restored(changes: readonly Restored[]): void {
    const { truth, scheduler } = this.#parts;
    this.#restoredAtMs = scheduler.nowMs;
    const noticedAtMs = scheduler.nowMs + RESTORE_UNNOTICED_MS;
    const objects = changes.flatMap(({ resource, before, after }) =>
      resource.plural === CROSS_ACCOUNT_LINK.plural ? [before ?? [], after ?? []].flat() : [],
    );
    for (const { link } of [...objects.map((object) => truth.parse(object)), ...truth.links()]) {
      this.#note(link);
      this.#wantedUntilMs.set(link.targetRole.text, noticedAtMs);
      this.#known.set(link.uid, {
        touchedMs: noticedAtMs,
        editedMs: noticedAtMs,
        brokenSinceMs: undefined,
      });
    }
    this.hold.rulesChanged(noticedAtMs);
    this.#statuses.restored();
    this.#suspended.restored();
    this.#judgeAll();
  }

  /** To be called when a process sleeps: it acts on what was before when it wakes, and notices then what happened meanwhile. */
  asleepUntil(atMs: number): void {
    this.#awakeAtMs = Math.max(this.#awakeAtMs, atMs);
  }

  #note({ targetRole, adopt, unmanaged }: Link): void {
    this.#named.add(targetRole.text);
    if (adopt || unmanaged === 'Preserve') this.#adoptable.add(targetRole.text);
  }

  #clusterChanged(
    resource: ResourceType,
    before: JsonObject | undefined,
    after: JsonObject | undefined,
  ): void {
    const { truth, scheduler } = this.#parts;
    if (resource.plural === AWS_ACCOUNT.plural && isEdited(before, after)) this.#rulesChanged();
    if (resource.plural === NAMESPACE.plural) this.#rulesChanged();
    if (resource.plural !== CROSS_ACCOUNT_LINK.plural) return;
    const object = after ?? before;
    if (object === undefined) return;
    const { link, metadata } = truth.parse(object);
    const isNews =
      before === undefined ||
      truth.parse(before).metadata.generation !== metadata.generation ||
      after === undefined;
    this.#note(link);
    if (before !== undefined && truth.parse(before).link.unmanaged === 'Remove')
      this.#clearedUntilMs.set(link.targetRole.text, scheduler.nowMs);
    // Who suspends a link wants all to stay as it is.
    if (isNews && !isSuspending(before, after)) {
      // A link that comes or goes is news for those that it shares something with, too.
      for (const { link: other } of this.#parts.truth.links())
        if (
          other.stateMachine.text === link.stateMachine.text ||
          other.targetRole.text === link.targetRole.text
        )
          this.#touched(other.uid);
      this.#edited(link.uid);
    }
    if (isNews && (after === undefined || link.deleting))
      this.#wantedUntilMs.set(link.targetRole.text, scheduler.nowMs);
    this.#judgeAll();
    if (after === undefined) return;
    if (isNews) this.hold.edited(truth.parse(after));
    else {
      this.#statuses.statusWritten(truth.parse(before), truth.parse(after));
      // An annotation that people write leaves the status as it is: nobody has said anything of the new spec yet.
      if (!isDeepStrictEqual(before['status'], after['status']))
        this.#suspended.statusWritten(truth.parse(before), truth.parse(after));
      this.#statusWritten(truth.parse(after));
    }
  }

  #rulesChanged(): void {
    for (const { link } of this.#parts.truth.links()) {
      this.#edited(link.uid);
      this.#clearedUntilMs.set(link.targetRole.text, this.#parts.scheduler.nowMs);
    }
    this.hold.rulesChanged();
    this.#judgeAll();
  }

  #edited(uid: string): void {
    this.#touched(uid);
    const known = this.#knownOf(uid);
    known.editedMs = Math.max(known.editedMs, this.#parts.scheduler.nowMs);
  }

  /** An edit after a restore has that noticed no sooner. */
  #touched(uid: string): void {
    const known = this.#knownOf(uid);
    known.touchedMs = Math.max(known.touchedMs, this.#parts.scheduler.nowMs);
  }

  #peopleWrote(change: AwsChange): void {
    const { object, machine, role, operation } = change;
    if (operation === 'CreateRole') this.#remade.add(object);
    this.#runs.judge(change);
    this.hold.judge(change);
    const roles = new Set([machine?.[0]?.roleArn, machine?.[1]?.roleArn, role && object]);
    for (const { link } of this.#parts.truth.links()) {
      const runsUnder = this.#parts.aws.machines.get(link.stateMachine.text)?.roleArn;
      const isTouched =
        link.stateMachine.text === object || [link.targetRole.text, runsUnder].some((arn) => roles.has(arn));
      if (isTouched) this.#touched(link.uid);
    }
    this.#judgeAll();
  }

  #neighbourWrote(change: AwsChange): void {
    const uids = this.#parts.truth.links().map(({ link }) => link.uid);
    const worked = uids.filter((uid) => this.#knownOf(uid).brokenSinceMs === undefined);
    this.#peopleWrote(change);
    this.#neighbours.judge(change, new Set(worked));
  }

  #operatorWrote(change: AwsChange): void {
    this.#ownsWhatItWrites(change);
    // What the API server was asked about right before it was restored is on its way.
    if (!this.#isRecent(this.#restoredAtMs) && !isUnseenByNeighbour(change)) this.#hasEvidence(change);
    this.#runs.judge(change);
    this.hold.judge(change);
    const before = new Map([...this.#known].map(([uid, { brokenSinceMs }]) => [uid, brokenSinceMs]));
    this.#judgeAll();
    for (const object of this.#parts.truth.links()) {
      const { uid, key } = object.link;
      const { brokenSinceMs, touchedMs } = this.#knownOf(uid);
      const broke = before.has(uid) && before.get(uid) === undefined && brokenSinceMs !== undefined;
      const mayBreak = this.#isContested(object) || this.#gaveWay(object, change) || this.#isStripped(object);
      if (broke && !this.#isRecent(touchedMs) && isKept(object) && !mayBreak)
        this.#violated(
          'nothing is removed that a living link needs',
          `${change.operation} on ${change.object} breaks ${key}: ${this.#parts.truth.problem(object)}`,
        );
    }
  }

  #isRecent(ms: number): boolean {
    return this.#parts.scheduler.nowMs - Math.max(ms, this.#awakeAtMs) < IN_FLIGHT_MS;
  }

  /** Of a role that links of two namespaces name, one of them has the use. */
  #isContested({ link }: LinkObject): boolean {
    const { truth } = this.#parts;
    return [...truth.links(), ...truth.gone()].some(
      (other) =>
        other.link.targetRole.text === link.targetRole.text && other.link.namespace !== link.namespace,
    );
  }

  /** A role that somebody made again shows by its tags alone whose it is: without them it is refused, and nothing may name it. */
  #isStripped({ link: { targetRole } }: LinkObject): boolean {
    const role = this.#parts.aws.role(targetRole.text);
    return this.#remade.has(targetRole.text) && role?.tags.has(TAGS.clusterId) === false;
  }

  /** An older link takes its Tasks from a younger one, such as when it is resumed. */
  #gaveWay({ link }: LinkObject, { machine: [, after] = [undefined, undefined] }: AwsChange): boolean {
    const older = this.#parts.truth
      .links()
      .map((object) => object.link)
      .filter((other) => byAge(other, link) < 0);
    return (
      after?.arn === link.stateMachine.text &&
      older.some(
        ({ targetRole, stateMachine }) =>
          stateMachine.text === after.arn &&
          targetRole.text !== link.targetRole.text &&
          after.definition.includes(`"${targetRole.text}"`),
      )
    );
  }

  /** Foreign roles are never written, nor what is foreign on an execution role or in a definition. */
  #ownsWhatItWrites(change: AwsChange): void {
    const { operation, object, role, machine } = change;
    const law = 'foreign content is untouched';
    if (machine !== undefined) {
      const [before, after] = machine;
      if (before === undefined || after === undefined || before.roleArn !== after.roleArn)
        return this.#violated(law, `${operation} on ${object}`);
      if (
        foreignPartOfDefinition(before.definition, this.#named) ===
        foreignPartOfDefinition(after.definition, this.#named)
      )
        return;
      if (this.#neighbours.isContested(change)) return;
      if (isUnread(before, after)) this.#overwrote(before);
      else this.#violated(law, `${operation} on ${object} changes more than Credentials of links`);
      return;
    }
    const [before, after] = role ?? [];
    if (before === undefined) return;
    if (this.#named.has(object)) {
      if (before.maker !== this.#whose.caller) this.#foreignRoleWritten(operation, object, before, after);
      else if (after !== undefined && this.#isPreserved(object))
        this.#foreignPartWritten(operation, before, after);
    } else if (after === undefined || this.#foreignPartOf(before) !== this.#foreignPartOf(after)) {
      this.#violated(law, `${operation} on ${object}, which is no link's role`);
    }
  }

  #foreignPartOf(role: ModelRole): string {
    return foreignPartOf(role, this.#whose.clusterId);
  }

  /** Whoever deploys makes his deployment once more; another operator reads back what it wrote. */
  #overwrote(before: ModelMachine): void {
    if (before.changedBy === 'others') this.#parts.onOverwritten?.(before);
  }

  /** Only who may adopt a role writes to it, and gives it back. */
  #foreignRoleWritten(
    operation: string,
    object: string,
    before: ModelRole,
    after: ModelRole | undefined,
  ): void {
    const law = 'foreign content is untouched';
    if (!this.#adoptable.has(object) || after === undefined)
      this.#violated(law, `${operation} on ${object}, which somebody else made`);
    else if (this.#isPreserved(object) || !this.#isCleared(object))
      this.#foreignPartWritten(operation, before, after);
  }

  /** Whether a link may have said, or the rules say, that nothing foreign stays on a role that was adopted. */
  #isCleared(object: string): boolean {
    if (this.#isRecent(this.#clearedUntilMs.get(object) ?? Number.NEGATIVE_INFINITY)) return true;
    return this.#parts.truth.links().some(({ link }) => {
      if (link.targetRole.text !== object) return false;
      const { entries } = this.#parts.truth.contextOf(link).target;
      const allows = targetEntries(entries, link.targetRole).some((entry) => entry.allowPreserve);
      return link.unmanaged === 'Remove' || !allows;
    });
  }

  /** Whether a link has long said that what is foreign on its role stays: that goes before what others say. */
  #isPreserved(object: string): boolean {
    return this.#parts.truth
      .links()
      .some(
        ({ link }) =>
          link.targetRole.text === object &&
          link.unmanaged === 'Preserve' &&
          !this.#isRecent(this.#knownOf(link.uid).editedMs),
      );
  }

  #foreignPartWritten(operation: string, before: ModelRole, after: ModelRole): void {
    if (!keepsForeign(before, after, this.#whose.clusterId))
      this.#violated(
        'foreign content is untouched',
        `${operation} on ${after.arn}, where links preserve what is foreign`,
      );
  }

  /** Somebody wants what is written: a link that lives and bears the finalizer, or one that is on its way out. */
  #hasEvidence({ operation, object, machine, role }: AwsChange): void {
    const law = 'no write without its evidence';
    const links = this.#parts.truth.links();
    const given = rolesIn(machine?.[1]?.definition ?? inlineOf(role?.[1]));
    for (const target of given.difference(rolesIn(machine?.[0]?.definition ?? inlineOf(role?.[0]))))
      if (
        !links.some(
          (one) => one.link.targetRole.text === target && one.metadata.finalizers.includes(FINALIZER),
        )
      )
        this.#violated(law, `${operation} on ${object} names ${target}, whose links have no finalizer`);
    this.#isEnforced(operation, object, machine !== undefined);
    if (machine !== undefined || !this.#named.has(object)) {
      if (!links.some(({ metadata }) => metadata.finalizers.includes(FINALIZER)))
        this.#violated(law, `${operation} on ${object}, while no link has the finalizer`);
      return;
    }
    const naming = links.filter(({ link }) => link.targetRole.text === object);
    if (!naming.some(({ metadata }) => metadata.finalizers.includes(FINALIZER)))
      this.#violated(law, `${operation} on ${object}, while no link that names it has the finalizer`);
    if (operation !== 'CreateRole' || naming.some(({ link }) => !link.deleting)) return;
    const sinceMs = this.#parts.scheduler.nowMs - (this.#wantedUntilMs.get(object) ?? 0);
    if (sinceMs > IN_FLIGHT_MS)
      this.#violated(law, `${operation} on ${object}, which only leaving links name`);
  }

  /** A leg that links only observe is not written for them. */
  #isEnforced(operation: string, object: string, isMachine: boolean): void {
    const ofRole = this.#named.has(object) ? 'targetRole' : 'executionRoleGrant';
    const leg = isMachine ? 'stateMachineCredentials' : ofRole;
    const concerned = this.#parts.truth
      .links()
      .filter(
        ({ link }) =>
          leg === 'executionRoleGrant' ||
          (isMachine ? link.stateMachine.text : link.targetRole.text) === object,
      );
    const observe = concerned.every(
      ({ link }) => link.legs[leg] === 'Observe' && !this.#isRecent(this.#knownOf(link.uid).touchedMs),
    );
    if (concerned.length > 0 && observe)
      this.#violated('what is only observed is not written', `${operation} on ${object}`);
  }

  #statusWritten(object: LinkObject): void {
    this.hold.statusWritten(object);
    const ready = findCondition(object.status.conditions ?? [], 'Ready');
    if (ready?.status !== 'True' || ready.observedGeneration !== object.metadata.generation) return;
    // It says itself that something is broken, and about to be repaired.
    if (object.status.drift?.recent?.some(({ repairing }) => repairing === true) === true) return;
    const { brokenSinceMs } = this.#knownOf(object.link.uid);
    if (brokenSinceMs === undefined) return;
    if (this.#parts.scheduler.nowMs - Math.max(brokenSinceMs, this.#awakeAtMs) < UNNOTICED_MS) return;
    this.#violated(
      'Ready is not True while the access fails',
      `${object.link.key}: ${this.#parts.truth.problem(object)}`,
    );
  }

  /** Works out anew whether each link's access works. */
  #judgeAll(): void {
    const { truth, scheduler } = this.#parts;
    for (const object of truth.links()) {
      const known = this.#knownOf(object.link.uid);
      const works = truth.problem(object) === undefined;
      if (works) known.brokenSinceMs = undefined;
      else known.brokenSinceMs ??= scheduler.nowMs;
    }
  }

  #knownOf(uid: string): Known {
    const known = this.#known.get(uid) ?? {
      touchedMs: this.#parts.scheduler.nowMs,
      editedMs: this.#parts.scheduler.nowMs,
      brokenSinceMs: this.#parts.scheduler.nowMs,
    };
    this.#known.set(uid, known);
    return known;
  }

  #violated(law: string, message: string): void {
    this.#parts.onViolation({ law, atMs: this.#parts.scheduler.nowMs, message });
  }
}

/** The target roles that a text names. */
function rolesIn(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(TARGET_ROLE)].map(([arn]) => arn));
}

const TARGET_ROLE = new RegExp(`arn:aws:iam::${TARGET}:role/[^"]+`, 'g');

function inlineOf(role: ModelRole | undefined): string {
  return [...(role?.inline.values() ?? [])].join('\n');
}

function isEdited(before: JsonObject | undefined, after: JsonObject | undefined): boolean {
  const said = [before, after].map((object) =>
    JSON.stringify(object && [object['spec'], objectAt(object, 'metadata')['deletionTimestamp']]),
  );
  return said[0] !== said[1];
}

/** Whether a spec says that the link is suspended from now on, and nothing else is new in it. */
function isSuspending(before: JsonObject | undefined, after: JsonObject | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  const [was, is] = [objectAt(before, 'spec'), objectAt(after, 'spec')];
  const isOtherwiseSame =
    JSON.stringify({ ...was, suspend: true }) === JSON.stringify({ ...is, suspend: true });
  return isOtherwiseSame && is['suspend'] === true && was['suspend'] !== true;
}
