/** Which Tasks a link is about, and where a Task's resources are. */
import { Effort, finish, type Parts } from '../../base/parts.ts';
import { credentialsSupport } from '../definition/credentials.ts';
import type { Definition } from '../definition/definition.ts';
import { tasksInParts } from '../definition/large-definition.ts';
import type { Reading } from '../integrations/reading.ts';
import { contentOf, RecentResults } from './recent-results.ts';
import { stepsOfArguments } from '../parameters.ts';
import { requirementOf } from './requirement.ts';
import { SharedReadings } from './shared-readings.ts';
import type { Task } from '../task.ts';

/** `target`: every resource that the Task names has the target account in it; `elsewhere`: one has another account; `unknown`:
 *  one is known only at run time; `bare`: one is a name that means the account in which the call is made (so is a call without
 *  a resource). */
export type ResourceLocation = 'target' | 'elsewhere' | 'bare' | 'unknown';

export interface Selection {
  readonly selected: readonly Task[];
  /** Tasks that might be the link's, and are left alone unless they are listed. */
  readonly ambiguous: readonly { readonly task: string; readonly message: string }[];
  /** If nothing is selected: every Task, and why it is not. Those that might be meant come first. */
  readonly candidates: readonly Candidate[];
  /** Listed names that no Task has. */
  readonly missing: readonly string[];
}

/** A Task that was not selected. */
interface Candidate {
  readonly task: string;
  /** As the end of a sentence that begins with the Task's name. */
  readonly why: string;
}

/** The Tasks of a link: the listed ones or, without a list, every Task that can take Credentials and whose resources are all in
 *  the target account. Without a list, a Task whose resources might be there is reported, and left alone. */
export function selectTasks(
  definition: Definition,
  targetAccountId: string,
  listed?: readonly string[],
): Selection {
  return finish(selectionInParts(definition, targetAccountId, listed));
}

/** The same, one Task at a time.
 *  @param shared selections for the same account are taken from here, and new ones are added */
export function* selectionInParts(
  definition: Definition,
  targetAccountId: string,
  listed?: readonly string[],
  shared: SharedReadings = new SharedReadings(),
): Parts<Selection> {
  const tasks = yield* tasksInParts(definition);
  if (listed !== undefined) {
    const names = new Set(listed);
    const selected = tasks.filter((task) => names.has(task.name));
    const found = new Set(selected.map((task) => task.name));
    return {
      selected,
      ambiguous: [],
      candidates: [],
      missing: [...names].filter((name) => !found.has(name)),
    };
  }
  const known = shared.selections.get(definition, targetAccountId);
  if (known !== undefined) return known;
  const content = contentOf(tasks, targetAccountId);
  const lately = LATELY.get(content);
  if (lately !== undefined)
    return { ...lately, selected: tasks.filter(({ name }) => lately.names.has(name)) };
  const effort = new Effort();
  const located: Located[] = [];
  for (const task of tasks) {
    if (!credentialsSupport(task).supported) continue;
    located.push({ task, location: resourceLocation(task, targetAccountId) });
    effort.spend(stepsOfArguments(task));
    yield* effort.yieldDue();
    yield;
  }
  const selected = located.filter(({ location }) => location === 'target').map(({ task }) => task);
  const selection: Selection = {
    selected,
    ambiguous: located.flatMap(({ task, location }) => ambiguity(task, location)),
    candidates: selected.length > 0 ? [] : candidates(tasks, located),
    missing: [],
  };
  shared.selections.set(definition, targetAccountId, selection);
  const { selected: _, ...rest } = selection;
  LATELY.set(content, { ...rest, names: new Set(selected.map(({ name }) => name)) });
  return selection;
}

/** Selections of the same Tasks for the same account, in any definition. */
const LATELY = new RecentResults<Omit<Selection, 'selected'> & { readonly names: ReadonlySet<string> }>();

interface Located {
  readonly task: Task;
  readonly location: ResourceLocation;
}

function candidates(tasks: readonly Task[], located: readonly Located[]): readonly Candidate[] {
  const found = new Set(located.map(({ task }) => task));
  const unsupported = tasks.filter((task) => !found.has(task));
  const possible = located.filter(({ location }) => location !== 'elsewhere');
  const others = located.filter(({ location }) => location === 'elsewhere');
  return [
    ...[...possible, ...others].map(({ task, location }) => ({ task: task.name, why: whyNot(location) })),
    ...unsupported.map(({ name }) => ({ task: name, why: 'cannot have Credentials' })),
  ];
}

/** Where the resources are that a Task names. Needs no Region: an account is stated or it is not. */
export function resourceLocation(task: Task, accountId: string): ResourceLocation {
  const requirement = requirementOf(task);
  if (requirement === undefined) return 'unknown';
  const call = { task, place: { partition: 'aws', region: '', accountId }, hints: [] };
  return worst(
    requirement.permissions.flatMap(({ resources }) => resources).map((resource) => resource.read(call)),
    accountId,
  );
}

function worst(readings: readonly Reading[], accountId: string): ResourceLocation {
  const arns = readings.flatMap((reading) => reading.arns);
  if (arns.some((found) => found.accountId !== undefined && found.accountId !== accountId))
    return 'elsewhere';
  if (readings.some((reading) => reading.unknown.length > 0)) return 'unknown';
  return arns.length > 0 && arns.every((found) => found.accountId === accountId) ? 'target' : 'bare';
}

function ambiguity(task: Task, location: ResourceLocation): { task: string; message: string }[] {
  if (location === 'target' || location === 'elsewhere') return [];
  const message = `Task "${task.name}" ${whyNot(location)}: list it under spec.stateMachineCredentials.tasks if it is the link’s`;
  return [{ task: task.name, message }];
}

/** Why a Task is only selected if it is listed. */
function whyNot(location: ResourceLocation): string {
  switch (location) {
    case 'target':
    case 'elsewhere':
      return 'names a resource of another account';
    case 'bare':
      return 'does not say in which account its resource lies';
    case 'unknown':
      return 'names its resource only at run time';
  }
}
