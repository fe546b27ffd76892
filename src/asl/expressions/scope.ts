/** What an expression of a state can refer to, as far as the definition determines it. */
import { join, memberOf, sizeOf, unknown } from './known.ts';
import type { Known } from './known.ts';

export interface Scope {
  /** `$` in JSONPath, `$states.input` in JSONata. */
  readonly input: Known;
  /** Known variables; nothing is known of any other. */
  readonly variables: ReadonlyMap<string, Known>;
  /** `$$.Map.Item.Value` and `$states.context.Map.Item.Value`. */
  readonly mapItem?: Known;
  /** `$states.result`, in which a state that works computes its output. */
  readonly result?: Known;
}

export const NOTHING_KNOWN: Scope = { input: unknown("the state's input"), variables: new Map() };

/** Member names and indexes. */
export type Steps = readonly (string | number)[];

/** The value at a path below another. If it does not exist the execution fails, so nothing need be known of it. */
export function follow(holder: Known, steps: Steps, from: string): Known {
  let found = holder;
  for (const step of steps) {
    const next = typeof step === 'number' ? itemOf(found, step, from) : memberOf(found, step, from);
    if (next === 'absent') return unknown(from);
    found = next;
  }
  return found.kind === 'unknown' ? unknown(from) : found;
}

function itemOf(holder: Known, index: number, from: string): Known {
  return holder.kind === 'array' ? (holder.items.at(index) ?? unknown(from)) : unknown(from);
}

/** A value of the context object, in which only a Map's item can be known. */
export function contextAt({ mapItem }: Scope, steps: Steps, from: string): Known {
  const [map, item, value, ...rest] = steps;
  const isItem = map === 'Map' && item === 'Item' && value === 'Value' && mapItem !== undefined;
  return isItem ? follow(mapItem, rest, from) : unknown(from);
}

/** How many single values are compared when two ways meet, before what is known there is given up. */
export const MAX_MEETING = 50_000;

/** A variable that only one of the ways sets counts as unknown. */
export function joinVariables(before: Scope['variables'], arriving: Scope['variables']): Scope['variables'] {
  if (before === arriving) return before;
  const joined = new Map<string, Known>();
  for (const [name, value] of before) {
    const other = arriving.get(name);
    const both = other === undefined ? unknown('') : join(value, other);
    if (both.kind !== 'unknown') joined.set(name, both);
  }
  const unchanged =
    joined.size === before.size && [...joined].every(([name, value]) => before.get(name) === value);
  return unchanged ? before : joined;
}

/** How many single values all of them contain. */
export function sizeOfAll(variables: Scope['variables']): number {
  return [...variables.values()].reduce((sum, value) => sum + sizeOf(value), 0);
}
