/** Results for Tasks, kept for callers that read the same Tasks right afterwards: many links may share a large definition. */
import type { Definition } from '../definition/definition.ts';
import type { Derivation, TaskReading } from './derive.ts';
import type { Selection } from './select.ts';
import type { Task } from '../task.ts';

/** Results by what they were read from, and by what else they depend on. */
class Results<From extends object, Result> {
  readonly #results = new WeakMap<From, Map<string, Result>>();

  get(from: From, key: string): Result | undefined {
    return this.#results.get(from)?.get(key);
  }

  set(from: From, key: string, result: Result): void {
    const results = this.#results.get(from) ?? new Map<string, Result>();
    this.#results.set(from, results.set(key, result));
  }
}

/** Grows with each Task and each account: to be held for one pass over links. */
export class SharedReadings {
  /** Without a list of Tasks, by target account. */
  readonly selections = new Results<Definition, Selection>();
  /** Without hints and rules, by place. */
  readonly tasks = new Results<Task, TaskReading>();
  readonly derivations = new Results<readonly Task[], Derivation>();
}
