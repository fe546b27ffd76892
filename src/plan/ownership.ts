/**
 * May this role be written? That is decided before each write from what AWS holds and what is on record. Names prove nothing,
 * and tags alone do not either: whoever may tag a role can write them.
 */
import type { Reason } from '../api/reasons.ts';
import type { DesiredTargetRole } from '../desired/target-role.ts';
import { clusterOfPolicy, isOwnSid, policyName, RELEASED_SID, TAGS, trustSid } from '../desired/names.ts';
import type { ObservedRole } from '../observed/objects.ts';
import type { Statement } from '../policy/document.ts';
import { bearsGrant } from './grant.ts';

/** The RoleIds on record of a role, one for each link for which it was written; undefined if the link's status has none yet,
 *  because the role is being made. */
export type RoleRecords = readonly (string | undefined)[];

export type RoleClaim =
  /** Made by this operator for this namespace: its tags say so, and something besides tags proves it. */
  | { readonly kind: 'made' }
  /** Existed before, and was adopted. */
  | { readonly kind: 'adopted' }
  /** Existed before, and the link may adopt it. */
  | { readonly kind: 'adoptable' }
  /** The role that the link has on record, still with its policy (or, if it has none, its trust), but without the ownership
   *  tags: these are written again. Until then nothing is removed on this evidence. */
  | { readonly kind: 'untagged' }
  | { readonly kind: 'refused'; readonly reason: Reason; readonly message: string };

/** The role belongs to the operator of another cluster, which has its own links. */
export interface OthersRole {
  readonly kind: 'others';
  readonly message: string;
}

export type OursOrOthers = { readonly kind: 'ours' } | OthersRole;

/** Whose a role is, as a deletion has to know. */
export type WhoseRole =
  | OursOrOthers
  /** `message`: what looks like the operator's and is not proven to be. */
  | { readonly kind: 'unproven'; readonly message?: string };

/** What is asked of a role, as far as it decides whose the role is. */
type RoleWish = Pick<DesiredTargetRole, 'adopt' | 'ownership' | 'permissions' | 'wanted'>;

/** What else decides whose a role is. */
export interface ClaimFacts {
  /** RoleIds on record as another namespace's; left out if there are none. Whoever may tag a role can remove the tag with its
   *  namespace, or write another: that does not give them the role. */
  readonly othersRoleIds?: ReadonlySet<string>;
  /** The boundary that a role must already have to be adopted. */
  readonly accountBoundaryArn?: string;
}

/** Decides whose the role is.
 *  @param records if somebody has made the role again under its name, its RoleId is not among them */
export function claimRole(
  desired: RoleWish,
  observed: ObservedRole,
  records: RoleRecords,
  { othersRoleIds = NONE, accountBoundaryArn }: ClaimFacts,
): RoleClaim {
  const clusterId = observed.tags.get(TAGS.clusterId);
  const namespace = observed.tags.get(TAGS.namespace);
  const adopted = observed.tags.has(TAGS.adopted);
  const ours = clusterId === desired.ownership.clusterId;
  if (ours && namespace !== undefined && namespace !== desired.ownership.namespace)
    return refused('RoleOwnedByOtherNamespace', anotherNamespaces(observed));
  if (clusterId !== undefined && !ours) return refused('RoleNotOwned', anotherClusters(observed, clusterId));
  if (othersRoleIds.has(observed.roleId) && !records.includes(observed.roleId))
    return refused('RoleOwnedByOtherNamespace', anotherNamespaces(observed));
  if (ours && namespace !== undefined && isProven(desired, observed, records))
    return adopted ? { kind: 'adopted' } : { kind: 'made' };
  if (isRemembered(desired, observed, records)) return { kind: 'untagged' };
  // If the tags of another cluster's role were removed, it is that cluster's all the same.
  const others = otherCluster(observed, desired.ownership.clusterId);
  if (others !== undefined) return refused('RoleNotOwned', anotherClusters(observed, others));
  if (desired.adopt) return adoption(desired, observed, accountBoundaryArn);
  const formerIds = records.filter((roleId) => roleId !== undefined);
  if (!isOpen(records) && !formerIds.includes(observed.roleId))
    return refused('RoleNotOwned', remadeRole(observed, [...new Set(formerIds)]));
  return refused('RoleNotOwned', ours ? onlyTagged(observed) : foreignRole(observed));
}

const NONE: ReadonlySet<string> = new Set();

/** Whether something proves what the role's tags say: its RoleId, or what the operator put on the role. All that the operator
 *  puts on a role, taken together, outweighs a different RoleId, which may come from a restored status. */
