/** Links → what their target role should be: the union of what they need, the oldest link first. */
import type { RoleArn } from '../arn/arn.ts';
import { compareText } from '../base/compare-text.ts';
import { tagKey, tagValue } from '../observed/tags.ts';
import type { PolicyDocument, Statement } from '../policy/document.ts';
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
import { managedKeyTags, TAGS, trustSid } from './names.ts';

export interface DesiredTargetRole {
  readonly arn: RoleArn;
  /** Whether any link needs the role; if none does, what the operator made is removed. */
  readonly wanted: boolean;
  /** Whether it may be made, or adopted: not for links that are being deleted. */
  readonly mayMake: boolean;
  /** Whether something may be taken off the role. */
  readonly mayShrink: boolean;
  /** Whether what the operator's policy on the role says stays, whatever else may go. */
  readonly policyStays: boolean;
  readonly adopt: boolean;
  /** Whether a link that needs it, or is on its way out, may have adopted it: then it is given back, never deleted. */
  readonly mayBeAdopted: boolean;
  /** Managed policies of links on their way out. */
  readonly departingPolicyArns: readonly string[];
  readonly retain: boolean;
  readonly preserveUnmanaged: boolean;
  /** Whether what is foreign goes from a role that was adopted, too: a link says so, or the rules let none of it stay. */
  readonly clearsAdopted: boolean;
  readonly ownership: Ownership;
  /** Tags of the spec. Those that say whose the role is, and which tags are ours, are kept apart. */
  readonly tags: ReadonlyMap<string, string>;
  readonly trust: readonly Statement[];
  readonly permissions: readonly Statement[];
  readonly managedPolicyArns: readonly string[];
  /** What stays as far as the role has it, and is never added: trust in statements of one execution role and one external ID. */
  readonly keptTrust: readonly Statement[];
  readonly keptPermissions: readonly Statement[];
  readonly keptPolicyArns: readonly string[];
  readonly permissionsBoundaryArn?: string;
  readonly description?: string;
  readonly conflicts: readonly ContributorConflict[];
}

/** Whose the role is, as its tags say. */
interface Ownership {
  readonly clusterId: string;
  readonly namespace: string;
}

interface TargetRoleContext {
  readonly clusterId: string;
  /** Whether the growth of a link is held, so that nobody knows what of the role's policy it needs: left out, it is not. */
  readonly policyStays?: boolean;
  /** Whether a link for which nothing was written yet wants what is foreign to stay: left out, none does. */
  readonly preservesForeign?: boolean;
  /** Whether the rules let something foreign stay on the role: left out, they do. */
  readonly mayPreserve?: boolean;
  /** The boundary that the account's administrators put on every role; it goes before a link's own. */
  readonly accountBoundaryArn?: string;
  /** IAM's limits in the account; AWS's defaults when left out. */
  readonly quotas?: PolicyQuotas;
}

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
  const scalars = oldestScalars(kept, concerned.filter(isSilent).map(linkOf));
  const boundary = context.accountBoundaryArn ?? scalars.values.permissionsBoundaryArn;
  return {
    arn,
    wanted: contributors.length > 0,
    mayMake: contributors.some(({ link }) => !link.deleting),
    mayShrink: mayShrink(concerned) && contributors.every((one) => one.permissionsComplete),
    policyStays: context.policyStays ?? false,
    // Only a link that the access rules let adopt may do so for the others.
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
    tags: scalars.tags,
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
    ...(scalars.values.description !== undefined && { description: scalars.values.description }),
    conflicts: [...union.conflicts, ...scalars.conflicts],
  };
}

/** A role belongs to the links of one namespace: those of another neither add to it nor keep anything on it. */
function concerns(link: Link, namespace: string): boolean {
  return link.namespace === namespace && link.legs.targetRole === 'Enforce';
}

/** Whether a link wants what is foreign on the role to stay. */
export function keepsForeign(link: Link, namespace: string): boolean {
  return concerns(link, namespace) && link.unmanaged === 'Preserve';
}

