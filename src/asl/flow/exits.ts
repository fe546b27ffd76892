/**
 * Where a state leads, and with which values: what is known at the end of each way out of it, except ways into machines inside
 * it.
 */
import { isJsonObject, itemsOf, memberOf, type Json, type JsonObject } from '../../base/json.ts';
import type { Effort } from '../../base/parts.ts';
import { parsePath } from '../expressions/jsonpath.ts';
import { join, put, sizeOf, unknown } from '../expressions/known.ts';
import type { Known } from '../expressions/known.ts';
import { evaluateLiteral, evaluatePayload, filtered } from '../expressions/payload.ts';
import { joinVariables, MAX_MEETING, sizeOfAll } from '../expressions/scope.ts';
import type { Scope } from '../expressions/scope.ts';
import type { QueryLanguage } from '../task.ts';

/** A state, and the machine that it is part of. */
export interface FlowState {
  readonly state: JsonObject;
  readonly queryLanguage: QueryLanguage;
  /** For each machine inside it, the name of its first state. */
  readonly inner: readonly string[];
  /** The state that contains the machine, and which of its machines it is; left out for states of the definition itself. */
  readonly within?: { readonly name: string; readonly at: number };
}

/** Where a way leads if it ends the machine. */
export const END = Symbol('the end of the machine');

/** How many variables are followed. */
const MAX_VARIABLES = 64;

/** A way out of a state. */
export interface Exit {
  readonly to: string | typeof END;
  /** What is known there, worked out only if it is still followed there. */
  readonly arrive: () => Scope;
}

/** Where a state leads when its work is done, with its result: to the next states, or the end. */
export function leavingExits(found: FlowState, scope: Scope, result: Known, effort: Effort): Iterable<Exit> {
  return found.queryLanguage === 'JSONata'
    ? jsonataExits(found.state, scope, result, effort)
    : jsonPathExits(found.state, scope, result, effort);
}

/** Where it leads when it fails. */
export function* catchingExits(
  { state, queryLanguage }: FlowState,
  scope: Scope,
  effort: Effort,
): Iterable<Exit> {
  for (const catcher of itemsOf(state['Catch'])) {
    yield* exit(memberOf(catcher, 'Next'), () =>
      queryLanguage === 'JSONata'
        ? leaving(catcher, unknown('the error'), scope, effort)
        : {
            ...scope,
            input: placed(memberOf(catcher, 'ResultPath'), scope.input, unknown('the error'), effort),
            variables: assign(scope, memberOf(catcher, 'Assign'), 'JSONPath', effort),
          },
    );
  }
}

/** The next state, or the end of a machine. */
function* onwards(state: JsonObject, arrive: () => Scope): Iterable<Exit> {
  yield* exit(state['Next'], arrive);
  yield* exit(state['Default'], arrive);
  if (state['End'] === true || state['Type'] === 'Succeed') yield { to: END, arrive };
}

function* exit(to: Json | undefined, arrive: () => Scope): Iterable<Exit> {
  if (typeof to === 'string') yield { to, arrive };
}

/** Worked out when it is first asked for. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function* jsonPathExits(state: JsonObject, scope: Scope, result: Known, effort: Effort): Iterable<Exit> {
  const output = once(() => {
    const effective = filtered(state['InputPath'], scope.input, scope);
    return filtered(state['OutputPath'], combined(state, scope, { effective, result }, effort), scope);
  });
  // The meaning of `$` in Assign depends on the kind of state, so only constants count.
  const assigned = (holder: Json): Scope['variables'] =>
    assign(scope, memberOf(holder, 'Assign'), 'JSONPath', effort);
  const own = once(() => assigned(state));
  yield* onwards(state, () => ({ ...scope, input: output(), variables: own() }));
  for (const rule of itemsOf(state['Choices'])) {
    yield* exit(memberOf(rule, 'Next'), () => ({
      ...scope,
      input: output(),
      variables: either(assigned(rule), own(), effort),
    }));
  }
}

/** A Choice sets the rule's variables or the state's own, depending on which rule applies. */
function either(rule: Scope['variables'], own: Scope['variables'], effort: Effort): Scope['variables'] {
  if (rule === own) return rule;
  const work = sizeOfAll(rule);
  if (work > MAX_MEETING) return new Map();
  effort.spend(work);
  return joinVariables(rule, own);
}