function isProven(
  { ownership, permissions, wanted }: RoleWish,
  observed: ObservedRole,
  records: RoleRecords,
): boolean {
  if (records.includes(observed.roleId)) return true;
  const hasPolicy = hasPermissions(observed, ownership.clusterId);
  if (isOpen(records)) return hasOwnTrust(observed) || hasPolicy;
  return hasOwnTrust(observed) && (hasPolicy || (wanted && permissions.length === 0));
}

/** Whether the role has the policy of a target role. An execution role has its grant under that name, which proves only that a
 *  state machine runs under it. */
function hasPermissions(role: ObservedRole, clusterId: string): boolean {
  return role.inlinePolicies.has(policyName(clusterId)) && !bearsGrant(role, clusterId);
}

/** Whether a RoleId that is on no record is acceptable: there is no record, or a link is about to make the role. */
function isOpen(records: RoleRecords): boolean {
  return records.length === 0 || records.includes(undefined);
}

/** Whether a role has everything that the operator puts on a target role, except the tags. */
export function bearsOwnMarks(role: ObservedRole, clusterId: string): boolean {
  return hasOwnTrust(role) && hasPermissions(role, clusterId);
}

function hasOwnTrust({ trust }: ObservedRole): boolean {
  return trust.kind === 'parsed' && trust.document.statements.some(isOwnTrust);
}

/** The Sid of an own statement follows from the role that it lets in. If that role was deleted, IAM shows its ID instead. */
function isOwnTrust({ sid, principals }: Statement): boolean {
  if (sid === RELEASED_SID) return true;
  const trusted = principals?.byType['AWS'] ?? [];
  return trusted.some((principal) =>
    principal.startsWith('AROA') ? isOwnSid(sid) : sid?.startsWith(trustSid(principal)),
  );
}

function isRemembered(
  { ownership, adopt, permissions, wanted }: RoleWish,
  observed: ObservedRole,
  records: RoleRecords,
): boolean {
  const namespace = observed.tags.get(TAGS.namespace);
  return (
    !adopt &&
    records.includes(observed.roleId) &&
    (namespace === undefined || namespace === ownership.namespace) &&
    (hasPermissions(observed, ownership.clusterId) ||
      (wanted && permissions.length === 0 && hasOwnTrust(observed)))
  );
}

function adoption(
  { ownership }: RoleWish,
  observed: ObservedRole,
  accountBoundaryArn: string | undefined,
): RoleClaim {
  if (bearsGrant(observed, ownership.clusterId)) {
    return refused(
      'RoleNotOwned',
      `Role ${observed.arn} has this operator's grant: create a link with another role in targetRole.arn.`,
    );
  }
  if (accountBoundaryArn === undefined || observed.permissionsBoundaryArn === accountBoundaryArn) {
    return { kind: 'adoptable' };
  }
  return refused(
    'AdoptionNeedsBoundary',
    `Role ${observed.arn} does not carry the account's permissions boundary ${accountBoundaryArn}: ` +
      `put it on the role, then it can be adopted.`,
  );
}

/** The other cluster whose operator a role belongs to, according to its tags or, if these were removed, its policy; undefined
 *  if there is none. */
export function otherCluster({ tags, inlinePolicies }: ObservedRole, clusterId: string): string | undefined {
  const tagged = tags.get(TAGS.clusterId);
  if (tagged !== undefined) return tagged === clusterId ? undefined : tagged;
  if (inlinePolicies.has(policyName(clusterId))) return undefined;
  return [...inlinePolicies.keys()].map(clusterOfPolicy).find((cluster) => cluster !== undefined);
}

function anotherNamespaces({ arn }: ObservedRole): string {
  return `Role ${arn} belongs to links of another namespace: create a link with another role name or path in targetRole.arn.`;
}

function anotherClusters({ arn }: ObservedRole, cluster: string): string {
  return `Role ${arn} belongs to the operator of cluster ${cluster}: create a link with another role name in targetRole.arn.`;
}

function foreignRole(observed: ObservedRole): string {
  return (
    `Role ${observed.arn} exists and was not made by this operator: delete it, create a link with another role name ` +
    `in targetRole.arn, or set targetRole.adoptionPolicy: Adopt.`
  );
}

function onlyTagged(observed: ObservedRole): string {
  return (
    `Role ${observed.arn} carries this operator's tags, but nothing in its trust policy or its policies is the ` +
    `operator's: create a link with another role name in targetRole.arn, or delete the role if nobody needs it.`
  );
}

function remadeRole(observed: ObservedRole, formerIds: readonly string[]): string {
  return (
    `Role ${observed.arn} was deleted and recreated by somebody else (RoleId was ${formerIds.join(', ')}, is ` +
    `${observed.roleId}): delete it, and the operator creates its own; or set targetRole.adoptionPolicy: Adopt.`
  );
}

function refused(reason: Reason, message: string): RoleClaim {
  return { kind: 'refused', reason, message };
}
