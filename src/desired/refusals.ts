/** Why a link is refused, in words for a person: which leg, what is wrong, and what to do about it. */
import type { NamespaceRules } from '../access/rules.ts';
import { checkExecutionRole, checkStateMachine } from '../access/source.ts';
import { checkTargetRole, targetEntries } from '../access/target.ts';
import type { Reason } from '../api/reasons.ts';
import type { RoleArn } from '../arn/arn.ts';
import { credentialsSupport } from '../asl/definition/credentials.ts';
import type { Diagnostic } from '../asl/derive/diagnostic.ts';
import type { Selection } from '../asl/derive/select.ts';
import { entryFor, printEntry } from '../asl/derive/spec-entry.ts';
import type { Task } from '../asl/task.ts';
import { nearest } from '../base/suggest.ts';
import type { AccessDecision } from '../access/decision.ts';
import type { Leg } from './leg.ts';
import type { Link } from './link.ts';
import { refusePermissions, type Permissions } from './permissions.ts';

/** The rules of both accounts for the link's namespace. */
export interface AccessContext {
  readonly source: NamespaceRules;
  readonly target: NamespaceRules;
  /** Roles that the operator itself uses. */
  readonly operatorRoleArns: readonly string[];
  readonly takesNoResource: (action: string) => boolean;
}

/** Why links are refused. For as long as one is, nobody knows what it needs, and nothing is taken off what it shares. */
export const REFUSALS = [
  'AccountNotAllowed',
  'TooManyLinks',
  'FinalizerRefused',
  'TaskNotFound',
  'GrantTooLarge',
  // What a Task may need somebody to decide.
  'CallerPermissionsNeeded',
  'CredentialsNotSupported',
  'ExpressSyncNotSupported',
  'KeyPermissionUnknown',
  'KubernetesAccessNeeded',
  'ListingNotGranted',
  'NoPermissionNeeded',
  'ResourceElsewhere',
  'ResourceNotStatic',
  'ServiceLinkedRoleNeeded',
  'TaskTokenWorker',
  'UnknownIntegration',
] as const satisfies readonly Reason[];

type RefusalReason = (typeof REFUSALS)[number];

export interface Refusal {
  readonly kind: 'refused';
  readonly leg: Leg;
  readonly reason: RefusalReason;
  readonly message: string;
}

/** Refuses what can be refused before anything is read from AWS; undefined if nothing is. */
export function refuseUnread(
  link: Link,
  { source, target, operatorRoleArns }: AccessContext,
): Refusal | undefined {
  const machine = checkStateMachine(source, link.stateMachine);
  if (!machine.allowed) return refused('targetRole', 'AccountNotAllowed', machine.message);
  const role = checkTargetRole(target.rules, targetEntries(target.entries, link.targetRole), {
    role: link.targetRole,
    adopt: link.adopt,
    preserve: link.unmanaged === 'Preserve',
    managedPolicyArns: link.permissions.managedPolicyArns,
    operatorRoleArns,
    ...(target.entries.length > 0 && {
      prefixes: target.entries.flatMap((entry) => entry.target?.rolePathPrefix ?? []),
    }),
    ...(link.permissionsBoundaryArn !== undefined && { boundaryArn: link.permissionsBoundaryArn }),
  });
  return role.allowed ? undefined : refused('targetRole', 'AccountNotAllowed', role.message);
}

/** Refuses a state machine whose execution role the rules do not allow. */
export function refuseExecutionRole(
  executionRole: RoleArn,
  link: Link,
  context: AccessContext,
): Refusal | undefined {
  const decision = executionRoleDecision(executionRole, link, context);
  return decision.allowed ? undefined : refused('executionRoleGrant', 'AccountNotAllowed', decision.message);
}

/** Whether the rules of the source account let the link's state machine run under an execution role. */
export function executionRoleDecision(
  executionRole: RoleArn,
  link: Link,
  { source, operatorRoleArns }: AccessContext,
): AccessDecision {
  return checkExecutionRole(source, link.stateMachine, executionRole, operatorRoleArns);
}

