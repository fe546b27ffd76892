/** Small random machines of JSONPath states, and what each of their executions calls: the reference for what is derived. */
import { isJsonObject, membersOf, type Json, type JsonObject } from '../../../src/base/json.ts';
import * as fc from 'fast-check';
import type { State } from './machines.ts';

const word = fc.constantFrom('a', 'orders', 'x-y', 'b.c');
const PATH = fc.constantFrom('$', '$.a', '$.b.c');
const expression = fc.oneof(
  fc.constantFrom('$.a', '$.b.c', '$v', '$w', '$.b', '$[0].a', '$.a[1]', '$.b[0].b.c'),
  fc
    .tuple(word, fc.constantFrom('$.a', '$.b.c', '$v', "'k'"))
    .map(([name, inner]) => `States.Format('${name}-{}', ${inner})`),
  fc.constantFrom('$.a', '$v').map((inner) => `States.Format('{}-t', ${inner})`),
  fc.constantFrom(
    "States.ArrayGetItem(States.Array('p', $v), 0)",
    "States.ArrayGetItem(States.Array('p', 'q'), 1)",
  ),
);
const VALUE = fc.oneof(
  word,
  fc.record({ a: word, b: fc.record({ c: word }) }),
  fc.record({ c: word }),
  fc.array(word, { maxLength: 3 }).map((list) => ({ b: list })),
);
/** A state in a branch, or one that works on an item. */
const INNER: fc.Arbitrary<State> = fc.oneof(
  VALUE.map((Result): State => ({ Type: 'Pass', Result })),
  expression.map((made): State => ({ Type: 'Pass', Parameters: { 'a.$': made } })),
  fc.constant<State>({ Type: 'Succeed' }),
  expression.map((made): State => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::dynamodb:getItem',
    Parameters: { 'TableName.$': made },
  })),
);
const SELECTED = { 'a.$': fc.constantFrom('$[0]', '$[1]', '$[1].a'), 'b.$': fc.constantFrom('$[0]', '$') };

function parallel(inner: readonly State[], rest: State): State {
  return { ...rest, Type: 'Parallel', Branches: inner.map((one) => ({ States: { one } })) };
}

function mapOver(inner: State, rest: State): State {
  return { ...rest, Type: 'Map', ItemsPath: '$.b', ItemProcessor: { States: { one: inner } } };
}

const STATE: fc.Arbitrary<State> = fc.oneof(
  fc.tuple(VALUE, PATH).map(([Result, ResultPath]): State => ({ Type: 'Pass', Result, ResultPath })),
  fc.tuple(expression, word, PATH).map(([made, k, ResultPath]): State => ({
    Type: 'Pass',
    Parameters: { 'a.$': made, b: { c: k } },
    ResultPath,
  })),
  fc
    .tuple(word, fc.constantFrom('v', 'w'))
    .map(([k, name]): State => ({ Type: 'Pass', Assign: { [name]: k } })),
  expression
    .filter((made) => !/\$\./.test(made))
    .map((made): State => ({ Type: 'Pass', Assign: { 'v.$': made } })),
  fc.constantFrom('$.a', '$.b', null).map((OutputPath): State => ({ Type: 'Pass', OutputPath })),
  fc.constant<State>({ Type: 'Choice' }),
  fc
    .tuple(fc.array(INNER, { minLength: 1, maxLength: 2 }), PATH)
    .map(([inner, ResultPath]): State => parallel(inner, { ResultPath })),
  fc
    .tuple(fc.array(INNER, { minLength: 2, maxLength: 2 }), fc.record(SELECTED))
    .map(([inner, ResultSelector]): State => parallel(inner, { ResultSelector })),
  fc.tuple(INNER, PATH).map(([inner, ResultPath]): State => mapOver(inner, { ResultPath })),
  INNER.map((inner): State =>
    mapOver(inner, { ItemSelector: { 'a.$': '$$.Map.Item.Value', b: { c: 'k' } }, ResultPath: '$.b' }),
  ),
  fc.tuple(expression, fc.constantFrom(null, '$.a', '$.r', '$')).map(([made, ResultPath]): State => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::dynamodb:getItem',
    Parameters: { 'TableName.$': made },
    ResultPath,
  })),
);

