/** Which writes to a role still make sense after others have failed. */
import { isFormerTag, TAGS } from '../desired/names.ts';
import type { Action } from './action.ts';

/** Whether a write relies on one that was not made: a role that is not there, an owner who is not on record, a record
 *  without which nobody would know later what to take away again. Every other write goes on by itself.
 *  @param unmade writes to the same role that failed or were left out */
export function reliesOn(action: Action, unmade: readonly Action[]): boolean {
  return unmade.some((other) => {
    switch (other.operation) {
      case 'CreateRole':
        return true;
      case 'TagRole':
        return (
          action.operation === 'AttachRolePolicy' ||
          (claims(other.tags) && !narrows(action)) ||
          (setsScalar(action) && [...other.tags.keys()].some(isFormerTag))
        );
      // Where trust comes after removals, nobody is let in until what is foreign is gone.
      case 'DeleteRolePolicy':
        return action.operation === 'UpdateAssumeRolePolicy';
      case 'DetachRolePolicy':
        return ['UpdateAssumeRolePolicy', 'TagRole', 'UntagRole'].includes(action.operation);
      case 'UpdateRoleDescription':
      case 'PutRolePermissionsBoundary':
      case 'DeleteRolePermissionsBoundary':
        return action.operation === 'UntagRole' && action.keys.some(isFormerTag);
      case 'UntagRole':
        return action.operation === 'TagRole' || action.operation === 'UntagRole';
      default:
        return false;
    }
  });
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

function setsScalar({ operation }: Action): boolean {
  return operation === 'UpdateRoleDescription' || operation.endsWith('PermissionsBoundary');
}

function narrows({ operation, changes }: Action): boolean {
  return operation !== 'UpdateStateMachine' && changes.every(({ after }) => after === undefined);
}
