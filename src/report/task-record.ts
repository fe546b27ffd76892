/**
 * The record of the Tasks whose Credentials are a link's. It is in the status, which only the operator writes. That a Task
 * names the link's role proves nothing: a person may have written that by hand.
 */
import type { CrossAccountLinkStatus } from '../api/generated.ts';
import type { Definition } from '../asl/definition/definition.ts';
import { tasksNaming } from '../asl/definition/large-definition.ts';
import { cutText } from './drift.ts';

/** How many Task names `status.tasks` lists. */
const LISTED_TASKS = 100;
/** How many names `status.furtherTasks` takes. A definition has no room for more Tasks with Credentials:
 *  https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MOST_FURTHER = 8_000;

type TaskRecord = Pick<CrossAccountLinkStatus, 'tasks' | 'furtherTasks'>;

/** Names of Tasks as a status lists them: the first 100 in their order. */
export function listedTasks(tasks: readonly string[]): readonly string[] {
  return tasks.toSorted().slice(0, LISTED_TASKS).map(cutText);
}

/** The Tasks whose Credentials are the link's, according to its record. */
export function recordedTasks({ tasks = [], furtherTasks = [] }: TaskRecord): readonly string[] {
  return furtherTasks.length === 0 ? tasks : [...tasks, ...furtherTasks];
}

/** The further Tasks with those of the coming ones added that are not on record yet: they are recorded before their Credentials
 *  are written. */
export function withRecorded(record: TaskRecord, coming: readonly string[]): readonly string[] {
  const known = new Set(recordedTasks(record));
  return inOrder([...(record.furtherTasks ?? []), ...coming.filter((task) => !known.has(task))]);
}

/** The further Tasks after a reconcile: those that the link selects beyond the first 100, and recorded ones that it no longer
 *  selects and that still name its role.
 *  @param selected the Tasks that the link selects */
export function furtherTasksOf(
  before: TaskRecord,
  definition: Definition,
  roleArn: string,
  selected: readonly string[],
): readonly string[] {
  const listed = new Set(listedTasks(selected));
  const recorded = new Set(recordedTasks(before));
  const naming = tasksNaming(definition, roleArn).filter((task) => recorded.has(task));
  return inOrder([...selected, ...naming].filter((task) => !listed.has(cutText(task))));
}

function inOrder(tasks: readonly string[]): readonly string[] {
  return [...new Set(tasks)].sort().slice(0, MOST_FURTHER);
}
