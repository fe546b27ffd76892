/** May this role be written? Decided before each write from what AWS holds and the status remembers. Names prove nothing,
 *  and tags alone do not either: whoever may tag a role can write them. */
import type { Reason } from '../api/reasons.ts';
import type { DesiredTargetRole } from '../desired/target-role.ts';
import { isOwnSid, policyName, TAGS } from '../desired/names.ts';
import type { ObservedRole } from '../observed/objects.ts';

export type RoleClaim =
  /** Made by this operator for this namespace: its tags say so, and are borne out. */
  | { readonly kind: 'made' }
  /** Stood before, and was adopted. */
  | { readonly kind: 'adopted' }
  /** Stood before, and the link may adopt it. */
  | { readonly kind: 'adoptable' }
  /** The role that the link remembers, its policy still on it, but the ownership tags were taken off: they are put
   *  back. Until then nothing is removed on this evidence. */
  | { readonly kind: 'untagged' }
  | { readonly kind: 'refused'; readonly reason: Reason; readonly message: string };

/** @param knownRoleId the RoleId that the link's status remembers; a role made again under the name has another
 *  @param accountBoundaryArn the boundary that an adopted role has to carry already */
export function claimRole(
  desired: Pick<DesiredTargetRole, 'adopt' | 'ownership'>,
  observed: ObservedRole,
  knownRoleId: string | undefined,
  accountBoundaryArn: string | undefined,
): RoleClaim {
  const clusterId = observed.tags.get(TAGS.clusterId);
  const namespace = observed.tags.get(TAGS.namespace);
  const adopted = observed.tags.has(TAGS.adopted);
  const ours = clusterId === desired.ownership.clusterId;
  if (ours && namespace !== undefined && namespace !== desired.ownership.namespace) {
    return refused(
      'RoleOwnedByOtherNamespace',
      `Role ${observed.arn} belongs to links of another namespace: choose another name or path in targetRole.arn.`,
    );
  }
  const sameRole = knownRoleId === undefined || knownRoleId === observed.roleId;
  if (ours && namespace !== undefined && isProven(desired, observed, knownRoleId))
    return adopted ? { kind: 'adopted' } : { kind: 'made' };
  if (clusterId !== undefined && !ours) {
    return refused(
      'RoleNotOwned',
      `Role ${observed.arn} belongs to the operator of cluster ${clusterId}: choose another name in targetRole.arn.`,
    );
  }
  if (isRemembered(desired, observed, knownRoleId)) return { kind: 'untagged' };
  if (desired.adopt) return adoption(observed, accountBoundaryArn);
  if (!sameRole) return refused('RoleNotOwned', remadeRole(observed, knownRoleId));
  return refused('RoleNotOwned', ours ? onlyTagged(observed) : foreignRole(observed));
}

/** Whether the role's tags are borne out: by the RoleId in the link's status, or by what the operator put on the role.
 *  Trust and policy together outweigh another RoleId, which a restored status may hold. */
function isProven(
  { ownership }: Pick<DesiredTargetRole, 'ownership'>,
  observed: ObservedRole,
  knownRoleId: string | undefined,
): boolean {
  const trusts = observed.trust.kind === 'parsed' ? observed.trust.document.statements : [];
  const hasTrust = trusts.some(({ sid }) => isOwnSid(sid));
  const hasPolicy = observed.inlinePolicies.has(policyName(ownership.clusterId));
  if (knownRoleId === undefined) return hasTrust || hasPolicy;
  return knownRoleId === observed.roleId || (hasTrust && hasPolicy);
}

function isRemembered(
  { ownership, adopt }: Pick<DesiredTargetRole, 'adopt' | 'ownership'>,
  observed: ObservedRole,
  knownRoleId: string | undefined,
): boolean {
  const namespace = observed.tags.get(TAGS.namespace);
  return (
    !adopt &&
    knownRoleId === observed.roleId &&
    (namespace === undefined || namespace === ownership.namespace) &&
    observed.inlinePolicies.has(policyName(ownership.clusterId))
  );
}

function adoption(observed: ObservedRole, accountBoundaryArn: string | undefined): RoleClaim {
  if (accountBoundaryArn === undefined || observed.permissionsBoundaryArn === accountBoundaryArn) {
    return { kind: 'adoptable' };
  }
  return refused(
    'AdoptionNeedsBoundary',
    `Role ${observed.arn} does not carry the account's permissions boundary ${accountBoundaryArn}: ` +
      `put it on the role, then it can be adopted.`,
  );
}

function foreignRole(observed: ObservedRole): string {
  return (
    `Role ${observed.arn} exists and was not made by this operator: delete it, choose another name in ` +
    `targetRole.arn, or set targetRole.adoptionPolicy: Adopt.`
  );
}

function onlyTagged(observed: ObservedRole): string {
  return (
    `Role ${observed.arn} carries this operator's tags, but nothing in its trust policy or its policies is the ` +
    `operator's: choose another name in targetRole.arn, or delete the role if nobody needs it.`
  );
}

function remadeRole(observed: ObservedRole, knownRoleId: string | undefined): string {
  return (
    `Role ${observed.arn} was deleted and made again by someone else (RoleId was ${knownRoleId}, is ` +
    `${observed.roleId}): delete it and the operator makes its own, or set targetRole.adoptionPolicy: Adopt.`
  );
}

function refused(reason: Reason, message: string): RoleClaim {
  return { kind: 'refused', reason, message };
}
