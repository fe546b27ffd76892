/** Read, plan, write: one AWS object at a time, under its lock, so that two links never write the same object at once. */
import type { RoleArn } from '../../arn/arn.ts';
import { AwsFailure } from '../../aws/errors.ts';
import type { MachineView } from '../../desired/machine-view.ts';
import { roleAfter } from '../../plan/after.ts';
import type { ObservedRole } from '../../observed/objects.ts';
import type { Action, ObjectPlan } from '../../plan/action.ts';
import type { CredentialsPlan } from '../../plan/credentials.ts';
import type { AccountAws, Freshness } from '../../aws/account-aws.ts';
import type { RepairBackoff } from '../state/repair-backoff.ts';
import { KeyedMutex } from '../../base/keyed-mutex.ts';
import type { MachineReading, StateMachineCache } from '../state/state-machine-cache.ts';
import type { SharedPlan, UpdateOptions, UpdateResult } from './object-update.ts';
import { WriteFailure } from './write-failure.ts';
import type { IamPropagation } from '../state/iam-propagation.ts';

interface ObjectUpdate {
  readonly aws: AccountAws;
  /** On whose behalf, for the audit line. */
  readonly linkKey: string;
  readonly options: UpdateOptions;
  /** Whether the plan is carried out. */
  readonly enforced: boolean;
}

export interface RoleUpdate extends ObjectUpdate {
  readonly arn: RoleArn;
  /** Called with each reading of the role before it is planned for: reads what else the plan goes by. */
  readonly beforePlan?: (role: ObservedRole | undefined) => Promise<void>;
  /** May be called more than once. */
  readonly plan: (role: ObservedRole | undefined) => SharedPlan;
  /** Called when the plan takes away what the operator once wrote: reads what still needs it, and returns whether the
   *  plan has to be made again. */
  readonly learnBeforeShrinking: () => Promise<boolean>;
}

export interface RoleUpdateResult extends UpdateResult {
  /** As it is after the update. */
  readonly role: ObservedRole | undefined;
}

export interface StateMachineUpdate extends ObjectUpdate {
  readonly arn: string;
  /** May be called more than once. */
  readonly plan: (view: MachineView) => SharedPlan<CredentialsPlan>;
}

export type StateMachineUpdateResult =
  | (UpdateResult<CredentialsPlan> & {
      readonly kind: 'planned';
      /** As it is after the update. */
      readonly view: MachineView;
    })
  | Exclude<MachineReading, { kind: 'found' }>;

