/** When a plan that was made from a snapshot has to be made again from a fresh read. */
import type { ObservedRole } from '../../observed/objects.ts';
import { hasCreation, ofDescriptions, type ObjectChanges } from '../../plan/drift.ts';
import type { SharedPlan, UpdateOptions } from './object-update.ts';

/** Whether a plan needs a fresh read: it reports drift or a problem, changes something that exists, or lets somebody into an
 *  existing role, whose permissions by now decide whether that is allowed. */
export function needsFreshRead({ plan }: SharedPlan, drift: readonly ObjectChanges[]): boolean {
  if (plan.problem !== undefined) return true;
  if (plan.actions.length === 0) return false;
  if (plan.actions.some(({ operation }) => operation === 'UpdateAssumeRolePolicy')) return true;
  return (
    drift.length > 0 || plan.actions.some(({ changes }) => changes.some(({ before }) => before !== undefined))
  );
}

/** Whether the description has to be read: a snapshot has no descriptions, and the role's may not be as wanted yet.
 *  @param isUnfinished whether an edit of the role is not completely written, so that the role still has what it had
 *  https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleDetail.html */
export function mayHideDescription(
  role: ObservedRole | undefined,
  { wanted, plan, onRecord }: SharedPlan,
  { inSyncBefore, lastUpdates }: UpdateOptions,
  isUnfinished: boolean,
): boolean {
  if (role === undefined || role.description !== undefined || plan.problem !== undefined) return false;
  if (isUnfinished && plan.withheld.length === 0) return true;
  const last = lastUpdates.get(role.arn);
  // A description that was not written is as it was; if somebody made the role again since, it may have another one.
  if (last !== undefined)
    return last.wanted !== wanted || hasCreation(last.unmade) || ofDescriptions(last.unmade).size > 0;
  // Later nothing tells any more that another link only observes and may have left a description, or that the definition in AWS
  // is not the one in the statuses, as when these come from a backup.
  if (!inSyncBefore.has('targetRole') || onRecord.observed().union(onRecord.frozen()).has('targetRole'))
    return true;
  return onRecord.edited().has('permissions');
}
