/** Where a state leads, and with what: what is known at the end of each way out of it. */
import type { Effort } from '../base/parts.ts';
import { isArray, isObject, member } from './json.ts';
import { isJsonataExpression } from './jsonata.ts';
import { evaluateJsonPath, parsePath } from './jsonpath.ts';
import { anyOf, join, objectOf, put, sizeOf, unknown } from './known.ts';
import type { Known } from './known.ts';
import { evaluateLiteral, evaluatePayload } from './payload.ts';
import { joinVariables, MAX_MEETING, sizeOfAll } from './scope.ts';
import type { Scope } from './scope.ts';
import type { Json, JsonObject, QueryLanguage } from './task.ts';

/** A state with the place of the machine it stands in. */
export interface FlowState {
  readonly state: JsonObject;
  readonly queryLanguage: QueryLanguage;
  /** Name of the state that each machine inside it starts at. */
  readonly inner: readonly string[];
}

/** Variables that are kept track of. */
const MAX_VARIABLES = 64;

/** A way out of a state. */
export interface Exit {
  readonly to: string;
  /** What is known there: worked out only where that is still kept track of. */
  readonly arrive: () => Scope;
}

/** Where a state leads, and with what: the next states, those of its catchers, and the machines inside it. */
export function* exitsOf(found: FlowState, scope: Scope, effort: Effort): Iterable<Exit> {
  const { state, queryLanguage } = found;
  yield* queryLanguage === 'JSONata'
    ? jsonataExits(state, scope, effort)
    : jsonPathExits(state, scope, effort);
  yield* innerExits(found, scope, effort);
}

function* exit(to: Json | undefined, arrive: () => Scope): Iterable<Exit> {
  if (typeof to === 'string') yield { to, arrive };
}

/** Worked out by the first who asks. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function listOf(value: Json | undefined): readonly Json[] {
  return isArray(value) ? value : [];
}

function* jsonPathExits(state: JsonObject, scope: Scope, effort: Effort): Iterable<Exit> {
  const output = once(() => {
    const effective = filtered(state['InputPath'], scope.input, scope);
    return filtered(state['OutputPath'], combined(state, scope, effective, effort), scope);
  });
  // What `$` means in Assign depends on the kind of state: only what stands there by itself is taken.
  const assigned = (holder: Json): Scope['variables'] =>
    assign(scope, member(holder, 'Assign'), 'JSONPath', effort);
  const own = once(() => assigned(state));
  const leaving = (): Scope => ({ ...scope, input: output(), variables: own() });
  yield* exit(state['Next'], leaving);
  yield* exit(state['Default'], leaving);
  for (const rule of listOf(state['Choices'])) {
    yield* exit(member(rule, 'Next'), () => ({
      ...scope,
      input: output(),
      variables: either(assigned(rule), own(), effort),
    }));
  }
  for (const catcher of listOf(state['Catch'])) {
    yield* exit(member(catcher, 'Next'), () => ({
      ...scope,
      input: placed(member(catcher, 'ResultPath'), scope.input, unknown('the error'), effort),
      variables: assigned(catcher),
    }));
  }
}

/** A Choice takes the rule's variables or the state's own, according to which rule applies. */
function either(rule: Scope['variables'], own: Scope['variables'], effort: Effort): Scope['variables'] {
  if (rule === own) return rule;
  const work = sizeOfAll(rule);
  if (work > MAX_MEETING) return new Map();
  effort.spend(work);
  return joinVariables(rule, own);
}

/** `InputPath` and `OutputPath`: a part of the value; `null` is an empty object. */
export function filtered(path: Json | undefined, value: Known, scope: Scope): Known {
  if (path === undefined || path === '$') return value;
  if (path === null) return objectOf([]);
  return typeof path === 'string' ? evaluateJsonPath(path, { ...scope, input: value }) : unknown('');
}

/** The state's result, put where `ResultPath` says. */
function combined(state: JsonObject, scope: Scope, effective: Known, effort: Effort): Known {
  if (/^(?:Choice|Wait|Succeed|Fail)$/.test(String(state['Type']))) return effective;
  const isRaw = state['InputPath'] === undefined || state['InputPath'] === '$';
  const input = isRaw ? scope.input : unknown('');
  return placed(state['ResultPath'], input, resultOf(state, scope, effective, effort), effort);
}

