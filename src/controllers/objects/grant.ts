/** The grant: one inline policy on an execution role, for all links whose state machines run under that role. */
import type { RoleArn } from '../../arn/arn.ts';
import type { AwsAccount } from '../../aws/aws-account.ts';
import type { CallOptions } from '../../aws/pace/lanes.ts';
import type { ContributorState } from '../../desired/contribution.ts';
import { desiredGrant, type DesiredGrant } from '../../desired/grant.ts';
import { policyName } from '../../desired/names.ts';
import type { Leg } from '../../desired/leg.ts';
import type { Link } from '../../desired/link.ts';
import type { ObservedRole } from '../../observed/objects.ts';
import { bearsGrant, planGrant, roomForGrant } from '../../plan/grant.ts';
import { hideRoles } from '../../plan/hidden-roles.ts';
import { planObserveOnlyGrant } from '../../plan/observe-only.ts';
import { legsWrittenWith } from '../../report/legs-on-record.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { ResolvedLink } from '../state/resolved-link.ts';
import { uncachedGrant, unreadState } from './contributor-states.ts';
import { NO_LEGS } from './drift-finder.ts';
import { targetsOf } from './stray-grants.ts';
import type { RoleUpdateResult } from './object-reconciler.ts';
import {
  countedFor,
  readWhatIsInUse,
  sharedPlan,
  type LegsOnRecord,
  type SharedObjectParts,
  type SharedPlan,
  type UpdateOptions,
} from './object-update.ts';

/** The leg of the spec with which a grant is written. */
const PART = 'executionRoleGrant';

export class GrantReconciler {
  readonly #parts: SharedObjectParts;

  constructor(parts: SharedObjectParts) {
    this.#parts = parts;
  }

