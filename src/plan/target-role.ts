/** Desired × observed → the writes that make a target role what its links ask for, or take it down again. */
import {
  isManagedKeysTag,
  isOwnSid,
  isOwnTag,
  managedKeys,
  managedKeyTags,
  policyName,
  RELEASED_SID,
  TAGS,
} from '../desired/names.ts';
import { ownershipTags, policyOf, type DesiredTargetRole } from '../desired/target-role.ts';
import type { ObservedPolicy, ObservedRole } from '../observed/objects.ts';
import { samePolicy } from '../policy/canonical.ts';
import { diffPolicies } from '../policy/diff.ts';
import type { PolicyDocument, Statement } from '../policy/document.ts';
import { emptyPlan, type Action, type FieldChange, type ObjectPlan, type PlanProblem } from './action.ts';
import { claimRole, type RoleClaim } from './ownership.ts';
import { additive } from './statements.ts';

export interface TargetRoleFacts {
  readonly knownRoleId?: string;
  readonly accountBoundaryArn?: string;
}

export function planTargetRole(
  desired: DesiredTargetRole,
  observed: ObservedRole | undefined,
  facts: TargetRoleFacts,
): ObjectPlan {
  if (observed === undefined) {
    if (!desired.wanted) return emptyPlan;
    return nothingFits(desired) ?? { actions: creation(desired), withheld: [] };
  }
  const claim = claimRole(desired, observed, facts.knownRoleId, facts.accountBoundaryArn);
  if (!desired.wanted) return removal(desired, observed, claim);
  if (claim.kind === 'refused') return impossible(claim);
  return nothingFits(desired) ?? alteration({ desired: asFarAsProven(desired, claim), observed, claim });
}

function alteration(role: Plannable): ObjectPlan {
  const unreadable = unreadableTrust(role);
  return {
    actions: [
      ...tagActions(role),
      ...boundaryActions(role),
      ...descriptionActions(role),
      ...instanceProfileActions(role),
      ...(unreadable === undefined ? trustActions(role) : []),
      ...inlinePolicyActions(role),
      ...managedPolicyActions(role),
    ],
    withheld: withheldRemovals(role.desired),
    ...(unreadable !== undefined && { held: unreadable }),
  };
}

/** On the evidence of a status alone nothing is removed: the tags come back first. */
function asFarAsProven(desired: DesiredTargetRole, claim: RoleClaim): DesiredTargetRole {
  return claim.kind === 'untagged' ? { ...desired, mayShrink: false } : desired;
}

function impossible({ reason, message }: Pick<PlanProblem, 'reason' | 'message'>): ObjectPlan {
  return { actions: [], withheld: [], problem: { leg: 'targetRole', reason, message } };
}

/** No link's part fits the quotas: a role that lets nobody in cannot be made, and one that stands is left as it is. */
function nothingFits({ trust, concessions }: DesiredTargetRole): ObjectPlan | undefined {
  const [oldest] = concessions;
  return trust.length > 0 || oldest === undefined ? undefined : impossible(oldest);
}

/** What cannot be read cannot be kept when the policy is written anew. */
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

/** Foreign content goes only where it may go: `unmanaged: Remove`, and nobody who could need it is out of sight. */
function removesForeign({ desired }: Plannable): boolean {
  return desired.mayShrink && !desired.preserveUnmanaged;
}

function withheldRemovals(desired: DesiredTargetRole): readonly string[] {
  return desired.mayShrink
    ? []
    : [`nothing is removed from ${desired.arn.name} while a link that shares it is not settled`];
}

