/**
 * Which values reach each state, as far as the definition determines them: constants that Pass states, `Assign`, `Parameters`
 * and a Map's items set on every path to it. The results of Tasks and the input of an execution are unknown.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html
 * https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
import { Effort, type Parts } from '../../base/parts.ts';
import { catchingExits, END, leavingExits } from './exits.ts';
import type { Exit, FlowState } from './exits.ts';
import { innerExits, resultOfInner } from './inner-machines.ts';
import { join, sizeOf, unknown } from '../expressions/known.ts';
import type { Known } from '../expressions/known.ts';
import { filtered } from '../expressions/payload.ts';
import { joinVariables, MAX_MEETING, NOTHING_KNOWN, sizeOfAll } from '../expressions/scope.ts';
import type { Scope } from '../expressions/scope.ts';

/** After this many visits of a state, everything known there is given up, so that loops end. */
const MAX_VISITS = 16;
/** After this many steps for all values, what is known is given up: values that are made, copied, and compared where ways meet. */
const MAX_WORK = 1_000_000;
/** The least cost of a way out: its paths are parsed. */
const STEPS_OF_EXIT = 16;

/** The scope at the entry of each reachable state, by name; worked out one way out of a state at a time. */
export function scopesInParts(
  start: string,
  states: ReadonlyMap<string, FlowState>,
  effort: Effort = new Effort(),
): Parts<ReadonlyMap<string, Scope>> {
  return new Flow(start, states, effort).inParts();
}

/** Follows what is known from state to state until nothing changes any more. */
class Flow {
  readonly #states: ReadonlyMap<string, FlowState>;
  readonly #effort: Effort;
  readonly #began: number;
  readonly #scopes = new Map<string, Scope>();
  /** The outputs of the machines inside a state, as far as any has ended. */
  readonly #outcomes = new Map<string, (Known | undefined)[]>();
  readonly #visits = new Map<string, number>();
  /** States at whose entry something has changed. */
  readonly #entered: Set<string>;
  /** Parallel and Map states with a change in one of their machines. */
  readonly #done = new Set<string>();

  constructor(start: string, states: ReadonlyMap<string, FlowState>, effort: Effort) {
    this.#states = states;
    this.#effort = effort;
    this.#began = effort.spent;
    this.#scopes.set(start, NOTHING_KNOWN);
    this.#entered = new Set([start]);
  }

  *inParts(): Parts<ReadonlyMap<string, Scope>> {
    while (this.#entered.size + this.#done.size > 0) {
      for (const name of this.#entered) yield* this.#enter(name);
      for (const name of this.#done) yield* this.#leave(name);
    }
    return this.#scopes;
  }

  *#enter(name: string): Parts<void> {
    this.#entered.delete(name);
    const found = this.#states.get(name);
    const scope = this.#scopes.get(name);
    if (found === undefined || scope === undefined) return;
    yield;
    this.#visits.set(name, this.#visitsOf(name) + 1);
    if (found.inner.length > 0) this.#done.add(name);
    else yield* this.#follow(found, leavingExits(found, scope, unknown('the result'), this.#effort));
    yield* this.#follow(found, catchingExits(found, scope, this.#effort));
    yield* this.#follow(found, innerExits(found, scope, this.#effort));
  }

  *#leave(name: string): Parts<void> {
    this.#done.delete(name);
    const found = this.#states.get(name);
    const scope = this.#scopes.get(name);
    if (found === undefined || scope === undefined) return;
    const outcomes = this.#outcomes.get(name) ?? [];
    const result = this.#isSpent() ? unknown('') : resultOfInner(found, scope, outcomes, this.#effort);
    if (result !== undefined) yield* this.#follow(found, leavingExits(found, scope, result, this.#effort));
  }

  *#follow(from: FlowState, exits: Iterable<Exit>): Parts<void> {
    for (const { to, arrive } of exits) {
      if (to === END) this.#end(from, arrive);
      else this.#arrive(to, arrive);
      yield* this.#effort.yieldDue();
    }
  }

  #arrive(to: string, arrive: () => Scope): void {
    const before = this.#scopes.get(to);
    const arriving = this.#isSpent() ? NOTHING_KNOWN : arrive();
    const givesUp = this.#meeting(before === undefined ? 1 : workOf(before, arriving));
    const seen = givesUp ? MAX_VISITS : this.#visitsOf(to);
    const after = before === undefined ? arriving : meet(before, arriving, seen);
    if (after === before) return;
    this.#scopes.set(to, after);
    this.#entered.add(to);
  }

  /** To be called when the machine of the state ends. */
  #end({ within }: FlowState, arrive: () => Scope): void {
    if (within === undefined) return;
    const outcomes = this.#outcomes.get(within.name) ?? [];
    this.#outcomes.set(within.name, outcomes);
    const before = outcomes[within.at];
    const arriving = this.#isSpent() ? unknown('') : arrive().input;
    const givesUp = this.#meeting(before === undefined || before === arriving ? 1 : sizeOf(before));
    let after = arriving;
    if (before !== undefined) after = givesUp ? unknown('') : join(before, arriving);
    if (after === before || (after.kind === 'unknown' && before?.kind === 'unknown')) return;
    outcomes[within.at] = after;
    this.#done.add(within.name);
  }

  /** Counts the work of joining two ways; true if what is known there is given up instead. */
  #meeting(work: number): boolean {
    const givesUp = work > MAX_MEETING || this.#effort.spent + work - this.#began > MAX_WORK;
    this.#effort.spend(STEPS_OF_EXIT + (givesUp ? 0 : work));
    return givesUp;
  }

  #isSpent(): boolean {
    return this.#effort.spent - this.#began > MAX_WORK;
  }

  #visitsOf(name: string): number {
    return this.#visits.get(name) ?? 0;
  }
}

/** The scope in which a state's own parameters are computed. */
export function scopeInside({ state, queryLanguage }: FlowState, scope: Scope): Scope {
  if (queryLanguage === 'JSONata') return scope;
  return { ...scope, input: filtered(state['InputPath'], scope.input, scope) };
}

/** The cost of finding what two ways have in common. */
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
