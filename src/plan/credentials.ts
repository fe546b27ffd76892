/** Desired × observed → at most one UpdateStateMachine, which changes nothing but the Credentials of selected Tasks. */
import { parseRoleArn, parseStateMachineArn } from '../arn/arn.ts';
import { credentialsInParts, type Assignment } from '../asl/definition/credentials.ts';
import type { Parts } from '../base/parts.ts';
import { tasksInParts } from '../asl/definition/large-definition.ts';
import { DefinitionError, MAX_DEFINITION_LENGTH, type Definition } from '../asl/definition/definition.ts';
import { resourceLocation } from '../asl/derive/select.ts';
import type { Task, TaskCredentials } from '../asl/task.ts';
import type { DesiredCredentials } from '../desired/credentials.ts';
import type { ObservedStateMachine } from '../observed/objects.ts';
import type { Action, FieldChange, ObjectPlan, PlanProblem } from './action.ts';

export interface CredentialsPlan extends ObjectPlan {
  /** Tasks whose Credentials are somebody else's: they are never overwritten. */
  readonly foreign: readonly ForeignCredentials[];
  /** Tasks that keep the role of a link that is suspended, refused or not read yet. */
  readonly held: readonly string[];
  /** Tasks that no link selects and that nevertheless keep their Credentials, which name a role that may be gone. */
  readonly kept: readonly string[];
  /** Tasks that will name a role as soon as that role is ready, with the role's ARN. */
  readonly waiting: ReadonlyMap<string, string>;
  /** Tasks that get a role by this plan, with that role's ARN. */
  readonly assigned: ReadonlyMap<string, string>;
  /** Roles that these Tasks name now although no link put them there: the plan treats that as drift. */
  readonly overwritten: ReadonlySet<string>;
}

interface ForeignCredentials {
  readonly task: string;
  readonly found: string;
  /** The role that the Task should name, if it did when its link was last in order. */
  readonly replaced: string | undefined;
}

/** Plans one Task at a time.
 *  @param othersRoles ARNs of roles that belong to the operators of other clusters. A Task that names one of them keeps it,
 *  even if it was a link's before: otherwise two operators would take the Task from each other for ever */
export function* credentialsPlanInParts(
  desired: DesiredCredentials,
  observed: ObservedStateMachine,
  definition: Definition,
  othersRoles: ReadonlySet<string> = NONE,
): Parts<CredentialsPlan> {
  const decided = new Map<TaskDecision, Task[]>();
  for (const task of yield* tasksInParts(definition)) {
    const decision = decide(task, desired, othersRoles);
    const tasks = decided.get(decision) ?? [];
    tasks.push(task);
    decided.set(decision, tasks);
    yield;
  }
  const outcome = outcomeOf(decided, desired);
  const assignments = [...(decided.get('set') ?? []), ...(decided.get('remove') ?? [])].map(
    (task): Assignment => ({ task, roleArn: desired.roles.get(task.name) ?? null }),
  );
  const nothing = { actions: [], assigned: new Map(), overwritten: NONE };
  if (assignments.length === 0) return { ...nothing, ...outcome };
  const text = yield* edited(observed, assignments);
  if (typeof text !== 'string') return { ...nothing, ...outcome, problem: text };
  const assigned = new Map(
    assignments.flatMap(({ task, roleArn }) => (roleArn === null ? [] : [[task.name, roleArn] as const])),
  );
  const overwritten = overwrittenRoles(decided.get('set') ?? [], desired);
  return { actions: [update(desired, observed, text, assignments)], assigned, overwritten, ...outcome };
}

const NONE: ReadonlySet<string> = new Set();

function overwrittenRoles(tasks: readonly Task[], desired: DesiredCredentials): ReadonlySet<string> {
  const roles = tasks.flatMap((task) => (isOurs(task, desired) ? [] : (roleOf(task) ?? [])));
  return new Set(roles);
}

type TasksByDecision = ReadonlyMap<TaskDecision, readonly Task[]>;

function outcomeOf(
  decided: TasksByDecision,
  { roles, pending, tasksInSyncBefore }: DesiredCredentials,
): Omit<CredentialsPlan, 'actions' | 'assigned' | 'overwritten'> {
  const namesOf = (decision: TaskDecision) => (decided.get(decision) ?? []).map(({ name }) => name);
  const foreign = decided.get('foreign') ?? [];
  const wanted = (task: string) => roles.get(task) ?? pending.get(task);
  const leaves = [...foreign, ...(decided.get('held') ?? [])].map((task) =>
    changeOf({ task, roleArn: wanted(task.name) ?? null }),
  );
  return {
    foreign: foreign.map(({ name, credentials }) => ({
      task: name,
      found: shown(credentials) ?? '',
      replaced: tasksInSyncBefore.has(name) ? wanted(name) : undefined,
    })),
    ...(leaves.length > 0 && { leaves }),
    held: namesOf('held'),
    kept: namesOf('keep'),
    waiting: new Map(namesOf('wait').map((name) => [name, wanted(name) ?? ''])),
    withheld: namesOf('withhold').map(
      (name) =>
        `Credentials stay on "${name}" while a link of this state machine is suspended, refused or not read yet`,
    ),
  };
}

