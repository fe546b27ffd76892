/** Legs that a link only observes, because others maintain them: it matters what is there, not who put it there. */
import { grantStatement, type DesiredGrant } from '../desired/grant.ts';
import { policyName, TAGS } from '../desired/names.ts';
import type { DesiredTargetRole } from '../desired/target-role.ts';
import type { ObservedPolicy, ObservedRole } from '../observed/objects.ts';
import { policyOf, type Statement } from '../policy/document.ts';
import type { ObjectPlan } from './action.ts';
import { planGrant } from './grant.ts';
import { bearsOwnMarks } from './ownership.ts';
import { attach, documentOf, putPolicy, updateTrust } from './role-writes.ts';
import { additive, isAllowedBy } from './statements.ts';
import { planTargetRole, type TargetRoleFacts } from './target-role.ts';

/** A role that has the operator's marks, or is to be adopted, has to be all that it would be under Enforce. Of any other role
 *  only what it lacks is reported. Of a role of another namespace nothing is reported. */
export function planObserveOnlyRole(
  desired: DesiredTargetRole,
  observed: ObservedRole | undefined,
  facts: TargetRoleFacts,
): ObjectPlan {
  if (observed === undefined || desired.adopt) return inOne(planTargetRole(desired, observed, facts));
  const isUntagged = !observed.tags.has(TAGS.clusterId) && facts.othersRoleIds?.has(observed.roleId) !== true;
  // Nothing is on record of a role that is only observed; after a restart its marks say the same.
  if (isUntagged && !bearsOwnMarks(observed, desired.ownership.clusterId))
    return lackingOn(observed, desired);
  const known = isUntagged ? { ...facts, records: [...(facts.records ?? []), observed.roleId] } : facts;
  const plan = planTargetRole(desired, observed, known);
  const { leg, reason } = plan.problem ?? {};
  return leg === 'targetRole' && reason !== 'RoleOwnedByOtherNamespace'
    ? lackingOn(observed, desired)
    : inOne(plan);
}

/** Nothing is written, so no write has to wait for others. */
function inOne({ awaiting = [], ...plan }: ObjectPlan): ObjectPlan {
  return awaiting.length === 0 ? plan : { ...plan, actions: [...plan.actions, ...awaiting] };
}

/** The grant may be in any inline policy of the execution role, under any Sid. */
export function planObserveOnlyGrant(
  desired: DesiredGrant,
  observed: ObservedRole | undefined,
  clusterId: string,
): ObjectPlan {
  const plan = planGrant(desired, observed, clusterId, { wroteBefore: true });
  if (observed === undefined || observed.inlinePolicies.has(policyName(clusterId))) return plan;
  const isGranted = isAllowedBy(
    grantStatement(desired.targetRoleArns),
    statementsOf(observed.inlinePolicies),
  );
  return isGranted ? { ...plan, actions: [] } : plan;
}

function lackingOn(observed: ObservedRole, desired: DesiredTargetRole): ObjectPlan {
  const { arn, trust, permissions, managedPolicyArns, ownership } = desired;
  const trusted = documentOf(observed.trust)?.statements ?? [];
  const allowed = statementsOf(observed.inlinePolicies);
  const name = policyName(ownership.clusterId);
  return {
    withheld: [],
    actions: [
      ...(areAllowed(trust, trusted)
        ? []
        : [updateTrust(observed, policyOf(additive(trust, trusted)), 'the execution role is not let in')]),
      ...(areAllowed(permissions, allowed)
        ? []
        : [putPolicy(arn.text, name, undefined, policyOf(permissions))]),
      ...managedPolicyArns
        .filter((policyArn) => !observed.managedPolicyArns.includes(policyArn))
        .map((policyArn) => attach(arn.text, policyArn)),
    ],
  };
}

function areAllowed(statements: readonly Statement[], by: readonly Statement[]): boolean {
  return statements.every((statement) => isAllowedBy(statement, by));
}

function statementsOf(policies: ReadonlyMap<string, ObservedPolicy>): readonly Statement[] {
  return [...policies.values()].flatMap((policy) => documentOf(policy)?.statements ?? []);
}