/** The document that IAM is given for a set of statements of ours. */
export function policyOf(statements: readonly Statement[]): PolicyDocument {
  return { version: '2012-10-17', statements };
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

/** Takes contributors in while the role's quotas bear them; the younger ones give way. There may be thousands: what another one has
 *  asked for already is not measured again. */
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

/** Whom a link lets in, and with which external ID. */
function pairsOf({ link, executionRoleArns }: Contribution): readonly string[] {
  return executionRoleArns.map((role) => `${role} ${link.stateMachine.text}`);
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
      `With this link ${link.targetRole.name} would have ${attached} managed policies attached, and IAM takes ${limit}: ` +
      `name fewer in permissions.managedPolicyARNs, or have the quota raised and write it into the AWSAccount.`,
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

/** One statement for each execution role, with the external IDs of all its machines: never one for each pair. */
function trustStatements(contributors: readonly Contribution[]): readonly Statement[] {
  return mergeTrust(contributors.flatMap(trustPairs));
}

function trustPairs({ link, executionRoleArns }: Contribution): readonly Statement[] {
  return executionRoleArns.map((role) => trustStatement(role, [link.stateMachine.text]));
}

/** Trust statements of the operator's, put together for each execution role. */
export function mergeTrust(statements: readonly Statement[]): readonly Statement[] {
  const externalIds = new Map<string, Set<string>>();
  for (const { principals, conditions } of statements) {
    for (const role of principals?.byType['AWS'] ?? []) {
      const ids = externalIds.get(role) ?? new Set();
      externalIds.set(role, ids.union(new Set(conditions?.['StringEquals']?.['sts:ExternalId'])));
    }
  }
  return [...externalIds]
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([role, ids]) => trustStatement(role, [...ids].sort()));
}

/** The form that AWS documents under "Trust policy update"
 *  (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html). */
function trustStatement(executionRoleArn: string, externalIds: readonly string[]): Statement {
  return {
    sid: trustSid(executionRoleArn),
    effect: 'Allow',
    principals: { negated: false, anyone: false, byType: { AWS: [executionRoleArn] } },
    actions: { negated: false, values: ['sts:AssumeRole'] },
    conditions: { StringEquals: { 'sts:ExternalId': externalIds } },
  };
}

interface Scalars {
  readonly values: { readonly permissionsBoundaryArn?: string; readonly description?: string };
  readonly tags: ReadonlyMap<string, string>;
  readonly conflicts: readonly ContributorConflict[];
}

/** A role has one boundary, one description and one value for each tag: that of the oldest link. Younger ones that set
 *  another value have a conflict. While it is not known what the oldest sets, nothing is changed. */
function oldestScalars(kept: readonly Link[], silent: readonly Link[]): Scalars {
  const speaking = new Set(kept.map(({ key }) => key));
  const asking = [...kept, ...silent.filter(({ key }) => !speaking.has(key))].sort(byAge);
  const conflicts: ContributorConflict[] = [];
  const decide = (field: string, read: (link: Link) => string | undefined): string | undefined => {
    const [oldest, ...younger] = asking.filter((link) => read(link) !== undefined);
    if (oldest === undefined) return undefined;
    const differing = younger.filter((link) => read(link) !== read(oldest));
    conflicts.push(...differing.map((link) => scalarConflict(link, field)));
    return speaking.has(oldest.key) ? read(oldest) : undefined;
  };
  const permissionsBoundaryArn = decide('permissionsBoundaryARN', (link) => link.permissionsBoundaryArn);
  const description = decide('description', (link) => link.description);
  const { keys, conflicts: beyond } = fittingTagKeys(asking);
  conflicts.push(...beyond);
  const decided = [...keys.values()].sort().flatMap((key): [string, string][] => {
    const value = decide(`tags[${key}]`, ({ tags }) => tagValue(new Map(Object.entries(tags)), key));
    return value === undefined ? [] : [[key, value]];
  });
  return {
    values: {
      ...(permissionsBoundaryArn !== undefined && { permissionsBoundaryArn }),
      ...(description !== undefined && { description }),
    },
    tags: new Map(decided),
    conflicts,
  };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MOST_TAGS = 50;
/** The operator's own: cluster, namespace and attached policies. */
const OWN_TAGS = 3;

/** The keys that links set together, as far as a role holds them with the records of them; of a younger link that goes beyond it
 *  none is new, and the CRD lets no link go beyond it alone. Two spellings
 *  are one key to IAM: the oldest link's is taken.
 *  @param asking the oldest first */
function fittingTagKeys(asking: readonly Link[]): {
  readonly keys: ReadonlyMap<string, string>;
  readonly conflicts: readonly ContributorConflict[];
} {
  let keys: ReadonlyMap<string, string> = new Map();
  const conflicts: ContributorConflict[] = [];
  for (const link of asking) {
    const more = Object.keys(link.tags).map((key) => [tagKey(key), key] as const);
    const widened = new Map([...more, ...keys]);
    const count = widened.size + managedKeyTags(widened.values()).size + OWN_TAGS;
    if (keys.size === 0 || widened.size === keys.size || count <= MOST_TAGS) keys = widened;
    else conflicts.push(tooManyTags(link, count));
  }
  return { keys, conflicts };
}

function tooManyTags({ key, targetRole }: Link, count: number): ContributorConflict {
  return {
    linkKey: key,
    leg: 'targetRole',
    reason: 'QuotaExceeded',
    message:
      `With this link ${targetRole.name} would have ${count} tags, the operator's records among them, and IAM takes ${MOST_TAGS}: ` +
      `set fewer in targetRole.tags, or give the link a target role of its own.`,
  };
}

function scalarConflict(link: Link, field: string): ContributorConflict {
  return {
    linkKey: link.key,
    leg: 'targetRole',
    reason: 'Conflict',
    message: `An older link to ${link.targetRole.name} sets targetRole.${field} to another value: make them equal.`,
  };
}
