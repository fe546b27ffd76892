/**
 * What must hold at every step of a simulation, whatever happens. The laws judge by the true state of both models, never by what
 * a process of the operator believes.
 */
import { isDeepStrictEqual } from 'node:util';
import { AWS_ACCOUNT } from '../../src/api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK } from '../../src/api/crossaccountlink.ts';
import { objectAt, type JsonObject } from '../../src/base/json.ts';
import type { Link } from '../../src/desired/link.ts';
import type { ResourceType } from '../../src/kubernetes/metadata.ts';
import type { AwsChange, AwsModel, ModelMachine } from './aws-model.ts';
import { AccessLaw } from './access-law.ts';
import { EvidenceLaw } from './evidence-law.ts';
import { ForeignLaw } from './foreign-law.ts';
import { HoldLaw } from './hold-law.ts';
import type { KubernetesModel, Restored } from './kubernetes-model.ts';
import { IN_FLIGHT_MS, LinkTimes } from './link-times.ts';
import { isUnseenByNeighbour, NeighbourLaw } from './neighbour-law.ts';
import { RunLaws } from './run-laws.ts';
import { NAMESPACE } from './scenery.ts';
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

/** The longest time until a restore of the cluster is noticed: watches that stay silent are given up, and lists that are older
 *  than what was seen before are believed only after a while. */
export const RESTORE_UNNOTICED_MS = 6 * 60_000;

export interface LawsParts {
  readonly aws: AwsModel;
  readonly kubernetes: KubernetesModel;
  readonly truth: Truth;
  readonly scheduler: Scheduler;
  readonly onViolation: (violation: Violation) => void;
  /** Whose laws these are. Left out: those of the operator's cluster. */
  readonly whose?: Whose;
  /** Called when the operator writes a state machine over a deployment that it had not read. */
  readonly onOverwritten?: (before: ModelMachine) => void;
}

export class Laws {
  readonly #parts: LawsParts;
  readonly #whose: Whose;
  /** Every target role that a link ever named. */
  readonly #named = new Set<string>();
  #restoredAtMs = Number.NEGATIVE_INFINITY;
  readonly #times: LinkTimes;
  readonly #access: AccessLaw;
  readonly #evidence: EvidenceLaw;
  readonly #foreign: ForeignLaw;
  readonly #neighbours: NeighbourLaw;
  readonly #runs: RunLaws;
  readonly hold: HoldLaw;
  readonly #statuses: StatusLaws;
  readonly #suspended: SuspendLaw;

