/**
 * Which values flow into each state, as far as the definition tells: constants that Pass states, `Assign`, `Parameters` and a
 * Map's items set on every path that leads there. Whatever a Task returns, and what an execution is started with, is unknown.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html
 * https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
import { Effort, type Parts } from '../base/parts.ts';
import { exitsOf, filtered, type FlowState } from './exits.ts';
import { join, sizeOf } from './known.ts';
import type { Known } from './known.ts';
import { joinVariables, MAX_MEETING, NOTHING_KNOWN, sizeOfAll } from './scope.ts';
import type { Scope } from './scope.ts';

/** Times that a state is looked at anew before all that is known there is given up: loops come to an end. */
const MAX_VISITS = 16;
/** Steps of all that flows, before what is known is given up: values that are made, copied, and compared where ways meet. */
const MAX_WORK = 1_000_000;
/** What a way out takes at least: its paths are read. */
const STEPS_OF_EXIT = 16;

/** The scope at the entry of each state that can be reached, by name; a way out of a state at a time. */
export function* scopesInParts(
  start: string,
  states: ReadonlyMap<string, FlowState>,
  effort: Effort = new Effort(),
): Parts<ReadonlyMap<string, Scope>> {
  const began = effort.spent;
  const scopes = new Map<string, Scope>([[start, NOTHING_KNOWN]]);
  const visits = new Map<string, number>();
  const waiting = new Set([start]);
  for (const name of waiting) {
    waiting.delete(name);
    const found = states.get(name);
    const scope = scopes.get(name);
    if (found === undefined || scope === undefined) continue;
    yield;
    const count = (visits.get(name) ?? 0) + 1;
    visits.set(name, count);
    for (const { to, arrive } of exitsOf(found, scope, effort)) {
      const before = scopes.get(to);
      const arriving = effort.spent - began > MAX_WORK ? NOTHING_KNOWN : arrive();
      const work = before === undefined ? 1 : workOf(before, arriving);
      const givesUp = work > MAX_MEETING || effort.spent + work - began > MAX_WORK;
      effort.spend(STEPS_OF_EXIT + (givesUp ? 0 : work));
      const seen = givesUp ? MAX_VISITS : (visits.get(to) ?? 0);
      const after = before === undefined ? arriving : meet(before, arriving, seen);
      yield* effort.settle();
      if (after === before) continue;
      scopes.set(to, after);
      waiting.add(to);
    }
  }
  return scopes;
}

/** The scope in which a state's own parameters are computed. */
export function scopeInside({ state, queryLanguage }: FlowState, scope: Scope): Scope {
  if (queryLanguage === 'JSONata') return scope;
  return { ...scope, input: filtered(state['InputPath'], scope.input, scope) };
}

/** What it takes to say what two ways have in common. */
function workOf(before: Scope, arriving: Scope): number {
  const input = before.input === arriving.input ? 1 : sizeOf(before.input);
  return input + (before.variables === arriving.variables ? 0 : sizeOfAll(before.variables));
}

function meet(before: Scope, arriving: Scope, visits: number): Scope {
  if (visits >= MAX_VISITS) return before === NOTHING_KNOWN ? before : NOTHING_KNOWN;
  const input = join(before.input, arriving.input);
  const variables = joinVariables(before.variables, arriving.variables);
  const mapItem = joinItems(before.mapItem, arriving.mapItem);
  if (input === before.input && variables === before.variables && mapItem === before.mapItem) return before;
  return { input, variables, ...(mapItem !== undefined && { mapItem }) };
}

function joinItems(before: Known | undefined, arriving: Known | undefined): Known | undefined {
  return before === undefined || arriving === undefined ? undefined : join(before, arriving);
}
