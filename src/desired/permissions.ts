/**
 * What a link's Tasks and its spec ask for, or why that is refused. Sizes are checked before statements are compared, so that
 * nobody can make the operator compare more than a role could hold.
 */
import { permissionDenials, PERMISSION_STEPS } from '../access/permissions.ts';
import { namesOf } from '../access/listing.ts';
import { targetEntries } from '../access/target.ts';
import type { NamespaceRules, TargetAccess } from '../access/rules.ts';
import { derivationInParts } from '../asl/derive/derive.ts';
import type { SharedReadings } from '../asl/derive/shared-readings.ts';
import { firstFew } from '../base/first-few.ts';
import type { Parts } from '../base/parts.ts';
import { isDecidedBy, type Diagnostic } from '../asl/derive/diagnostic.ts';
import type { Task } from '../asl/task.ts';
import { policyOf, type Statement } from '../policy/document.ts';
import { mergeStatements } from '../policy/merge.ts';
import { leastSize, POLICY_QUOTAS, policySize, type PolicyQuotas } from '../policy/size.ts';
import { StepBudget } from '../policy/steps.ts';
import type { Link } from './link.ts';

export interface Permissions {
  readonly statements: readonly Statement[];
  readonly notes: readonly string[];
  /** What the Tasks call, as far as it can be derived, if the link asks for none of it (`derive: false`). */
  readonly calls?: readonly Statement[];
  /** The first Task that waits for a person's decision. */
  readonly undecided?: Diagnostic;
  /** The first Task that names a resource that the role's credentials can never reach. */
  readonly elsewhere?: Diagnostic;
  /** Why no role could hold the statements; then there are none. */
  readonly tooLarge?: string;
}

/** What the target account lets a link have. */
export interface Allowance {
  /** The entries that apply to its role. */
  readonly targets: readonly TargetAccess[];
  /** AWS's defaults if the AWSAccount sets no others. */
  readonly quotas?: PolicyQuotas;
}

/** What these Tasks need and the spec adds, one Task at a time.
 *  @param shared what was read of the Tasks for other links */
export function* permissionsInParts(
  link: Link,
  tasks: readonly Task[],
  { targets, quotas: { inlineTotal } = POLICY_QUOTAS }: Allowance,
  shared?: SharedReadings,
): Parts<Permissions> {
  const explicit = explicitStatements(link);
  const written = policySize(policyOf(explicit));
  if (written > MOST_WRITTEN * inlineTotal) return tooLarge(link, written, inlineTotal, { notes: [] });
  const { partition, region } = link.stateMachine;
  const context = {
    partition,
    region,
    accountId: link.targetRole.accountId,
    hints: link.permissions.resources,
    ...(link.permissions.unresolved === 'AllowedResources' && { allowed: targets }),
  };
  const derivation = yield* derivationInParts(tasks, context, shared);
  const elsewhere = derivation.diagnostics.find(({ reason }) => reason === 'ResourceElsewhere');
  const unreachable = elsewhere === undefined ? {} : { elsewhere };
  if (!link.permissions.derive) {
    const calls = derivation.statements;
    return fitting(link, explicit, inlineTotal, { notes: [], ...unreachable, calls });
  }
  const undecidedOne = derivation.diagnostics.find(
    (diagnostic) => diagnostic.blocking && !isDecidedBy(diagnostic, explicit),
  );
  return fitting(link, [...derivation.statements, ...explicit], inlineTotal, {
    notes: derivation.diagnostics.filter(({ blocking }) => !blocking).map(({ message }) => message),
    ...(undecidedOne !== undefined && { undecided: undecidedOne }),
    ...unreachable,
  });
}

/** Merges statements that a role can hold. If no merging could make them small enough, they are not merged at all. */
function fitting(
  link: Link,
  statements: readonly Statement[],
  inlineTotal: number,
  rest: Omit<Permissions, 'statements' | 'tooLarge'>,
): Permissions {
  const least = leastSize(statements);
  if (least > inlineTotal) return tooLarge(link, least, inlineTotal, rest);
  const merged = mergeStatements(statements);
  const size = policySize(policyOf(merged));
  return size > inlineTotal ? tooLarge(link, size, inlineTotal, rest) : { ...rest, statements: merged };
}

/** Statements of a spec may repeat each other and become shorter when they are merged, but not by this factor. */
const MOST_WRITTEN = 10;

function tooLarge(
  { targetRole, permissions }: Link,
  size: number,
  inlineTotal: number,
  rest: Omit<Permissions, 'statements' | 'tooLarge'>,
): Permissions {
  const remedy = permissions.statements.length > 0 ? 'shorten permissions.statements, or ' : '';
  return {
    ...rest,
    statements: [],
    tooLarge:
      `The permissions of ${targetRole.name} would have ${size} of the ${inlineTotal} characters that IAM ` +
      `allows: ${remedy}give some of the Tasks to a link with a target role of its own.`,
  };
}

function explicitStatements(link: Link): readonly Statement[] {
  return link.permissions.statements.map(({ actions, resources, conditions }) => ({
    effect: 'Allow',
    actions: { negated: false, values: actions },
    resources: { negated: false, values: resources },
    ...(Object.keys(conditions).length > 0 && { conditions }),
  }));
}

/** How many denied calls a message names; the first ones lead to the rest. */
const NAMED_DENIALS = 3;

interface TargetSide {
  readonly target: NamespaceRules;
  readonly takesNoResource: (action: string) => boolean;
}

/** Refuses what no entry of the target account allows. */
export function refusePermissions(
  link: Link,
  { statements }: Permissions,
  { target: { rules, entries }, takesNoResource }: TargetSide,
): { readonly reason: 'AccountNotAllowed'; readonly message: string } | undefined {
  const budget = new StepBudget(PERMISSION_STEPS);
  const targets = targetEntries(entries, link.targetRole);
  const denials = permissionDenials(targets, statements, takesNoResource, budget);
  if (budget.exhausted) {
    return {
      reason: 'AccountNotAllowed',
      message:
        `The permissions of ${link.targetRole.name} and the rules of AWSAccount ${rules.name} take more than ` +
        `${PERMISSION_STEPS} steps to compare: name fewer resources, or name them with fewer wildcards.`,
    };
  }
  if (denials.length === 0) return undefined;
  const denied = denials.map(({ action, resource }) => `${action} on ${resource}`);
  const actions = namesOf(targets.flatMap(({ allowedActions }) => allowedActions));
  const resources = namesOf(targets.flatMap(({ allowedResources }) => allowedResources));
  return {
    reason: 'AccountNotAllowed',
    message:
      `AWSAccount ${rules.name} does not allow ${firstFew(denied, NAMED_DENIALS)}: ask its administrators to extend ` +
      `access[].asTarget, or remove the Tasks that need it from the link ` +
      `(for this namespace allowedActions: ${actions}; allowedResources: ${resources}).`,
  };
}
