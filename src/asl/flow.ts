/**
 * Which values flow into each state, as far as the definition tells: constants that Pass states, `Assign`, `Parameters` and a
 * Map's items set on every path that leads there. Whatever a Task returns, and what an execution is started with, is unknown.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html
 * https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
import { finish, type Parts } from '../base/parts.ts';
import { isArray, isObject, member } from './json.ts';
import { isJsonataExpression } from './jsonata.ts';
import { evaluateJsonPath, parsePath } from './jsonpath.ts';
import { anyOf, fromJson, join, objectOf, put, sizeOf, unknown } from './known.ts';
import type { Known } from './known.ts';
import { evaluatePayload } from './payload.ts';
import { NOTHING_KNOWN } from './scope.ts';
import type { Scope } from './scope.ts';
import type { Json, JsonObject, QueryLanguage } from './task.ts';

/** A state with the place of the machine it stands in. */
export interface FlowState {
  readonly state: JsonObject;
  readonly queryLanguage: QueryLanguage;
  /** Name of the state that each machine inside it starts at. */
  readonly inner: readonly string[];
}

/** Times that a state is looked at anew before all that is known there is given up: loops come to an end. */
const MAX_VISITS = 16;
/** Single values that are compared where ways meet, before what is known there is given up. */
const MAX_WORK = 1_000_000;
/** Variables that are kept track of. */
const MAX_VARIABLES = 64;

/**
 * The scope at the entry of each state that can be reached, by name.
 * @param step counts the work: called once for each look at a state
 */
export function scopesOf(
  start: string,
  states: ReadonlyMap<string, FlowState>,
  step: () => void = () => undefined,
): ReadonlyMap<string, Scope> {
  return finish(scopesInParts(start, states), step);
}

