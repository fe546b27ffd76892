/** Desired × observed → the writes that make a target role what its links need, or delete it. */
import { isOwnSid } from '../desired/names.ts';
import type { DesiredTargetRole } from '../desired/target-role.ts';
import { mergeTrust } from '../desired/target-role-trust.ts';
import type { ObservedRole } from '../observed/objects.ts';
import { samePolicy } from '../policy/canonical.ts';
import { policyOf, type Statement } from '../policy/document.ts';
import { statementsForNewVersion } from '../policy/versions.ts';
import { emptyPlan, type Action, type ObjectPlan, type PlanProblem } from './action.ts';
import { beyondRules } from './adoption.ts';
import { boundaryThatHelps, narrowedTrust } from './narrowing.ts';
import { NOTHING_KNOWN, recordFirst, withAdoption, type KnownAdoption } from './adoption-record.ts';
import { attachedPolicies, managedPolicyActions, type AttachedPolicies } from './attached-policies.ts';
import { claimRole, type ClaimFacts, type RoleClaim, type RoleRecords } from './ownership.ts';
import { foreignPolicyActions } from './foreign-policies.ts';
import { formerTagsOf } from './former-tags.ts';
import { roleAfter } from './role-after.ts';
import { inlinePolicyActions } from './own-policy.ts';
import { creation } from './role-creation.ts';
import { removal, withheldRemovals } from './role-removal.ts';
import { recordActions, tagActions } from './role-tags.ts';
import { documentOf, leaveInstanceProfiles, updateTrust } from './role-writes.ts';
import { scalars, setsBoundary } from './scalars.ts';
import { additive, isAllowedBy } from './statements.ts';

export interface TargetRoleFacts extends ClaimFacts {
  /** What a role, as it is or as it is to become, may do beyond the rules of its account, in words; undefined if nothing. Left
   *  out if the policies on the role were not read: then nobody is let into it as it is. */
  readonly excessOf?: (role: ObservedRole) => string | undefined;
  /** Left out: nothing is on record of the role. */
  readonly records?: RoleRecords;
  /** What is known of the role's adoption from other sources than its tags. */
  readonly adoption?: KnownAdoption;
}

/** Plans all writes to a target role: creation, changes, adoption or removal. */
export function planTargetRole(
  desired: DesiredTargetRole,
  observed: ObservedRole | undefined,
  facts: TargetRoleFacts,
): ObjectPlan {
  if (observed === undefined) {
    if (!desired.wanted || !desired.mayMake) return emptyPlan;
    return nothingFits(desired) ?? { actions: creation(desired), withheld: [] };
  }
  const policyArns = [...desired.managedPolicyArns, ...desired.departingPolicyArns];
  const { role, repair } = withAdoption(observed, facts.adoption ?? NOTHING_KNOWN, policyArns);
  const claim = claimRole(desired, role, facts.records ?? [], facts);
  if (!desired.wanted) {
    const plan = removal(desired, role, claim);
    return plan.actions.length === 0 ? plan : recordFirst(plan, observed, repair);
  }
  if (claim.kind === 'refused') return impossible(claim);
  if (claim.kind === 'adoptable' && !desired.mayMake) return emptyPlan;
  const plannable = {
    desired: asFarAsProven(desired, claim),
    observed: role,
    claim,
  };
  const refusal = nothingFits(desired) ?? tooStrong(plannable, facts);
  if (refusal !== undefined) return refusal;
  const plan = recordFirst(alteration(plannable), observed, repair);
  const awaiting = claim.kind === 'untagged' ? afterProof(desired, plan, observed, facts) : [];
  return awaiting.length === 0 ? plan : { ...plan, awaiting };
}

/** Whoever the operator lets in could use everything that the role may do. */
function tooStrong(
  role: Plannable,
  { excessOf = () => 'its policies were not read' }: TargetRoleFacts,
): ObjectPlan | undefined {
  const { desired, observed, claim } = role;
  if (!isAdopting(role) || removesForeign(role)) return undefined;
  const rebounding = scalars(desired, observed, claim).actions.find(setsBoundary);
  const letsIn = trustActions(role).length > 0;
  const message = beyondRules({ role: observed, letsIn, rebounding, excessOf });
  if (message === undefined) return undefined;
  const problem = { reason: 'AdoptionTooStrong', message } as const;
  if (claim.kind === 'adoptable') return impossible(problem);
  // A role that was already adopted remains the link's: nobody else is let in, and whoever was let in before stays.
  const narrowing = [
    ...boundaryThatHelps(observed, rebounding, excessOf),
    ...narrowedTrust(desired, observed),
  ];
  return { ...impossible(problem, 'trustPolicy'), actions: narrowing };
}

function isAdopting({ claim: { kind } }: Plannable): boolean {
  return kind === 'adoptable' || kind === 'adopted';
}

