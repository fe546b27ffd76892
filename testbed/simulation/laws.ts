/**
 * What must hold at every step of a simulation, whatever happens. Laws judge by what is really so in both models, never
 * by what a process of the operator believes.
 */
import { CROSS_ACCOUNT_LINK } from '../../src/api/crossaccountlink.ts';
import { findCondition } from '../../src/api/conditions.ts';
import { FINALIZER } from '../../src/api/metadata.ts';
import { isJsonObject, objectAt, type JsonObject } from '../../src/base/json.ts';
import type { LinkObject } from '../../src/controllers/state/link-object.ts';
import { policyName } from '../../src/desired/names.ts';
import { keyOf, type ResourceType } from '../../src/kubernetes/metadata.ts';
import type { AwsChange, AwsModel, ModelRole } from './aws-model.ts';
import type { KubernetesModel } from './kubernetes-model.ts';
import { CLUSTER_ID } from './scenery.ts';
import type { Scheduler } from './scheduler.ts';
import type { Truth } from './truth.ts';

export interface Violation {
  readonly law: string;
  readonly atMs: number;
  readonly message: string;
}

/** For so long after people changed something, the operator may still act on what was before. */
const IN_FLIGHT_MS = 20_000;
/** For so long a status may say what was read before somebody broke the access: a check's interval, and what IAM lags. */
const UNNOTICED_MS = 6 * 60_000;

interface Known {
  /** When people last changed the link, its state machine or its roles. */
  touchedMs: number;
  /** Since when the access does not work. */
  brokenSinceMs: number | undefined;
}

export interface LawsParts {
  readonly aws: AwsModel;
  readonly kubernetes: KubernetesModel;
  readonly truth: Truth;
  readonly scheduler: Scheduler;
  readonly onViolation: (violation: Violation) => void;
}

export class Laws {
  readonly #parts: LawsParts;
  readonly #known = new Map<string, Known>();
  /** Every target role that a link ever named. */
  readonly #named = new Set<string>();
  /** Roles that some link wanted until then, by ARN. */
  readonly #wantedUntilMs = new Map<string, number>();

  constructor(parts: LawsParts) {
    this.#parts = parts;
    parts.aws.onChange((change) =>
      change.actor === 'operator' ? this.#operatorWrote(change) : this.#peopleWrote(change),
    );
    parts.kubernetes.onChange((resource, before, after) => this.#clusterChanged(resource, before, after));
  }

  #clusterChanged(
    resource: ResourceType,
    before: JsonObject | undefined,
    after: JsonObject | undefined,
  ): void {
    if (resource.plural !== CROSS_ACCOUNT_LINK.plural) return;
    const { truth, scheduler } = this.#parts;
    const object = after ?? before;
    if (object === undefined) return;
    const { link, metadata } = truth.parse(object);
    const isNews =
      before === undefined ||
      truth.parse(before).metadata.generation !== metadata.generation ||
      after === undefined;
    this.#named.add(link.targetRole.text);
    if (isNews) {
      // A link that comes or goes is news for those that it shares something with, too.
      for (const { link: other } of this.#parts.truth.links())
        if (
          other.stateMachine.text === link.stateMachine.text ||
          other.targetRole.text === link.targetRole.text
        )
          this.#knownOf(other.uid).touchedMs = scheduler.nowMs;
      this.#knownOf(link.uid).touchedMs = scheduler.nowMs;
    }
    if (after === undefined || link.deleting) this.#wantedUntilMs.set(link.targetRole.text, scheduler.nowMs);
    this.#judgeAll();
    if (after !== undefined && !isNews) this.#statusWritten(truth.parse(after));
  }

  #peopleWrote({ object, machine, role }: AwsChange): void {
    const roles = new Set([machine?.[0]?.roleArn, machine?.[1]?.roleArn, role && object]);
    for (const { link } of this.#parts.truth.links()) {
      const runsUnder = this.#parts.aws.machines.get(link.stateMachine.text)?.roleArn;
      const isTouched =
        link.stateMachine.text === object || [link.targetRole.text, runsUnder].some((arn) => roles.has(arn));
      if (isTouched) this.#knownOf(link.uid).touchedMs = this.#parts.scheduler.nowMs;
    }
    this.#judgeAll();
  }

  #operatorWrote(change: AwsChange): void {
    this.#ownsWhatItWrites(change);
    this.#hasEvidence(change);
    const before = new Map([...this.#known].map(([uid, { brokenSinceMs }]) => [uid, brokenSinceMs]));
    this.#judgeAll();
    for (const object of this.#parts.truth.links()) {
      const { uid, key } = object.link;
      const { brokenSinceMs, touchedMs } = this.#knownOf(uid);
      const broke = before.has(uid) && before.get(uid) === undefined && brokenSinceMs !== undefined;
      const isRecent = this.#parts.scheduler.nowMs - touchedMs < IN_FLIGHT_MS;
      if (broke && !isRecent && isKept(object))
        this.#violated(
          'nothing is removed that a living link needs',
          `${change.operation} on ${change.object} breaks ${key}: ${this.#parts.truth.problem(object)}`,
        );
    }
  }

