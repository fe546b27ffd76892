/** What an adopted role may do beyond the rules, judged by its policies and its boundary as AWS holds them. */
import type { ObservedRole } from '../observed/objects.ts';
import type { ObservedPolicy } from '../policy/document.ts';
import { matchesPattern } from '../policy/pattern.ts';
import { StepBudget } from '../policy/steps.ts';
import { permissionDenials, PERMISSION_STEPS } from '../access/permissions.ts';
import type { TargetAccess } from '../access/rules.ts';
import { parseArn } from '../arn/arn.ts';
import { formerText } from '../desired/names.ts';
import type { Action } from './action.ts';
import { roleAfter } from './role-after.ts';

/** @param managed texts of managed policies by ARN; a missing one counts as more than allowed
 *  @returns the first thing beyond the rules, in words: `policy admin allows * on *`; undefined if there is none */
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

/** What is about to happen to a role whose other permissions stay. */
interface Adoption {
  readonly role: ObservedRole;
  /** Whether somebody is let in who was not before. */
  readonly letsIn: boolean;
  /** The write that changes or removes the role's boundary. The old boundary may have been all that kept the role within the
   *  rules, and whoever was let in before could use what the role may do without it. */
  readonly rebounding: Action | undefined;
  /** As `TargetRoleFacts` has it. */
  readonly excessOf: (role: ObservedRole) => string | undefined;
}

/** Why that may not happen, for a person; undefined if it may. */
export function beyondRules({ role, letsIn, rebounding, excessOf }: Adoption): string | undefined {
  const excess = letsIn ? excessOf(role) : undefined;
  if (excess !== undefined) {
    return (
      `Role ${role.arn} may do more than this namespace is allowed (${excess}), and nothing is removed from it ` +
      `now: remove that from the role, or resume the links that share it and set targetRole.unmanaged: Remove.`
    );
  }
  // A role without a boundary can only lose rights by getting one.
  const isBound = role.permissionsBoundaryArn !== undefined;
  const after = isBound && rebounding ? roleAfter(role, rebounding, undefined) : undefined;
  const wider = after && excessOf(after);
  if (wider === undefined) return undefined;
  const boundary = after?.permissionsBoundaryArn;
  return (
    `Role ${role.arn} ${boundary === undefined ? 'without a boundary' : `with boundary ${boundary}`} may do more than this ` +
    `namespace is allowed (${wider}): remove that from the role, or name a boundary that lies inside the rules.`
  );
}

/** Boundaries that a role may get: the one that is asked for, and the one that it had before, according to its tags. Whoever
 *  may tag the role can write anything there; what is no ARN of a policy is not read.
 *  @param asked by the account or the link; an older link may ask for another */
export function boundariesToCome({ arn, tags }: ObservedRole, asked: string | undefined): readonly string[] {
  const accounts = new Set(['aws', parseArn(arn)?.accountId]);
  const isPolicy = (text: string) => {
    const policy = parseArn(text);
    return policy !== undefined && POLICY.test(policy.resource) && accounts.has(policy.accountId);
  };
  return [asked ?? '', formerText(tags, 'boundary') ?? ''].filter(isPolicy);
}

const POLICY = /^policy\/[A-Za-z0-9_+=,.@/-]{1,640}$/;
