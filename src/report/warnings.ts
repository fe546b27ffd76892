/** Warning Events: what a person has to know and no condition says. */
import { firstFewQuoted } from '../base/first-few.ts';
import { findCondition } from '../api/conditions.ts';
import type { Condition } from '../api/generated.ts';
import type { ObservedRole } from '../observed/objects.ts';
import type { Action } from '../plan/action.ts';
import { readyMessage } from './condition-states.ts';
import { readmitted } from './external-changes.ts';

export interface Warning {
  readonly reason: string;
  readonly message: string;
}

/** What warnings are made from. */
interface WarningFacts {
  /** Name of the state machine. */
  readonly stateMachine: string;
  readonly applied: readonly Action[];
  readonly executionRole: ObservedRole | undefined;
  readonly targetRole: ObservedRole | undefined;
  /** RoleId of the target role that had been deleted, and was made again. */
  readonly formerRoleId: string | undefined;
  /** Tasks that no link asks for any more and that keep their Credentials. */
  readonly kept: readonly string[];
  /** Whether all legs are in sync. */
  readonly onTrack: boolean;
  readonly aliasesWithout: readonly string[] | undefined;
}

/** @param before the link's former conditions */
export function warningsOf(before: readonly Condition[], facts: WarningFacts): readonly Warning[] {
  const remade = readmitted(facts.applied, facts.executionRole);
  const madeAnew = madeAgain(facts);
  const aliases = aliasWarning(before, facts);
  return [
    ...(remade === undefined ? [] : [{ reason: 'ExecutionRoleRemade', message: remade }]),
    ...(madeAnew === undefined ? [] : [{ reason: 'TargetRoleRemade', message: madeAnew }]),
    ...(facts.applied.length > 0 ? keptWarning(facts.kept, facts.stateMachine) : []),
    ...(aliases === undefined ? [] : [{ reason: 'AliasWithoutCredentials', message: aliases }]),
  ];
}

/** Policies that name a role hold its unique ID from then on, and a role that is made again has another one.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles */
function madeAgain({ targetRole, formerRoleId }: WarningFacts): string | undefined {
  if (targetRole === undefined || formerRoleId === undefined) return undefined;
  return (
    `Target role ${targetRole.arn} was deleted, and the operator recreated it (RoleId was ${formerRoleId}, is ` +
    `${targetRole.roleId}): resource and key policies that named the former role do not apply to this one: name the new role there.`
  );
}

/** @param tasks that keep their Credentials; if none, there is no warning */
export function keptWarning(tasks: readonly string[], stateMachine: string): readonly Warning[] {
  return tasks.length === 0
    ? []
    : [{ reason: 'CredentialsKept', message: keptSentence(tasks, stateMachine) }];
}

/** An Event holds 1,024 bytes, and has to end with what to do. */
const NAMED_TASKS = 8;

/** What to report about Tasks that keep their Credentials. */
export function keptSentence(tasks: readonly string[], stateMachine: string): string {
  const names = firstFewQuoted(tasks, NAMED_TASKS);
  return (
    `Credentials stay on ${names} of ${stateMachine}: without them the names that these Tasks use would mean resources of ` +
    `the source account. They fail until you remove their Credentials, or give them another role.`
  );
}

/** Once, when Ready begins to name the aliases. */
function aliasWarning(
  before: readonly Condition[],
  { onTrack, aliasesWithout = [] }: WarningFacts,
): string | undefined {
  if (!onTrack || aliasesWithout.length === 0) return undefined;
  const message = readyMessage(aliasesWithout);
  return findCondition(before, 'Ready')?.message === message ? undefined : message;
}
