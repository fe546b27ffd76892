/** The plan for an AWS object → the outcome of each leg that depends on it. */
import { firstFew } from '../base/first-few.ts';
import type { ContributorConflict } from '../desired/contribution.ts';
import type { Leg } from '../desired/leg.ts';
import type { Action, ObjectPlan } from '../plan/action.ts';
import { inSync, progressing, stalled, type LegOutcome } from './outcome.ts';
import { pauseSentence, type RepairPause } from './repair-pause.ts';

export interface PlannedObject {
  readonly plan: ObjectPlan;
  /** Whether the plan was carried out; if not, the link only observes. */
  readonly enforced: boolean;
  readonly conflicts: readonly ContributorConflict[];
  /** Planned writes that were not made. */
  readonly unmade: readonly Action[];
  readonly pause?: RepairPause;
}

/** The outcome of one leg, from the plan for an object that it depends on.
 *  @param legs every leg that depends on the object */
export function legOutcome(
  leg: Leg,
  legs: readonly Leg[],
  { plan, enforced, conflicts, unmade, pause }: PlannedObject,
): LegOutcome {
  if (plan.problem !== undefined) {
    if (plan.problem.leg === leg || !legs.includes(plan.problem.leg)) {
      return stalled(plan.problem.reason, plan.problem.message);
    }
    return progressing('Creating', `Waits: ${plan.problem.message}`);
  }
  if (plan.blocked?.leg === leg) return stalled(plan.blocked.reason, plan.blocked.message);
  const conflict = conflicts.find((candidate) => candidate.leg === leg);
  if (conflict !== undefined) return stalled(conflict.reason, conflict.message);
  if (pause !== undefined) {
    const contested = plan.actions.find((action) => concerns(action, leg));
    return contested === undefined ? inSync : stalled('Conflict', pauseSentence(contested.object, pause));
  }
  const pending = [...unmade, ...(plan.awaiting ?? [])].filter((action) => concerns(action, leg));
  if (pending.length === 0) return inSync;
  return enforced
    ? { kind: 'interrupted', reason: 'Repairing', message: `Not written yet: ${pathsOf(pending)}.` }
    : { kind: 'differs', message: `Differs, and this leg is only observed: ${pathsOf(pending)}.` };
}

/** Whether a write concerns a leg. A role is created with its trust policy, and until it is created it has nothing. */
function concerns({ leg, operation }: Action, concerned: Leg): boolean {
  return leg === concerned || operation === 'CreateRole';
}

/** How many differences a message names; `kubectl crossaccountlink plan` shows all. */
const NAMED_DIFFERENCES = 3;

function pathsOf(actions: readonly Action[]): string {
  const all = actions.flatMap(({ object, changes }) => changes.map(({ path }) => `${path} of ${object}`));
  return firstFew(all, NAMED_DIFFERENCES);
}