/** UpdateStateMachine has no compare-and-swap: what it overwrites must have been read at most so long ago. */
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

  /** @throws AwsFailure when the role cannot be read, WriteFailure when a write fails */
  updateRole(update: RoleUpdate): Promise<RoleUpdateResult> {
    return this.#locks.run(update.arn.text, () => this.#updateRole(update));
  }

  /** @throws AwsFailure when the state machine cannot be read, WriteFailure when the write fails */
  updateStateMachine(update: StateMachineUpdate): Promise<StateMachineUpdateResult> {
    return this.#locks.run(update.arn, () => this.#updateStateMachine(update));
  }

  async #updateRole(update: RoleUpdate): Promise<RoleUpdateResult> {
    const { arn, enforced } = update;
    const read = await this.#readAndPlan(update);
    const { role } = read;
    let { planned } = read;
    if (planned.plan.actions.some(mayShrink) && (await update.learnBeforeShrinking()))
      planned = update.plan(role);
    const unwritten = { ...planned, enforced, applied: [], repaired: false, role };
    const { actions } = planned.plan;
    if (!enforced || actions.length === 0) return unwritten;
    const pause = this.#pauseOf(arn.text, update.options);
    if (pause !== undefined) return { ...unwritten, pause };
    await beforeWrites(update.options, actions);
    return { ...unwritten, ...(await this.#writeRole(update, actions, role)) };
  }

  /** A snapshot only suggests what to do: where that matters, the role is read afresh and planned again. */
  async #readAndPlan(update: RoleUpdate): Promise<{ role: ObservedRole | undefined; planned: SharedPlan }> {
    const { aws, arn, options } = update;
    // An object that somebody keeps changing is not as the snapshot or the last write left it.
    const freshness: Freshness = this.#repairBackoff.isOn(arn.text) ? { kind: 'fresh' } : options.freshness;
    const reading = await aws.role(arn.text, options.callOptions, freshness);
    if (reading.kind === 'nameTaken') return nameTaken(arn);
    const role = reading.kind === 'found' ? reading.role : undefined;
    await update.beforePlan?.(role);
    const planned = update.plan(role);
    if (reading.fresh || !needsFreshRead(planned.plan, options)) return { role, planned };
    const again = await aws.role(arn.text, options.callOptions, { kind: 'fresh' });
    if (again.kind === 'nameTaken') return nameTaken(arn);
    const fresh = again.kind === 'found' ? again.role : undefined;
    await update.beforePlan?.(fresh);
    return { role: fresh, planned: update.plan(fresh) };
  }

  async #writeRole(update: RoleUpdate, actions: readonly Action[], before: ObservedRole | undefined) {
    const { arn, options } = update;
    const applied: Action[] = [];
    let role = before;
    for (const action of actions) {
      const answer = await this.#write(update, action, applied);
      this.#propagation.written(arn.text);
      role = roleAfter(role, action, answer.roleId);
      applied.push(action);
    }
    return { applied, role, repaired: this.#noteRepair(options, arn.text) };
  }

  async #updateStateMachine(update: StateMachineUpdate): Promise<StateMachineUpdateResult> {
    const { aws, arn, options, enforced } = update;
    const { callOptions } = options;
    let machine = await this.#machines.read(aws, arn, callOptions, options.machineMaxAgeMs);
    if (machine.kind !== 'found') return machine;
    let planned = update.plan(machine.view);
    if (planned.plan.actions.length > 0 && enforced) {
      machine = await this.#machines.read(aws, arn, callOptions, READ_BEFORE_WRITE_MS);
      if (machine.kind !== 'found') return machine;
      planned = update.plan(machine.view);
    }
    const { view } = machine;
    const unwritten = { ...planned, kind: 'planned', enforced, applied: [], repaired: false, view } as const;
    const [wanted] = planned.plan.actions;
    if (wanted === undefined || !enforced) return unwritten;
    const pause = this.#pauseOf(arn, options);
    if (pause !== undefined) return { ...unwritten, pause };
    await beforeWrites(options, planned.plan.actions);
    return { ...unwritten, ...(await this.#writeStateMachine(update, wanted, view)) };
  }

  async #writeStateMachine(update: StateMachineUpdate, wanted: Action, before: MachineView) {
    const { arn, options } = update;
    const action = this.#repairBackoff.isOn(arn) ? withoutVersion(wanted) : wanted;
    const answer = await this.#write(update, action, []);
    if (action.operation === 'UpdateStateMachine') {
      const { revisionId: _, ...machine } = before.machine;
      const revision = answer.revisionId === undefined ? {} : { revisionId: answer.revisionId };
      this.#machines.written({ ...machine, ...revision, definition: action.definition });
    }
    const after = this.#machines.known(arn);
    const view = after?.kind === 'found' ? after.view : before;
    return { applied: [action], repaired: this.#noteRepair(options, arn), view };
  }

  #pauseOf(object: string, { isDeletion }: UpdateOptions) {
    return isDeletion ? undefined : this.#repairBackoff.pause(object);
  }

  /** Writes to an object that was in sync, or that somebody keeps changing back, are repairs. */
  #noteRepair({ wasInSync }: UpdateOptions, object: string): boolean {
    const repaired = wasInSync || this.#repairBackoff.isOn(object);
    if (repaired) this.#repairBackoff.repaired(object);
    return repaired;
  }

  async #write({ aws, options, linkKey }: ObjectUpdate, action: Action, applied: readonly Action[]) {
    try {
      return await aws.apply(action, options.callOptions, [linkKey]);
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error;
      this.#machines.doubt(action.object);
      const done = error.outcomeUnknown ? [...applied, action] : applied;
      const repaired = done.length > 0 && this.#noteRepair(options, action.object);
      throw new WriteFailure(action, error, applied, repaired ? done : []);
    }
  }
}

/** The finalizer comes first: it keeps the link in the cluster until what is written here is removed again. */
async function beforeWrites(
  { addFinalizer, forgetRoleId }: UpdateOptions,
  actions: readonly Action[],
): Promise<void> {
  await addFinalizer();
  if (actions.some(({ operation }) => operation === 'CreateRole')) await forgetRoleId();
}

/** Whether a plan made from a snapshot reports drift or a problem, or changes anything that is there. */
function needsFreshRead(plan: ObjectPlan, { wasInSync }: UpdateOptions): boolean {
  if (plan.problem !== undefined) return true;
  if (plan.actions.length === 0) return false;
  return wasInSync || plan.actions.some(({ changes }) => changes.some(({ before }) => before !== undefined));
}

/** While somebody keeps changing the definition back, each repair would publish a version, and a state machine can have
 *  a thousand. */
function withoutVersion(action: Action): Action {
  return action.operation === 'UpdateStateMachine' ? { ...action, publishVersion: false } : action;
}

/** Whether a write may take away what somebody still uses. */
function mayShrink({ leg, changes }: Action): boolean {
  return leg !== 'targetRole' && changes.some(({ before }) => before !== undefined);
}

function nameTaken(wanted: RoleArn): { role: undefined; planned: SharedPlan } {
  const problem = {
    leg: 'targetRole',
    reason: 'RoleNotOwned',
    message:
      `The name ${wanted.name} is taken by another role of the account, and IAM knows a name only once there: ` +
      `choose another in targetRole.arn.`,
  } as const;
  const plan = { actions: [], withheld: [], problem };
  return { role: undefined, planned: { plan, conflicts: [], awaitsReads: false } };
}
