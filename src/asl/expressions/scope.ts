/** What an expression of a state can refer to, as far as the definition says it. */
import { join, memberOf, sizeOf, unknown } from './known.ts';
import type { Known } from './known.ts';

export interface Scope {
  /** `$` in JSONPath, `$states.input` in JSONata. */
  readonly input: Known;
  /** Variables that are known; of every other one nothing is. */
  readonly variables: ReadonlyMap<string, Known>;
  /** `$$.Map.Item.Value` and `$states.context.Map.Item.Value`. */
  readonly mapItem?: Known;
  /** `$states.result`, where a state that works computes what it puts out. */
  readonly result?: Known;
}

export const NOTHING_KNOWN: Scope = { input: unknown("the state's input"), variables: new Map() };

/** Member names and indexes. */
export type Steps = readonly (string | number)[];

/** The value at a path below another. One that is not there makes the execution fail, so nothing need be known of it. */
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

/** A value of the context object, of which only a Map's item can be known. */
export function contextAt({ mapItem }: Scope, steps: Steps, from: string): Known {
  const [map, item, value, ...rest] = steps;
  const isItem = map === 'Map' && item === 'Item' && value === 'Value' && mapItem !== undefined;
  return isItem ? follow(mapItem, rest, from) : unknown(from);
}

/** Single values that are compared where two ways meet, before what is known there is given up. */
export const MAX_MEETING = 50_000;

/** A variable that only one of the ways sets is taken as unknown. */
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

/** How many single values all of them hold. */
export function sizeOfAll(variables: Scope['variables']): number {
  return [...variables.values()].reduce((sum, value) => sum + sizeOf(value), 0);
}
