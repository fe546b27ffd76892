/**
 * Finds grants that no status names. They remain on the former role of a state machine that got another one while the operator
 * was away, or before the status could be written. The operator's policy in the grant says whom it concerns.
 */
import { parseRoleArn } from '../../arn/arn.ts';
import type { AwsAccount } from '../../aws/aws-account.ts';
import { isOwnSid } from '../../desired/names.ts';
import type { ObservedPolicy } from '../../observed/objects.ts';
import type { StrayGrants } from '../../observed/snapshot.ts';
import type { Cache } from '../../kubernetes/store.ts';
import type { LinkObject } from '../state/link-object.ts';
import { mayBeGranted, type ResolvedLink } from '../state/resolved-link.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';

export class StrayGrantFinder {
  readonly #links: Pick<Cache<LinkObject>, 'byIndex'>;
  readonly #machines: Pick<StateMachineCache, 'under'>;
  /** Target role → roles whose grant names it; worked out once for each snapshot. */
  readonly #byTarget = new WeakMap<StrayGrants, ReadonlyMap<string, readonly string[]>>();

  constructor(links: Pick<Cache<LinkObject>, 'byIndex'>, machines: Pick<StateMachineCache, 'under'>) {
    this.#links = links;
    this.#machines = machines;
  }

  /** Roles that have a grant on the link's target role although no state machine is known to run under them, if the rules let
   *  the link change them. They have to be checked like those in a status: a snapshot alone decides nothing. */
  of(resolved: ResolvedLink, aws: AwsAccount): readonly string[] {
    return (this.#index(aws.strayGrants()).get(resolved.link.targetRole.text) ?? [])
      .filter((arn) => isUnexplained(arn, this.#links, this.#machines))
      .map(parseRoleArn)
      .filter((role) => role !== undefined)
      .filter((role) => mayBeGranted(resolved, role))
      .map(({ text }) => text);
  }

  #index(grants: StrayGrants): ReadonlyMap<string, readonly string[]> {
    const known = this.#byTarget.get(grants);
    if (known !== undefined) return known;
    const index = new Map<string, string[]>();
    for (const [roleArn, targets] of grants)
      for (const target of targets) {
        const roles = index.get(target) ?? [];
        roles.push(roleArn);
        index.set(target, roles);
      }
    this.#byTarget.set(grants, index);
    return index;
  }
}

/** Whether nothing explains why a role has a grant: no state machine of a link is known to run under it. A link's target role
 *  is explained: its permissions are in a policy of the same name. */
export function isUnexplained(
  roleArn: string,
  links: Pick<Cache<LinkObject>, 'byIndex'>,
  machines: Pick<StateMachineCache, 'under'>,
): boolean {
  return machines.under(roleArn).length === 0 && links.byIndex('targetRole', roleArn).length === 0;
}

/** The roles that a grant of the operator lets assume; none if the policy is somebody else's. */
export function targetsOf(policy: ObservedPolicy | undefined): readonly string[] {
  if (policy?.kind !== 'parsed') return [];
  return policy.document.statements
    .filter(({ sid }) => isOwnSid(sid))
    .flatMap(({ resources }) => resources?.values ?? []);
}