function alteration(role: Plannable): ObjectPlan {
  const unreadable = unreadableTrust(role);
  const policies = attachedPolicies(role.desired, role.observed, role.claim);
  const fields = scalars(role.desired, role.observed, role.claim);
  const former = formerTagsOf(role.desired, role.observed, role.claim);
  const before = new Map([...policies.recordBefore, ...fields.recordBefore, ...former.recordBefore]);
  const after = new Map([...policies.recordAfter, ...fields.recordAfter, ...former.recordAfter]);
  const trust = unreadable === undefined ? trustActions(role) : [];
  // Nobody is let into an adopted role until everything foreign on it is removed: if a removal fails, the trust is not written
  // (write-dependencies.ts). The same holds for a boundary that replaces another one, which may be all that keeps the role
  // within the rules.
  const last = isAdopting(role);
  const isLate = (action: Action) =>
    last && setsBoundary(action) && role.observed.permissionsBoundaryArn !== undefined;
  return {
    actions: [
      ...tagActions(role.desired, role.observed, role.claim, {
        records: before,
        back: former.back,
      }),
      ...fields.actions.filter((action) => !isLate(action)),
      ...instanceProfileActions(role),
      ...(last ? [] : trust),
      ...policyActions(role, policies),
      ...fields.actions.filter(isLate),
      ...(last ? trust : []),
      ...recordActions(role.observed, before, after),
    ],
    withheld: withheldRemovals(role.desired),
    ...(unreadable !== undefined && { blocked: unreadable }),
  };
}

/** On the evidence of a status alone nothing is removed: the tags come back first. */
function asFarAsProven(desired: DesiredTargetRole, claim: RoleClaim): DesiredTargetRole {
  return claim.kind === 'untagged' ? { ...desired, mayShrink: false } : desired;
}

/** What is still to be done once these tags are back. */
function afterProof(
  desired: DesiredTargetRole,
  { actions }: ObjectPlan,
  observed: ObservedRole,
  facts: TargetRoleFacts,
): readonly Action[] {
  const role = actions.reduce<ObservedRole | undefined>(
    (state, action) => roleAfter(state, action, undefined),
    observed,
  );
  const claim = role && claimRole(desired, role, facts.records ?? [], facts);
  return claim?.kind === 'made' || claim?.kind === 'adopted'
    ? planTargetRole(desired, role, facts).actions
    : [];
}

/** @param leg that a person has to look at. With the leg of the target role itself, the link may not use the role */
function impossible(
  { reason, message }: Pick<PlanProblem, 'reason' | 'message'>,
  leg: PlanProblem['leg'] = 'targetRole',
): ObjectPlan {
  return { actions: [], withheld: [], problem: { leg, reason, message } };
}

/** If no link's part fits the quotas, a role that lets nobody in cannot be made, and an existing one is left as it is. */
function nothingFits({ trust, keptTrust, conflicts }: DesiredTargetRole): ObjectPlan | undefined {
  const [oldest] = conflicts;
  return trust.length + keptTrust.length > 0 || oldest === undefined ? undefined : impossible(oldest);
}

/** A policy that cannot be parsed would not survive being written again. */
function unreadableTrust(role: Plannable): PlanProblem | undefined {
  const { trust, arn } = role.observed;
  if (trust.kind === 'parsed' || removesForeign(role)) return undefined;
  return {
    leg: 'trustPolicy',
    reason: 'PolicyUnreadable',
    message:
      `The trust policy of ${arn} cannot be read (${trust.problem}), so its foreign statements could not be kept: ` +
      `correct it, or set targetRole.unmanaged: Remove.`,
  };
}

interface Plannable {
  readonly desired: DesiredTargetRole;
  readonly observed: ObservedRole;
  readonly claim: RoleClaim;
}

/** Foreign content is removed only while every link that shares the role is known, and none preserves it. What an adopted role
 *  had before is no mistake: it is removed only if that is asked for explicitly. */
function removesForeign(role: Plannable): boolean {
  const { mayShrink, preserveUnmanaged, clearsAdopted } = role.desired;
  return mayShrink && !preserveUnmanaged && (clearsAdopted || !isAdopting(role));
}

function instanceProfileActions(role: Plannable): readonly Action[] {
  return removesForeign(role) ? leaveInstanceProfiles(role.observed) : [];
}

function trustActions(role: Plannable): readonly Action[] {
  const { desired, observed } = role;
  const current = documentOf(observed.trust);
  const present = current === undefined ? [] : statementsForNewVersion(current);
  const own = present.filter(({ sid }) => isOwnSid(sid));
  const foreign = present.filter(({ sid }) => !isOwnSid(sid));
  const trust = policyOf([
    ...(desired.mayShrink ? trustToStand(desired, own) : additive(desired.trust, own)),
    ...(removesForeign(role) ? [] : foreign),
  ]);
  // IAM refuses a policy without statements. The remaining links remove the role.
  if (trust.statements.length === 0) return [];
  return current !== undefined && samePolicy(current, trust)
    ? []
    : [updateTrust(observed, trust, 'the trust policy differs')];
}

/** The statements that are asked for. Of statements that may stay but are not added: those that the role has. */
function trustToStand(
  { trust, keptTrust }: DesiredTargetRole,
  standing: readonly Statement[],
): readonly Statement[] {
  const kept = keptTrust.filter((pair) => isAllowedBy(pair, standing));
  return kept.length === 0 ? trust : mergeTrust([...trust, ...kept]);
}

/** Foreign policies are removed before the operator's own are added, because they may allow too much and take up room. A role
 *  that is being adopted may depend on them until the operator's own are there. */
function policyActions(role: Plannable, policies: AttachedPolicies): readonly Action[] {
  const { desired, observed, claim } = role;
  const own = [...inlinePolicyActions(desired, observed), ...managedPolicyActions(desired, policies)];
  const foreign = removesForeign(role) ? foreignPolicyActions(desired, observed, policies) : [];
  return claim.kind === 'adoptable' ? [...own, ...foreign] : [...foreign, ...own];
}
