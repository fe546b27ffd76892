/** Which writes to a role still make sense after others have failed. */
import { isFormerTag, TAGS } from '../desired/names.ts';
import type { Action } from './action.ts';
import { setsBoundary } from './scalars.ts';

/** Whether a write may not be made because another one was not. All other writes go on.
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
        // The record comes first: a policy that is attached without a record would never be detached.
        action.operation === 'AttachRolePolicy' ||
        // Until the tags say that the role is the operator's, only writes that take rights away are made.
        (claims(unmade.tags) && !narrows(action)) ||
        // What an adopted role had before has to be on record, or it could not be given back.
        (setsScalar(action) && [...unmade.tags.keys()].some(isFormerTag))
      );
    // If the trust comes after removals, nobody is let in until everything foreign is gone; and the role keeps its boundary.
    case 'DeleteRolePolicy':
      return action.operation === 'UpdateAssumeRolePolicy' || setsBoundary(action);
    // The same; and a policy stays on record as long as it is attached.
    case 'DetachRolePolicy':
      return (
        ['UpdateAssumeRolePolicy', 'TagRole', 'UntagRole'].includes(action.operation) || setsBoundary(action)
      );
    // Former values stay on record until the role has them back.
    case 'UpdateRoleDescription':
    case 'PutRolePermissionsBoundary':
    case 'DeleteRolePermissionsBoundary':
      return action.operation === 'UntagRole' && action.keys.some(isFormerTag);
    // Tags stay on record as the operator's as long as they are on the role.
    case 'UntagRole':
      return action.operation === 'TagRole' || action.operation === 'UntagRole';
    default:
      return false;
  }
}

/** Whether one of these writes was needed to show that the role is the operator's: then no link may rely on it. */
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
