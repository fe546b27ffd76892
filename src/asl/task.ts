/** Types shared by everything that reads state machine definitions. */
import type { JsonObject } from '../base/json.ts';
import type { Scope } from './expressions/scope.ts';

/** Whether the Task assumes exactly this role. */
export function namesRole({ credentials }: Task, roleArn: string): boolean {
  return credentials.kind === 'static' && credentials.roleArn === roleArn;
}

export type QueryLanguage = 'JSONPath' | 'JSONata';

/** One `Task` state, wherever it is nested. State names are unique in a machine. */
export interface Task {
  readonly name: string;
  /** Path of the state: object keys and array indexes from the definition's root. */
  readonly path: readonly (string | number)[];
  /** The `Resource` field as written. */
  readonly resource: string;
  readonly queryLanguage: QueryLanguage;
  /** `Parameters` (JSONPath) or `Arguments` (JSONata); absent if the Task has neither. A JSONata Task may give all its arguments
   *  as one expression, which is then this string. */
  readonly parameters?: JsonObject | string;
  readonly credentials: TaskCredentials;
  /** What is known when its parameters are computed; absent if nothing is. */
  readonly scope?: Scope;
}

export type TaskCredentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'static'; readonly roleArn: string }
  /** Known only at run time: a JSONPath, an intrinsic or a JSONata expression, as written. */
  | { readonly kind: 'dynamic'; readonly expression: string }
  /** Not in a form that Step Functions accepts. */
  | { readonly kind: 'malformed'; readonly problem: string };
