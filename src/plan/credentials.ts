/** Desired × observed → at most one UpdateStateMachine, in which nothing but the Credentials of selected Tasks changes. */
import { parseRoleArn } from '../arn/arn.ts';
import { setCredentials } from '../asl/credentials.ts';
import { MAX_DEFINITION_LENGTH, type Definition } from '../asl/definition.ts';
import { resourceLocation } from '../asl/select.ts';
import type { Task, TaskCredentials } from '../asl/task.ts';
import type { DesiredCredentials } from '../desired/credentials.ts';
import type { ObservedStateMachine } from '../observed/objects.ts';
import type { Action, FieldChange, ObjectPlan } from './action.ts';

export interface CredentialsPlan extends ObjectPlan {
  /** Tasks whose Credentials are somebody else's: they are never overwritten. */
  readonly foreign: readonly ForeignCredentials[];
  /** Tasks that no link wants and that keep their Credentials all the same, pointing at a role that may be gone. */
  readonly kept: readonly string[];
  /** Tasks that will name a role as soon as that role is ready. */
  readonly waiting: readonly string[];
}

export interface ForeignCredentials {
  readonly task: string;
  readonly found: string;
}

export function planCredentials(
  desired: DesiredCredentials,
  observed: ObservedStateMachine,
  definition: Definition,
): CredentialsPlan {
  const verdicts = definition.tasks.map((task) => ({ task, verdict: judge(task, desired) }));
  const tasksJudged = (wanted: Verdict) =>
    verdicts.filter(({ verdict }) => verdict === wanted).map(({ task }) => task);
  const set = tasksJudged('set');
  const removed = tasksJudged('remove');
  const assignments = new Map<string, string | null>([
    ...set.map((task): [string, string | null] => [task.name, desired.roles.get(task.name) ?? null]),
    ...removed.map((task): [string, string | null] => [task.name, null]),
  ]);
  const outcome = {
    foreign: tasksJudged('foreign').map((task) => ({
      task: task.name,
      found: shown(task.credentials) ?? '',
    })),
    kept: tasksJudged('keep').map(({ name }) => name),
    waiting: tasksJudged('wait').map(({ name }) => name),
    withheld: tasksJudged('withhold').map(
      ({ name }) => `Credentials stay on "${name}" while a link of this machine is not settled`,
    ),
  };
  if (assignments.size === 0) return { actions: [], ...outcome };
  const text = setCredentials(observed.definition, assignments);
  if (text.length > MAX_DEFINITION_LENGTH) {
    return {
      actions: [],
      ...outcome,
      problem: {
        leg: 'stateMachineCredentials',
        reason: 'DefinitionTooLarge',
        message: tooLarge(observed, text),
      },
    };
  }
  const changes = [...set, ...removed].map((task) =>
    credentialsChange(task, assignments.get(task.name) ?? undefined),
  );
  return { actions: [update(desired, observed, text, changes)], ...outcome };
}

type Verdict = 'fine' | 'set' | 'wait' | 'remove' | 'foreign' | 'keep' | 'withhold';

function judge(task: Task, desired: DesiredCredentials): Verdict {
  const { credentials } = task;
  const current = credentials.kind === 'static' ? credentials.roleArn : undefined;
  const ours = current !== undefined && desired.ownRoles.has(current);
  const wanted = desired.roles.get(task.name) ?? desired.pending.get(task.name);
  if (wanted === undefined)
    return current !== undefined && ours ? judgeUnwanted(task, current, desired) : 'fine';
  if (current === wanted) return 'fine';
  if (credentials.kind !== 'none' && !ours && !desired.ownedTasks.has(task.name)) return 'foreign';
  return desired.roles.has(task.name) ? 'set' : 'wait';
}

/** Without its Credentials a Task runs in the source account. Where its names would mean something there too, it
 *  keeps them, so that it fails instead of turning on another table or queue. */
function judgeUnwanted(task: Task, roleArn: string, desired: DesiredCredentials): Verdict {
  const account = parseRoleArn(roleArn)?.accountId ?? '';
  if (resourceLocation(task, account) !== 'target') return 'keep';
  return desired.mayShrink ? 'remove' : 'withhold';
}

function update(
  desired: DesiredCredentials,
  observed: ObservedStateMachine,
  definition: string,
  changes: readonly FieldChange[],
): Action {
  return {
    operation: 'UpdateStateMachine',
    leg: 'stateMachineCredentials',
    object: observed.arn,
    reason: changes.some(({ after }) => after !== undefined)
      ? 'Tasks do not name the role they should assume'
      : 'Tasks name a role that no link stands for',
    changes,
    definition,
    publishVersion: desired.publishVersion,
    ...(observed.revisionId !== undefined && { plannedFromRevision: observed.revisionId }),
  };
}

function credentialsChange(task: Task, after: string | undefined): FieldChange {
  const before = shown(task.credentials);
  return {
    path: `States["${task.name}"].Credentials.RoleArn`,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
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

function tooLarge(observed: ObservedStateMachine, text: string): string {
  return (
    `With Credentials the definition of ${observed.arn} would have ${text.length} characters, and AWS takes ` +
    `${MAX_DEFINITION_LENGTH}: split the machine, or link fewer Tasks.`
  );
}
