/** The machines inside a Parallel or a Map state: their inputs, and what the state makes of their outputs. */
import { isJsonArray, memberOf, type Json, type JsonObject } from '../../base/json.ts';
import type { Effort } from '../../base/parts.ts';
import { once } from './exits.ts';
import type { Exit, FlowState } from './exits.ts';
import { isJsonataExpression } from '../expressions/jsonata.ts';
import { anyOf, bounded, objectOf, sizeOf, unknown } from '../expressions/known.ts';
import type { Known } from '../expressions/known.ts';
import { evaluatePayload, filtered } from '../expressions/payload.ts';
import type { Scope } from '../expressions/scope.ts';
import type { QueryLanguage } from '../task.ts';

/** Where a Parallel or a Map state begins its work: the machines inside it, each with its input. */
export function* innerExits(
  { state, queryLanguage, inner }: FlowState,
  scope: Scope,
  effort: Effort,
): Iterable<Exit> {
  if (inner.length === 0) return;
  const given = once(() => givenTo(state, queryLanguage, scope));
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
  const selected =
    selector === undefined ? item : evaluatePayload(selector, language, { ...given, mapItem: item }, effort);
  const batcher = state['ItemBatcher'];
  return {
    input: batcher === undefined ? selected : batchOf(batcher, language, given, effort),
    // A child execution does not see the variables of its parent, and has its own context object.
    variables: isDistributed(state) ? new Map<string, Known>() : given.variables,
    ...(isDistributed(state) ? {} : { mapItem: item }),
  };
}

/** The input of a child execution that works on a batch: its items, and what the state adds to each batch.
 *  https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html */
function batchOf(batcher: Json, language: QueryLanguage, given: Scope, effort: Effort): Known {
  const added = memberOf(batcher, 'BatchInput');
  const items: readonly [string, Known] = ['Items', unknown('the batch')];
  return added === undefined
    ? objectOf([items])
    : objectOf([items, ['BatchInput', evaluatePayload(added, language, given, effort)]]);
}

/** Whether a Map runs its items as child executions. */
export function isDistributed(state: JsonObject): boolean {
  return memberOf(memberOf(state['ItemProcessor'], 'ProcessorConfig'), 'Mode') === 'DISTRIBUTED';
}

/** What is known of any item of a Map. */
function oneItem(state: JsonObject, language: QueryLanguage, given: Scope, effort: Effort): Known {
  const from = "the Map's item";
  const list = listOfItems(state, language, given, effort);
  if (list.kind !== 'array' || list.items.length === 0) return unknown(from);
  effort.spend(sizeOf(list));
  return anyOf(list.items, from);
}

function listOfItems(state: JsonObject, language: QueryLanguage, given: Scope, effort: Effort): Known {
  if (state['ItemReader'] !== undefined) return unknown("the Map's items");
  if (language === 'JSONPath') return filtered(state['ItemsPath'], given.input, given);
  const items = state['Items'];
  return items === undefined ? given.input : itemsOf(items, given, effort);
}

function itemsOf(items: Json, given: Scope, effort: Effort): Known {
  const isWritten = isJsonArray(items) || (typeof items === 'string' && isJsonataExpression(items));
  return isWritten ? evaluatePayload(items, 'JSONata', given, effort) : unknown('');
}

/** The result of a state's inner machines, from the outputs of those that have ended: the output of each branch of a Parallel,
 *  or what a Map makes of each item. Undefined while a machine has to end first.
 *  https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html */
export function resultOfInner(
  found: FlowState,
  scope: Scope,
  outcomes: readonly (Known | undefined)[],
  effort: Effort,
): Known | undefined {
  const ended = outcomes.filter((outcome) => outcome !== undefined);
  effort.spend(found.inner.length);
  if (found.state['Type'] === 'Parallel')
    return ended.length < found.inner.length ? undefined : bounded({ kind: 'array', items: ended });
  return ofEachItem(found, scope, ended[0], effort);
}

/** The output for each item, for a Map within the execution over a known list. A distributed Map may leave out items that fail. */
function ofEachItem(
  { state, queryLanguage }: FlowState,
  scope: Scope,
  outcome: Known | undefined,
  effort: Effort,
): Known | undefined {
  const list = isDistributed(state)
    ? unknown('')
    : listOfItems(state, queryLanguage, givenTo(state, queryLanguage, scope), effort);
  if (list.kind !== 'array') return unknown('the result');
  if (outcome === undefined && list.items.length > 0) return undefined;
  effort.spend(list.items.length);
  return bounded({ kind: 'array', items: list.items.map(() => outcome ?? unknown('')) });
}

/** What the state gives to its machines before its own parameters. */
function givenTo(state: JsonObject, language: QueryLanguage, scope: Scope): Scope {
  const effective = language === 'JSONata' ? scope.input : filtered(state['InputPath'], scope.input, scope);
  return { ...scope, input: effective };
}
