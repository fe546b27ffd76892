/** Results for the Tasks read last, by the content of the Task: a definition that gets Credentials is read anew, and all else in
 *  it is the same. Bounded: who reads tens of thousands of definitions keeps no more. */
import { RecentMap } from '../../base/recent-map.ts';
import { NOTHING_KNOWN, type Scope } from '../expressions/scope.ts';
import type { Task } from '../task.ts';

/** So many results are kept. A link's are asked for again within seconds: links in the making come by the dozen. */
const MOST_KEPT = 100;
/** In characters: what is longer is rare, and takes long to compare. */
const LONGEST = 4_096;

/** Tasks never change. */
const CONTENTS = new WeakMap<Task, string | undefined>();

/** The last hundred results, by the content that they follow from. */
export class RecentResults<Result> {
  readonly #results = new RecentMap<Result>(MOST_KEPT);

  /** @param from as `contentOf` says */
  get(from: string | undefined): Result | undefined {
    return from === undefined ? undefined : this.#results.get(from);
  }

  set(from: string | undefined, result: Result): void {
    if (from !== undefined) this.#results.set(from, result);
  }
}

/** All that Tasks say but where they stand and which Credentials they have, as one text; undefined where that is long, or follows
 *  from other states.
 *  @param beside what a result depends on besides */
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

/** In words, where nothing is known of it, nor of anything else. */
function inputOf({ input, variables, mapItem, result }: Scope): string | undefined {
  const isAll = variables.size === 0 && mapItem === undefined && result === undefined;
  return isAll && input.kind === 'unknown' ? input.from : undefined;
}