function creation(desired: DesiredTargetRole): readonly Action[] {
  const object = desired.arn.text;
  const trust = policyOf(desired.trust);
  const name = policyName(desired.ownership.clusterId);
  const { permissionsBoundaryArn, description } = desired;
  return [
    {
      operation: 'CreateRole',
      leg: 'targetRole',
      object,
      reason: 'the role does not exist',
      changes: [{ path: 'role', after: object }, ...diffPolicies(undefined, trust, 'trustPolicy')],
      trust,
      tags: tagsOf(desired, desired.tags.keys()),
      ...(permissionsBoundaryArn !== undefined && { permissionsBoundaryArn }),
      ...(description !== undefined && { description }),
    },
    ...(desired.permissions.length > 0
      ? [putPolicy(object, name, undefined, policyOf(desired.permissions))]
      : []),
    ...desired.managedPolicyArns.map((policyArn) => attach(object, policyArn)),
  ];
}

function tagActions({ desired, observed, claim }: Plannable): readonly Action[] {
  const object = desired.arn.text;
  // While nothing may be removed, recorded keys stay on record: who asked for them may be out of sight.
  const recorded = desired.mayShrink ? [] : managedKeys(observed.tags);
  const adopted: [string, string][] = claim.kind === 'adoptable' ? [[TAGS.adopted, 'true']] : [];
  const wanted = new Map([...tagsOf(desired, [...desired.tags.keys(), ...recorded]), ...adopted]);
  const missing = [...wanted].filter(([key, value]) => observed.tags.get(key) !== value);
  const dropped = desired.mayShrink ? droppedTags(observed, wanted) : [];
  const actions: Action[] = [];
  if (missing.length > 0) {
    actions.push({
      operation: 'TagRole',
      leg: 'targetRole',
      object,
      reason: claim.kind === 'adoptable' ? 'the role is adopted' : 'tags differ',
      changes: missing.map(([key, after]) => change(`tags[${key}]`, observed.tags.get(key), after)),
      tags: new Map(missing),
    });
  }
  if (dropped.length > 0) {
    actions.push({
      operation: 'UntagRole',
      leg: 'targetRole',
      object,
      reason: 'tags are no longer asked for',
      changes: dropped.map((key) => change(`tags[${key}]`, observed.tags.get(key), undefined)),
      keys: dropped,
    });
  }
  return actions;
}

/** @param managed the keys that are recorded as the operator's */
function tagsOf(
  { tags, ownership }: DesiredTargetRole,
  managed: Iterable<string>,
): ReadonlyMap<string, string> {
  return new Map([...tags, ...managedKeyTags(managed), ...ownershipTags(ownership)]);
}

/** Tags that an earlier spec put there: the recorded keys, and records that are no longer needed. */
function droppedTags(observed: ObservedRole, wanted: ReadonlyMap<string, string>): readonly string[] {
  const records = [...observed.tags.keys()].filter(isManagedKeysTag);
  const recorded = managedKeys(observed.tags).filter((key) => observed.tags.has(key) && !isOwnTag(key));
  return [...recorded, ...records].filter((key) => !wanted.has(key)).sort();
}

function boundaryActions({ desired, observed, claim }: Plannable): readonly Action[] {
  const object = desired.arn.text;
  const before = observed.permissionsBoundaryArn;
  const after = desired.permissionsBoundaryArn;
  if (before === after) return [];
  const changes = [change('permissionsBoundary', before, after)];
  if (after !== undefined) {
    return [
      {
        operation: 'PutRolePermissionsBoundary',
        leg: 'targetRole',
        object,
        reason: 'the permissions boundary differs',
        changes,
        boundaryArn: after,
      },
    ];
  }
  // An adopted role's boundary is its owner's: dropping it would widen what the role may do.
  if (claim.kind !== 'made' || !desired.mayShrink) return [];
  return [
    {
      operation: 'DeleteRolePermissionsBoundary',
      leg: 'targetRole',
      object,
      reason: 'no permissions boundary is asked for',
      changes,
    },
  ];
}

function descriptionActions({ desired, observed }: Plannable): readonly Action[] {
  const { description } = desired;
  if (description === undefined || observed.description === undefined || observed.description === description)
    return [];
  return [
    {
      operation: 'UpdateRoleDescription',
      leg: 'targetRole',
      object: desired.arn.text,
      reason: 'the description differs',
      changes: [change('description', observed.description, description)],
      description,
    },
  ];
}