  /** Reads an execution role, plans which target roles it has to be able to assume, and writes that if the link enforces it.
   *  Failed writes are in the result.
   *  @throws AwsFailure when the role cannot be read, WriteFailure from a deletion, or when nothing may be written any more */
  reconcile(
    resolved: ResolvedLink,
    executionRole: RoleArn,
    aws: AwsAccount,
    options: UpdateOptions,
  ): Promise<RoleUpdateResult> {
    const { contributors, unreadLinks } = this.#parts;
    const { link } = resolved;
    let frozen: readonly ContributorState[] = [];
    let left: ReadonlySet<Leg> = NO_LEGS;
    let uncached: readonly ContributorState[] = [];
    const states = () => [...this.#states(resolved, executionRole, options), ...frozen, ...uncached];
    return this.#parts.objects.updateRole({
      aws,
      arn: executionRole,
      isDescribed: false,
      linkKey: link.key,
      options,
      enforced: isEnforced(resolved),
      beforePlan: async (role) => {
        left = await this.#leftLegs(resolved, executionRole, role, options);
        if (options.isDeletion)
          await unreadLinks.readUnrecorded(link.stateMachine.accountId, options.callOptions);
        await contributors.workOut(contributors.linksUnder(executionRole.text));
      },
      plan: (role) => {
        const planned = this.#plan(resolved, executionRole, { states: states(), role, left }, options);
        const awaitsUncached = uncached.length > 0;
        return { ...planned, awaitsUncached, mayShrinkLater: planned.mayShrinkLater || awaitsUncached };
      },
      learnBeforeShrinking: [
        async (role) => {
          const named = this.#linksNamedBy(role, executionRole, link);
          const learned = await this.#learn(resolved, states(), named, options);
          frozen = contributors.frozenOrUnread(named).map((other) => ({ kind: 'frozen', link: other }));
          const from = { states: states(), role };
          if (isEnforced(resolved)) uncached = await this.#uncached(resolved, from, options);
          return learned || frozen.length > 0 || uncached.length > 0;
        },
      ],
    });
  }

  /** On a role under which the link's state machine no longer runs, everything that goes was left by some link. That holds even
   *  if this process has checked the role before: it may not have known yet which link the grant was for. */
  async #leftLegs(
    { object }: ResolvedLink,
    { text: arn }: RoleArn,
    role: ObservedRole | undefined,
    options: UpdateOptions,
  ): Promise<ReadonlySet<Leg>> {
    if (object.status.executionRoleARN !== arn) return legsWrittenWith(PART);
    return this.#parts.leftovers.onExecutionRole(role, options);
  }

  /** A grant may name roles of links that are not known to run under the role: something may still run. The link itself may be
   *  among them, if its state machine has another role by now. */
  #linksNamedBy(
    role: ObservedRole | undefined,
    { text: executionRole }: RoleArn,
    { stateMachine }: Link,
  ): readonly LinkObject[] {
    const { contributors, clusterId } = this.#parts;
    const under = new Set(contributors.linksUnder(executionRole).map(({ link }) => link.uid));
    return targetsOf(role?.inlinePolicies.get(policyName(clusterId)))
      .flatMap((arn) => contributors.linksBy('targetRole', arn))
      .filter(({ link }) => !under.has(link.uid) && link.stateMachine.accountId === stateMachine.accountId);
  }

  /** The states of links whose role would go from the grant and that the cache lacks or has in an older version. A deletion
   *  waits for those that name its own role, because it does not come back for what it leaves. */
  async #uncached(
    { link }: ResolvedLink,
    { states, role }: Pick<PlannedFrom, 'states' | 'role'>,
    { isDeletion }: UpdateOptions,
  ): Promise<readonly ContributorState[]> {
    const { clusterId, uncachedLinks } = this.#parts;
    const arn = role?.arn ?? '';
    const standing = new Set(targetsOf(role?.inlinePolicies.get(policyName(clusterId))));
    const { targetRoleArns, keptTargetRoleArns } = desiredGrant(arn, states, Infinity, standing);
    const going = standing.difference(new Set([...targetRoleArns, ...keptTargetRoleArns]));
    const objects = await uncachedLinks.naming(going, link);
    return objects.map(({ link: other }) =>
      isDeletion && other.targetRole.text === link.targetRole.text
        ? unreadState(other)
        : uncachedGrant(other, arn),
    );
  }

  async #learn(
    { link }: ResolvedLink,
    states: readonly ContributorState[],
    named: readonly LinkObject[],
    options: UpdateOptions,
  ): Promise<boolean> {
    const { contributors } = this.#parts;
    const learned = await contributors.readDefinitionsInUse(
      named.map((object) => object.link),
      options.callOptions,
    );
    return (await readWhatIsInUse(contributors, link, options, states)) || learned;
  }

  /** Whether an execution role has this operator's grant.
   *  @throws AwsFailure when it cannot be read */
  async stands({ text: arn }: RoleArn, aws: AwsAccount, callOptions: CallOptions): Promise<boolean> {
    const reading = await aws.role(arn, callOptions, { kind: 'fresh' });
    return reading.kind === 'found' && bearsGrant(reading.role, this.#parts.clusterId);
  }

  /** Whether an execution role has this operator's grant, and the grant names a target role.
   *  @throws AwsFailure when it cannot be read */
  async names(
    { text: arn }: RoleArn,
    targetRole: string,
    aws: AwsAccount,
    callOptions: CallOptions,
  ): Promise<boolean> {
    const reading = await aws.role(arn, callOptions, { kind: 'fresh' });
    const policy =
      reading.kind === 'found' && reading.role.inlinePolicies.get(policyName(this.#parts.clusterId));
    return policy !== false && targetsOf(policy).includes(targetRole);
  }

  #plan(
    resolved: ResolvedLink,
    { text: arn }: RoleArn,
    { states, role, left }: PlannedFrom,
    { isDeletion }: UpdateOptions,
  ): SharedPlan {
    const { clusterId } = this.#parts;
    const room = roomForGrant(role, clusterId, resolved.source.rules.quotas);
    const standing = new Set(targetsOf(role?.inlinePolicies.get(policyName(clusterId))));
    const desired = desiredGrant(arn, states, room, standing);
    const planOf = (wanted: DesiredGrant) =>
      isEnforced(resolved)
        ? planGrant(wanted, role, clusterId, { wroteBefore: !isDeletion && isInInventory(resolved, arn) })
        : planObserveOnlyGrant(wanted, role, clusterId);
    const whole = planOf(desired);
    // What the remaining links lack, they make in their own reconciles and report as drift.
    const isMissing = role?.inlinePolicies.has(policyName(clusterId)) !== true;
    const plan = hideRoles(
      isDeletion && isMissing ? { ...whole, actions: [] } : whole,
      this.#parts.othersRoles.seenBy(resolved.link),
    );
    const onRecord = { ...this.#onRecord(resolved, arn), left };
    const shared = sharedPlan({ plan, desired, link: resolved.link, states, onRecord });
    // Right after a start any link of the account might use the role; most turn out not to.
    const onceRead = () => planOf({ ...desired, mayShrink: true }).actions;
    return { ...shared, mayShrinkLater: shared.awaitsReads && onceRead().length > whole.actions.length };
  }

  /** On a role under which the link's state machine no longer runs, or runs only since a moment ago, nothing counts as in sync
   *  before: after a restart nobody knows whether it ever was. */
  #onRecord({ object, link }: ResolvedLink, arn: string): Omit<LegsOnRecord, 'left'> {
    const { contributors, edits } = this.#parts;
    const sharing = () => contributors.linksUnder(arn);
    const onRecord = edits.onRecord(link, PART, sharing);
    return {
      ...onRecord,
      edited: () =>
        object.status.executionRoleARN === arn
          ? edits.seenBy(link, PART, [object, ...sharing()])
          : legsWrittenWith(PART),
      observed: () => onRecord.observed().union(contributors.legsTakenBack(PART, sharing())),
    };
  }

  #states(
    { link }: ResolvedLink,
    { text: arn }: RoleArn,
    options: UpdateOptions,
  ): readonly ContributorState[] {
    const states = this.#parts.contributors.grantContributors(arn, link.stateMachine.accountId, link);
    return countedFor(link, options, states);
  }
}

/** Input of the plan of a grant. */
interface PlannedFrom {
  readonly states: readonly ContributorState[];
  readonly role: ObservedRole | undefined;
  /** Legs on which a deleted link left something. */
  readonly left: ReadonlySet<Leg>;
}

/** Whether the status says that the link has its grant on the role. That is a hint: good enough to put a policy back, but not
 *  to remove one. */
function isInInventory({ object }: ResolvedLink, arn: string): boolean {
  const { inventory = [] } = object.status;
  return inventory.some((entry) => entry.leg === 'ExecutionRoleGrant' && entry.arn === arn);
}

function isEnforced({ link }: ResolvedLink): boolean {
  return link.legs[PART] === 'Enforce';
}
