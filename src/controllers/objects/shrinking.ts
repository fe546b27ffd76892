/** Plans that take something away: before they are carried out, whatever may still need it is read. */
import type { MachineView } from '../../desired/machine-view.ts';
import type { ObservedRole } from '../../observed/objects.ts';
import type { CredentialsPlan } from '../../plan/credentials.ts';
import { takesSomethingAway } from '../../plan/takes-away.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';
import type { RoleUpdate, StateMachineUpdate } from './object-reconciler.ts';
import type { SharedPlan } from './object-update.ts';

interface FirstPlan {
  readonly role: ObservedRole | undefined;
  readonly first: SharedPlan;
  /** How often definitions in use had been read before it was made. */
  readonly readingsInUse: number;
}

/** The plan for a role with all that is known then of who needs it.
 *  @throws AwsFailure, ApiError */
export async function rolePlan(
  { plan, learnBeforeShrinking }: Pick<RoleUpdate, 'plan' | 'learnBeforeShrinking'>,
  { role, first, readingsInUse }: FirstPlan,
  machines: Pick<StateMachineCache, 'readingsInUse'>,
): Promise<SharedPlan> {
  let planned = first;
  let known = readingsInUse;
  for (const learn of learnBeforeShrinking) {
    if (!planned.plan.actions.some((action) => takesSomethingAway(action, role))) return planned;
    const learned = await learn(role);
    // Another link's reconcile may have read meanwhile what is in use: then nothing that is read here is new.
    const isOutdated = machines.readingsInUse !== known;
    known = machines.readingsInUse;
    if (learned || isOutdated) planned = plan(role);
  }
  return planned;
}

/** The same for a definition. Nothing is read if it is only observed. @throws AwsFailure, ApiError */
export async function machinePlan(
  { enforced, plan, learnBeforeShrinking }: StateMachineUpdate,
  view: MachineView,
): Promise<SharedPlan<CredentialsPlan>> {
  const planned = await plan(view);
  if (!enforced || !planned.plan.actions.some((action) => takesSomethingAway(action))) return planned;
  return (await learnBeforeShrinking()) ? plan(view) : planned;
}