/** How many Tasks of a definition are compared with a name that none of them has, to suggest one. */
const COMPARED_TASKS = 500;

/** Refuses Tasks that the spec names and the definition lacks, or that take no Credentials.
 *  @param tasks all of the definition */
export function refuseTasks(
  link: Link,
  { missing, selected }: Selection,
  tasks: readonly Task[],
): Refusal | undefined {
  const [name] = missing;
  if (name !== undefined) {
    const known = tasks.slice(0, COMPARED_TASKS).map((task) => task.name);
    const meant = nearest(name, known).map((one) => `"${one}"`);
    const question = meant.length === 0 ? '' : ` (did you mean ${meant.join(' or ')}?)`;
    return refused(
      'stateMachineCredentials',
      'TaskNotFound',
      `${link.stateMachine.name} has no Task named "${name}": correct stateMachineCredentials.tasks${question}.`,
    );
  }
  // Without a list of names, no link selects a Task that takes no Credentials.
  for (const task of link.tasks === undefined ? [] : selected) {
    const support = credentialsSupport(task);
    if (!support.supported) return refused('stateMachineCredentials', support.reason, `${support.message}.`);
  }
  return undefined;
}

/** Refuses what the Tasks need if no role could hold or reach it, nobody has decided about it, or the rules do not allow it. */
export function refuseNeeds(link: Link, needs: Permissions, context: AccessContext): Refusal | undefined {
  const { tooLarge, elsewhere, undecided } = needs;
  if (tooLarge !== undefined) return refused('permissions', 'GrantTooLarge', tooLarge);
  if (elsewhere !== undefined)
    return refused('stateMachineCredentials', 'ResourceElsewhere', elsewhereMessage(elsewhere));
  if (undecided !== undefined) return refuseUndecided(undecided, link);
  const denial = refusePermissions(link, needs, context);
  return denial && refused('permissions', denial.reason, denial.message);
}

/** The message about a resource that lies elsewhere, which no setting of the link can change. */
function elsewhereMessage({ message, actions }: Diagnostic): string {
  const leftOut = `: ${actions.join(', ')} on it is left out`;
  const what = message.endsWith(leftOut) ? message.slice(0, -leftOut.length) : message;
  return `${what}, and the role cannot be given access to it: remove the Task from the link.`;
}

/** The refusal contains a text to paste into the link, with wildcards to be narrowed. */
function refuseUndecided(diagnostic: Diagnostic, link: Link): Refusal {
  const { partition, region } = link.stateMachine;
  const place = { partition, region, accountId: link.targetRole.accountId };
  const { reason, message } = diagnostic;
  const leg = reason === 'CredentialsNotSupported' ? 'stateMachineCredentials' : 'permissions';
  const entry = entryFor(diagnostic, place);
  const paste =
    entry === undefined ? '' : ` (for example, in permissions.${entry.kind}: ${printEntry(entry)})`;
  return refused(leg, reason, `${message}${paste}.`);
}

/** How many Tasks a message suggests. */
const NAMED_CANDIDATES = 5;

/** Why no Task is selected, and which might be meant. */
export function noTasksMessage({ stateMachine, targetRole }: Link, { candidates }: Selection): string {
  const none = `No Task of ${stateMachine.name} uses the role`;
  if (candidates.length === 0) return `${none}: it has none that could.`;
  const named = candidates.slice(0, NAMED_CANDIDATES).map(({ task, why }) => `"${task}" ${why}`);
  const more = candidates.length > named.length ? `, and ${candidates.length - named.length} more` : '';
  return (
    `${none}: ${named.join(', ')}${more}. Name the resources by ARNs of account ${targetRole.accountId}, ` +
    `or list the link’s Tasks under spec.stateMachineCredentials.tasks.`
  );
}

function refused(leg: Leg, reason: RefusalReason, message: string): Refusal {
  return { kind: 'refused', leg, reason, message };
}
