/** What a reconcile of one link has found and done so far. It stays usable if the reconcile breaks off. */
import type { DeniedTask } from '../../api/generated.ts';
import type { MachineView } from '../../desired/machine-view.ts';
import type { ObservedRole } from '../../observed/objects.ts';
import type { Leg } from '../../desired/leg.ts';
import type { Action } from '../../plan/action.ts';
import type { Statement } from '../../policy/document.ts';
import type { ObjectChanges } from '../../plan/drift.ts';
import { cutValue, type Drift } from '../../report/drift.ts';
import { legOutcome } from '../../report/leg-outcome.ts';
import { inSync, LEGS, type EffectiveOutcome, type LegOutcome } from '../../report/outcome.ts';
import type { FailedWrite, UpdateResult } from '../objects/object-update.ts';
import type { Interruption } from '../objects/write-failure.ts';
import type { NameWait } from '../state/role-names.ts';

/** An account of the link that the operator cannot act in. */
interface UnreachableAccount {
  readonly leg: Leg;
  readonly message: string;
  /** Milliseconds since 1970; undefined if this process never tried to reach the account. */
  readonly since: number | undefined;
}

/** Pause before the rest of a plan is made. */
const REST_AFTER_MS = 500;

export class ReconcileRecord {
  readonly legs: Partial<Record<Leg, LegOutcome>> = {};
  effective: EffectiveOutcome | undefined;
  /** Writes that were made. */
  readonly applied: Action[] = [];
  /** Writes that failed. */
  readonly failures: FailedWrite[] = [];
  /** What somebody else had changed: undone, and not undone. */
  readonly repairs: ObjectChanges[] = [];
  readonly unrepaired: ObjectChanges[] = [];
  /** Writes that a leg that is only observed would need. */
  readonly observed: Action[] = [];
  /** Objects, as a status names them, at which nothing had to be changed, and whether they are as they should be. */
  readonly unchanged = new Map<string, boolean>();
  /** Changes by somebody else that are not the operator's to repair. */
  readonly externalChanges: Drift[] = [];
  /** What a person should know although nothing waits for it. */
  readonly notes: string[] = [];
  /** Tasks that no link asks for and that keep their Credentials, so that they fail instead of calling into the source
   *  account. */
  kept: readonly string[] = [];
  /** What stays in AWS although it should go, each with the reason. */
  readonly leftBehind: string[] = [];
  /** Aliases by which Tasks run without the Credentials; undefined while not known. */
  aliasesWithout: readonly string[] | undefined;
  view: MachineView | undefined;
  tasks: readonly string[] | undefined;
  /** What the link needs of the target role, and the definition from which that follows; undefined if it was not worked out. */
  needed: { readonly permissions: readonly Statement[]; readonly definition: string } | undefined;
  /** Tasks whose call AWS denied in an execution; undefined while the Tasks are not known. */
  deniedTasks: readonly DeniedTask[] | undefined;
  /** Why no Task is selected; undefined if some are. */
  noTasks: string | undefined;
  targetRole: ObservedRole | undefined;
  /** Set if the target role cannot be made because of its name. */
  awaitsName: NameWait | undefined;
  /** The boundary that the account's rules put on the target role. */
  accountBoundaryArn: string | undefined;
  executionRole: ObservedRole | undefined;
  /** RoleId of the target role that had been deleted, and was made again. */
  formerRoleId: string | undefined;
  /** Execution roles that have the link's grant, including former ones under which something still runs. */
  grantsOn: readonly string[] | undefined;
  /** Set if nothing was read or written because an account cannot be reached. */
  unreachable: UnreachableAccount | undefined;
  /** Milliseconds after which the link is reconciled again; undefined: at the next drift check. */
  continueAfterMs: number | undefined;
  /** Whether the definition is written as soon as IAM has had its time. */
  awaitsPropagation = false;
  /** Set if AWS still showed the state before an own write: milliseconds until its answers can be trusted. */
  lagsForMs: number | undefined;
  /** Whether the check ended early because everything is as it was when it was last found in sync. */
  isAsBefore = false;
  /** Whether something may have to be removed once the state machines of other links are read. */
  mayShrinkLater = false;
  /** Whether the rest of a plan can be written now that its first writes are made. */
  #hasRest = false;
  /** Whether something was kept for a link that the cache lacks or has in an older version. */
  awaitsUncached = false;
  /** Milliseconds until repairs go on of an object that somebody keeps changing back. */
  #pausedForMs: number | undefined;
  /** An older link sets a tag, the description or the boundary of the target role to another value. */
  #olderValue: LegOutcome | undefined;

