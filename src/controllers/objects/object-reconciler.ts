/** Read, plan, write: one AWS object at a time, under its lock, for all links that touch it. */
import type { RoleArn } from '../../arn/arn.ts';
import { AwsFailure } from '../../aws/errors.ts';
import type { CallOptions } from '../../aws/lanes.ts';
import { desiredCredentials } from '../../desired/credentials.ts';
import type { ContributorConflict, ContributorState } from '../../desired/contribution.ts';
import type { MachineView } from '../../desired/machine-view.ts';
import { roleAfter } from '../../plan/after.ts';
import type { ObservedRole } from '../../observed/objects.ts';
import type { Action, ObjectPlan } from '../../plan/action.ts';
import { planCredentials, type CredentialsPlan } from '../../plan/credentials.ts';
import type { AccountAws, Freshness } from '../../aws/account-aws.ts';
import type { RepairBackoff, Pause } from '../state/repair-backoff.ts';
import { KeyedMutex } from '../../base/keyed-mutex.ts';
import type { MachineSight, StateMachineCache } from '../state/state-machine-cache.ts';
import { WriteFailure } from './write-failure.ts';
import type { IamPropagation } from '../state/iam-propagation.ts';

export interface RoleUpdate {
  readonly aws: AccountAws;
  readonly arn: RoleArn;
  readonly callOptions: CallOptions;
  readonly freshness: Freshness;
  /** Whether the object was in order before: then a difference is drift, and is only believed of a fresh read. */
  readonly wasInSync: boolean;
  /** Observe: plan, and leave it at that. */
  readonly enforce: boolean;
  /** A deletion: it writes even where repairs are paused, for it ends whatever is fought over. */
  readonly isLast?: boolean;
  readonly links: readonly string[];
  readonly plan: (role: ObservedRole | undefined) => ObjectPlan;
  /** Called when something that was ours would be taken away: learns what still needs it, and answers whether the
   *  plan has to be made again. */
  readonly learnBeforeShrinking: () => Promise<boolean>;
  /** Called before the first write with what will be done; may keep a record, or refuse by throwing. */
  readonly beforeWrites?: (actions: readonly Action[]) => Promise<void>;
}

export interface UpdateResult {
  readonly plan: ObjectPlan;
  readonly applied: readonly Action[];
  /** Whether what was applied put right what somebody else had changed. */
  readonly repaired: boolean;
  /** Set when nothing was written, for somebody keeps changing the object back. */
  readonly pause?: Pause;
}

export interface RoleUpdateResult extends UpdateResult {
  /** As it stands after the pass. */
  readonly role: ObservedRole | undefined;
}

export interface StateMachineUpdate {
  readonly aws: AccountAws;
  readonly arn: string;
  readonly callOptions: CallOptions;
  readonly enforce: boolean;
  /** As of a role. */
  readonly isLast?: boolean;
  readonly links: readonly string[];
  readonly wasInSync: boolean;
  /** Longest age of the read that the plan is made from when nothing is written. */
  readonly maxAgeMs: number;
  readonly contributorStates: () => readonly ContributorState[];
  readonly beforeWrite?: () => Promise<void>;
}

export type StateMachineUpdateResult =
  | (UpdateResult & {
      readonly kind: 'planned';
      readonly plan: CredentialsPlan;
      readonly conflicts: readonly ContributorConflict[];
      readonly view: MachineView;
    })
  | Exclude<MachineSight, { kind: 'found' }>;

/** UpdateStateMachine knows no compare-and-swap, so that what it overwrites must have been read just before. */
const READ_BEFORE_WRITE_MS = 1_000;

export class ObjectReconciler {
  readonly #machines: StateMachineCache;
  readonly #propagation: IamPropagation;
  readonly #repairBackoff: RepairBackoff;
  readonly #locks = new KeyedMutex();

  constructor(machines: StateMachineCache, propagation: IamPropagation, repairBackoff: RepairBackoff) {
    this.#machines = machines;
    this.#propagation = propagation;
    this.#repairBackoff = repairBackoff;
  }

  /** @throws AwsFailure when the role cannot be read, PassFailure when a write fails */
  updateRole(request: RoleUpdate): Promise<RoleUpdateResult> {
    return this.#locks.run(request.arn.text, () => this.#updateRole(request));
  }

  /** @throws AwsFailure when the machine cannot be read, PassFailure when the write fails */
  updateStateMachine(request: StateMachineUpdate): Promise<StateMachineUpdateResult> {
    return this.#locks.run(request.arn, () => this.#updateStateMachine(request));
  }

