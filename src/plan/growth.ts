/** `definitionGrowth: Hold`: a changed definition does not widen a role by itself. */
import { policyOf } from '../desired/target-role.ts';
import type { ObservedRole } from '../observed/objects.ts';
import { sameStatement } from '../policy/canonical.ts';
import type { Statement } from '../policy/document.ts';
import { samePolicy } from '../policy/canonical.ts';
import type { Action, ObjectPlan } from './action.ts';

const MESSAGE =
  'The definition changed and needs more permissions, and the account lets a definition not widen the role by itself ' +
  '(definitionGrowth: Hold): review "kubectl crossaccountlink plan" and edit the link.';

/** Takes out of a plan what would give the role more than it holds, and says so. What only takes away goes on. */
export function holdGrowth(plan: ObjectPlan, role: ObservedRole | undefined): ObjectPlan {
  const growing = plan.actions.filter((action) => grows(action, role));
  if (growing.length === 0) return plan;
  return {
    ...plan,
    actions: plan.actions.filter((action) => !growing.includes(action)),
    held: { leg: 'permissions', reason: 'GrowthHeld', message: MESSAGE },
  };
}

function grows(action: Action, role: ObservedRole | undefined): boolean {
  if (action.operation !== 'PutRolePolicy') return false;
  const current = role?.inlinePolicies.get(action.policyName);
  const held = current?.kind === 'parsed' ? current.document.statements : [];
  return action.document.statements.some((statement) => !held.some((known) => covers(known, statement)));
}

/** Conservative: a statement is covered by one that says the same, or the same of more actions and resources. */
function covers(known: Statement, statement: Statement): boolean {
  if (sameStatement(known, statement)) return true;
  const within = (a: readonly string[] = [], b: readonly string[] = []) => a.every((item) => b.includes(item));
  return (
    within(statement.actions.values, known.actions.values) &&
    within(statement.resources?.values, known.resources?.values) &&
    samePolicy(policyOf([{ ...known, ...pick(statement) }]), policyOf([statement]))
  );
}

function pick({ sid, actions, resources }: Statement): Partial<Statement> {
  return { actions, ...(sid !== undefined && { sid }), ...(resources !== undefined && { resources }) };
}