  /** Notes that the basis of the check is the same as when everything was last found in sync. */
  noteAsBefore(): void {
    this.isAsBefore = true;
    for (const leg of LEGS) this.legs[leg] = inSync;
  }

  /** Whether repairs of an object are paused. */
  get pausing(): boolean {
    return this.#pausedForMs !== undefined;
  }

  /** Milliseconds until the next reconcile, if it is not to wait for the drift check. */
  get againAfterMs(): number | undefined {
    return this.continueAfterMs ?? (this.#hasRest ? REST_AFTER_MS : this.#pausedForMs);
  }

  /** Whether something that the link needs stands in AWS, whoever made it. */
  get standsInAws(): boolean {
    return this.onTrack || Object.values(this.legs).some(({ kind }) => kind === 'inSync');
  }

  /** Whether every leg so far is in sync, so that the next one may rely on them. */
  get onTrack(): boolean {
    return Object.values(this.legs).every(({ kind }) => kind === 'inSync');
  }

  /** Whether a leg waits for a person or for AWS. */
  get isBlocked(): boolean {
    return Object.values(this.legs).some(({ kind }) => kind !== 'inSync' && kind !== 'differs');
  }

  /** Notes a plan that was carried out or, for a leg that is only observed, only made. A leg that stands on several objects
   *  differs if one of them differs.
   *  @param legs every leg that stands on the object */
  add(legs: readonly Leg[], result: UpdateResult): void {
    this.addWrites(result);
    const { pause } = result;
    if (pause !== undefined) this.#pausedForMs = Math.min(pause.remainingMs, this.#pausedForMs ?? Infinity);
    if (!result.enforced) this.observed.push(...result.plan.actions);
    else if (result.plan.awaiting !== undefined && result.unmade.length === 0) this.#hasRest = true;
    for (const leg of legs) {
      const outcome = this.#outcomeOf(leg, legs, result);
      if (this.legs[leg]?.kind !== 'differs' || outcome.kind !== 'inSync') this.legs[leg] = outcome;
    }
  }

  /** Notes what was written and what was not, without changing the legs. */
  addWrites({
    object,
    plan,
    conflicts,
    applied,
    failures,
    repairs,
    unrepaired,
    lagsForMs,
    mayShrinkLater,
    awaitsUncached = false,
  }: UpdateResult): void {
    this.mayShrinkLater ||= mayShrinkLater;
    this.awaitsUncached ||= awaitsUncached;
    if (lagsForMs !== undefined) this.lagsForMs = Math.max(lagsForMs, this.lagsForMs ?? 0);
    const isInOrder = plan.problem === undefined && plan.blocked === undefined && conflicts.length === 0;
    if (plan.actions.length === 0) this.unchanged.set(cutValue(object), isInOrder);
    this.applied.push(...applied);
    this.failures.push(...failures);
    this.repairs.push(...repairs);
    this.unrepaired.push(...unrepaired);
  }

  /** Reports which other value an older link has set on the target role. That comes last: for the other legs to go on, only the
   *  trust policy and the permissions have to be as the link needs them. */
  reportOlderValue(): void {
    if (this.#olderValue !== undefined && this.legs.targetRole?.kind === 'inSync')
      this.legs.targetRole = this.#olderValue;
  }

  #outcomeOf(leg: Leg, legs: readonly Leg[], result: UpdateResult): LegOutcome {
    const outcome = legOutcome(leg, legs, result);
    const { conflicts, plan } = result;
    const yields = leg === 'targetRole' && conflicts.some((conflict) => conflict.leg === leg);
    if (!yields || plan.problem !== undefined || plan.blocked?.leg === leg) return outcome;
    this.#olderValue = outcome;
    return legOutcome(leg, legs, { ...result, conflicts: [] });
  }

  /** Notes what had been written when AWS refused something. */
  addInterrupted({ applied, repairs }: Interruption): void {
    this.applied.push(...applied);
    this.repairs.push(...repairs);
  }
}
