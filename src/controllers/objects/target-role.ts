/** The target role with its trust policy and permissions, for all links that share it. */
import type { AccountAws } from '../../aws/account-aws.ts';
import type { ContributorState } from '../../desired/contribution.ts';
import { desiredTargetRole } from '../../desired/target-role.ts';
import type { ObservedRole } from '../../observed/objects.ts';
import { blockGrowth } from '../../plan/growth.ts';
import { planObserveOnlyRole } from '../../plan/observe-only.ts';
import { planTargetRole } from '../../plan/target-role.ts';
import type { ResolvedLink } from '../state/resolved-link.ts';
import type { RoleUpdateResult } from './object-reconciler.ts';
import {
  countedFor,
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

  /** Reads the role, plans what its links need of it, and writes that where the link enforces it.
   *  @param growthBlocked whether the role may not be given more permissions than it holds
   *  @throws AwsFailure when the role cannot be read, WriteFailure when a write fails */
  reconcile(
    resolved: ResolvedLink,
    aws: AccountAws,
    options: UpdateOptions,
    growthBlocked: boolean,
  ): Promise<RoleUpdateResult> {
    const { link } = resolved;
    return this.#parts.objects.updateRole({
      aws,
      arn: link.targetRole,
      linkKey: link.key,
      options,
      enforced: isEnforced(resolved),
      plan: (role) => this.#plan(resolved, options, growthBlocked, role),
      learnBeforeShrinking: () =>
        readWhatIsInUse(this.#parts.contributors, link, options, this.#states(resolved, options)),
    });
  }

  #plan(
    resolved: ResolvedLink,
    options: UpdateOptions,
    growthBlocked: boolean,
    role: ObservedRole | undefined,
  ): SharedPlan {
    const { link, target } = resolved;
    const { knownRoleId } = options;
    const accountBoundaryArn = target.rules.permissionsBoundaryArn;
    const boundary = accountBoundaryArn === undefined ? {} : { accountBoundaryArn };
    const facts = { ...boundary, ...(knownRoleId !== undefined && { knownRoleId }) };
    const states = this.#states(resolved, options);
    const desired = desiredTargetRole(link.targetRole, link.namespace, states, {
      clusterId: this.#parts.clusterId,
      ...boundary,
    });
    const plan = isEnforced(resolved)
      ? planTargetRole(desired, role, facts)
      : planObserveOnlyRole(desired, role, facts);
    const allowed = growthBlocked && isEnforced(resolved) ? blockGrowth(plan, role) : plan;
    return sharedPlan(allowed, link, desired.conflicts, states);
  }

  #states({ link }: ResolvedLink, options: UpdateOptions): readonly ContributorState[] {
    const states = this.#parts.contributors.contributorStates('targetRole', link.targetRole.text);
    return countedFor(link, options, states);
  }
}

function isEnforced({ link }: ResolvedLink): boolean {
  return link.legs.targetRole === 'Enforce';
}
