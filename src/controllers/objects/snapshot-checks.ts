/** When a plan that was made from a snapshot has to be made again from a fresh read. */
import type { ObservedRole } from '../../observed/objects.ts';
import { hasCreation, ofDescriptions, type ObjectChanges } from '../../plan/drift.ts';
import type { SharedPlan, UpdateOptions } from './object-update.ts';

/** Whether a plan made from a snapshot reports drift or a problem, changes anything that is there, or lets somebody into a
 *  role that stands: what else that role may do by now decides whether it does. */
export function needsFreshRead({ plan }: SharedPlan, drift: readonly ObjectChanges[]): boolean {
  if (plan.problem !== undefined) return true;
  if (plan.actions.length === 0) return false;
  if (plan.actions.some(({ operation }) => operation === 'UpdateAssumeRolePolicy')) return true;
  return (
    drift.length > 0 || plan.actions.some(({ changes }) => changes.some(({ before }) => before !== undefined))
  );
}

/** A snapshot has no descriptions: one that may not be what is wanted yet is looked for.
 *  @param isUnfinished whether an edit of the role has not been brought about whole: what the role had is still there
 *  https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleDetail.html */
export function mayHideDescription(
  role: ObservedRole | undefined,
  { wanted, plan, editedLegs, observedLegs }: SharedPlan,
  { inSyncBefore, lastUpdates }: UpdateOptions,
  isUnfinished: boolean,
): boolean {
  if (role === undefined || role.description !== undefined || plan.problem !== undefined) return false;
  if (isUnfinished && plan.withheld.length === 0) return true;
  const last = lastUpdates.get(role.arn);
  // One that was not written stands as it did; whoever made the role since may have given it another one.
  if (last !== undefined)
    return last.wanted !== wanted || hasCreation(last.unmade) || ofDescriptions(last.unmade).size > 0;
  // Later it is no news any more that another link only observes, and may have left it; nor that AWS has another definition than the
  // statuses know of, as where these come from a backup.
  if (!inSyncBefore.has('targetRole') || observedLegs().has('targetRole')) return true;
  return editedLegs().has('permissions');
}