/** The definition with the changes, or why it cannot hold them. */
function* edited(
  { arn, definition }: ObservedStateMachine,
  assignments: readonly Assignment[],
): Parts<string | PlanProblem> {
  const leg = 'stateMachineCredentials';
  try {
    const text = yield* credentialsInParts(definition, assignments);
    if (text.length <= MAX_DEFINITION_LENGTH) return text;
    return { leg, reason: 'DefinitionTooLarge', message: tooLarge(arn, text.length) };
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return { leg, reason: 'DefinitionUnreadable', message: `${arn}: ${error.message}.` };
  }
}

type TaskDecision = 'fine' | 'set' | 'wait' | 'remove' | 'foreign' | 'held' | 'keep' | 'withhold';

function decide(task: Task, desired: DesiredCredentials, othersRoles: ReadonlySet<string>): TaskDecision {
  const { credentials } = task;
  const current = roleOf(task);
  const ours = isOurs(task, desired);
  if (current !== undefined && desired.kept.get(task.name) === current) return 'fine';
  const wanted = desired.roles.get(task.name) ?? desired.pending.get(task.name);
  if (wanted === undefined)
    return current !== undefined && ours ? decideUnwanted(task, current, desired) : 'fine';
  if (current === wanted) return 'fine';
  if (current !== undefined && desired.held.get(current)?.has(task.name) === true) return 'held';
  if (credentials.kind !== 'none' && !ours) {
    const isOthers = current !== undefined && othersRoles.has(current);
    if (isOthers || !desired.tasksInSyncBefore.has(task.name)) return 'foreign';
  }
  return desired.roles.has(task.name) ? 'set' : 'wait';
}

/** Whether the Task names the role of a link that selects it or has it on record. */
function isOurs(task: Task, { tasksByRole }: DesiredCredentials): boolean {
  const role = roleOf(task);
  return role !== undefined && tasksByRole.get(role)?.has(task.name) === true;
}

function roleOf({ credentials }: Task): string | undefined {
  return credentials.kind === 'static' ? credentials.roleArn : undefined;
}

/** Decides about a Task that no link selects any more. Without its Credentials it would call with the execution role, in the
 *  source account. If its resource names could mean something there, too, it keeps the Credentials, so that it fails instead of
 *  using another table or queue. A Task whose ARNs all name one of the two accounts cannot reach anything else. */
function decideUnwanted(task: Task, roleArn: string, desired: DesiredCredentials): TaskDecision {
  if (!desired.mayShrink) return 'withhold';
  const accounts = [parseRoleArn(roleArn), parseStateMachineArn(desired.stateMachineArn)];
  const saysWhere = accounts.some(
    (arn) => arn !== undefined && resourceLocation(task, arn.accountId) === 'target',
  );
  return saysWhere ? 'remove' : 'keep';
}

function update(
  desired: DesiredCredentials,
  observed: ObservedStateMachine,
  definition: string,
  assignments: readonly Assignment[],
): Action {
  return {
    operation: 'UpdateStateMachine',
    leg: 'stateMachineCredentials',
    object: observed.arn,
    reason: assignments.some(({ roleArn }) => roleArn !== null)
      ? 'Tasks do not name the role they should assume'
      : 'Tasks name a role that no link asks for',
    changes: assignments.map(changeOf),
    definition,
    publishVersion: desired.publishVersion,
    ...(observed.revisionId !== undefined && { plannedFromRevision: observed.revisionId }),
  };
}

/** Path of a Task's role in the definition, for people. */
export function credentialsPath(task: string): string {
  return `States["${task}"].Credentials.RoleArn`;
}

function changeOf({ task, roleArn }: Assignment): FieldChange {
  const before = shown(task.credentials);
  return {
    path: credentialsPath(task.name),
    ...(before !== undefined && { before }),
    ...(roleArn !== null && { after: roleArn }),
  };
}

function shown(credentials: TaskCredentials): string | undefined {
  switch (credentials.kind) {
    case 'none':
      return undefined;
    case 'static':
      return credentials.roleArn;
    case 'dynamic':
      return credentials.expression;
    case 'malformed':
      return credentials.problem;
  }
}

function tooLarge(machine: string, length: number): string {
  return (
    `With Credentials the definition of ${machine} would have ${length} characters, and AWS accepts ` +
    `${MAX_DEFINITION_LENGTH}: split the machine, or link fewer Tasks.`
  );
}