  constructor(parts: LawsParts) {
    this.#parts = parts;
    this.#whose = parts.whose ?? OPERATORS;
    this.#times = new LinkTimes(parts);
    this.#access = new AccessLaw(parts, this.#times);
    this.#evidence = new EvidenceLaw(parts, this.#times, this.#named);
    this.#neighbours = new NeighbourLaw(parts);
    const [times, named] = [this.#times, this.#named];
    this.#foreign = new ForeignLaw(parts, { times, named });
    this.#runs = new RunLaws(parts, ({ link }) => !times.isRecent(times.of(link.uid).touchedMs));
    this.hold = new HoldLaw(parts, IN_FLIGHT_MS);
    this.#statuses = new StatusLaws(parts);
    this.#suspended = new SuspendLaw(parts);
    parts.aws.onChange((change) => {
      this.#statuses.changed(change);
      if (change.actor === this.#whose.caller) this.#operatorWrote(change);
      else if (change.actor === 'others') this.#peopleWrote(change);
      else this.#neighbourWrote(change);
    });
    parts.kubernetes.onChange((resource, before, after) => this.#clusterChanged(resource, before, after));
    parts.kubernetes.onRestore((changes) => this.#restored(changes));
  }

  /** Until the API server's lists show the restore, the operator knows the cluster as it was before. What follows from that is
   *  not judged, except for writes before which the operator asks the API server. */
  #restored(changes: readonly Restored[]): void {
    const { truth, scheduler } = this.#parts;
    this.#restoredAtMs = scheduler.nowMs;
    const noticedAtMs = scheduler.nowMs + RESTORE_UNNOTICED_MS;
    const objects = changes.flatMap(({ resource, before, after }) =>
      resource.plural === CROSS_ACCOUNT_LINK.plural ? [before ?? [], after ?? []].flat() : [],
    );
    for (const { link } of [...objects.map((object) => truth.parse(object)), ...truth.links()]) {
      this.#note(link);
      this.#evidence.wantedUntil(link.targetRole.text, noticedAtMs);
      this.#times.restored(link.uid, noticedAtMs);
    }
    this.hold.rulesChanged(noticedAtMs);
    this.statusPutBack();
    this.#times.judgeAll();
  }

  /** To be called when a status comes back that speaks of a former time. */
  statusPutBack(): void {
    this.#statuses.restored();
    this.#suspended.restored();
  }

  /** To be called when somebody takes the finalizer off a link. */
  freed(key: string): void {
    this.#evidence.freed(key);
  }

  /** To be called when a process sleeps. When it wakes, it acts on what it knew before, and only then notices what happened
   *  meanwhile. */
  asleepUntil(atMs: number): void {
    this.#times.asleepUntil(atMs);
  }

  #note(link: Link): void {
    this.#named.add(link.targetRole.text);
    this.#foreign.note(link);
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
    const isEdit =
      before === undefined ||
      truth.parse(before).metadata.generation !== metadata.generation ||
      after === undefined;
    this.#note(link);
    if (before !== undefined && truth.parse(before).link.unmanaged === 'Remove')
      this.#foreign.cleared(link.targetRole.text);
    // A person who suspends a link wants everything to stay as it is.
    if (isEdit && !isSuspending(before, after)) {
      // A link that comes or goes also concerns the links that share a state machine or a role with it.
      for (const { link: other } of this.#parts.truth.links())
        if (
          other.stateMachine.text === link.stateMachine.text ||
          other.targetRole.text === link.targetRole.text
        )
          this.#times.touched(other.uid);
      this.#times.edited(link.uid);
    }
    if (isEdit && (after === undefined || link.deleting))
      this.#evidence.wantedUntil(link.targetRole.text, scheduler.nowMs);
    // Whether an access works does not depend on statuses, labels or finalizers.
    if (isEdit) this.#times.judgeAll();
    if (after === undefined) return this.#evidence.gone(truth.parse(object));
    if (isEdit) this.hold.edited(truth.parse(after));
    else {
      this.#statuses.statusWritten(truth.parse(before), truth.parse(after));
      // An annotation that somebody sets does not change the status, so nothing was said about the new spec yet.
      if (!isDeepStrictEqual(before['status'], after['status']))
        this.#suspended.statusWritten(truth.parse(before), truth.parse(after));
      this.hold.statusWritten(truth.parse(after));
      this.#access.statusWritten(truth.parse(after));
    }
  }

  #rulesChanged(): void {
    for (const { link } of this.#parts.truth.links()) {
      this.#times.edited(link.uid);
      this.#foreign.cleared(link.targetRole.text);
    }
    this.hold.rulesChanged();
    this.#times.judgeAll();
  }

  #peopleWrote(change: AwsChange): void {
    const { object, machine, role, operation } = change;
    if (operation === 'CreateRole') this.#access.remade(object);
    this.#runs.judge(change);
    this.hold.judge(change);
    const roles = new Set([machine?.[0]?.roleArn, machine?.[1]?.roleArn, role && object]);
    for (const { link } of this.#parts.truth.links()) {
      const runsUnder = this.#parts.aws.machines.get(link.stateMachine.text)?.roleArn;
      const isTouched =
        link.stateMachine.text === object || [link.targetRole.text, runsUnder].some((arn) => roles.has(arn));
      if (isTouched) this.#times.touched(link.uid);
    }
    this.#times.judgeAll();
  }

  #neighbourWrote(change: AwsChange): void {
    const uids = this.#parts.truth.links().map(({ link }) => link.uid);
    const worked = uids.filter((uid) => this.#times.of(uid).brokenSinceMs === undefined);
    this.#peopleWrote(change);
    this.#neighbours.judge(change, new Set(worked));
  }

  #operatorWrote(change: AwsChange): void {
    this.#foreign.judge(change);
    // The operator may have asked the API server right before the restore, with the write already on its way.
    if (!this.#times.isRecent(this.#restoredAtMs) && !isUnseenByNeighbour(change))
      this.#evidence.judge(change);
    this.#runs.judge(change);
    this.hold.judge(change);
    const before = this.#times.broken();
    this.#times.judgeAll();
    this.#access.judge(change, before);
  }
}

function isEdited(before: JsonObject | undefined, after: JsonObject | undefined): boolean {
  const said = [before, after].map((object) =>
    JSON.stringify(object && [object['spec'], objectAt(object, 'metadata')['deletionTimestamp']]),
  );
  return said[0] !== said[1];
}

/** Whether an edit suspends a link and changes nothing else in its spec. */
function isSuspending(before: JsonObject | undefined, after: JsonObject | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  const [was, is] = [objectAt(before, 'spec'), objectAt(after, 'spec')];
  const isOtherwiseSame =
    JSON.stringify({ ...was, suspend: true }) === JSON.stringify({ ...is, suspend: true });
  return isOtherwiseSame && is['suspend'] === true && was['suspend'] !== true;
}
