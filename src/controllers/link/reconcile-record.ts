/** What a reconcile of one link has found and done so far; it stays when the reconcile breaks off. */
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

/** An account of the link that the operator cannot act in. */
interface UnreachableAccount {
  readonly leg: Leg;
  readonly message: string;
  /** Milliseconds since 1970; undefined when it was never looked at in this process. */
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
  /** Writes that a leg which is only observed would need. */
  readonly observed: Action[] = [];
  /** Objects, as a status names them, that nothing had to be changed about, and whether they are as they should be. */
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
  /** What it needs of the target role, and the definition that says so; undefined where that was not worked out. */
  needed: { readonly permissions: readonly Statement[]; readonly definition: string } | undefined;
  /** Tasks that AWS denied their call in an execution; undefined while the Tasks are not known. */
  deniedTasks: readonly DeniedTask[] | undefined;
  /** Why no Task is selected, where none is. */
  noTasks: string | undefined;
  targetRole: ObservedRole | undefined;
  executionRole: ObservedRole | undefined;
  /** RoleId of the target role that was gone, and was made again. */
  formerRoleId: string | undefined;
  /** Execution roles that bear the link's grant, including former ones that something still runs under. */
  grantsOn: readonly string[] | undefined;
  /** Nothing was read or written because of it. */
  unreachable: UnreachableAccount | undefined;
  /** Milliseconds after which the link goes on by itself; undefined: at the next drift check. */
  continueAfterMs: number | undefined;
  /** Milliseconds until what AWS shows of every object may be believed: it still showed what was before an own write. */
  lagsForMs: number | undefined;
  /** Whether nothing was looked at again, because everything is as it was when it was last found in sync. */
  isAsBefore = false;
  /** Whether something may have to go that nothing is known of until other links' state machines are read. */
  mayShrinkLater = false;
  /** Whether the rest of a plan may be made now that its first writes are. */
  #hasRest = false;
  /** Whether something was left for a link that was not known as the API server has it. */
  awaitsUncached = false;
  /** Milliseconds until repairs of an object that somebody keeps changing back are made again. */
  #pausedForMs: number | undefined;
  /** An older link sets a tag, the description or the boundary of the target role to another value. */
  #olderValue: LegOutcome | undefined;

  /** Notes that a check went by the same as one before it that found everything in sync. */
  noteAsBefore(): void {
    this.isAsBefore = true;
    for (const leg of LEGS) this.legs[leg] = inSync;
  }

  /** Whether repairs of an object are paused. */
  get pausing(): boolean {
    return this.#pausedForMs !== undefined;
  }

  /** Milliseconds until the next reconcile, where it is not to wait for the drift check. */
  get againAfterMs(): number | undefined {
    return this.continueAfterMs ?? (this.#hasRest ? REST_AFTER_MS : this.#pausedForMs);
  }

  /** Whether something that the link needs stands, whoever has made it. */
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

  /** Notes a plan that was carried out or, for a leg that is only observed, made. A leg that stands on several objects
   *  differs when one of them does.
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

  /** Notes what was written, and what was not, without a word about the legs. */
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

  /** Only the trust policy and the permissions have to be as the link needs them for its other legs to go on: which value
   *  an older link has set of the rest is reported in the end. */
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
