/** Links → what their target role should be: the union of what they need, the oldest link first. */
import type { RoleArn } from '../arn/arn.ts';
import { policyOf, type Statement } from '../policy/document.ts';
import { mergeLists, mergeStatements } from '../policy/merge.ts';
import { POLICY_QUOTAS, policySize, type PolicyQuotas } from '../policy/size.ts';
import {
  byStaying,
  contributions,
  isSilent,
  linkOf,
  mayShrink,
  type ContributorConflict,
  type Contribution,
  type ContributorState,
} from './contribution.ts';
import { byAge, type Link } from './link.ts';
import { TAGS } from './names.ts';
import { oldestValues, type UntouchedValues } from './oldest-values.ts';
import { pairsOf, trustPairs, trustStatements } from './target-role-trust.ts';

export interface DesiredTargetRole {
  readonly arn: RoleArn;
  /** Whether any link needs the role. If none does, what the operator made is removed. */
  readonly wanted: boolean;
  /** Whether the role may be made or adopted: not for links that are being deleted. */
  readonly mayMake: boolean;
  /** Whether something may be removed from the role. */
  readonly mayShrink: boolean;
  /** Whether everything in the operator's policy on the role stays, whatever else may be removed. */
  readonly policyStays: boolean;
  readonly adopt: boolean;
  /** Whether one of its links, those being deleted included, may have adopted the role: then it is given back, never deleted. */
  readonly mayBeAdopted: boolean;
  /** Managed policies of links that are being deleted. */
  readonly departingPolicyArns: readonly string[];
  readonly retain: boolean;
  readonly preserveUnmanaged: boolean;
  /** Whether foreign content is removed from an adopted role, too: a link says so, or the rules let none of it stay. */
  readonly clearsAdopted: boolean;
  readonly ownership: Ownership;
  /** Tags of the spec, without those that say whose the role is and which tags are the operator's. */
  readonly tags: ReadonlyMap<string, string>;
  readonly trust: readonly Statement[];
  readonly permissions: readonly Statement[];
  readonly managedPolicyArns: readonly string[];
  /** Statements that stay if the role has them, and are never added; each for one execution role and one external ID. */
  readonly keptTrust: readonly Statement[];
  readonly keptPermissions: readonly Statement[];
  readonly keptPolicyArns: readonly string[];
  readonly permissionsBoundaryArn?: string;
  readonly description?: string;
  /** What stays as the role has it, and is neither written nor removed. */
  readonly untouched: UntouchedValues;
  readonly conflicts: readonly ContributorConflict[];
}

/** Whose the role is, as in its tags. */
interface Ownership {
  readonly clusterId: string;
  readonly namespace: string;
}

interface TargetRoleContext {
  readonly clusterId: string;
  /** Whether the growth of a link is held, so that nobody knows what of the role's policy it needs. Left out: no. */
  readonly policyStays?: boolean;
  /** Whether a link for which nothing was written yet wants foreign content to stay. Left out: no. */
  readonly preservesForeign?: boolean;
  /** Whether the rules let foreign content stay on the role. Left out: yes. */
  readonly mayPreserve?: boolean;
  /** The boundary that the account's administrators put on every role; it takes precedence over a link's own. */
  readonly accountBoundaryArn?: string;
  /** IAM's limits in the account; left out: AWS's defaults. */
  readonly quotas?: PolicyQuotas;
}

/** What the role should hold for the links of the namespace that name it and enforce this leg; others do not count. */
export function desiredTargetRole(
  arn: RoleArn,
  namespace: string,
  contributorStates: readonly ContributorState[],
  context: TargetRoleContext,
): DesiredTargetRole {
  const concerned = contributorStates.filter((contributor) => concerns(linkOf(contributor), namespace));
  const contributors = contributions(concerned).toSorted((a, b) => byAge(a.link, b.link));
  const union = fitting(contributors, context.quotas ?? POLICY_QUOTAS);
  const { staying, leaving } = byStaying(union.kept);
  const kept = union.kept.map(({ link }) => link);
  const oldest = oldestValues(kept, concerned.filter(isSilent).map(linkOf));
  const boundary = context.accountBoundaryArn ?? oldest.permissionsBoundaryArn;
  return {
    arn,
    wanted: contributors.length > 0,
    mayMake: contributors.some(({ link }) => !link.deleting),
    mayShrink: mayShrink(concerned) && contributors.every((one) => one.permissionsComplete),
    policyStays: context.policyStays ?? false,
    // One link that the access rules let adopt the role does so for all of them.
    adopt: contributors.some(({ link }) => link.adopt),
    mayBeAdopted: concerned.some((contributor) => linkOf(contributor).adopt),
    departingPolicyArns: concerned.flatMap(
      (contributor) => linkOf(contributor).permissions.managedPolicyArns,
    ),
    retain: concerned.some((contributor) => linkOf(contributor).retain),
    preserveUnmanaged:
      context.preservesForeign === true ||
      concerned.some((contributor) => keepsForeign(linkOf(contributor), namespace)),
    clearsAdopted:
      context.mayPreserve === false ||
      concerned.some((contributor) => linkOf(contributor).unmanaged === 'Remove'),
    ownership: { clusterId: context.clusterId, namespace },
    tags: oldest.tags,
    untouched: {
      ...oldest.untouched,
      boundary: context.accountBoundaryArn === undefined && oldest.untouched.boundary,
    },
    trust: trustStatements(staying),
    permissions:
      leaving.length === 0
        ? union.permissions
        : mergeStatements(staying.flatMap(({ permissions }) => permissions)),
    managedPolicyArns: attachedBy(staying),
    keptTrust: [
      ...leaving.flatMap(trustPairs),
      ...union.kept.flatMap((one) => trustPairs({ ...one, executionRoleArns: one.keptExecutionRoleArns })),
    ],
    keptPermissions: [
      ...union.kept.flatMap(({ keptPermissions }) => keptPermissions),
      ...leaving.flatMap(({ permissions }) => permissions),
    ],
    keptPolicyArns: attachedBy(leaving),
    ...(boundary !== undefined && { permissionsBoundaryArn: boundary }),
    ...(oldest.description !== undefined && { description: oldest.description }),
    conflicts: [...union.conflicts, ...oldest.conflicts],
  };
}