function instanceProfileActions(role: Plannable): readonly Action[] {
  return removesForeign(role) ? leaveInstanceProfiles(role.observed) : [];
}

function leaveInstanceProfiles(observed: ObservedRole): readonly Action[] {
  return observed.instanceProfiles.map((instanceProfile) => ({
    operation: 'RemoveRoleFromInstanceProfile',
    leg: 'targetRole',
    object: observed.arn,
    reason: 'the role is in an instance profile',
    changes: [change(`instanceProfiles[${instanceProfile}]`, instanceProfile, undefined)],
    instanceProfile,
  }));
}

function trustActions(role: Plannable): readonly Action[] {
  const { desired, observed } = role;
  const current = documentOf(observed.trust);
  const standing = current?.statements ?? [];
  const own = standing.filter(({ sid }) => isOwnSid(sid));
  const foreign = standing.filter(({ sid }) => !isOwnSid(sid));
  const trust = policyOf([
    ...(desired.mayShrink ? desired.trust : additive(desired.trust, own)),
    ...(removesForeign(role) ? [] : foreign),
  ]);
  return current !== undefined && samePolicy(current, trust)
    ? []
    : [updateTrust(observed, current, trust, 'the trust policy differs')];
}

function updateTrust(
  observed: ObservedRole,
  before: PolicyDocument | undefined,
  trust: PolicyDocument,
  reason: string,
): Action {
  return {
    operation: 'UpdateAssumeRolePolicy',
    leg: 'trustPolicy',
    object: observed.arn,
    reason,
    changes: diffPolicies(before, trust, 'trustPolicy'),
    trust,
  };
}

function inlinePolicyActions(role: Plannable): readonly Action[] {
  const { desired, observed } = role;
  const object = desired.arn.text;
  const name = policyName(desired.ownership.clusterId);
  const current = documentOf(observed.inlinePolicies.get(name));
  const statements = desired.mayShrink
    ? desired.permissions
    : additive(desired.permissions, current?.statements ?? []);
  const own = ownPolicyActions(role, statements);
  if (!removesForeign(role)) return own;
  const foreign = [...observed.inlinePolicies.keys()].filter((policy) => policy !== name);
  return [
    ...own,
    ...foreign.map((policy) => deletePolicy(object, policy, documentOf(observed.inlinePolicies.get(policy)))),
  ];
}

function ownPolicyActions(
  { desired, observed }: Plannable,
  statements: readonly Statement[],
): readonly Action[] {
  const object = desired.arn.text;
  const name = policyName(desired.ownership.clusterId);
  const stands = observed.inlinePolicies.get(name);
  const current = documentOf(stands);
  if (statements.length === 0)
    return stands !== undefined && desired.mayShrink ? [deletePolicy(object, name, current)] : [];
  const wanted = policyOf(statements);
  return current !== undefined && samePolicy(current, wanted)
    ? []
    : [putPolicy(object, name, current, wanted)];
}

function managedPolicyActions(role: Plannable): readonly Action[] {
  const { desired, observed } = role;
  const object = desired.arn.text;
  const missing = desired.managedPolicyArns.filter((arn) => !observed.managedPolicyArns.includes(arn));
  const foreign = removesForeign(role)
    ? observed.managedPolicyArns.filter((arn) => !desired.managedPolicyArns.includes(arn))
    : [];
  return [...missing.map((arn) => attach(object, arn)), ...foreign.map((arn) => detach(object, arn))];
}

