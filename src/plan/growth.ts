/** `definitionGrowth: Hold`: a changed definition does not widen a role by itself. */
import type { ObservedRole } from '../observed/objects.ts';
import type { Action, ObjectPlan } from './action.ts';
import { isAllowedBy } from './statements.ts';

const MESSAGE =
  'The definition changed and needs more permissions, and the account lets a definition not widen the role by itself ' +
  '(definitionGrowth: Hold): review "kubectl crossaccountlink plan" and edit the link.';

/** Takes out of a plan what would give the role more permissions than it has, and says so. What only takes permissions
 *  away stays. */
export function blockGrowth(plan: ObjectPlan, role: ObservedRole | undefined): ObjectPlan {
  const growing = plan.actions.filter((action) => grows(action, role));
  if (growing.length === 0) return plan;
  return {
    ...plan,
    actions: plan.actions.filter((action) => !growing.includes(action)),
    blocked: { leg: 'permissions', reason: 'GrowthHeld', message: MESSAGE },
  };
}

function grows(action: Action, role: ObservedRole | undefined): boolean {
  if (action.operation !== 'PutRolePolicy') return false;
  const current = role?.inlinePolicies.get(action.policyName);
  const present = current?.kind === 'parsed' ? current.document.statements : [];
  return !action.document.statements.every((statement) => isAllowedBy(statement, present));
}