/** Up to eight states, each leading to any other: loops, detours and dead ends. */
export const generatedMachine: fc.Arbitrary<Record<string, State>> = fc
  .array(fc.tuple(STATE, fc.nat(8), fc.nat(8)), { minLength: 2, maxLength: 8 })
  .map((drafts) =>
    Object.fromEntries(
      drafts.map(([draft, next, other], at) => [
        `S${at}`,
        connected(draft, [next, other], at, drafts.length),
      ]),
    ),
  );

/** The machines inside a state with names of their own. */
function named(draft: State, at: number): State {
  const branches = draft['Branches'];
  if (Array.isArray(branches))
    return { ...draft, Branches: branches.map((branch, index) => withName(branch, `S${at}B${index}`)) };
  const processor = draft['ItemProcessor'];
  return processor === undefined ? draft : { ...draft, ItemProcessor: withName(processor, `S${at}I`) };
}

function withName(inner: Json, name: string): JsonObject {
  const state = memberOf(memberOf(inner, 'States'), 'one');
  if (!isJsonObject(state)) throw new TypeError('one state');
  return { StartAt: name, States: { [name]: state['Type'] === 'Succeed' ? state : { ...state, End: true } } };
}

function connected(
  drafted: State,
  [next, other]: readonly [number, number],
  at: number,
  count: number,
): State {
  const draft = named(drafted, at);
  const name = (index: number): string => `S${index % count}`;
  if (draft['Type'] === 'Choice') {
    const rule = { Variable: '$.flag', IsPresent: true, Next: name(next), Assign: { w: 'chosen' } };
    return { ...draft, Choices: [rule], Default: name(other) };
  }
  if (at === count - 1 || next === 8) return { ...draft, End: true };
  // Mostly onwards: else few states would ever be reached.
  return { ...draft, Next: name(next < 3 ? next : at + 1) };
}

export interface TableCall {
  readonly task: string;
  readonly table: string;
}

interface Running {
  readonly item?: Json;
  readonly data: Json;
  readonly variables: JsonObject;
}

class Failed extends Error {}

/** Executes a machine; `dice` decide the input, the results of Tasks and the ways of Choices. */
export function run(states: Record<string, State>, dice: readonly number[]): TableCall[] {
  const rolls = dice.values();
  const roll = (sides: number): number => (rolls.next().value ?? 0) % sides;
  const surprise = (): Json => ['u', 'orders', { a: 'z', b: { c: 'y' } }, { c: 'a/b' }, 'w*'][roll(5)] ?? 'u';
  const calls: TableCall[] = [];
  let running: Running = { data: surprise(), variables: {} };
  let name: Json | undefined = 'S0';
  try {
    for (let left = 30; left > 0 && typeof name === 'string'; left -= 1) {
      const current: State = states[name] ?? {};
      const [after, next]: [Running, Json | undefined] = step(name, current, running, {
        calls,
        roll,
        surprise,
      });
      running = after;
      name = next;
    }
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
  }
  return calls;
}

/** What one execution has called, and what it meets. */
interface Execution {
  readonly calls: TableCall[];
  roll(sides: number): number;
  surprise(): Json;
}

function step(
  name: string,
  state: State,
  running: Running,
  execution: Execution,
): [Running, Json | undefined] {
  const { data, variables } = running;
  if (state['Type'] === 'Choice') {
    const rules = state['Choices'];
    const rule = Array.isArray(rules) && execution.roll(2) === 0 ? memberOf(rules, 0) : undefined;
    if (rule === undefined) return [running, state['Default']];
    return [{ data, variables: { ...variables, w: 'chosen' } }, memberOf(rule, 'Next')];
  }
  const result = selected(state, resultOf(name, state, running, execution), running);
  const assigned = state['Assign'] === undefined ? {} : payload(state['Assign'], running);
  const placed = place(state['ResultPath'], data, result);
  const output = state['OutputPath'];
  const filtered =
    typeof output === 'string' ? read(output, { data: placed, variables }) : output === null ? {} : placed;
  return [
    { ...running, data: filtered, variables: { ...variables, ...(isJsonObject(assigned) ? assigned : {}) } },
    state['Next'],
  ];
}

