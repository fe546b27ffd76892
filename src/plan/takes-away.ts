/** Which writes may take away what somebody still uses. Whatever may still be in use is read before them. */
import { isOwnSid } from '../desired/names.ts';
import type { ObservedRole } from '../observed/objects.ts';
import type { PolicyDocument, Statement } from '../policy/document.ts';
import type { Action } from './action.ts';
import { documentOf } from './role-writes.ts';
import { isAllowedBy } from './statements.ts';

/** Whether a write may take something away.
 *  @param role as it is before the write; not needed for a state machine */
export function takesSomethingAway(action: Action, role?: ObservedRole): boolean {
  const { leg, operation, changes } = action;
  if (leg === 'targetRole')
    return operation === 'DeleteRole' || operation === 'RemoveRoleFromInstanceProfile';
  const after = documentAfter(action);
  const before = role && documentOf(policyBefore(action, role));
  // Policy variables are text in the old version of the language.
  if (before === undefined || after === undefined || before.version !== after.version)
    return changes.some((change) => change.before !== undefined);
  return !onlyAllowsMore(before.statements, after.statements);
}

/** Whether a policy still allows everything that it allowed, and denies nothing new. A link that joins others on a role changes
 *  a statement of theirs, but takes nothing away. What both the operator and somebody else allow in a trust policy has to stay
 *  with both: the operator's goes with its links, and nobody could bring back somebody else's. */
function onlyAllowsMore(before: readonly Statement[], after: readonly Statement[]): boolean {
  const denials = after.filter(({ effect }) => effect === 'Deny');
  return (
    before.every((statement) => isAllowedBy(statement, ofSameOwner(statement, after))) &&
    denials.every((statement) => isAllowedBy(statement, before))
  );
}

function ofSameOwner({ sid }: Statement, others: readonly Statement[]): readonly Statement[] {
  return others.filter((other) => isOwnSid(other.sid) === isOwnSid(sid));
}

function documentAfter(action: Action): PolicyDocument | undefined {
  if (action.operation === 'PutRolePolicy') return action.document;
  return action.operation === 'UpdateAssumeRolePolicy' ? action.trust : undefined;
}

function policyBefore(action: Action, { trust, inlinePolicies }: ObservedRole) {
  return action.operation === 'PutRolePolicy' ? inlinePolicies.get(action.policyName) : trust;
}
