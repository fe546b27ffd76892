/** What a role that is to be adopted may do beyond the rules: its policies within its boundary, as AWS holds them. */
import type { ObservedRole } from '../observed/objects.ts';
import type { ObservedPolicy } from '../policy/document.ts';
import { matchesPattern } from '../policy/pattern.ts';
import { StepBudget } from '../policy/steps.ts';
import { permissionDenials, PERMISSION_STEPS } from '../access/permissions.ts';
import type { TargetAccess } from '../access/rules.ts';

/** @param managed texts of managed policies by ARN; one that is missing counts as more than allowed
 *  @returns the first thing beyond the rules, in words: `policy admin allows * on *`; undefined when there is none */
export function excessRights(
  role: ObservedRole,
  managed: ReadonlyMap<string, ObservedPolicy>,
  targets: readonly TargetAccess[],
  takesNoResource: (action: string) => boolean,
): string | undefined {
  const budget = new StepBudget(PERMISSION_STEPS);
  const beyond = (name: string, policy: ObservedPolicy | undefined): string | undefined => {
    if (policy?.kind !== 'parsed') return `policy ${name} cannot be read`;
    const [denial] = permissionDenials(targets, policy.document.statements, takesNoResource, budget);
    return denial && `policy ${name} allows ${denial.action} on ${denial.resource}`;
  };
  const boundary = role.permissionsBoundaryArn;
  if (boundary !== undefined && beyond(boundary, managed.get(boundary)) === undefined) return undefined;
  for (const [name, policy] of role.inlinePolicies) {
    const excess = beyond(name, policy);
    if (excess !== undefined) return excess;
  }
  for (const arn of role.managedPolicyArns) {
    if (targets.some((target) => target.managedPolicyArns.some((pattern) => matchesPattern(pattern, arn))))
      continue;
    const excess = beyond(arn, managed.get(arn));
    if (excess !== undefined) return excess;
  }
  return undefined;
}
