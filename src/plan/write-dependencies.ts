/** Which writes to a role still make sense after others have failed. */
import { isFormerTag, TAGS } from '../desired/names.ts';
import type { Action } from './action.ts';
import { setsBoundary } from './scalars.ts';

/** Whether a write may not be made because another one was not. Every other write goes on by itself.
 *  @param unmade writes to the same role that failed or were left out */
export function reliesOn(action: Action, unmade: readonly Action[]): boolean {
  return unmade.some((other) => reliesOnOne(action, other));
}

function reliesOnOne(action: Action, unmade: Action): boolean {
  switch (unmade.operation) {
    // There is no role to write to.
    case 'CreateRole':
      return true;
    case 'TagRole':
      return (
        // Its record comes first: a policy that is attached and not on record would never be detached again.
        action.operation === 'AttachRolePolicy' ||
        // Until the tags say that the role is the operator's, it is made narrower at most.
        (claims(unmade.tags) && !narrows(action)) ||
        // What an adopted role had before has to be on record, or it could not be given back.
        (setsScalar(action) && [...unmade.tags.keys()].some(isFormerTag))
      );
    // Where trust comes after removals, nobody is let in until what is foreign is gone; and the role keeps its boundary.
    case 'DeleteRolePolicy':
      return action.operation === 'UpdateAssumeRolePolicy' || setsBoundary(action);
    // The same; and the policy stays on record as long as it is attached.
    case 'DetachRolePolicy':
      return (
        ['UpdateAssumeRolePolicy', 'TagRole', 'UntagRole'].includes(action.operation) || setsBoundary(action)
      );
    // What the role had before stays on record until it has that back.
    case 'UpdateRoleDescription':
    case 'PutRolePermissionsBoundary':
    case 'DeleteRolePermissionsBoundary':
      return action.operation === 'UntagRole' && action.keys.some(isFormerTag);
    // Tags that are still on the role stay on record as the operator's.
    case 'UntagRole':
      return action.operation === 'TagRole' || action.operation === 'UntagRole';
    default:
      return false;
  }
}

/** Whether the role is not known to be the operator's for want of one of these writes: then no link may rely on it. */
export function leavesUnclaimed(unmade: readonly Action[]): boolean {
  return unmade.some(
    (action) => action.operation === 'CreateRole' || (action.operation === 'TagRole' && claims(action.tags)),
  );
}

/** Whether these tags make the role the operator's. */
function claims(tags: ReadonlyMap<string, string>): boolean {
  return tags.has(TAGS.clusterId);
}

function setsScalar(action: Action): boolean {
  return action.operation === 'UpdateRoleDescription' || setsBoundary(action);
}

function narrows({ operation, changes }: Action): boolean {
  return operation !== 'UpdateStateMachine' && changes.every(({ after }) => after === undefined);
}
