/** What a reconcile of one link has found and done so far. */
import type { MachineView } from '../../desired/machine-view.ts';
import type { ObservedRole } from '../../observed/objects.ts';
import type { Leg } from '../../desired/leg.ts';
import type { Action } from '../../plan/action.ts';
import type { Drift } from '../../report/drift.ts';
import {
  inSync,
  progressing,
  stalled,
  type EffectiveOutcome,
  type LegOutcome,
} from '../../report/outcome.ts';
import type { ContributorConflict } from '../../desired/contribution.ts';

import { pauseSentence } from '../state/repair-backoff.ts';
import type { UpdateResult } from '../objects/object-reconciler.ts';

export class ReconcileRecord {
  readonly legs: Partial<Record<Leg, LegOutcome>> = {};
  effective: EffectiveOutcome | undefined;
  /** Writes that were made. */
  readonly applied: Action[] = [];
  /** Those of them that put right what somebody else had changed. */
  readonly repairs: Action[] = [];
  /** Writes that a leg which is only observed would need. */
  readonly observed: Action[] = [];
  /** Changes by somebody else that are not the operator's to repair. */
  readonly told: Drift[] = [];
  /** What a person should know although nothing waits for it. */
  readonly notes: string[] = [];
  /** Tasks that no link wants and that keep their Credentials, so that they fail instead of turning around. */
  kept: readonly string[] = [];
  /** Aliases by which Tasks run without the Credentials; undefined while not known. */
  aliasesWithout: readonly string[] | undefined;
  view: MachineView | undefined;
  tasks: readonly string[] | undefined;
  targetRole: ObservedRole | undefined;
  executionRole: ObservedRole | undefined;
  /** Execution roles that bear the link's grant, former ones that something still runs under included. */
  grantsOn: readonly string[] | undefined;
  /** Milliseconds after which the link goes on by itself; undefined: at the next drift check. */
  continueAfterMs: number | undefined;
  /** Milliseconds after which a fight's pause is over, and the next repair is made. */
  #pausedForMs: number | undefined;

  /** Whether something is left as it is for the pause of a fight. */
  get pausing(): boolean {
    return this.#pausedForMs !== undefined;
  }

  /** When the link is to be looked at again, whatever its drift check interval is. */
  get againAfterMs(): number | undefined {
    return this.continueAfterMs ?? this.#pausedForMs;
  }

  /** Whether the legs so far are as wanted, so that the next one may rely on them. */
  get onTrack(): boolean {
    return Object.values(this.legs).every(({ kind }) => kind === 'inSync');
  }

  /** Whether a leg waits for a person or for AWS. */
  get isBlocked(): boolean {
    return Object.values(this.legs).some(({ kind }) => kind === 'stalled' || kind === 'progressing');
  }

  /** Takes in a plan that was carried out (or, for an observed leg, only made). */
  add(
    legs: readonly Leg[],
    result: UpdateResult,
    enforce: boolean,
    conflicts: readonly ContributorConflict[],
  ): void {
    this.applied.push(...result.applied);
    if (result.repaired) this.repairs.push(...result.applied);
    const { pause } = result;
    if (pause !== undefined) this.#pausedForMs = Math.min(pause.remainingMs, this.#pausedForMs ?? Infinity);
    if (!enforce) this.observed.push(...result.plan.actions);
    for (const leg of legs) this.legs[leg] = legOutcome(leg, legs, result, enforce, conflicts);
  }
}

function legOutcome(
  leg: Leg,
  legs: readonly Leg[],
  { plan, pause }: UpdateResult,
  enforce: boolean,
  conflicts: readonly ContributorConflict[],
): LegOutcome {
  if (plan.problem !== undefined) {
    if (plan.problem.leg === leg || !legs.includes(plan.problem.leg)) {
      return stalled(plan.problem.reason, plan.problem.message);
    }
    return progressing('Creating', `Waits: ${plan.problem.message}`);
  }
  if (plan.held?.leg === leg) return stalled(plan.held.reason, plan.held.message);
  const conflict = conflicts.find((candidate) => candidate.leg === leg);
  if (conflict !== undefined) return stalled(conflict.reason, conflict.message);
  if (pause !== undefined) {
    const contested = plan.actions.find((action) => action.leg === leg);
    return contested === undefined ? inSync : stalled('Conflict', pauseSentence(contested.object, pause));
  }
  const pending = enforce ? [] : plan.actions.filter((action) => action.leg === leg);
  return pending.length === 0 ? inSync : { kind: 'differs', message: differences(pending) };
}

/** At most so many differences are named in a message; `kubectl crossaccountlink plan` shows all. */
const NAMED_DIFFERENCES = 3;

function differences(actions: readonly Action[]): string {
  const all = actions.flatMap(({ object, changes }) => changes.map(({ path }) => `${path} of ${object}`));
  const more = all.length > NAMED_DIFFERENCES ? ` and ${all.length - NAMED_DIFFERENCES} more` : '';
  return `Differs and is only observed: ${all.slice(0, NAMED_DIFFERENCES).join(', ')}${more}.`;
}
