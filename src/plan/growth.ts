/** `definitionGrowth: Hold`: a changed definition does not widen a role by itself. */
import type { ObservedRole } from '../observed/objects.ts';
import { sameStatement } from '../policy/canonical.ts';
import type { Statement } from '../policy/document.ts';
import type { Action, ObjectPlan } from './action.ts';
import { withoutSid } from './statements.ts';

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

/** Conservative: a statement is covered by one with the same conditions, and at least its actions and resources. */
function covers(known: Statement, statement: Statement): boolean {
  const { actions, resources } = statement;
  const narrowed = withoutSid({ ...known, actions, ...(resources !== undefined && { resources }) });
  return (
    isWithin(actions.values, known.actions.values) &&
    isWithin(resources?.values ?? [], known.resources?.values ?? []) &&
    sameStatement(narrowed, withoutSid(statement))
  );
}

function isWithin(items: readonly string[], all: readonly string[]): boolean {
  return items.every((item) => all.includes(item));
}