/** The same, a look at a state at a time. */
export function* scopesInParts(
  start: string,
  states: ReadonlyMap<string, FlowState>,
): Parts<ReadonlyMap<string, Scope>> {
  const scopes = new Map<string, Scope>([[start, NOTHING_KNOWN]]);
  const visits = new Map<string, number>();
  let work = 0;
  const waiting = new Set([start]);
  for (const name of waiting) {
    waiting.delete(name);
    const found = states.get(name);
    const scope = scopes.get(name);
    if (found === undefined || scope === undefined) continue;
    yield;
    const count = (visits.get(name) ?? 0) + 1;
    visits.set(name, count);
    for (const { to, scope: arriving } of exitsOf(found, scope)) {
      const before = scopes.get(to);
      work += before === undefined ? 0 : workOf(before, arriving);
      const seen = work > MAX_WORK ? MAX_VISITS : (visits.get(to) ?? 0);
      const after = before === undefined ? arriving : meet(before, arriving, seen);
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
  if (before.variables === arriving.variables) return input;
  return [...before.variables.values()].reduce((sum, value) => sum + sizeOf(value), input);
}

interface Exit {
  readonly to: string;
  readonly scope: Scope;
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

/** A variable that only one of the ways sets is taken as unknown. */
function joinVariables(before: Scope['variables'], arriving: Scope['variables']): Scope['variables'] {
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

/** Where a state leads, and with what: the next states, those of its catchers, and the machines inside it. */
function exitsOf(found: FlowState, scope: Scope): Exit[] {
  const { state, queryLanguage } = found;
  return [
    ...(queryLanguage === 'JSONata' ? jsonataExits(state, scope) : jsonPathExits(state, scope)),
    ...innerExits(found, scope),
  ];
}

function exit(to: Json | undefined, scope: Scope): Exit[] {
  return typeof to === 'string' ? [{ to, scope }] : [];
}

function listOf(value: Json | undefined): readonly Json[] {
  return isArray(value) ? value : [];
}

function jsonPathExits(state: JsonObject, scope: Scope): Exit[] {
  const effective = filtered(state['InputPath'], scope.input, scope);
  const output = filtered(state['OutputPath'], combined(state, scope, effective), scope);
  // What `$` means in Assign depends on the kind of state: only what stands there by itself is taken.
  const assigned = (holder: Json): Scope['variables'] => assign(scope, member(holder, 'Assign'), 'JSONPath');
  const own = assigned(state);
  return [
    ...exit(state['Next'], { ...scope, input: output, variables: own }),
    ...exit(state['Default'], { ...scope, input: output, variables: own }),
    ...listOf(state['Choices']).flatMap((rule) =>
      exit(member(rule, 'Next'), { ...scope, input: output, variables: either(assigned(rule), own) }),
    ),
    ...listOf(state['Catch']).flatMap((catcher) =>
      exit(member(catcher, 'Next'), {
        ...scope,
        input: placed(member(catcher, 'ResultPath'), scope.input, unknown('the error')),
        variables: assigned(catcher),
      }),
    ),
  ];
}

/** A Choice takes the rule's variables or the state's own, according to which rule applies. */
function either(rule: Scope['variables'], own: Scope['variables']): Scope['variables'] {
  return rule === own ? rule : joinVariables(rule, own);
}

/** `InputPath` and `OutputPath`: a part of the value; `null` is an empty object. */
function filtered(path: Json | undefined, value: Known, scope: Scope): Known {
  if (path === undefined || path === '$') return value;
  if (path === null) return objectOf([]);
  return typeof path === 'string' ? evaluateJsonPath(path, { ...scope, input: value }) : unknown('');
}

/** The state's result, put where `ResultPath` says. */
function combined(state: JsonObject, scope: Scope, effective: Known): Known {
  if (/^(?:Choice|Wait|Succeed|Fail)$/.test(String(state['Type']))) return effective;
  const isRaw = state['InputPath'] === undefined || state['InputPath'] === '$';
  return placed(state['ResultPath'], isRaw ? scope.input : unknown(''), resultOf(state, scope, effective));
}

function resultOf(state: JsonObject, scope: Scope, effective: Known): Known {
  const inner = { ...scope, input: effective };
  if (state['Type'] === 'Pass') {
    if (state['Result'] !== undefined) return fromJson(state['Result']);
    if (state['Parameters'] === undefined) return effective;
    return evaluatePayload(state['Parameters'], 'JSONPath', inner);
  }
  const result = unknown('the result');
  const selector = state['ResultSelector'];
  return selector === undefined ? result : evaluatePayload(selector, 'JSONPath', { ...scope, input: result });
}

function placed(path: Json | undefined, input: Known, result: Known): Known {
  if (path === null) return input;
  if (path === undefined) return result;
  const parsed = typeof path === 'string' ? parsePath(path) : undefined;
  const steps = parsed?.steps.filter((one) => typeof one === 'string') ?? [];
  if (parsed?.root !== '' || steps.length < parsed.steps.length) return unknown('');
  return put(input, steps, result);
}

function jsonataExits(state: JsonObject, scope: Scope): Exit[] {
  const passes = /^(?:Pass|Choice|Wait|Succeed)$/.test(String(state['Type']));
  const outcome = passes ? scope.input : unknown('the result');
  const leaving = (holder: Json, otherwise: Known): Scope => {
    const output = member(holder, 'Output');
    return {
      ...scope,
      input: output === undefined ? otherwise : evaluatePayload(output, 'JSONata', scope),
      variables: assign(scope, member(holder, 'Assign'), 'JSONata'),
    };
  };
  const own = leaving(state, outcome);
  return [
    ...exit(state['Next'], own),
    ...exit(state['Default'], own),
    ...listOf(state['Choices']).flatMap((rule) =>
      exit(member(rule, 'Next'), mixed(leaving(rule, outcome), own)),
    ),
    ...listOf(state['Catch']).flatMap((catcher) =>
      exit(member(catcher, 'Next'), leaving(catcher, unknown('the error'))),
    ),
  ];
}

function mixed(rule: Scope, own: Scope): Scope {
  return { ...rule, input: join(rule.input, own.input), variables: either(rule.variables, own.variables) };
}

/** The variables after an `Assign`; all of its values are computed before any is set. */
function assign(scope: Scope, template: Json | undefined, language: QueryLanguage): Scope['variables'] {
  if (!isObject(template)) return scope.variables;
  const values = evaluatePayload(
    template,
    language,
    language === 'JSONata' ? scope : { ...scope, input: unknown('') },
  );
  if (values.kind !== 'object') return new Map();
  const variables = new Map(scope.variables);
  for (const [name, value] of values.members) {
    variables.delete(name);
    if (value.kind !== 'unknown' && variables.size < MAX_VARIABLES) variables.set(name, value);
  }
  return variables;
}

/** The machines of a Parallel or a Map state, each with the input that it gives them. */
function innerExits({ state, queryLanguage, inner }: FlowState, scope: Scope): Exit[] {
  if (inner.length === 0) return [];
  const isJsonata = queryLanguage === 'JSONata';
  const effective = isJsonata ? scope.input : filtered(state['InputPath'], scope.input, scope);
  const given = { ...scope, input: effective };
  const template = (key: string): Known | undefined =>
    state[key] === undefined ? undefined : evaluatePayload(state[key], queryLanguage, given);
  if (state['Type'] === 'Parallel') {
    const input = template(isJsonata ? 'Arguments' : 'Parameters') ?? effective;
    return inner.map((to) => ({ to, scope: { ...scope, input } }));
  }
  return innerMapExits(state, queryLanguage, inner, given);
}

function innerMapExits(
  state: JsonObject,
  language: QueryLanguage,
  inner: readonly string[],
  given: Scope,
): Exit[] {
  const item = oneItem(state, language, given);
  const selector = state['ItemSelector'] ?? (language === 'JSONPath' ? state['Parameters'] : undefined);
  const batched = state['ItemBatcher'] !== undefined;
  const selected =
    selector === undefined ? item : evaluatePayload(selector, language, { ...given, mapItem: item });
  const isDistributed = member(member(state['ItemProcessor'], 'ProcessorConfig'), 'Mode') === 'DISTRIBUTED';
  return inner.map((to) => ({
    to,
    scope: {
      input: batched ? unknown('the batch') : selected,
      // A child execution sees no variables of its parent, and has a context object of its own.
      variables: isDistributed ? new Map<string, Known>() : given.variables,
      ...(isDistributed ? {} : { mapItem: item }),
    },
  }));
}

/** What is known of whichever item of a Map. */
function oneItem(state: JsonObject, language: QueryLanguage, given: Scope): Known {
  const from = "the Map's item";
  if (state['ItemReader'] !== undefined) return unknown(from);
  const items = state['Items'];
  const list =
    language === 'JSONata'
      ? items === undefined
        ? given.input
        : itemsOf(items, given)
      : filtered(state['ItemsPath'], given.input, given);
  return list.kind === 'array' && list.items.length > 0 ? anyOf(list.items, from) : unknown(from);
}

function itemsOf(items: Json, given: Scope): Known {
  const isWritten = isArray(items) || (typeof items === 'string' && isJsonataExpression(items));
  return isWritten ? evaluatePayload(items, 'JSONata', given) : unknown('');
}
