/** Read, plan, write: one AWS object at a time, under its lock, so that two links never write the same object at once. */
import type { RoleArn } from '../../arn/arn.ts';
import type { Leg } from '../../desired/leg.ts';
import type { MachineView } from '../../desired/machine-view.ts';
import type { ObservedRole } from '../../observed/objects.ts';
import type { Action } from '../../plan/action.ts';
import type { CredentialsPlan } from '../../plan/credentials.ts';
import type { DatedRoleReading, Freshness } from '../../aws/aws-account.ts';
import type { RepairBackoff } from '../state/repair-backoff.ts';
import { KeyedMutex } from '../../base/keyed-mutex.ts';
import { isBeingDeleted, type MachineReading } from '../state/machine-reading.ts';
import { targetRoleNameKey } from '../state/link-object.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';
import { DriftFinder } from './drift-finder.ts';
import {
  nameTaken,
  type ComingWrites,
  type ObjectUpdate,
  type SharedPlan,
  type UpdateOptions,
  type UpdateResult,
} from './object-update.ts';
import { ObjectWriter } from './object-writer.ts';
import { machinePlan, rolePlan } from './shrinking.ts';
import { mayHideDescription, needsFreshRead } from './snapshot-checks.ts';
import type { IamPropagation } from '../state/iam-propagation.ts';

export interface RoleUpdate extends ObjectUpdate {
  readonly arn: RoleArn;
  /** Whether the plan depends on the role's description. */
  readonly isDescribed: boolean;
  /** Called after each read of the role, before it is planned: reads what else the plan depends on. */
  readonly beforePlan?: (role: ObservedRole | undefined) => Promise<void>;
  /** May be called more than once. */
  readonly plan: (role: ObservedRole | undefined) => SharedPlan;
  /** Called one after the other, as long as the plan removes something that the operator once wrote: they read what still needs
   *  it. Each returns whether the plan has to be made again. */
  readonly learnBeforeShrinking: readonly ((role: ObservedRole | undefined) => Promise<boolean>)[];
}

export interface RoleUpdateResult extends UpdateResult {
  /** The role after the update; undefined if there is none. */
  readonly role: ObservedRole | undefined;
}

export interface StateMachineUpdate extends ObjectUpdate {
  readonly arn: string;
  /** The link's role. Before the link's own Tasks get it, they are recorded. */
  readonly roleArn: string;
  /** Whether a Task was the link's when the definition was last planned. The other Tasks of the role are recorded by their own
   *  links. */
  readonly isOwn: (task: string) => boolean;
  /** May be called more than once. */
  readonly plan: (view: MachineView) => Promise<SharedPlan<CredentialsPlan>>;
  /** Called if the last plan removes Credentials from a Task: reads who may need them. Returns whether the plan has to be made
   *  again. */
  readonly learnBeforeShrinking: () => Promise<boolean>;
}

export type StateMachineUpdateResult =
  | (UpdateResult<CredentialsPlan> & {
      readonly kind: 'planned';
      /** The state machine after the update. */
      readonly view: MachineView;
    })
  | Exclude<MachineReading, { kind: 'found' }>;

/** A role as it was read, with the plan for it. */
interface PlannedRole extends Pick<UpdateResult, 'lagsForMs'> {
  readonly role: ObservedRole | undefined;
  readonly planned: SharedPlan;
}

/** UpdateStateMachine has no compare-and-swap: what it overwrites must have been read at most this long ago. */
const READ_BEFORE_WRITE_MS = 1_000;

export class ObjectReconciler {
  readonly #machines: StateMachineCache;
  readonly #repairBackoff: RepairBackoff;
  readonly #writer: ObjectWriter;
  readonly #locks = new KeyedMutex();
  readonly #drift = new DriftFinder();

  constructor(machines: StateMachineCache, propagation: IamPropagation, repairBackoff: RepairBackoff) {
    this.#machines = machines;
    this.#repairBackoff = repairBackoff;
    this.#writer = new ObjectWriter(machines, propagation, repairBackoff);
  }

