/** What a Task says about one of its parameters: a literal, something known at run time only, or nothing. */
import { foldIntrinsic, foldJsonata, isJsonataExpression } from './expression.ts';
import { isArray, isObject } from './json.ts';
import type { Json, Task } from './task.ts';

export type Value =
  | { readonly kind: 'absent' }
  | { readonly kind: 'literal'; readonly value: Json }
  /** As written, or in words where the whole input is the argument. */
  | { readonly kind: 'dynamic'; readonly expression: string };

const ABSENT: Value = { kind: 'absent' };

/**
 * The values at a path of a Task's `Parameters` or `Arguments`. A path is member names joined by dots;
 * `Name[]` goes into each item of an array, `Name[keys]` takes the names of an object's members as values.
 * Never empty: what is not there is one `absent`; what a dynamic value hides is that one `dynamic`.
 */
export function readParameters(task: Task, path: string): Value[] {
  let values: Value[] = [wholeInput(task)];
  for (const step of path.split('.')) {
    const [, name = '', spread = ''] = /^(.*?)(\[\]|\[keys\])?$/.exec(step) ?? [];
    values = values.map((value) => readMember(task, value, name));
    if (spread === '[]') values = values.flatMap((value) => itemsOf(task, value));
    if (spread === '[keys]') values = values.flatMap(keysOf);
  }
  return values.length === 0 ? [ABSENT] : values;
}

/** The value at a path without spreads. */
export function readParameter(task: Task, path: string): Value {
  const [value = ABSENT] = readParameters(task, path);
  return value;
}

/** Whether the Task gives the parameter at all, be its value known or not. */
export function hasParameter(task: Task, path: string): boolean {
  return readParameters(task, path).some((value) => value.kind !== 'absent');
}

function wholeInput(task: Task): Value {
  if (task.parameters === undefined) return { kind: 'dynamic', expression: "the state's input" };
  return evaluate(task, task.parameters);
}

function readMember(task: Task, holder: Value, name: string): Value {
  if (holder.kind !== 'literal') return holder;
  const object = holder.value;
  if (!isObject(object)) return ABSENT;
  if (Object.hasOwn(object, name)) return evaluate(task, object[name] ?? null);
  const path =
    task.queryLanguage === 'JSONPath' && Object.hasOwn(object, `${name}.$`) ? object[`${name}.$`] : undefined;
  if (typeof path !== 'string') return ABSENT;
  const folded = foldIntrinsic(path);
  return folded === undefined ? { kind: 'dynamic', expression: path } : { kind: 'literal', value: folded };
}

function evaluate(task: Task, value: Json): Value {
  if (task.queryLanguage === 'JSONPath' || typeof value !== 'string' || !isJsonataExpression(value)) {
    return { kind: 'literal', value };
  }
  const folded = foldJsonata(value);
  return folded === undefined ? { kind: 'dynamic', expression: value } : { kind: 'literal', value: folded };
}

function itemsOf(task: Task, value: Value): Value[] {
  if (value.kind !== 'literal') return [value];
  return isArray(value.value) ? value.value.map((item) => evaluate(task, item)) : [ABSENT];
}

function keysOf(value: Value): Value[] {
  if (value.kind !== 'literal') return [value];
  if (!isObject(value.value)) return [ABSENT];
  return Object.keys(value.value).map((key) => ({ kind: 'literal', value: key.replace(/\.\$$/, '') }));
}
