/**
 * The managed policies on a role that a link may adopt or has adopted. They decide whether adopting it would let in somebody
 * more.
 */
import type { AwsAccount } from '../../aws/aws-account.ts';
import { TAGS } from '../../desired/names.ts';
import type { ObservedPolicy, ObservedRole } from '../../observed/objects.ts';
import { boundariesToCome } from '../../plan/adoption.ts';
import { decidingPolicies } from '../../report/effective-access.ts';
import type { ResolvedLink } from '../state/resolved-link.ts';
import type { UpdateOptions } from './object-update.ts';

/** By ARN. */
export type ManagedPolicyTexts = ReadonlyMap<string, ObservedPolicy>;

/** Reads them. Empty for a role that the operator made.
 *  @throws AwsFailure */
export async function managedPoliciesOn(
  role: ObservedRole | undefined,
  { link, target }: ResolvedLink,
  aws: AwsAccount,
  { callOptions, freshness, isDeletion }: UpdateOptions,
): Promise<ManagedPolicyTexts> {
  if (role === undefined || isDeletion || !(link.adopt || role.tags.has(TAGS.adopted))) return new Map();
  const asked = target.rules.permissionsBoundaryArn ?? link.permissionsBoundaryArn;
  const deciding = [...decidingPolicies([role]), ...boundariesToCome(role, asked)];
  const read = await aws.managedPolicies([...new Set(deciding)], callOptions, freshness);
  return new Map(read.map(({ arn, document }) => [arn, document]));
}
