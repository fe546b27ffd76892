/** One link, its state machine and the rules of both accounts → what the link needs, or why it is refused. */
import type { AccessDecision } from '../access/decision.ts';
import { withinRules } from '../access/permissions.ts';
import { growthIsBlocked, targetEntries } from '../access/target.ts';
import { SharedReadings } from '../asl/derive/shared-readings.ts';
import { resourceLocation, selectionInParts } from '../asl/derive/select.ts';
import { tasksInParts, tasksNaming } from '../asl/definition/large-definition.ts';
import { namesRole, type Task } from '../asl/task.ts';
import { intern } from '../base/intern.ts';
import { finish, type Parts } from '../base/parts.ts';
import type { Statement } from '../policy/document.ts';
import { mergeLists } from '../policy/merge.ts';
import type { Contribution } from './contribution.ts';
import type { Link } from './link.ts';
import {
  definitionsInUse,
  hasUnreadDefinitions,
  type DefinitionInUse,
  type MachineView,
} from './machine-view.ts';
import { permissionsInParts, type Allowance, type Permissions } from './permissions.ts';
import {
  executionRoleDecision,
  noTasksMessage,
  refuseExecutionRole,
  refuseNeeds,
  refuseTasks,
  refuseUnread,
  type AccessContext,
  type Refusal,
} from './refusals.ts';

/** What the link's status has on record of its Tasks. */
export interface TasksOnRecord {
  /** Tasks whose Credentials are the link's own, according to its record: they keep their permissions until the definition no
   *  longer uses the role for them. */
  readonly tasks: readonly string[];
  /** Whether they all named the link's role. */
  readonly inOrder: boolean;
}

export interface LinkRequirements {
  readonly kind: 'required';
  readonly executionRoleArns: readonly string[];
  readonly keptExecutionRoleArns: readonly string[];
  readonly permissions: readonly Statement[];
  /** What its Tasks call although the link does not ask for it (`derive: false`). */
  readonly calls?: readonly Statement[];
  readonly keptPermissions: readonly Statement[];
  readonly permissionsComplete: boolean;
  readonly tasks: readonly string[];
  readonly tasksInSyncBefore: readonly string[];
  /** What a person should know although nothing waits for it. */
  readonly notes: readonly string[];
  /** Set if no Task is selected: why, and which might be meant. */
  readonly noTasks?: string;
}

/** A link with the input from which its requirements are worked out. */
export interface LinkBasis {
  readonly link: Link;
  /** Its state machine, as it was read. */
  readonly view: MachineView;
  readonly context: AccessContext;
  readonly onRecord: TasksOnRecord;
  /** Links of the namespace through which the state machine uses the role, perhaps with this one among them. The needs of the
   *  others' Tasks are left to them. Left out: there are none. */
  readonly sharing?: readonly Link[];
}

/** What the link needs, now that its state machine is read. */
export function requirementsOf(basis: LinkBasis): LinkRequirements | Refusal {
  return finish(requirementsInParts(basis));
}

/** The same, one Task at a time.
 *  @param shared what other links of the state machine have read of its Tasks */
export function* requirementsInParts(
  basis: LinkBasis,
  shared: SharedReadings = new SharedReadings(),
): Parts<LinkRequirements | Refusal> {
  return (
    refuseUnread(basis.link, basis.context) ??
    refuseExecutionRole(basis.view.executionRole, basis.link, basis.context) ??
    (yield* requirementsOfTasks(basis, shared))
  );
}

/** What a link adds to the objects that it shares, from what it needs and how far it has got. */
export function contributionOf(
  link: Link,
  requirements: LinkRequirements,
  progress: Required<Pick<Contribution, 'rolesReady' | 'growthWaits'>> &
    Pick<Contribution, 'permissionsBefore'>,
): Contribution {
  const { kind: _, notes: __, noTasks: ___, calls: ____, ...needed } = requirements;
  return { link, ...needed, ...progress };
}

function* requirementsOfTasks(basis: LinkBasis, shared: SharedReadings): Parts<LinkRequirements | Refusal> {
  const { link, view, context, onRecord } = basis;
  const { accountId } = link.targetRole;
  const selection = yield* selectionInParts(view.definition, accountId, link.tasks, shared);
  const refusal = refuseTasks(link, selection, yield* tasksInParts(view.definition));
  if (refusal !== undefined) return refusal;
  const wanted = yield* permissionsInParts(link, selection.selected, allowanceOf(basis), shared);
  const denial = refuseNeeds(link, wanted, context);
  if (denial !== undefined) return denial;
  const tasks = selection.selected.map(({ name }) => name);
  const inUse = yield* whatMayStillRun(basis, new Set(tasks));
  return {
    kind: 'required',
    executionRoleArns: [...new Set([view.executionRole.text, ...inUse.executionRoleArns])],
    keptExecutionRoleArns: inUse.keptExecutionRoleArns.filter((arn) => arn !== view.executionRole.text),
    permissions: mergeLists(wanted.statements, inUse.permissions),
    ...(wanted.calls !== undefined && { calls: wanted.calls }),
    keptPermissions: inUse.keptPermissions,
    permissionsComplete: inUse.permissionsComplete,
    tasks,
    tasksInSyncBefore: inSyncBefore(tasks, onRecord),
    // Kept as long as the link exists; most links share the same texts.
    notes: [...wanted.notes, ...inUse.notes, ...selection.ambiguous.map(({ message }) => message)].map(
      intern,
    ),
    ...(tasks.length === 0 && { noTasks: noTasksMessage(link, selection) }),
  };
}

