/**
 * A state machine definition, gone through once to find its Tasks. Language:
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
 */
import { intern } from '../../base/intern.ts';
import { isJsonArray, isJsonObject, memberOf, type Json, type JsonObject } from '../../base/json.ts';
import { Effort, finish, type Parts } from '../../base/parts.ts';
import { readCredentials } from './credentials-field.ts';
import { scopeInside, scopesInParts } from '../flow/flow.ts';
import type { FlowState } from '../flow/exits.ts';
import { isDistributed } from '../flow/inner-machines.ts';
import { jsonInParts } from './json-reader.ts';
import { nestingDepth } from './json-text.ts';
import { NOTHING_KNOWN } from '../expressions/scope.ts';
import type { Scope } from '../expressions/scope.ts';
import type { QueryLanguage, Task } from '../task.ts';

export interface Definition {
  readonly queryLanguage: QueryLanguage;
  /** Every Task state, in the order of the text, including those in Parallel branches and Map processors. */
  readonly tasks: readonly Task[];
  /** Names of the Map states whose items run as child executions (`Mode: DISTRIBUTED`). */
  readonly distributedMaps: readonly string[];
}

type Path = readonly (string | number)[];

/** The text is not a state machine definition; `message` says where and why. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
  readonly path: Path;

  constructor(path: Path, problem: string) {
    super(path.length === 0 ? `definition: ${problem}` : `definition at ${printPath(path)}: ${problem}`);
    this.path = path;
  }
}

/** AWS accepts a definition of up to 1 MiB. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const MAX_DEFINITION_LENGTH = 1_048_576;
/** Deeper than any machine that AWS accepts, and shallow enough for recursion. */
export const MAX_NESTING = 256;

/** Parses a definition (JSON). Fields that are not used here are not checked.
 *  @throws DefinitionError if the text is too long or too deeply nested, is not JSON, or does not have the structure of a state
 *  machine */
export function parseDefinition(text: string): Definition {
  return finish(definitionInParts(text));
}

/** The same, one state at a time.
 *  @param effort counts what states compute */
export function* definitionInParts(text: string, effort: Effort = new Effort()): Parts<Definition> {
  if (text.length > MAX_DEFINITION_LENGTH) {
    throw new DefinitionError([], `${text.length} characters; AWS accepts ${MAX_DEFINITION_LENGTH}`);
  }
  if (nestingDepth(text) > MAX_NESTING) {
    throw new DefinitionError([], `nested deeper than ${MAX_NESTING} levels`);
  }
  const root = yield* readJson(text);
  const queryLanguage = queryLanguageOf(root, [], 'JSONPath');
  const states = new Map<string, FoundState>();
  for (const state of statesIn(root, [], queryLanguage)) {
    refuseEqualName(states, state);
    states.set(state.name, state);
    yield;
  }
  const scopes = yield* scopesInParts(startOf(root), states, effort);
  const tasks: Task[] = [];
  const distributedMaps: string[] = [];
  for (const found of states.values()) {
    if (found.state['Type'] === 'Task') tasks.push(toTask(found, scopes.get(found.name)));
    if (isDistributed(found.state)) distributedMaps.push(found.name);
    yield;
  }
  // Copies have no spare room: a definition is kept as long as its links are.
  return { queryLanguage, tasks: tasks.slice(), distributedMaps: distributedMaps.slice() };
}

