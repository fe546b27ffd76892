/** The target role with its trust policy and permissions, for all links that share it. */
import type { TargetAccess } from '../../access/rules.ts';
import { targetEntries } from '../../access/target.ts';
import type { AwsAccount, DatedRoleReading } from '../../aws/aws-account.ts';
import type { CallOptions } from '../../aws/pace/lanes.ts';
import {
  contributions,
  type Contribution,
  type ContributorState,
  type Needs,
} from '../../desired/contribution.ts';
import type { Leg } from '../../desired/leg.ts';
import type { Link } from '../../desired/link.ts';
import { policyName } from '../../desired/names.ts';
import { desiredTargetRole, type DesiredTargetRole } from '../../desired/target-role.ts';
import type { ObservedRole } from '../../observed/objects.ts';
import { excessRights } from '../../plan/adoption.ts';
import { GROWTH_HELD, holdGrowth } from '../../plan/growth.ts';
import {
  claimRole,
  otherCluster,
  type ClaimFacts,
  type OthersRole,
  type OursOrOthers,
  type RoleRecords,
  type WhoseRole,
} from '../../plan/ownership.ts';
import { planObserveOnlyRole } from '../../plan/observe-only.ts';
import { bearsOurs, withoutProof } from '../../plan/role-removal.ts';
import { planTargetRole } from '../../plan/target-role.ts';
import { asksOtherBoundary } from '../../report/legs-on-record.ts';
import type { ResolvedLink } from '../state/resolved-link.ts';
import { unreadState } from './contributor-states.ts';
import { managedPoliciesOn, type ManagedPolicyTexts } from './adopted-policies.ts';
import { NO_LEGS } from './drift-finder.ts';
import type { RoleUpdateResult } from './object-reconciler.ts';
import {
  countedFor,
  LAST_READ,
  nameTaken,
  readWhatIsInUse,
  sharedPlan,
  type SharedObjectParts,
  type SharedPlan,
  type UpdateOptions,
} from './object-update.ts';

export class TargetRoleReconciler {
  readonly #parts: SharedObjectParts;

  constructor(parts: SharedObjectParts) {
    this.#parts = parts;
  }