/** No link asks for the role any more. What the operator made goes whole; what it adopted is given back. */
function removal(desired: DesiredTargetRole, observed: ObservedRole, claim: RoleClaim): ObjectPlan {
  if (desired.retain || (claim.kind !== 'made' && claim.kind !== 'adopted')) return emptyPlan;
  if (!desired.mayShrink) return { actions: [], withheld: withheldRemovals(desired) };
  const foreignTrust = (documentOf(observed.trust)?.statements ?? []).some(({ sid }) => !isOwnSid(sid));
  const givenBack = claim.kind === 'adopted' || (desired.preserveUnmanaged && foreignTrust);
  return { actions: givenBack ? release(desired, observed) : teardown(observed), withheld: [] };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html: policies and instance profiles first. */
function teardown(observed: ObservedRole): readonly Action[] {
  const object = observed.arn;
  return [
    ...leaveInstanceProfiles(observed),
    ...observed.managedPolicyArns.map((arn) => detach(object, arn)),
    ...[...observed.inlinePolicies].map(([name, policy]) => deletePolicy(object, name, documentOf(policy))),
    {
      operation: 'DeleteRole',
      leg: 'targetRole',
      object,
      reason: 'no link needs the role any more',
      changes: [change('role', object, undefined)],
    },
  ];
}

function release(desired: DesiredTargetRole, observed: ObservedRole): readonly Action[] {
  const name = policyName(desired.ownership.clusterId);
  const current = documentOf(observed.trust);
  const foreign = (current?.statements ?? []).filter(({ sid }) => !isOwnSid(sid));
  const trust = policyOf(foreign.length > 0 ? foreign : [lettingNobodyIn()]);
  const managed = managedKeys(observed.tags);
  const keys = [...observed.tags.keys()].filter((key) => isOwnTag(key) || managed.includes(key)).sort();
  return [
    ...(current !== undefined && samePolicy(current, trust)
      ? []
      : [updateTrust(observed, current, trust, 'no link needs the role any more')]),
    ...(observed.inlinePolicies.has(name)
      ? [deletePolicy(observed.arn, name, documentOf(observed.inlinePolicies.get(name)))]
      : []),
    {
      operation: 'UntagRole',
      leg: 'targetRole',
      object: observed.arn,
      reason: 'the role is given back',
      changes: keys.map((key) => change(`tags[${key}]`, observed.tags.get(key), undefined)),
      keys,
    },
  ];
}

function lettingNobodyIn(): Statement {
  return {
    sid: RELEASED_SID,
    effect: 'Deny',
    principals: { negated: false, anyone: false, byType: { AWS: ['*'] } },
    actions: { negated: false, values: ['sts:AssumeRole'] },
  };
}

function putPolicy(
  object: string,
  name: string,
  before: PolicyDocument | undefined,
  document: PolicyDocument,
): Action {
  return {
    operation: 'PutRolePolicy',
    leg: 'permissions',
    object,
    reason: before === undefined ? `policy ${name} is missing` : `policy ${name} differs`,
    changes: diffPolicies(before, document, `inlinePolicies[${name}]`),
    policyName: name,
    document,
  };
}

function deletePolicy(object: string, name: string, before: PolicyDocument | undefined): Action {
  return {
    operation: 'DeleteRolePolicy',
    leg: 'permissions',
    object,
    reason: `policy ${name} is not asked for`,
    changes: diffPolicies(before, undefined, `inlinePolicies[${name}]`),
    policyName: name,
  };
}

function attach(object: string, policyArn: string): Action {
  return {
    operation: 'AttachRolePolicy',
    leg: 'permissions',
    object,
    reason: `managed policy ${policyArn} is not attached`,
    changes: [change(`managedPolicies[${policyArn}]`, undefined, policyArn)],
    policyArn,
  };
}

function detach(object: string, policyArn: string): Action {
  return {
    operation: 'DetachRolePolicy',
    leg: 'permissions',
    object,
    reason: `managed policy ${policyArn} is not asked for`,
    changes: [change(`managedPolicies[${policyArn}]`, policyArn, undefined)],
    policyArn,
  };
}

function documentOf(policy: ObservedPolicy | undefined): PolicyDocument | undefined {
  return policy?.kind === 'parsed' ? policy.document : undefined;
}

function change(path: string, before: string | undefined, after: string | undefined): FieldChange {
  return { path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}
