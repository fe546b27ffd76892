/**
 * Keeps results for the Tasks read last, by the content of the Task: a definition that gets Credentials is read again, and
 * everything else in it is the same. Limited, so that reading tens of thousands of definitions takes no more memory.
 */
import { RecentMap } from '../../base/recent-map.ts';
import { NOTHING_KNOWN, type Scope } from '../expressions/scope.ts';
import type { Task } from '../task.ts';

/** How many results are kept. A link's are needed again within seconds, and links are made by the dozen. */
const MOST_KEPT = 100;
/** In characters: longer contents are rare, and take long to compare. */
const LONGEST = 4_096;

/** Tasks never change. */
const CONTENTS = new WeakMap<Task, string | undefined>();

/** The last hundred results, by the content from which they follow. */
export class RecentResults<Result> {
  readonly #results = new RecentMap<Result>(MOST_KEPT);

  /** @param from the content, as from `contentOf` */
  get(from: string | undefined): Result | undefined {
    return from === undefined ? undefined : this.#results.get(from);
  }

  set(from: string | undefined, result: Result): void {
    if (from !== undefined) this.#results.set(from, result);
  }
}

/** Everything that Tasks say except their position and their Credentials, as one text; undefined if that is long, or depends on
 *  other states.
 *  @param beside what else a result depends on */
export function contentOf(tasks: readonly Task[], beside: string): string | undefined {
  let content = beside;
  for (const task of tasks) {
    const one = contentOfTask(task);
    if (one === undefined || content.length + one.length > LONGEST) return undefined;
    content += one;
  }
  return content;
}

function contentOfTask(task: Task): string | undefined {
  if (CONTENTS.has(task)) return CONTENTS.get(task);
  const content = write(task);
  CONTENTS.set(task, content);
  return content;
}

function write({
  name,
  resource,
  queryLanguage,
  parameters,
  scope = NOTHING_KNOWN,
}: Task): string | undefined {
  const input = inputOf(scope);
  if (input === undefined) return undefined;
  const content = JSON.stringify([name, resource, queryLanguage, input, parameters]);
  return content.length > LONGEST ? undefined : content;
}

/** In words, if nothing is known of it, nor of anything else. */
function inputOf({ input, variables, mapItem, result }: Scope): string | undefined {
  const isAll = variables.size === 0 && mapItem === undefined && result === undefined;
  return isAll && input.kind === 'unknown' ? input.from : undefined;
}
