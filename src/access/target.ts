/** May links of these entries hold that target role, with those permissions? */
import type { RoleArn } from '../arn/arn.ts';
import type { Statement } from '../policy/document.ts';
import { isActionWithinAny, isWithinAny, matchesPattern } from '../policy/pattern.ts';
import { allowed, denied, type AccessDecision } from './decision.ts';
import type { AccessEntry, AccountRules, TargetAccess } from './rules.ts';
import { isOperatorRole, isReservedPath } from './untouchable.ts';

export interface TargetRoleRequest {
  readonly role: RoleArn;
  readonly adopt: boolean;
  readonly preserve: boolean;
  readonly managedPolicyArns: readonly string[];
  readonly boundaryArn?: string;
  /** What the operator itself acts as. */
  readonly operatorRoleArns: readonly string[];
}

/** The entries whose path prefix holds the role; only these may allow it anything. */
export function targetEntries(entries: readonly AccessEntry[], role: RoleArn): readonly TargetAccess[] {
  return entries
    .map((entry) => entry.target)
    .filter((target) => target !== undefined)
    .filter((target) => role.path.startsWith(target.rolePathPrefix));
}

/** Whether a changed definition has to wait for the link to be edited: one entry that lets it grow suffices. */
export function growthIsBlocked(targets: readonly TargetAccess[]): boolean {
  return targets.length > 0 && targets.every((target) => target.definitionGrowth === 'Hold');
}

/** May a role of this kind be made, or taken over? What its permissions may hold is checked by `permissionDenials`. */
export function checkTargetRole(
  rules: AccountRules,
  targets: readonly TargetAccess[],
  request: TargetRoleRequest,
): AccessDecision {
  if (isOperatorRole(request.role, request.operatorRoleArns)) {
    return denied(`Role ${request.role.text} is the operator's own: choose another name in targetRole.arn.`);
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

function pathObjection(targets: readonly TargetAccess[], { role }: TargetRoleRequest): Objection {
  if (targets.length > 0 && !isReservedPath(role.path)) return undefined;
  return (
    `does not let this namespace hold a role at path ${role.path}: ` +
    `use a path below its access[].asTarget.rolePathPrefix.`
  );
}

function adoptionObjection(targets: readonly TargetAccess[], { adopt, role }: TargetRoleRequest): Objection {
  if (!adopt || targets.some((target) => anyMatches(target.adoptableRoles, role.text))) return undefined;
  return `does not let ${role.text} be adopted: it would have to stand in access[].asTarget.adoptableRoles.`;
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
  return `does not allow managed policy ${foreign} (access[].asTarget.managedPolicyARNs).`;
}

function boundaryObjection(
  { permissionsBoundaryArn }: AccountRules,
  { boundaryArn }: TargetRoleRequest,
): Objection {
  if (permissionsBoundaryArn === undefined || boundaryArn === undefined) return undefined;
  if (boundaryArn === permissionsBoundaryArn) return undefined;
  return `puts boundary ${permissionsBoundaryArn} on every role: leave targetRole.permissionsBoundaryARN out.`;
}

/** One thing the statements ask for that no entry allows. */
export interface PermissionDenial {
  readonly action: string;
  readonly resource: string;
}

/** What of these statements no entry allows, by meaning: for each action on each resource one entry has to
 *  cover both. `iam:PassRole` is only looked for in `passRoles`, whatever `allowedActions` says.
 *  @param takesNoResource tells the actions that IAM only knows with `Resource: "*"`; for those the action alone decides */
export function permissionDenials(
  targets: readonly TargetAccess[],
  statements: readonly Statement[],
  takesNoResource: (action: string) => boolean,
): readonly PermissionDenial[] {
  return statements
    .filter((statement) => statement.effect === 'Allow')
    .flatMap((statement) => statementDenials(targets, statement, takesNoResource));
}

function statementDenials(
  targets: readonly TargetAccess[],
  statement: Statement,
  takesNoResource: (action: string) => boolean,
): readonly PermissionDenial[] {
  if (statement.actions.negated) return [{ action: 'NotAction', resource: '*' }];
  if (statement.resources?.negated === true)
    return [{ action: statement.actions.values.join(', '), resource: 'NotResource' }];
  const resources = statement.resources?.values ?? ['*'];
  return statement.actions.values.flatMap((action) =>
    resources
      .filter(
        (resource) =>
          !targets.some((target) => allowsPair(target, statement, action, resource, takesNoResource)),
      )
      .map((resource) => ({ action, resource })),
  );
}

function allowsPair(
  target: TargetAccess,
  statement: Statement,
  action: string,
  resource: string,
  takesNoResource: (action: string) => boolean,
): boolean {
  if (coversPassRole(action)) {
    const services = passedToServices(statement);
    return (
      action.toLowerCase() === 'iam:passrole' &&
      services.length > 0 &&
      services.every((service) =>
        target.passRoles.some((rule) => rule.services.includes(service) && isWithinAny(resource, [rule.arn])),
      )
    );
  }
  if (!isActionWithinAny(action, target.allowedActions)) return false;
  return takesNoResource(action) || isWithinAny(resource, target.allowedResources);
}

/** An action pattern such as `iam:*` would carry PassRole along, so it counts as PassRole. */
function coversPassRole(action: string): boolean {
  return matchesPattern(action.toLowerCase(), 'iam:passrole');
}

/** The services a PassRole statement is bound to; none unless `StringEquals` names them, for only that binds. */
function passedToServices(statement: Statement): readonly string[] {
  for (const [operator, keys] of Object.entries(statement.conditions ?? {})) {
    if (operator.toLowerCase() !== 'stringequals') continue;
    for (const [key, values] of Object.entries(keys)) {
      if (key.toLowerCase() === 'iam:passedtoservice') return values;
    }
  }
  return [];
}

function anyMatches(patterns: readonly string[], value: string): boolean {
  return patterns.some((pattern) => matchesPattern(pattern, value));
}