/** A role belongs to the links of one namespace. Links of another one neither add to it nor keep anything on it. */
function concerns(link: Link, namespace: string): boolean {
  return link.namespace === namespace && link.legs.targetRole === 'Enforce';
}

/** Whether a link wants foreign content on the role to stay. */
export function keepsForeign(link: Link, namespace: string): boolean {
  return concerns(link, namespace) && link.unmanaged === 'Preserve';
}

/** Tags that say whose a role is. */
export function ownershipTags({ clusterId, namespace }: Ownership): ReadonlyMap<string, string> {
  return new Map([
    [TAGS.clusterId, clusterId],
    [TAGS.namespace, namespace],
  ]);
}

interface Union {
  readonly kept: readonly Contribution[];
  readonly permissions: readonly Statement[];
  readonly conflicts: readonly ContributorConflict[];
}

/** Takes in contributors as long as they fit the role's quotas; the younger ones give way. There may be thousands: what an
 *  earlier one has already asked for is not measured again. */
function fitting(contributors: readonly Contribution[], quotas: PolicyQuotas): Union {
  const kept: Contribution[] = [];
  const conflicts: ContributorConflict[] = [];
  const merged = new Set<readonly Statement[]>();
  const trusted = new Set<string>();
  const attached = new Set<string>();
  let permissions: readonly Statement[] = [];
  for (const contribution of contributors) {
    const asked = contribution.permissions;
    const grown = merged.has(asked) ? permissions : mergeLists(permissions, asked);
    const size = grown === permissions ? 0 : policySize(policyOf(grown));
    const pairs = pairsOf(contribution).filter((pair) => !trusted.has(pair));
    const trustSize = pairs.length === 0 ? 0 : policySize(policyOf(trustStatements([...kept, contribution])));
    const attaching = attached.union(new Set(contribution.link.permissions.managedPolicyArns));
    if (size > quotas.inlineTotal) {
      conflicts.push(tooLarge(contribution, 'permissions', size, quotas.inlineTotal));
    } else if (trustSize > quotas.trust) {
      conflicts.push(tooLarge(contribution, 'trustPolicy', trustSize, quotas.trust));
    } else if (attaching.size > quotas.attached) {
      conflicts.push(tooManyPolicies(contribution, attaching.size, quotas.attached));
    } else {
      kept.push(contribution);
      merged.add(asked);
      permissions = grown;
      for (const pair of pairs) trusted.add(pair);
      for (const arn of attaching) attached.add(arn);
    }
  }
  return { kept, permissions, conflicts };
}

function attachedBy(contributors: readonly Contribution[]): readonly string[] {
  return [...new Set(contributors.flatMap(({ link }) => link.permissions.managedPolicyArns))].sort();
}

function tooManyPolicies({ link }: Contribution, attached: number, limit: number): ContributorConflict {
  return {
    linkKey: link.key,
    leg: 'permissions',
    reason: 'QuotaExceeded',
    message:
      `With this link ${link.targetRole.name} would have ${attached} managed policies attached, and IAM allows ${limit}: ` +
      `list fewer in permissions.managedPolicyARNs, or have the quota raised and set it in the AWSAccount.`,
  };
}

const TOO_LARGE = {
  permissions: { reason: 'GrantTooLarge', what: 'permissions' },
  trustPolicy: { reason: 'TrustPolicyTooLarge', what: 'trust policy' },
} as const;

function tooLarge(
  { link }: Contribution,
  leg: keyof typeof TOO_LARGE,
  size: number,
  limit: number,
): ContributorConflict {
  const { reason, what } = TOO_LARGE[leg];
  return {
    linkKey: link.key,
    leg,
    reason,
    message:
      `With this link the ${what} of ${link.targetRole.name} would have ${size} of the ${limit} characters ` +
      `that IAM allows: give the link a target role of its own, or fewer Tasks.`,
  };
}