function selected(state: State, result: Json, running: Running): Json {
  const selector = state['ResultSelector'];
  return selector === undefined ? result : payload(selector, { ...running, data: result });
}

/** What the one state of an inner machine puts out. */
function inside(machine: Json | undefined, running: Running, execution: Execution): Json {
  const states = memberOf(machine, 'States');
  const [name = ''] = isJsonObject(states) ? Object.keys(states) : [];
  const state = memberOf(states, name);
  return step(name, isJsonObject(state) ? Object.fromEntries(membersOf(state)) : {}, running, execution)[0]
    .data;
}

function resultOf(name: string, state: State, running: Running, execution: Execution): Json {
  const { calls, surprise } = execution;
  const parameters = state['Parameters'];
  const branches = state['Branches'];
  if (Array.isArray(branches)) return branches.map((branch) => inside(branch, running, execution));
  if (state['Type'] === 'Map') {
    const items = read(String(state['ItemsPath']), running);
    if (!Array.isArray(items)) throw new Failed();
    return items.map((item: Json) => {
      const selector = state['ItemSelector'];
      const data = selector === undefined ? item : payload(selector, { ...running, item });
      return inside(state['ItemProcessor'], { ...running, item, data }, execution);
    });
  }
  if (state['Type'] === 'Task') {
    const table = memberOf(payload(parameters ?? {}, running), 'TableName');
    // A call with anything but a name is refused before it is made.
    if (typeof table !== 'string' || table === '') throw new Failed();
    calls.push({ task: name, table });
    return surprise();
  }
  if (state['Result'] !== undefined) return state['Result'];
  return parameters === undefined ? running.data : payload(parameters, running);
}

function payload(template: Json, running: Running): Json {
  if (!isJsonObject(template)) return template;
  return Object.fromEntries(
    membersOf(template).map(([key, inner]) =>
      key.endsWith('.$')
        ? [key.slice(0, -2), evaluate(String(inner), running)]
        : [key, payload(inner, running)],
    ),
  );
}

function evaluate(text: string, running: Running): Json {
  const format = /^States\.Format\('(.*)', (.*)\)$/.exec(text);
  if (format !== null) {
    const inner = evaluate(format[2] ?? '', running);
    const made = (format[1] ?? '').replace('{}', () =>
      typeof inner === 'string' ? inner : JSON.stringify(inner),
    );
    // As with AWS's limit on a state's data: in a loop each quote would be escaped twice as often every time.
    if (made.length > 1_000) throw new Failed();
    return made;
  }
  const pick = /^States\.ArrayGetItem\(States\.Array\((.*), (.*)\), (\d)\)$/.exec(text);
  if (pick !== null) return evaluate((pick[3] === '0' ? pick[1] : pick[2]) ?? '', running);
  return text.startsWith("'") ? text.slice(1, -1) : read(text, running);
}

function read(text: string, { data, variables, item }: Running): Json {
  if (text === '$$.Map.Item.Value' && item !== undefined) return item;
  const [root = ''] = /^\$\w*/.exec(text) ?? [];
  let found: Json | undefined = root === '$' ? data : memberOf(variables, root.slice(1));
  for (const [, name, index] of text.matchAll(/\.(\w+)|\[(\d+)\]/g)) {
    found = memberOf(found, name ?? Number(index));
  }
  if (found === undefined) throw new Failed();
  return found;
}

function place(path: Json | undefined, data: Json, result: Json): Json {
  if (path === null) return data;
  if (typeof path !== 'string' || path === '$') return result;
  return put(data, path.split('.').slice(1), result);
}

function put(holder: Json | undefined, [key, ...rest]: readonly string[], result: Json): Json {
  if (key === undefined) return result;
  if (holder !== undefined && !isJsonObject(holder)) throw new Failed();
  return { ...holder, [key]: put(holder?.[key], rest, result) };
}

function memberOf(holder: Json | undefined, key: string | number): Json | undefined {
  if (typeof key === 'number') return Array.isArray(holder) ? holder[key] : undefined;
  return isJsonObject(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined;
}
