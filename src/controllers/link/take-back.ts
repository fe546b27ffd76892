/**
 * What is removed while a link stays: everything that names a refused role, and grants on roles under which nothing runs any
 * more.
 */
import type { AwsAccount } from '../../aws/aws-account.ts';
import type { Reason } from '../../api/reasons.ts';
import { AwsFailure } from '../../aws/errors/errors.ts';
import type { RoleArn } from '../../arn/arn.ts';
import type { Leg } from '../../desired/leg.ts';
import { progressing } from '../../report/outcome.ts';
import type { CredentialsReconciler } from '../objects/credentials.ts';
import type { GrantReconciler } from '../objects/grant.ts';
import type { RoleUpdateResult } from '../objects/object-reconciler.ts';
import type { StrayGrantFinder } from '../objects/stray-grants.ts';
import type { TargetRoleReconciler } from '../objects/target-role.ts';
import { hasWritten } from '../state/on-record.ts';
import type { ResolvedLink } from '../state/resolved-link.ts';
import { grantRoles, hadCredentials } from './inventory.ts';
import type { EnsureRun, ReadPolicy } from './read-policy.ts';

interface TakeBackParts {
  readonly targetRole: Pick<TargetRoleReconciler, 'isAnotherClusters'>;
  readonly grant: GrantReconciler;
  readonly credentials: CredentialsReconciler;
  readonly strayGrantFinder: Pick<StrayGrantFinder, 'of'>;
}

const WAITS_FOR_ROLE = 'Waits for the target role.';

export class TakeBack {
  readonly #parts: TakeBackParts;

  constructor(parts: TakeBackParts) {
    this.#parts = parts;
  }

  /** While the role is refused, neither the definition nor a grant may name it for the link. What was written before is removed
   *  in this order.
   *  @param reason of the refusal. The leg of the definition keeps it until the definition is checked again, because meanwhile
   *  anybody may claim the Tasks
   *  @throws AwsFailure as {@link GrantReconciler.reconcile} */
  async ofRefusedRole(run: EnsureRun, reason: Reason, aws: AwsAccount): Promise<void> {
    const { resolved, readPolicy, record } = run;
    const { object, link } = resolved;
    if (!hasWritten(object)) return;
    const afresh = { ...run, readPolicy: { ...readPolicy, inSyncBefore: new Set<Leg>() } };
    if (link.legs.stateMachineCredentials === 'Enforce') {
      const isOthers = this.#parts.targetRole.isAnotherClusters(record.targetRole);
      if (hadCredentials(object)) record.legs.stateMachineCredentials = progressing(reason, WAITS_FOR_ROLE);
      if (!isOthers) await this.#credentials(afresh, aws);
    }
    if (link.legs.executionRoleGrant === 'Enforce') await this.#grants(afresh, aws);
  }

  /** Removes grants that only a snapshot shows. The link works without that: a failure is noted, affects no leg, and the next
   *  check tries again.
   *  @param known roles that were checked already
   *  @throws AwsFailure when nothing may be asked of AWS now */
  async ofStrayGrants(
    { resolved, readPolicy, record }: EnsureRun,
    known: ReadonlySet<string>,
    aws: AwsAccount,
  ): Promise<void> {
    if (resolved.link.legs.executionRoleGrant === 'Observe') return;
    const strays = this.#parts.strayGrantFinder.of(resolved, aws);
    for (const role of grantRoles(resolved, strays)) {
      if (known.has(role.text)) continue;
      const result = await this.#strayGrant(resolved, role, readPolicy, aws);
      const failures =
        result instanceof AwsFailure ? [result] : result.failures.map(({ failure }) => failure);
      if (!(result instanceof AwsFailure)) record.addWrites({ ...result, failures: [] });
      for (const { message } of failures)
        record.leftBehind.push(`the grant on ${role.text}, under which nothing runs any more (${message})`);
    }
  }

  /** Removes one such grant. A final refusal by AWS is no reason to break off. */
  async #strayGrant(
    resolved: ResolvedLink,
    role: RoleArn,
    readPolicy: ReadPolicy,
    aws: AwsAccount,
  ): Promise<RoleUpdateResult | AwsFailure> {
    try {
      return await this.#parts.grant.reconcile(resolved, role, aws, readPolicy);
    } catch (error) {
      if (error instanceof AwsFailure && error.kind === 'terminal') return error;
      throw error;
    }
  }

  async #credentials({ resolved, readPolicy, record }: EnsureRun, aws: AwsAccount): Promise<void> {
    const result = await this.#parts.credentials.reconcile(resolved, aws, readPolicy);
    if (result.kind !== 'planned') return;
    record.view = result.view;
    record.kept = result.plan.kept;
    record.addWrites(result);
  }

  async #grants({ resolved, readPolicy, record }: EnsureRun, aws: AwsAccount): Promise<void> {
    const standing: string[] = [];
    for (const role of grantRoles(resolved, [])) {
      const result = await this.#parts.grant.reconcile(resolved, role, aws, readPolicy);
      record.addWrites(result);
      if (result.plan.withheld.length > 0 || result.unmade.length > 0) standing.push(role.text);
      if (result.plan.actions.length > 0)
        record.legs.executionRoleGrant = progressing('Creating', WAITS_FOR_ROLE);
    }
    record.grantsOn = standing;
  }
}
