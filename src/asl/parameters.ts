/** What a Task says about one of its parameters: a literal, a text with holes, something known only at run time, or nothing. */
import { Effort } from '../base/parts.ts';
import { memberOf, optionsOf, unknown } from './expressions/known.ts';
import type { Known, KnownObject } from './expressions/known.ts';
import { evaluatePayload } from './expressions/payload.ts';
import { NOTHING_KNOWN } from './expressions/scope.ts';
import type { Task } from './task.ts';

export type Value =
  | { readonly kind: 'absent' }
  | { readonly kind: 'text'; readonly text: string }
  /** Partly constant: `HOLE` (known.ts) stands for what is filled in at run time. */
  | { readonly kind: 'pattern'; readonly text: string; readonly expression: string }
  /** A literal that is not a text: a number, an object. */
  | { readonly kind: 'other'; readonly known: Known }
  /** As written, or in words if the whole input is the argument. */
  | { readonly kind: 'dynamic'; readonly expression: string };

/** How many values of one parameter are looked at: a role's policy could not name more. */
const MOST_VALUES = 1_000;
const ABSENT: Value = { kind: 'absent' };
/** Arguments that take fewer steps are worked out again, because what is kept of a Task is kept as long as its link. */
const FEW_STEPS = 64;
const READ_ARGUMENTS = new WeakMap<Task, ReadArguments>();
/** The one that was asked for last: most questions are about one Task, then about the next. */
let lately: { readonly task: Task; readonly read: ReadArguments } | undefined;

interface ReadArguments {
  readonly known: Known;
  readonly steps: number;
}

/** Everything that is passed to the Task's call. */
export function argumentsOf(task: Task): Known {
  return argumentsRead(task).known;
}

/** How many steps it takes to work this out, and about as many to look into it. */
export function stepsOfArguments(task: Task): number {
  return argumentsRead(task).steps;
}

function argumentsRead(task: Task): ReadArguments {
  const before = lately?.task === task ? lately.read : READ_ARGUMENTS.get(task);
  if (before !== undefined) return before;
  const effort = new Effort();
  const known = readArguments(task, effort);
  const read = { known, steps: effort.spent };
  if (read.steps < FEW_STEPS) lately = { task, read };
  else READ_ARGUMENTS.set(task, read);
  return read;
}

function readArguments({ parameters, queryLanguage, scope = NOTHING_KNOWN }: Task, effort: Effort): Known {
  if (parameters === undefined) return queryLanguage === 'JSONata' ? NOTHING_KNOWN.input : scope.input;
  return evaluatePayload(parameters, queryLanguage, scope, effort);
}

const SPECIAL = /[%.[\]{}=|,@]/g;

/** A member's name as a step of a path, whatever characters it contains. */
export function toStep(name: string): string {
  return name.replaceAll(SPECIAL, (character) => `%${character.charCodeAt(0).toString(16)}`);
}

