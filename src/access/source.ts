/** May links with these entries start from that state machine, and through that execution role? */
import type { RoleArn, StateMachineArn } from '../arn/arn.ts';
import { matchesPattern } from '../policy/pattern.ts';
import { adviceFor, listing } from './listing.ts';
import { allowed, denied, type AccessDecision } from './decision.ts';
import type { AccessEntry, NamespaceRules } from './rules.ts';
import { isOperatorRole, isReservedPath } from './untouchable.ts';

/** Before anything is read from AWS: is a link from a machine of this name allowed at all? */
export function checkStateMachine(
  { rules, entries }: NamespaceRules,
  machine: StateMachineArn,
): AccessDecision {
  if (entriesForMachine(entries, machine).length > 0) return allowed;
  return denied(
    `AWSAccount ${rules.name} does not let this namespace link from state machine ${machine.name}: ` +
      `${adviceFor(machinesOf(entries), 'ask its administrators to add the name to access[].asSource.stateMachines')}.`,
  );
}

/** Once the machine is read: may its execution role get a grant? The entry that names the machine has to name the role, too.
 *  The operator's own roles and AWS's are never touched. */
export function checkExecutionRole(
  { rules, entries }: NamespaceRules,
  machine: StateMachineArn,
  role: RoleArn,
  operatorRoleArns: readonly string[],
): AccessDecision {
  if (isReservedPath(role.path)) {
    return denied(`Execution role ${role.text} is managed by AWS and cannot be given a grant.`);
  }
  if (isOperatorRole(role, operatorRoleArns)) {
    return denied(
      `Execution role ${role.text} is the operator's own: give ${machine.name} a role of its own.`,
    );
  }
  const listed = entriesForMachine(entries, machine).flatMap((entry) => entry.source?.executionRoles ?? []);
  if (listed.some((pattern) => matchesPattern(pattern, role.text))) return allowed;
  return denied(
    `AWSAccount ${rules.name} does not let this namespace change execution role ${role.text}: ` +
      `ask its administrators to add it to access[].asSource.executionRoles beside ${machine.name}${listing(listed)}.`,
  );
}

/** Patterns of the machines from which the entries let a link start; undefined if there is no entry. */
function machinesOf(entries: readonly AccessEntry[]): readonly string[] | undefined {
  return entries.length === 0 ? undefined : entries.flatMap(({ source }) => source?.stateMachines ?? []);
}

/** The entries that name the machine; only these may allow it anything. */
export function entriesForMachine(
  entries: readonly AccessEntry[],
  machine: StateMachineArn,
): readonly AccessEntry[] {
  return entries.filter((entry) =>
    (entry.source?.stateMachines ?? []).some((pattern) => matchesPattern(pattern, machine.name)),
  );
}