interface Done {
  /** What `InputPath` leaves of the input. */
  readonly effective: Known;
  /** Of a state that works: a Pass state makes its own. */
  readonly result: Known;
}

/** The state's result, put where `ResultPath` says. */
function combined(state: JsonObject, scope: Scope, done: Done, effort: Effort): Known {
  if (/^(?:Choice|Wait|Succeed|Fail)$/.test(String(state['Type']))) return done.effective;
  const isRaw = state['InputPath'] === undefined || state['InputPath'] === '$';
  const input = isRaw ? scope.input : unknown('');
  return placed(state['ResultPath'], input, resultOf(state, scope, done, effort), effort);
}

function resultOf(state: JsonObject, scope: Scope, { effective, result }: Done, effort: Effort): Known {
  const inner = { ...scope, input: effective };
  if (state['Type'] === 'Pass') {
    if (state['Result'] !== undefined) return evaluateLiteral(state['Result'], scope, effort);
    if (state['Parameters'] === undefined) return effective;
    return evaluatePayload(state['Parameters'], 'JSONPath', inner, effort);
  }
  const selector = state['ResultSelector'];
  if (selector === undefined) return result;
  return evaluatePayload(selector, 'JSONPath', { ...scope, input: result }, effort);
}

function placed(path: Json | undefined, input: Known, result: Known, effort: Effort): Known {
  if (path === null) return input;
  if (path === undefined) return result;
  const parsed = typeof path === 'string' ? parsePath(path) : undefined;
  const steps = parsed?.steps.filter((one) => typeof one === 'string') ?? [];
  if (parsed?.root !== '' || steps.length < parsed.steps.length) return unknown('');
  // The objects on the way are copied.
  effort.spend(sizeOf(input) + steps.length);
  return put(input, steps, result);
}

function* jsonataExits(state: JsonObject, scope: Scope, result: Known, effort: Effort): Iterable<Exit> {
  const passes = /^(?:Pass|Choice|Wait|Succeed)$/.test(String(state['Type']));
  const outcome = passes ? scope.input : result;
  const at = { ...scope, result };
  const own = once(() => leaving(state, outcome, at, effort));
  yield* onwards(state, own);
  for (const rule of itemsOf(state['Choices']))
    yield* exit(memberOf(rule, 'Next'), () => mixed(leaving(rule, outcome, at, effort), own(), effort));
}

/** What a JSONata state, one of its rules or one of its catchers outputs and assigns. */
function leaving(holder: Json, otherwise: Known, at: Scope, effort: Effort): Scope {
  const { result: _, ...scope } = at;
  const output = memberOf(holder, 'Output');
  return {
    ...scope,
    input: output === undefined ? otherwise : evaluatePayload(output, 'JSONata', at, effort),
    variables: assign(at, memberOf(holder, 'Assign'), 'JSONata', effort),
  };
}

function mixed(rule: Scope, own: Scope, effort: Effort): Scope {
  if (rule.input !== own.input) effort.spend(sizeOf(rule.input));
  return {
    ...rule,
    input: join(rule.input, own.input),
    variables: either(rule.variables, own.variables, effort),
  };
}

/** The variables after an `Assign`; all of its values are computed before any is set. */
function assign(
  scope: Scope,
  template: Json | undefined,
  language: QueryLanguage,
  effort: Effort,
): Scope['variables'] {
  if (!isJsonObject(template)) return scope.variables;
  const values = evaluatePayload(
    template,
    language,
    language === 'JSONata' ? scope : { ...scope, input: unknown('') },
    effort,
  );
  if (values.kind !== 'object') return new Map();
  const variables = new Map(scope.variables);
  for (const [name, value] of values.members) {
    variables.delete(name);
    if (value.kind !== 'unknown' && variables.size < MAX_VARIABLES) variables.set(name, value);
  }
  return variables;
}
