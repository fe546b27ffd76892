/** May links of these entries start from that state machine, through that execution role? */
import { parseArn, type RoleArn, type StateMachineArn } from '../arn/arn.ts';
import { matchesPattern } from '../policy/pattern.ts';
import { allowed, denied, type AccessDecision } from './decision.ts';
import type { AccessEntry, AccountRules } from './rules.ts';

/** Before anything is read from AWS: is a link from a machine of this name allowed at all? */
export function checkStateMachine(
  rules: AccountRules,
  entries: readonly AccessEntry[],
  machine: StateMachineArn,
): AccessDecision {
  if (entriesForMachine(entries, machine).length > 0) return allowed;
  return denied(
    `AWSAccount ${rules.name} does not let this namespace link from state machine ${machine.name}: ` +
      `ask its administrators to add the name to access[].asSource.stateMachines.`,
  );
}

/** Once the machine is read: may its execution role be given a grant? The role has to be named by the same
 *  entry as the machine, and the operator's own roles and AWS's are never touched. */
export function checkExecutionRole(
  rules: AccountRules,
  entries: readonly AccessEntry[],
  machine: StateMachineArn,
  role: RoleArn,
  operatorRoleArns: readonly string[],
): AccessDecision {
  if (isReservedPath(role.path)) {
    return denied(`Execution role ${role.text} is managed by AWS and cannot be given a grant.`);
  }
  if (operatorRoleArns.some((own) => isSameRole(own, role))) {
    return denied(
      `Execution role ${role.text} is the operator's own: give ${machine.name} a role of its own.`,
    );
  }
  const named = entriesForMachine(entries, machine).some((entry) =>
    (entry.source?.executionRoles ?? []).some((pattern) => matchesPattern(pattern, role.text)),
  );
  if (named) return allowed;
  return denied(
    `AWSAccount ${rules.name} does not let this namespace change execution role ${role.text}: ` +
      `ask its administrators to add it to access[].asSource.executionRoles beside ${machine.name}.`,
  );
}

/** The operator may know itself only by its session's ARN, which holds the role's name without its path; names are
 *  unique in an account. */
function isSameRole(operatorArn: string, role: RoleArn): boolean {
  const arn = parseArn(operatorArn);
  const name = /^(?:role\/(?:.*\/)?|assumed-role\/)([^/]+)/.exec(arn?.resource ?? '')?.[1];
  return arn?.accountId === role.accountId && name?.toLowerCase() === role.name.toLowerCase();
}

function entriesForMachine(
  entries: readonly AccessEntry[],
  machine: StateMachineArn,
): readonly AccessEntry[] {
  return entries.filter((entry) =>
    (entry.source?.stateMachines ?? []).some((pattern) => matchesPattern(pattern, machine.name)),
  );
}

/** Service-linked roles and IAM Identity Center's belong to AWS.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html */
export function isReservedPath(path: string): boolean {
  return path.startsWith('/aws-service-role/') || path.startsWith('/aws-reserved/');
}