  async #updateRole(request: RoleUpdate): Promise<RoleUpdateResult> {
    const { aws, arn, callOptions } = request;
    // What is being fought over is not what it was left as.
    const freshness: Freshness = this.#repairBackoff.isOn(arn.text) ? { kind: 'fresh' } : request.freshness;
    let sight = await aws.role(arn.text, callOptions, freshness);
    if (sight.kind === 'nameTaken') return nameTaken(arn, sight.arn);
    let role = sight.kind === 'found' ? sight.role : undefined;
    let plan = request.plan(role);
    if (!sight.fresh && mustBeSeenAfresh(plan, request)) {
      sight = await aws.role(arn.text, callOptions, { kind: 'fresh' });
      if (sight.kind === 'nameTaken') return nameTaken(arn, sight.arn);
      role = sight.kind === 'found' ? sight.role : undefined;
      plan = request.plan(role);
    }
    if (plan.actions.some(mayShrink) && (await request.learnBeforeShrinking())) plan = request.plan(role);
    if (!request.enforce || plan.actions.length === 0) return { plan, applied: [], repaired: false, role };
    const pause = request.isLast === true ? undefined : this.#repairBackoff.pause(arn.text);
    if (pause !== undefined) return { plan, applied: [], repaired: false, role, pause };
    await request.beforeWrites?.(plan.actions);
    const applied: Action[] = [];
    for (const action of plan.actions) {
      const answer = await this.#write(request, action, applied);
      this.#propagation.written(arn.text);
      role = roleAfter(role, action, answer.roleId);
      applied.push(action);
    }
    return { plan, applied, role, repaired: this.#noteRepair(request.wasInSync, arn.text) };
  }

  /** Writes to an object that was in order, or is being fought over, are repairs. */
  #noteRepair(wasInSync: boolean, object: string): boolean {
    const repaired = wasInSync || this.#repairBackoff.isOn(object);
    if (repaired) this.#repairBackoff.repaired(object);
    return repaired;
  }

  async #updateStateMachine(request: StateMachineUpdate): Promise<StateMachineUpdateResult> {
    const { aws, arn, callOptions } = request;
    let sight = await this.#machines.read(aws, arn, callOptions, request.maxAgeMs);
    if (sight.kind !== 'found') return sight;
    let { plan, conflicts } = planFor(sight.view, request);
    if (plan.actions.length > 0 && request.enforce) {
      sight = await this.#machines.read(aws, arn, callOptions, READ_BEFORE_WRITE_MS);
      if (sight.kind !== 'found') return sight;
      ({ plan, conflicts } = planFor(sight.view, request));
    }
    const [planned] = plan.actions;
    if (planned === undefined || !request.enforce) {
      return { kind: 'planned', plan, conflicts, applied: [], repaired: false, view: sight.view };
    }
    const pause = request.isLast === true ? undefined : this.#repairBackoff.pause(arn);
    if (pause !== undefined) {
      return { kind: 'planned', plan, conflicts, applied: [], repaired: false, pause, view: sight.view };
    }
    await request.beforeWrite?.();
    const action = this.#repairBackoff.isOn(arn) ? withoutVersion(planned) : planned;
    const answer = await this.#write(request, action, []);
    if (action.operation === 'UpdateStateMachine') {
      const { revisionId: _, ...machine } = sight.view.machine;
      const revision = answer.revisionId === undefined ? {} : { revisionId: answer.revisionId };
      this.#machines.written({ ...machine, ...revision, definition: action.definition });
    }
    const after = this.#machines.known(arn);
    const view = after?.kind === 'found' ? after.view : sight.view;
    const repaired = this.#noteRepair(request.wasInSync, arn);
    return { kind: 'planned', plan, conflicts, applied: [action], repaired, view };
  }

  async #write(
    { aws, callOptions, links, wasInSync }: Pick<RoleUpdate, 'aws' | 'callOptions' | 'links' | 'wasInSync'>,
    action: Action,
    applied: readonly Action[],
  ) {
    try {
      return await aws.apply(action, callOptions, links);
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error;
      this.#machines.doubt(action.object);
      const done = error.outcomeUnknown ? [...applied, action] : applied;
      const repaired = done.length > 0 && this.#noteRepair(wasInSync, action.object);
      throw new WriteFailure(action, error, applied, repaired ? done : []);
    }
  }
}

function planFor(view: MachineView, request: StateMachineUpdate) {
  const desired = desiredCredentials(request.arn, request.contributorStates());
  return { plan: planCredentials(desired, view.machine, view.definition), conflicts: desired.conflicts };
}

/** A snapshot only nominates: before drift is told or anything that stands is changed, the object is read afresh. */
function mustBeSeenAfresh(plan: ObjectPlan, { wasInSync }: RoleUpdate): boolean {
  if (plan.problem !== undefined) return true;
  if (plan.actions.length === 0) return false;
  return wasInSync || plan.actions.some(({ changes }) => changes.some(({ before }) => before !== undefined));
}

/** A fight would fill a machine with versions, of which it can have a thousand. */
function withoutVersion(action: Action): Action {
  return action.operation === 'UpdateStateMachine' ? { ...action, publishVersion: false } : action;
}

/** Whether a write may take from somebody what he still uses. */
function mayShrink({ leg, changes }: Action): boolean {
  return leg !== 'targetRole' && changes.some(({ before }) => before !== undefined);
}

function nameTaken(wanted: RoleArn, found: string): RoleUpdateResult {
  const problem = {
    leg: 'targetRole',
    reason: 'RoleNotOwned',
    message:
      `The name ${wanted.name} is taken by ${found}, and IAM knows a name only once in an account: ` +
      `choose another in targetRole.arn.`,
  } as const;
  return { plan: { actions: [], withheld: [], problem }, applied: [], repaired: false, role: undefined };
}