  /** Reads the role, plans what its links need of it, and writes that if the link enforces it. Failed writes are in the result.
   *  @param growth whether additional needs of the link are granted, or held until somebody edits the link
   *  @throws AwsFailure when the role cannot be read, WriteFailure from a deletion, or when nothing may be written any more */
  async reconcile(
    resolved: ResolvedLink,
    aws: AwsAccount,
    options: UpdateOptions,
    growth: Growth,
  ): Promise<TargetRoleResult> {
    const { link } = resolved;
    const { objects, knownRoles, contributors, roleNames, uncachedLinks } = this.#parts;
    let managed: ManagedPolicyTexts = new Map();
    let asked: Needs | undefined;
    let left: ReadonlySet<Leg> = NO_LEGS;
    let uncached: readonly ContributorState[] = [];
    const states = () => [...this.#states(resolved, options), ...uncached];
    const result = await objects.updateRole({
      aws,
      arn: link.targetRole,
      isDescribed: true,
      linkKey: link.key,
      options: { ...options, beforeWrites: this.#beforeWrites(link, options) },
      enforced: isEnforced(resolved),
      beforePlan: async (role) => {
        managed = await managedPoliciesOn(role, resolved, aws, options);
        left = await this.#parts.leftovers.onTargetRole(role, options);
        await contributors.workOut(contributors.linksBy('targetRole', link.targetRole.text));
      },
      plan: (role) => {
        const isAnothers = role === undefined && !options.isDeletion && roleNames.isAnothers(link);
        if (isAnothers) return nameTaken(link.targetRole, 'free');
        const from = { role, managed, states: states(), left };
        asked = needsOf(link, from.states);
        return { ...this.#plan(resolved, options, growth, from), awaitsUncached: uncached.length > 0 };
      },
      // As long as some link is not known, nothing is taken away: then nobody has to know what is in use.
      learnBeforeShrinking: [
        async () => {
          const named = new Set([link.targetRole.text]);
          const unseen = isEnforced(resolved) ? await uncachedLinks.naming(named, link) : [];
          uncached = unseen.map((object) => unreadState(object.link));
          return uncached.length > 0;
        },
        () => readWhatIsInUse(contributors, link, options, states()),
      ],
    });
    if (result.role !== undefined && result.applied.some(({ operation }) => operation === 'CreateRole'))
      knownRoles.proven(link.targetRole.text, link.namespace, result.role.roleId);
    const isAsWanted = result.enforced && result.plan.problem === undefined && result.unmade.length === 0;
    if (result.role !== undefined && isAsWanted) knownRoles.stands(link.targetRole.text, result.role);
    return { ...result, asked };
  }

  /** From the first write until all are made, the role may have what is recorded nowhere. */
  #beforeWrites({ targetRole }: Link, { beforeWrites }: UpdateOptions): UpdateOptions['beforeWrites'] {
    return async (coming) => {
      await beforeWrites(coming);
      this.#parts.knownRoles.unsettled(targetRole.text);
    };
  }

  /** Whether the role belongs to the operator of another cluster: then Credentials that name it are that operator's business. */
  isAnotherClusters(role: ObservedRole | undefined): boolean {
    return role !== undefined && otherCluster(role, this.#parts.clusterId) !== undefined;
  }

  /** Whose the role is by now, for a link for which the operator is known to have written. The last read of the role will do,
   *  unless it says that the role is another cluster's.
   *  @throws AwsFailure when it cannot be read */
  async whoseNow({ link }: ResolvedLink, aws: AwsAccount, callOptions: CallOptions): Promise<OursOrOthers> {
    const { text: arn } = link.targetRole;
    const last = await aws.role(arn, callOptions, LAST_READ);
    const seemsOurs = this.#othersClaim(last) === undefined;
    const reading = last.fresh || seemsOurs ? last : await aws.role(arn, callOptions, { kind: 'fresh' });
    return this.#othersClaim(reading) ?? { kind: 'ours' };
  }

  /** Whose the role is, for a link of which only AWS can tell whether the operator wrote for it.
   *  @throws AwsFailure when it cannot be read */
  async whose({ link }: ResolvedLink, aws: AwsAccount, callOptions: CallOptions): Promise<WhoseRole> {
    const { clusterId } = this.#parts;
    const reading = await aws.role(link.targetRole.text, callOptions, { kind: 'fresh' });
    const others = this.#othersClaim(reading);
    if (others !== undefined) return others;
    if (reading.kind !== 'found') return { kind: 'unproven' };
    const ownership = { clusterId, namespace: link.namespace };
    const nothingAsked = { adopt: false, wanted: false, permissions: [], ownership };
    const othersRoleIds = this.#parts.knownRoles.othersRoleIdsOf(link);
    const claim = claimRole(nothingAsked, reading.role, [], { othersRoleIds });
    if (claim.kind === 'made' || claim.kind === 'adopted') return { kind: 'ours' };
    const isNamed =
      bearsOurs({ ownership }, reading.role) &&
      !(claim.kind === 'refused' && claim.reason === 'RoleOwnedByOtherNamespace');
    return isNamed ? { kind: 'unproven', message: withoutProof(reading.role) } : { kind: 'unproven' };
  }

  #othersClaim(reading: DatedRoleReading): OthersRole | undefined {
    const cluster = reading.kind === 'found' ? otherCluster(reading.role, this.#parts.clusterId) : undefined;
    if (cluster === undefined) return undefined;
    return { kind: 'others', message: `they belong to the operator of cluster ${cluster}` };
  }

  #plan(
    resolved: ResolvedLink,
    options: UpdateOptions,
    growth: Growth,
    { role, managed, states, left }: PlannedFrom,
  ): SharedPlan {
    const { link, target, context } = resolved;
    const { clusterId, contributors, edits, knownRoles } = this.#parts;
    const accountBoundaryArn = target.rules.permissionsBoundaryArn;
    const boundary = accountBoundaryArn === undefined ? {} : { accountBoundaryArn };
    const targets = targetEntries(context.target.entries, link.targetRole);
    const facts = {
      ...boundary,
      othersRoleIds: knownRoles.othersRoleIdsOf(link),
      records: knownRoles.recordsOf(link),
      adoption: knownRoles.adoptionOf(link),
      excessOf: (found: ObservedRole) => excessRights(found, managed, targets, context.takesNoResource),
    };
    const ours = role?.inlinePolicies.get(policyName(clusterId));
    const waits = (one: Contribution) =>
      one.link.uid === link.uid ? growth() === 'Hold' : one.growthWaits === true;
    const counted = holdGrowth(states, (one) => isEnforced(resolved) && waits(one), ours);
    const asked = desiredTargetRole(link.targetRole, link.namespace, counted.states, {
      clusterId,
      policyStays: counted.policyStays,
      preservesForeign: contributors.preservesForeign(link.targetRole.text, link.namespace),
      mayPreserve: targets.some(({ allowPreserve }) => allowPreserve),
      ...boundary,
      ...(target.rules.quotas !== undefined && { quotas: target.rules.quotas }),
    });
    // A deletion makes nothing: the remaining links do that in their own reconciles, and report it as drift.
    const desired = options.isDeletion ? { ...asked, mayMake: false } : asked;
    this.#noteProof(desired, role, facts);
    const plan = isEnforced(resolved)
      ? planTargetRole(desired, role, facts)
      : planObserveOnlyRole(desired, role, facts);
    const isHeld = counted.held.has(link.uid) && plan.problem === undefined;
    const allowed = isHeld ? { ...plan, blocked: GROWTH_HELD } : plan;
    const sharing = () => contributors.linksBy('targetRole', link.targetRole.text);
    const onRecord = { ...edits.onRecord(link, 'targetRole', sharing), left };
    const shared = sharedPlan({ plan: allowed, desired, link, states, onRecord });
    // New rules may ask for the boundary that is on record, and others in between have asked for another one: the operator may
    // have died between that write and its record.
    const hasOtherBoundary = () =>
      target.hasNewRules === true || asksOtherBoundary(sharing(), accountBoundaryArn);
    return { ...shared, hasOtherBoundary };
  }

  /** A proof once found stays in this process, whatever happens to the link whose status holds it. */
  #noteProof(
    desired: DesiredTargetRole,
    role: ObservedRole | undefined,
    facts: ClaimFacts & { readonly records: RoleRecords },
  ): void {
    if (role === undefined) return;
    const { kind } = claimRole(desired, role, facts.records, facts);
    if (kind === 'made' || kind === 'adopted')
      this.#parts.knownRoles.proven(desired.arn.text, desired.ownership.namespace, role.roleId);
  }

  #states({ link }: ResolvedLink, options: UpdateOptions): readonly ContributorState[] {
    const { contributors } = this.#parts;
    const states = contributors.contributorStates('targetRole', link.targetRole.text, link);
    return countedFor(link, options, states);
  }
}

interface TargetRoleResult extends RoleUpdateResult {
  /** What the link itself asked for when the role was planned. */
  readonly asked: Needs | undefined;
}

/** Called when the role is planned. */
type Growth = () => TargetAccess['definitionGrowth'];

/** Input of the plan of a target role. */
interface PlannedFrom {
  readonly role: ObservedRole | undefined;
  readonly managed: ManagedPolicyTexts;
  readonly states: readonly ContributorState[];
  /** Legs on which a deleted link left something. */
  readonly left: ReadonlySet<Leg>;
}

function needsOf({ uid }: Link, states: readonly ContributorState[]): Needs | undefined {
  const own = contributions(states).find(({ link }) => link.uid === uid);
  return own && { tasks: own.tasks, permissions: own.permissions, executionRoleArns: own.executionRoleArns };
}

function isEnforced({ link }: ResolvedLink): boolean {
  return link.legs.targetRole === 'Enforce';
}