  /** Foreign roles are never written, nor what is foreign on an execution role or in a definition. */
  #ownsWhatItWrites({ operation, object, role, machine }: AwsChange): void {
    const law = 'foreign content is untouched';
    if (machine !== undefined) {
      const [before, after] = machine;
      if (before === undefined || after === undefined || before.roleArn !== after.roleArn)
        return this.#violated(law, `${operation} on ${object}`);
      if (this.#foreignPart(before.definition) !== this.#foreignPart(after.definition))
        this.#violated(law, `${operation} on ${object} changes more than Credentials of links`);
      return;
    }
    const [before, after] = role ?? [];
    if (before === undefined) return;
    if (this.#named.has(object)) {
      if (before.maker !== 'operator')
        this.#violated(law, `${operation} on ${object}, which somebody else made`);
    } else if (after === undefined || foreignPartOf(before) !== foreignPartOf(after)) {
      this.#violated(law, `${operation} on ${object}, which is no link's role`);
    }
  }

  /** A definition without what links put there. */
  #foreignPart(definition: string): string {
    const parsed: unknown = JSON.parse(definition);
    const states = isJsonObject(parsed) ? objectAt(parsed, 'States') : {};
    const stripped = Object.entries(states).map(([name, state]) => {
      if (!isJsonObject(state)) return [name, state];
      const { Credentials: credentials, ...rest } = state;
      const roleArn = isJsonObject(credentials) ? credentials['RoleArn'] : undefined;
      const isOurs = credentials === undefined || (typeof roleArn === 'string' && this.#named.has(roleArn));
      return [name, isOurs ? rest : state];
    });
    return JSON.stringify([parsed && { ...parsed, States: undefined }, stripped]);
  }

  /** Somebody wants what is written: a link that lives and bears the finalizer, or one that is on its way out. */
  #hasEvidence({ operation, object, machine }: AwsChange): void {
    const law = 'no write without its evidence';
    const links = this.#parts.truth.links();
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

  #statusWritten(object: LinkObject): void {
    const ready = findCondition(object.status.conditions ?? [], 'Ready');
    if (ready?.status !== 'True' || ready.observedGeneration !== object.metadata.generation) return;
    // It says itself that something is broken, and about to be repaired.
    if (object.status.drift?.recent?.some(({ repairing }) => repairing === true) === true) return;
    const { brokenSinceMs } = this.#knownOf(object.link.uid);
    if (brokenSinceMs === undefined || this.#parts.scheduler.nowMs - brokenSinceMs < UNNOTICED_MS) return;
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
      brokenSinceMs: this.#parts.scheduler.nowMs,
    };
    this.#known.set(uid, known);
    return known;
  }

  #violated(law: string, message: string): void {
    this.#parts.onViolation({ law, atMs: this.#parts.scheduler.nowMs, message });
  }
}

/** Whether the operator keeps the access of a link: one that is suspended or refused keeps what it has. */
function isKept({ link }: LinkObject): boolean {
  return !link.deleting && Object.values(link.legs).every((policy) => policy === 'Enforce');
}

/** What of a role that no link names is nobody's but its owner's. */
function foreignPartOf({ inline, ...role }: ModelRole): string {
  const theirs = [...inline].filter(([name]) => name !== policyName(CLUSTER_ID));
  return JSON.stringify([{ ...role, trusted: [...role.trusted], tags: [...role.tags] }, theirs]);
}

/** What is wrong once everything has calmed down. */
export function problemsAtRest(truth: Truth, nowMs: number): readonly Violation[] {
  const violations: Violation[] = [];
  const violated = (law: string, message: string) => violations.push({ law, atMs: nowMs, message });
  for (const object of truth.links()) {
    const { link, status, metadata } = object;
    const key = keyOf(metadata);
    if (link.deleting) {
      violated('every deletion ends', `${key} is still there`);
      continue;
    }
    const ready = findCondition(status.conditions ?? [], 'Ready');
    const problem = truth.problem(object);
    if (ready?.status === 'True' && problem !== undefined)
      violated('Ready is not True while the access fails', `${key}: ${problem}`);
    if (ready?.status === 'Unknown' || ready === undefined)
      violated(
        'everything comes to rest',
        `${key}: Ready ${ready?.status} ${ready?.reason}: ${ready?.message}`,
      );
  }
  return violations;
}