function inSyncBefore(
  tasks: readonly string[],
  { tasks: recorded, inOrder }: TasksOnRecord,
): readonly string[] {
  if (!inOrder) return [];
  const known = new Set(recorded);
  // Usually that is all of them. A list for each link would be kept in memory.
  return tasks.every((task) => known.has(task)) ? tasks : tasks.filter((task) => known.has(task));
}

/** A definition in use that names the link's role. */
interface Running extends Pick<DefinitionInUse, 'executionRole' | 'inUseBy'> {
  /** The Tasks that name it. */
  readonly tasks: readonly Task[];
  readonly decision: AccessDecision;
}

/** What has to stay for Tasks that are no longer the link's and may still run, as far as the rules allow it. None of it refuses
 *  the link: otherwise the definition could never be changed. Such Tasks are in older definitions in use, and in the present
 *  one until their Credentials are removed. These need nothing: Tasks that keep their Credentials so that they fail, Tasks on
 *  which somebody else put the link's role, and Tasks that belong to another link of the role. */
function* whatMayStillRun(
  basis: LinkBasis,
  selected: ReadonlySet<string>,
): Parts<Omit<LinkRequirements, 'kind' | 'tasks' | 'tasksInSyncBefore'>> {
  const { link, view, context, onRecord, sharing = [] } = basis;
  const recorded = new Set(onRecord.tasks);
  const isOthers = (task: Task) =>
    !mayChoose(link, task) &&
    sharing.some(
      (other) =>
        other.uid !== link.uid && mayChoose(other, task) && refuseUnread(other, context) === undefined,
    );
  const usesRole = (task: Task) => namesRole(task, link.targetRole.text);
  const running: Running[] = [];
  for (const { definition, executionRole, inUseBy } of definitionsInUse(view)) {
    if (tasksNaming(definition, link.targetRole.text).length === 0) continue;
    const tasks = (yield* tasksInParts(definition)).filter(usesRole);
    const decision = executionRoleDecision(executionRole, link, context);
    running.push({ tasks, executionRole, inUseBy, decision });
  }
  const leaving = (yield* tasksInParts(view.definition)).filter(
    (task) => recorded.has(task.name) && !selected.has(task.name) && losesRole(task, link),
  );
  const tasks = [...leaving, ...running.flatMap((old) => old.tasks)].filter(
    (task) => usesRole(task) && !isOthers(task),
  );
  const allowance = allowanceOf(basis);
  const { statements, undecided: open, tooLarge } = yield* permissionsOf(link, tasks, allowance);
  const permissions = withinRules(allowance.targets, statements, context.takesNoResource);
  const roles = running.flatMap(({ decision, executionRole }) =>
    decision.allowed ? [executionRole.text] : [],
  );
  // If growth is held, what the role has of it stays, and nothing is added.
  const isHeld = growthIsBlocked(allowance.targets);
  return {
    executionRoleArns: isHeld ? [] : roles,
    keptExecutionRoleArns: isHeld ? [...new Set(roles)] : [],
    permissions: isHeld ? [] : permissions,
    keptPermissions: isHeld ? permissions : [],
    permissionsComplete: open === undefined && tooLarge === undefined && !hasUnreadDefinitions(view),
    notes: running.flatMap(({ decision, inUseBy }) =>
      decision.allowed ? [] : [`${inUseBy} is no longer let in: ${decision.message}`],
    ),
  };
}

/** Whether a link is about a Task, in any definition. */
function mayChoose({ tasks, targetRole }: Link, task: Task): boolean {
  if (tasks !== undefined) return tasks.includes(task.name);
  return resourceLocation(task, targetRole.accountId) === 'target';
}

/** The permissions of Tasks other than the link's own. Without Tasks there are none: what the spec adds belongs to the link's
 *  own. */
function* permissionsOf(link: Link, tasks: readonly Task[], allowance: Allowance): Parts<Permissions> {
  return tasks.length === 0 ? NO_PERMISSIONS : yield* permissionsInParts(link, tasks, allowance);
}

/** What the target account allows the link at most. */
function allowanceOf({ link, context: { target } }: LinkBasis): Allowance {
  const { quotas } = target.rules;
  return {
    targets: targetEntries(target.entries, link.targetRole),
    ...(quotas !== undefined && { quotas }),
  };
}

const NO_PERMISSIONS: Permissions = { statements: [], notes: [] };

/** Whether a Task that is no longer the link's loses its Credentials. If its resource names mean something in both accounts, it
 *  keeps them so that it fails, and its permissions are removed. */
function losesRole(task: Task, { stateMachine, targetRole }: Link): boolean {
  return [targetRole, stateMachine].some(({ accountId }) => resourceLocation(task, accountId) === 'target');
}
