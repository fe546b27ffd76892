/** May links with these entries hold that target role? */
import type { RoleArn } from '../arn/arn.ts';
import { matchesPattern } from '../policy/pattern.ts';
import { allowed, denied, type AccessDecision } from './decision.ts';
import { adviceFor, listing } from './listing.ts';
import type { AccessEntry, AccountRules, TargetAccess } from './rules.ts';
import { isOperatorRole, isReservedPath } from './untouchable.ts';

export interface TargetRoleRequest {
  readonly role: RoleArn;
  readonly adopt: boolean;
  readonly preserve: boolean;
  readonly managedPolicyArns: readonly string[];
  readonly boundaryArn?: string;
  /** Path prefixes of all the namespace's entries, for the message; left out if it has no entry. */
  readonly prefixes?: readonly string[];
  /** The operator's own roles. */
  readonly operatorRoleArns: readonly string[];
}

/** The entries with a path prefix that fits the role; only these may allow it anything. */
export function targetEntries(entries: readonly AccessEntry[], role: RoleArn): readonly TargetAccess[] {
  return entries
    .map((entry) => entry.target)
    .filter((target) => target !== undefined)
    .filter((target) => role.path.startsWith(target.rolePathPrefix));
}

/** Whether a changed definition has to wait until the link is edited: not if one entry lets it grow. */
export function growthIsBlocked(targets: readonly TargetAccess[]): boolean {
  return targets.length > 0 && targets.every((target) => target.definitionGrowth === 'Hold');
}

/** May such a role be made, or adopted? What its permissions may be is checked by `permissionDenials`. */
export function checkTargetRole(
  rules: AccountRules,
  targets: readonly TargetAccess[],
  request: TargetRoleRequest,
): AccessDecision {
  if (isOperatorRole(request.role, request.operatorRoleArns)) {
    return denied(
      `Role ${request.role.text} is the operator's own: create a link with another role name in targetRole.arn.`,
    );
  }
  const objection =
    pathObjection(targets, request) ??
    adoptionObjection(targets, request) ??
    preserveObjection(targets, request) ??
    managedPolicyObjection(targets, request) ??
    boundaryObjection(rules, request);
  return objection === undefined ? allowed : denied(`AWSAccount ${rules.name} ${objection}`);
}

type Objection = string | undefined;

function pathObjection(targets: readonly TargetAccess[], { role, prefixes }: TargetRoleRequest): Objection {
  if (targets.length > 0 && !isReservedPath(role.path) && !hasDotParts(role.path)) return undefined;
  return (
    `does not let this namespace hold a role at path ${role.path}: ` +
    `${adviceFor(prefixes, 'use a path below its access[].asTarget.rolePathPrefix')}.`
  );
}

/** To IAM `..` is a name like any other; to other readers of the path it leads out of the prefix. */
function hasDotParts(path: string): boolean {
  return path.split('/').some((part) => part === '.' || part === '..');
}

function adoptionObjection(targets: readonly TargetAccess[], { adopt, role }: TargetRoleRequest): Objection {
  if (!adopt || targets.some((target) => anyMatches(target.adoptableRoles, role.text))) return undefined;
  const listed = listing(targets.flatMap(({ adoptableRoles }) => adoptableRoles));
  return `does not let ${role.text} be adopted: it is not listed in access[].asTarget.adoptableRoles${listed}.`;
}

function preserveObjection(targets: readonly TargetAccess[], { preserve }: TargetRoleRequest): Objection {
  if (!preserve || targets.some((target) => target.allowPreserve)) return undefined;
  return `does not allow "unmanaged: Preserve" (access[].asTarget.allowPreserve): use Remove.`;
}

function managedPolicyObjection(
  targets: readonly TargetAccess[],
  { managedPolicyArns }: TargetRoleRequest,
): Objection {
  const foreign = managedPolicyArns.find(
    (arn) => !targets.some((target) => anyMatches(target.managedPolicyArns, arn)),
  );
  if (foreign === undefined) return undefined;
  const listed = listing(targets.flatMap(({ managedPolicyArns: arns }) => arns));
  return `does not allow managed policy ${foreign}: it is not listed in access[].asTarget.managedPolicyARNs${listed}.`;
}

function boundaryObjection(
  { permissionsBoundaryArn }: AccountRules,
  { boundaryArn }: TargetRoleRequest,
): Objection {
  if (permissionsBoundaryArn === undefined || boundaryArn === undefined) return undefined;
  if (boundaryArn === permissionsBoundaryArn) return undefined;
  return `puts boundary ${permissionsBoundaryArn} on every role: leave targetRole.permissionsBoundaryARN out.`;
}

function anyMatches(patterns: readonly string[], value: string): boolean {
  return patterns.some((pattern) => matchesPattern(pattern, value));
}