function resultOf(state: JsonObject, scope: Scope, effective: Known, effort: Effort): Known {
  const inner = { ...scope, input: effective };
  if (state['Type'] === 'Pass') {
    if (state['Result'] !== undefined) return evaluateLiteral(state['Result'], scope, effort);
    if (state['Parameters'] === undefined) return effective;
    return evaluatePayload(state['Parameters'], 'JSONPath', inner, effort);
  }
  const result = unknown('the result');
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

function* jsonataExits(state: JsonObject, scope: Scope, effort: Effort): Iterable<Exit> {
  const passes = /^(?:Pass|Choice|Wait|Succeed)$/.test(String(state['Type']));
  const outcome = passes ? scope.input : unknown('the result');
  const leaving = (holder: Json, otherwise: Known): Scope => {
    const output = member(holder, 'Output');
    return {
      ...scope,
      input: output === undefined ? otherwise : evaluatePayload(output, 'JSONata', scope, effort),
      variables: assign(scope, member(holder, 'Assign'), 'JSONata', effort),
    };
  };
  const own = once(() => leaving(state, outcome));
  yield* exit(state['Next'], own);
  yield* exit(state['Default'], own);
  for (const rule of listOf(state['Choices']))
    yield* exit(member(rule, 'Next'), () => mixed(leaving(rule, outcome), own(), effort));
  for (const catcher of listOf(state['Catch']))
    yield* exit(member(catcher, 'Next'), () => leaving(catcher, unknown('the error')));
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
  if (!isObject(template)) return scope.variables;
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

/** The machines of a Parallel or a Map state, each with the input that it gives them. */
function* innerExits(
  { state, queryLanguage, inner }: FlowState,
  scope: Scope,
  effort: Effort,
): Iterable<Exit> {
  if (inner.length === 0) return;
  const isJsonata = queryLanguage === 'JSONata';
  const given = once(() => {
    const effective = isJsonata ? scope.input : filtered(state['InputPath'], scope.input, scope);
    return { ...scope, input: effective };
  });
  const arrive = once(() =>
    state['Type'] === 'Parallel'
      ? { ...scope, input: branchInput(state, queryLanguage, given(), effort) }
      : itemScope(state, queryLanguage, given(), effort),
  );
  for (const to of inner) yield { to, arrive };
}

function branchInput(state: JsonObject, language: QueryLanguage, given: Scope, effort: Effort): Known {
  const template = state[language === 'JSONata' ? 'Arguments' : 'Parameters'];
  return template === undefined ? given.input : evaluatePayload(template, language, given, effort);
}

function itemScope(state: JsonObject, language: QueryLanguage, given: Scope, effort: Effort): Scope {
  const item = oneItem(state, language, given, effort);
  const selector = state['ItemSelector'] ?? (language === 'JSONPath' ? state['Parameters'] : undefined);
  const batched = state['ItemBatcher'] !== undefined;
  const selected =
    selector === undefined ? item : evaluatePayload(selector, language, { ...given, mapItem: item }, effort);
  const isDistributed = member(member(state['ItemProcessor'], 'ProcessorConfig'), 'Mode') === 'DISTRIBUTED';
  return {
    input: batched ? unknown('the batch') : selected,
    // A child execution sees no variables of its parent, and has a context object of its own.
    variables: isDistributed ? new Map<string, Known>() : given.variables,
    ...(isDistributed ? {} : { mapItem: item }),
  };
}

/** What is known of whichever item of a Map. */
function oneItem(state: JsonObject, language: QueryLanguage, given: Scope, effort: Effort): Known {
  const from = "the Map's item";
  if (state['ItemReader'] !== undefined) return unknown(from);
  const items = state['Items'];
  const list =
    language === 'JSONata'
      ? items === undefined
        ? given.input
        : itemsOf(items, given, effort)
      : filtered(state['ItemsPath'], given.input, given);
  if (list.kind !== 'array' || list.items.length === 0) return unknown(from);
  effort.spend(sizeOf(list));
  return anyOf(list.items, from);
}

function itemsOf(items: Json, given: Scope, effort: Effort): Known {
  const isWritten = isArray(items) || (typeof items === 'string' && isJsonataExpression(items));
  return isWritten ? evaluatePayload(items, 'JSONata', given, effort) : unknown('');
}