  /** Failed writes are in the result.
   *  @throws AwsFailure when the role cannot be read, WriteFailure from a deletion, or when nothing may be written any more */
  updateRole(update: RoleUpdate): Promise<RoleUpdateResult> {
    const { accountId, name } = update.arn;
    // IAM's writes name a role without its path.
    return this.#locks.run(targetRoleNameKey(accountId, name), () => this.#updateRole(update));
  }

  /** Failed writes are in the result.
   *  @throws AwsFailure when it cannot be read, WriteFailure from a deletion, or when nothing may be written any more */
  updateStateMachine(update: StateMachineUpdate): Promise<StateMachineUpdateResult> {
    return this.#locks.run(update.arn, () => this.#updateStateMachine(update));
  }

  async #updateRole(update: RoleUpdate): Promise<RoleUpdateResult> {
    const { arn, enforced, options } = update;
    this.#drift.dropForgotten(arn.text, options.lastUpdates);
    const { readingsInUse } = this.#machines;
    const read = await this.#readAndPlan(update);
    const { role, planned: first, ...lag } = read;
    const planned = await rolePlan(update, { role, first, readingsInUse }, this.#machines);
    const { actions } = planned.plan;
    const unwritten = { ...lag, ...planned, ...nothingWritten(actions), object: arn.text, enforced, role };
    if (!enforced || actions.length === 0) return this.#concluded(arn.text, options, unwritten);
    const coming = { arn: arn.text, makesRole: actions.some(({ operation }) => operation === 'CreateRole') };
    const { pause, drift } = await this.#prepareWrites(coming, planned, options);
    if (pause !== undefined) return { ...unwritten, pause };
    this.#drift.writes(arn.text, planned.wanted);
    const written = await this.#writer.writeRole(update, actions, role, drift);
    return this.#concluded(arn.text, options, { ...unwritten, ...written });
  }