interface FoundState extends FlowState {
  readonly name: string;
  readonly path: Path;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/workflow-states.html */
const STATE_TYPES = ['Choice', 'Fail', 'Map', 'Parallel', 'Pass', 'Succeed', 'Task', 'Wait'];

/** The states of a machine, a Parallel branch or a Map processor, with all states nested in them. */
function* statesIn(
  machine: Json | undefined,
  path: Path,
  language: QueryLanguage,
  within?: FlowState['within'],
): Generator<FoundState> {
  const states = memberOf(machine, 'States');
  const statesPath = [...path, 'States'];
  if (!isJsonObject(states)) throw new DefinitionError(statesPath, 'an object with the states is missing');
  for (const [name, state] of Object.entries(states)) {
    const statePath = [...statesPath, name];
    if (!isJsonObject(state)) throw new DefinitionError(statePath, 'a state must be an object');
    refuseUnknownType(state['Type'], statePath);
    const nested = nestedMachines(state, statePath);
    yield {
      name,
      path: statePath,
      state,
      queryLanguage: queryLanguageOf(state, statePath, language),
      inner: nested.map((one) => startOf(one.machine)),
      ...(within && { within }),
    };
    for (const [at, inner] of nested.entries())
      yield* statesIn(inner.machine, inner.path, language, { name, at });
  }
}

function startOf(machine: Json): string {
  const start = memberOf(machine, 'StartAt');
  return typeof start === 'string' ? start : '';
}

/** A state of an unknown type would otherwise be skipped silently. */
function refuseUnknownType(type: Json | undefined, path: Path): void {
  if (typeof type === 'string' && STATE_TYPES.includes(type)) return;
  const problem =
    type === undefined ? 'a Type is missing' : `${JSON.stringify(type).slice(0, 40)} is not a type of state`;
  throw new DefinitionError([...path, 'Type'], `${problem} (${STATE_TYPES.join(', ')})`);
}

/** The machines inside a Parallel or Map state. `Iterator` is the older name of `ItemProcessor`. */
function nestedMachines(state: JsonObject, path: Path): { machine: Json; path: Path }[] {
  if (state['Type'] === 'Parallel') {
    const branches = state['Branches'];
    if (!isJsonArray(branches))
      throw new DefinitionError([...path, 'Branches'], 'an array of branches is missing');
    return branches.map((machine, index) => ({ machine, path: [...path, 'Branches', index] }));
  }
  if (state['Type'] === 'Map') {
    const key = state['ItemProcessor'] === undefined ? 'Iterator' : 'ItemProcessor';
    const machine = state[key];
    if (machine === undefined) throw new DefinitionError([...path, 'ItemProcessor'], 'is missing');
    return [{ machine, path: [...path, key] }];
  }
  return [];
}

function toTask(found: FoundState, scope: Scope | undefined): Task {
  const { name, path, state, queryLanguage } = found;
  const resource = state['Resource'];
  if (typeof resource !== 'string') throw new DefinitionError([...path, 'Resource'], 'a string is missing');
  const parameters = parametersOf(found);
  const usable = isJsonObject(parameters) || typeof parameters === 'string';
  return {
    name,
    path: path.slice(),
    resource: intern(resource),
    queryLanguage,
    ...(usable ? { parameters } : {}),
    credentials: readCredentials(state['Credentials'], queryLanguage),
    ...(scope !== undefined && scope !== NOTHING_KNOWN && { scope: scopeInside(found, scope) }),
  };
}

/** Step Functions refuses a field of the other query language. Without this check nothing would be known of such a Task, and
 *  nobody would be told why. */
function parametersOf({ path, state, queryLanguage }: FoundState): Json | undefined {
  const isJsonata = queryLanguage === 'JSONata';
  const [own, other] = isJsonata ? ['Arguments', 'Parameters'] : ['Parameters', 'Arguments'];
  if (state[own] === undefined && state[other] !== undefined)
    throw new DefinitionError([...path, other], `is not used in ${queryLanguage}, which has ${own}`);
  return state[own];
}

function queryLanguageOf(holder: Json, path: Path, inherited: QueryLanguage): QueryLanguage {
  const written = memberOf(holder, 'QueryLanguage');
  if (written === undefined) return inherited;
  if (written === 'JSONPath' || written === 'JSONata') return written;
  throw new DefinitionError([...path, 'QueryLanguage'], 'must be JSONPath or JSONata');
}

/** AWS refuses equal names anywhere in one machine; with them, a name would not say which Task is meant. */
function refuseEqualName(states: ReadonlyMap<string, FoundState>, { name, path }: FoundState): void {
  if (states.has(name)) throw new DefinitionError(path, 'another state has the same name');
}

function* readJson(text: string): Parts<Json> {
  try {
    return yield* jsonInParts(text);
  } catch (error) {
    throw new DefinitionError([], `is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
}

function printPath(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}
