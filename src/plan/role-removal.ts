/** The writes that delete a target role, or give it back. */
import { isOwnSid, managedKeys, policyName, RELEASED_SID, TAGS } from '../desired/names.ts';
import { ownershipTags, type DesiredTargetRole } from '../desired/target-role.ts';
import type { ObservedRole } from '../observed/objects.ts';
import { isOwnTag, tagKey, tagValue, withTags } from '../observed/tags.ts';
import { samePolicy } from '../policy/canonical.ts';
import { policyOf, type Statement } from '../policy/document.ts';
import { statementsForNewVersion } from '../policy/versions.ts';
import { emptyPlan, type Action, type ObjectPlan } from './action.ts';
import { ownAttached } from './attached-policies.ts';
import { formerOf } from './former-tags.ts';
import type { RoleClaim } from './ownership.ts';
import { tag, untag } from './role-tags.ts';
import { restored } from './scalars.ts';
import {
  change,
  deletePolicy,
  detach,
  documentOf,
  leaveInstanceProfiles,
  updateTrust,
} from './role-writes.ts';

/** What is not removed yet, in words for a person. */
export function withheldRemovals(desired: DesiredTargetRole): readonly string[] {
  return desired.mayShrink
    ? []
    : [
        `nothing is removed from ${desired.arn.name} while a link that shares it is suspended, refused or not read yet`,
      ];
}

/** For a role that no link needs any more. If the operator made it, it is deleted; if the operator adopted it, it is given
 *  back; if nothing proves either, it stays and is reported. */
export function removal(desired: DesiredTargetRole, observed: ObservedRole, claim: RoleClaim): ObjectPlan {
  if (desired.retain) return emptyPlan;
  if (claim.kind === 'refused') {
    // What another namespace has is not reported in this one.
    const isNamed = claim.reason !== 'RoleOwnedByOtherNamespace' && bearsOurs(desired, observed);
    return isNamed ? { ...emptyPlan, leftBehind: withoutProof(observed) } : emptyPlan;
  }
  if (!desired.mayShrink) return { actions: [], withheld: withheldRemovals(desired) };
  if (claim.kind === 'made' || claim.kind === 'adopted')
    return {
      actions: deleteOrGiveBack(desired, observed, claim.kind),
      withheld: [],
    };
  if (!bearsOurs(desired, observed)) return emptyPlan;
  // Without its tags nothing says whether the role was made or adopted.
  const isGivenBack = claim.kind === 'adoptable' || desired.mayBeAdopted;
  if (!isGivenBack && !bearsOnlyOurs(desired, observed))
    return { ...emptyPlan, leftBehind: withoutProof(observed) };
  const claimed = new Map([
    ...ownershipTags(desired.ownership),
    ...(isGivenBack ? [[TAGS.adopted, 'true'] as const] : []),
  ]);
  const tagged = { ...observed, tags: withTags(observed.tags, claimed) };
  return {
    actions: [
      tag(observed, claimed, 'its tags were removed'),
      ...deleteOrGiveBack(desired, tagged, isGivenBack ? 'adopted' : 'made'),
    ],
    withheld: [],
  };
}

function deleteOrGiveBack(
  desired: DesiredTargetRole,
  observed: ObservedRole,
  kind: 'made' | 'adopted',
): readonly Action[] {
  const foreignTrust = (documentOf(observed.trust)?.statements ?? []).some(({ sid }) => !isOwnSid(sid));
  const isGivenBack = kind === 'adopted' || (desired.preserveUnmanaged && foreignTrust);
  return isGivenBack ? release(desired, observed) : teardown(observed);
}

/** Whether anything on the role shows that the operator wrote it. */
export function bearsOurs(
  { ownership }: Pick<DesiredTargetRole, 'ownership'>,
  { trust, inlinePolicies }: ObservedRole,
): boolean {
  return (
    inlinePolicies.has(policyName(ownership.clusterId)) ||
    (documentOf(trust)?.statements ?? []).some(({ sid }) => isOwnSid(sid))
  );
}

/** Whether trust and policy are the operator's, and nothing else is on the role. */
function bearsOnlyOurs(
  { ownership, departingPolicyArns }: DesiredTargetRole,
  { trust, inlinePolicies, managedPolicyArns }: ObservedRole,
): boolean {
  const statements = documentOf(trust)?.statements ?? [];
  return (
    statements.length > 0 &&
    statements.every(({ sid }) => isOwnSid(sid)) &&
    inlinePolicies.size === 1 &&
    inlinePolicies.has(policyName(ownership.clusterId)) &&
    managedPolicyArns.every((arn) => departingPolicyArns.includes(arn))
  );
}

/** Why a role stays that has something of the operator's on it. */
export function withoutProof({ arn }: Pick<ObservedRole, 'arn'>): string {
  return `${arn} (its RoleId, tags, trust policy and policies do not prove together that the operator made it)`;
}

/** Policies and instance profiles have to go first. https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html */
function teardown(observed: ObservedRole): readonly Action[] {
  const object = observed.arn;
  const own = ownAttached(observed);
  return [
    ...leaveInstanceProfiles(observed),
    ...observed.managedPolicyArns.map((arn) => detach(object, arn, own.includes(arn))),
    ...[...observed.inlinePolicies].map(([name, policy]) => deletePolicy(object, name, policy)),
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
  const own = observed.inlinePolicies.get(name);
  const managed = new Set(managedKeys(observed.tags).map(tagKey));
  const former = formerOf(observed);
  const back = new Map([...former].filter(([key, value]) => observed.tags.get(key) !== value));
  const isToGo = (key: string) => managed.has(tagKey(key)) && tagValue(former, key) === undefined;
  const keys = [...observed.tags.keys()].filter((key) => isOwnTag(key) || isToGo(key)).sort();
  return [
    ...releaseTrust(observed),
    ...(own === undefined ? [] : [deletePolicy(observed.arn, name, own)]),
    ...ownAttached(observed).map((arn) => detach(observed.arn, arn, true)),
    ...restored(desired, observed),
    ...(back.size > 0 ? [tag(observed, back, 'the role is given back')] : []),
    untag(observed, keys, 'the role is given back'),
  ];
}

/** A trust policy that cannot be parsed is left alone: the statements of others would be lost. */
function releaseTrust(observed: ObservedRole): readonly Action[] {
  const current = documentOf(observed.trust);
  if (current === undefined) return [];
  const foreign = statementsForNewVersion(current).filter(({ sid }) => !isOwnSid(sid));
  const trust = policyOf(foreign.length > 0 ? foreign : [lettingNobodyIn()]);
  return samePolicy(current, trust) ? [] : [updateTrust(observed, trust, 'no link needs the role any more')];
}

function lettingNobodyIn(): Statement {
  return {
    sid: RELEASED_SID,
    effect: 'Deny',
    principals: { negated: false, anyone: false, byType: { AWS: ['*'] } },
    actions: { negated: false, values: ['sts:AssumeRole'] },
  };
}