  /** Plans from a snapshot if that will do. A snapshot only suggests what to do: if something depends on it, the role is read
   *  afresh and planned again. */
  async #readAndPlan(update: RoleUpdate): Promise<PlannedRole> {
    const { aws, arn, options, enforced } = update;
    // An object that somebody keeps changing has changed since the snapshot and the last write.
    const freshness: Freshness = this.#repairBackoff.isOn(arn.text) ? { kind: 'fresh' } : options.freshness;
    const reading = await aws.role(arn.text, options.callOptions, freshness);
    if (reading.kind === 'nameTaken') return { role: undefined, planned: nameTaken(arn, 'taken') };
    const role = reading.kind === 'found' ? reading.role : undefined;
    await update.beforePlan?.(role);
    const planned = update.plan(role);
    const drift = this.#drift.driftIn(arn.text, planned, options);
    const isUnfinished = enforced && this.#drift.isUnfinished(arn.text);
    const isHidden = update.isDescribed && mayHideDescription(role, planned, options, isUnfinished);
    if (reading.fresh || !(isHidden || needsFreshRead(planned, drift)))
      return { role, planned, ...lagOf(reading) };
    const again = await aws.role(arn.text, options.callOptions, { kind: 'fresh' });
    if (again.kind === 'nameTaken') return { role: undefined, planned: nameTaken(arn, 'taken') };
    const fresh = again.kind === 'found' ? again.role : undefined;
    await update.beforePlan?.(fresh);
    return { role: fresh, planned: update.plan(fresh), ...lagOf(again) };
  }

  async #updateStateMachine(update: StateMachineUpdate): Promise<StateMachineUpdateResult> {
    const { aws, arn, options, enforced } = update;
    const { callOptions } = options;
    this.#drift.dropForgotten(arn, options.lastUpdates);
    let machine = asToChange(await this.#machines.read(aws, arn, callOptions, options.machineMaxAgeMs));
    if (machine.kind !== 'found') return machine;
    let planned = await machinePlan(update, machine.view);
    if (planned.plan.actions.length > 0 && enforced) {
      // This comes before the last read, because the API server may take its time.
      await this.#prepareWrites(comingTo(update, planned), planned, options);
      machine = asToChange(await this.#machines.read(aws, arn, callOptions, READ_BEFORE_WRITE_MS));
      if (machine.kind !== 'found') return machine;
      planned = await machinePlan(update, machine.view);
    }
    const { view } = machine;
    const { actions } = planned.plan;
    const lagsForMs = this.#machines.lagsForMs(arn);
    const unmade = { ...(lagsForMs !== undefined && { lagsForMs }), ...planned, ...nothingWritten(actions) };
    const unwritten = { ...unmade, kind: 'planned', object: arn, enforced, view } as const;
    const [action] = actions;
    if (action === undefined || !enforced) return this.#concluded(arn, options, unwritten);
    const { pause, drift } = await this.#prepareWrites(comingTo(update, planned), planned, options);
    if (pause !== undefined) return { ...unwritten, pause };
    this.#drift.writes(arn, planned.wanted);
    const written = await this.#writer.writeStateMachine(update, action, view, drift);
    return this.#concluded(arn, options, { ...unwritten, ...written });
  }

  /** Returns the pause if the object is left alone for a while; if not, makes sure of all that has to come before a write.
   *  To call it again costs only what the new plan adds. */
  async #prepareWrites(coming: Omit<ComingWrites, 'drift'>, planned: SharedPlan, options: UpdateOptions) {
    const pause = this.#pauseOf(coming.arn, planned, options);
    const drift = this.#drift.driftIn(coming.arn, planned, options);
    if (pause === undefined) await options.beforeWrites({ ...coming, drift });
    return { pause, drift };
  }

  /** A new wish is not a repair, and does not wait for a pause to end. */
  #pauseOf(object: string, { wanted }: SharedPlan, { isDeletion, lastUpdates }: UpdateOptions) {
    const last = lastUpdates.get(object);
    const wantsOther = last !== undefined && last.wanted !== wanted;
    return isDeletion || wantsOther ? undefined : this.#repairBackoff.pause(object);
  }

  /** To be called when a link that wrote these legs goes and leaves the object as it is. */
  leave(object: string, legs: ReadonlySet<Leg>): void {
    this.#drift.leave(object, legs);
  }

  /** Whether an edit of the object is not completely written. */
  isUnfinished(object: string): boolean {
    return this.#drift.isUnfinished(object);
  }

  /** To be called when no link writes the object any more. */
  forget(object: string): void {
    this.#drift.forget(object);
  }

  #concluded<Result extends UpdateResult>(object: string, options: UpdateOptions, result: Result): Result {
    const unrepaired = result.enforced ? result.unrepaired : this.#drift.driftIn(object, result, options);
    this.#drift.concluded(object, options, result);
    return { ...result, unrepaired };
  }
}

/** For writes, a state machine that AWS is deleting is gone: AWS changes nothing of it any more. */
function asToChange(reading: MachineReading): MachineReading {
  return isBeingDeleted(reading) ? { kind: 'absent' } : reading;
}

function lagOf({ lagsForMs }: DatedRoleReading): Pick<UpdateResult, 'lagsForMs'> {
  return lagsForMs === undefined ? {} : { lagsForMs };
}

function comingTo({ arn, roleArn, isOwn }: StateMachineUpdate, { plan }: SharedPlan<CredentialsPlan>) {
  const mine = [...plan.assigned].filter(([task, assignedArn]) => assignedArn === roleArn && isOwn(task));
  return { arn, makesRole: false, tasks: mine.map(([task]) => task) };
}

function nothingWritten(actions: readonly Action[]) {
  return { applied: [], unmade: actions, failures: [], repairs: [], unrepaired: [] };
}