function fromStep(step: string): string {
  if (!step.includes('%')) return step;
  return step.replaceAll(/%([0-9a-f]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

interface Step {
  readonly name: string;
  readonly spread: string;
}

/** Paths of the tables, which are read for every Task. Definitions can bring paths of any length and number, so the memory that
 *  they can take is bounded. */
const MAX_PATHS = 10_000;
const LONGEST_KEPT_PATH = 200;
const PATHS = new Map<string, readonly Step[]>();

function stepsOf(path: string): readonly Step[] {
  const known = PATHS.get(path);
  if (known !== undefined) return known;
  const steps = path.split('.').map((step): Step => {
    const [, written = '', spread = ''] = /^(.*?)(\[\]|\[keys\])?$/.exec(step) ?? [];
    return { name: fromStep(written), spread };
  });
  if (path.length <= LONGEST_KEPT_PATH && PATHS.size < MAX_PATHS) PATHS.set(path, steps);
  return steps;
}

/**
 * The values at a path of a Task's `Parameters` or `Arguments`. A path is member names (`toStep`) joined by dots; `Name[]` goes
 * into each item of an array, `Name[keys]` takes the names of an object's members as values. There are several values if the path
 * spreads, or if the definition leaves a choice of a few. Never empty: a missing value is one `absent`, and a value hidden behind
 * a dynamic one is that `dynamic`.
 */
export function readParameters(task: Task, path: string): Value[] {
  let found: (Known | 'absent')[] = [argumentsOf(task)];
  for (const { name, spread } of stepsOf(path)) {
    found = found.map((holder) => (holder === 'absent' ? holder : memberAt(holder, name)));
    if (spread === '[]') found = found.flatMap(itemsOf);
    if (spread === '[keys]') found = found.flatMap(keysOf);
    if (found.length > MOST_VALUES) found = [unknown(`more than ${MOST_VALUES} values of ${path}`)];
  }
  const values = found.flatMap(toValues);
  return values.length === 0 ? [ABSENT] : values;
}

/** The first value at a path without spreads. */
export function readParameter(task: Task, path: string): Value {
  const [value = ABSENT] = readParameters(task, path);
  return value;
}

/** The literal text at a path, if there is one. */
export function literalAt(task: Task, path: string): string | undefined {
  const value = readParameter(task, path);
  return value.kind === 'text' ? value.text : undefined;
}

/** Whether the Task gives the parameter at all, with a known value or not. */
export function hasParameter(task: Task, path: string): boolean {
  return readParameters(task, path).some((value) => value.kind !== 'absent');
}

/** Whether the Task gives the parameter with another value than a literal `false`, which asks for nothing. */
export function isAskedFor(task: Task, path: string): boolean {
  return readParameters(task, path).some(
    (value) =>
      value.kind !== 'absent' &&
      !(value.kind === 'other' && value.known.kind === 'scalar' && value.known.value === false),
  );
}

/** Names of the parameters that the Task gives; empty if they are known only at run time. */
export function parameterNames(task: Task): string[] {
  const known = argumentsOf(task);
  return known.kind === 'object' ? [...known.members.keys()] : [];
}

/**
 * Step Functions spells names as the SDK for Java does (`DbInstanceIdentifier`), the models here as the API does
 * (`DBInstanceIdentifier`): two parameters never differ only in case.
 */
function memberAt(holder: Known, name: string): Known | 'absent' {
  if (holder.kind === 'unknown') return holder;
  const found = memberOf(holder, name, name);
  if (holder.kind !== 'object' || holder.members.has(name)) return found;
  return withoutCase(holder).get(name.toLowerCase()) ?? found;
}

const WITHOUT_CASE = new WeakMap<KnownObject, ReadonlyMap<string, Known>>();

/** The members by their names in lower case; if several share one, the first. */
function withoutCase(holder: KnownObject): ReadonlyMap<string, Known> {
  const before = WITHOUT_CASE.get(holder);
  if (before !== undefined) return before;
  const members = new Map([...holder.members].toReversed().map(([key, held]) => [key.toLowerCase(), held]));
  WITHOUT_CASE.set(holder, members);
  return members;
}

function itemsOf(holder: Known | 'absent'): (Known | 'absent')[] {
  if (holder === 'absent') return [holder];
  if (holder.kind === 'array') return [...holder.items];
  return holder.kind === 'unknown' ? [holder] : ['absent'];
}

function keysOf(holder: Known | 'absent'): (Known | 'absent')[] {
  if (holder === 'absent' || holder.kind === 'unknown') return [holder];
  if (holder.kind !== 'object') return ['absent'];
  const keys = [...holder.members.keys()].map((value): Known => ({ kind: 'scalar', value }));
  return holder.open ? [...keys, unknown('its keys')] : keys;
}

function toValues(known: Known | 'absent'): Value[] {
  if (known === 'absent') return [ABSENT];
  if (known.kind === 'unknown') return [{ kind: 'dynamic', expression: known.from }];
  const options = optionsOf(known);
  if (options.length === 0) return [{ kind: 'other', known }];
  return options.map((option): Value => {
    if (option.kind === 'text') return { kind: 'pattern', text: option.text, expression: option.from };
    return typeof option.value === 'string'
      ? { kind: 'text', text: option.value }
      : { kind: 'other', known: option };
  });
}
