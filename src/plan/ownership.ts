/** May this role be written? Decided before each write from what AWS holds and the status remembers. Names prove nothing,
 *  and tags alone do not either: whoever may tag a role can write them. */
import type { Reason } from '../api/reasons.ts';
import type { DesiredTargetRole } from '../desired/target-role.ts';
import { clusterOfPolicy, isOwnSid, policyName, RELEASED_SID, TAGS, trustSid } from '../desired/names.ts';
import type { ObservedRole } from '../observed/objects.ts';
import type { Statement } from '../policy/document.ts';
import { bearsGrant } from './grant.ts';

/** What is on record of a role, for each link that it was written for: its RoleId; undefined where the link's status has
 *  none yet, because it is being made. */
export type RoleRecords = readonly (string | undefined)[];

export type RoleClaim =
  /** Made by this operator for this namespace: its tags say so, and more than tags proves it. */
  | { readonly kind: 'made' }
  /** Stood before, and was adopted. */
  | { readonly kind: 'adopted' }
  /** Stood before, and the link may adopt it. */
  | { readonly kind: 'adoptable' }
  /** The role that the link remembers, its policy still on it (its trust, where it has no policy), but the ownership tags were
   *  taken off: they are put back. Until then nothing is removed on this evidence. */
  | { readonly kind: 'untagged' }
  | { readonly kind: 'refused'; readonly reason: Reason; readonly message: string };

/** What is asked of a role, as far as it says whose the role is. */
type RoleWish = Pick<DesiredTargetRole, 'adopt' | 'ownership' | 'permissions' | 'wanted'>;

/** What else decides whose a role is. */
export interface ClaimFacts {
  /** RoleIds that are on record as another namespace's; none where left out. Whoever may tag a role may take the tag of its
   *  namespace off, or write another one: it is not theirs for that. */
  readonly othersRoleIds?: ReadonlySet<string>;
  /** The boundary that an adopted role has to carry already. */
  readonly accountBoundaryArn?: string;
}

/** @param records a role made again under the name has a RoleId that is not among them */
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
  // Its tags were taken off: it is another cluster's all the same.
  const others = otherCluster(observed, desired.ownership.clusterId);
  if (others !== undefined) return refused('RoleNotOwned', anotherClusters(observed, others));
  if (desired.adopt) return adoption(desired, observed, accountBoundaryArn);
  const formerIds = records.filter((roleId) => roleId !== undefined);
  if (!isOpen(records) && !formerIds.includes(observed.roleId))
    return refused('RoleNotOwned', remadeRole(observed, [...new Set(formerIds)]));
  return refused('RoleNotOwned', ours ? onlyTagged(observed) : foreignRole(observed));
}

const NONE: ReadonlySet<string> = new Set();

/** Whether something proves what the role's tags say: its RoleId, or what the operator put on the role. Everything that it puts
 *  there together outweighs another RoleId, which a restored status may hold. */
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

/** Whether the role has the policy of target roles. An execution role has its grant under that name, which proves
 *  nothing but that a state machine runs under it. */
function hasPermissions(role: ObservedRole, clusterId: string): boolean {
  return role.inlinePolicies.has(policyName(clusterId)) && !bearsGrant(role, clusterId);
}

/** Whether the role may have a RoleId that is on no record: none is, or a link is about to make the role. */
function isOpen(records: RoleRecords): boolean {
  return records.length === 0 || records.includes(undefined);
}

/** Whether a role has all that the operator puts on a target role, except the tags. */
export function bearsOwnMarks(role: ObservedRole, clusterId: string): boolean {
  return hasOwnTrust(role) && hasPermissions(role, clusterId);
}

function hasOwnTrust({ trust }: ObservedRole): boolean {
  return trust.kind === 'parsed' && trust.document.statements.some(isOwnTrust);
}

/** A statement of the operator's has the Sid of whom it lets in. Where that role was deleted, IAM shows its ID instead. */
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

/** The cluster whose operator a role belongs to, where that is another one: its tags say so or, where they were taken off,
 *  its policy. */
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
    `Role ${observed.arn} was deleted and made again by someone else (RoleId was ${formerIds.join(', ')}, is ` +
    `${observed.roleId}): delete it and the operator makes its own, or set targetRole.adoptionPolicy: Adopt.`
  );
}

function refused(reason: Reason, message: string): RoleClaim {
  return { kind: 'refused', reason, message };
}
