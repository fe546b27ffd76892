/** Small state machines for tests, and for benches: nothing of jest's may be imported here. */
import { deepStrictEqual } from 'node:assert/strict';
import { isJsonObject, type Json, type JsonObject } from '../../../src/base/json.ts';
import { parseDefinition } from '../../../src/asl/definition/definition.ts';
import { derivePermissions } from '../../../src/asl/derive/derive.ts';
import type { Derivation, DerivationContext } from '../../../src/asl/derive/derive.ts';
import type { Task } from '../../../src/asl/task.ts';

export const TARGET = { partition: 'aws', region: 'us-east-1', accountId: '222222222222' } as const;
export const ROLE = 'arn:aws:iam::222222222222:role/crossaccountlink/checkout';

export interface State {
  readonly [field: string]: Json;
}

/** A machine of these states, in order. */
export function machine(states: Record<string, State>, fields: JsonObject = {}): string {
  const [first = ''] = Object.keys(states);
  return JSON.stringify({ ...fields, StartAt: first, States: states }, null, 2);
}

export function task(resource: string, parameters?: JsonObject): State {
  return { Type: 'Task', Resource: resource, ...(parameters && { Parameters: parameters }), End: true };
}

/** A Task that sends to a queue of the target account. */
export function sendTo(queue: string, fields: State = {}): State {
  const QueueUrl = `https://sqs.us-east-1.amazonaws.com/${TARGET.accountId}/${queue}`;
  return { ...task('arn:aws:states:::sqs:sendMessage', { QueueUrl, MessageBody: 'x' }), ...fields };
}

/** The Task `Call` of a machine that has no other state, for tests of so many that reading each would take too long. */
export function callOf(resource: string, parameters: JsonObject): Task {
  const path = ['States', 'Call'];
  return {
    name: 'Call',
    path,
    resource,
    queryLanguage: 'JSONPath',
    parameters,
    credentials: { kind: 'none' },
  };
}

/** The object with a value at a path such as `A.B[].C`; a list gets this one item. */
export function withValue(object: JsonObject, path: string, value: Json): JsonObject {
  const [step = '', ...rest] = path.split('.');
  const name = step.replace(/(?:\[\])+$/, '');
  const isList = step.endsWith('[]');
  const before = object[name];
  const inner: Json | undefined = isList && Array.isArray(before) ? before[0] : before;
  const inside =
    rest.length === 0 ? value : withValue(isJsonObject(inner) ? inner : {}, rest.join('.'), value);
  return { ...object, [name]: isList ? [inside] : inside };
}

type Leaf = string | number;
interface Draft {
  [name: string]: Leaf | Draft | readonly (Leaf | Draft)[];
}

/** An object with these values at these paths, as {@link withValue} puts them one after the other. */
export function withValues(values: readonly (readonly [path: string, value: Leaf])[]): JsonObject {
  const whole: Draft = {};
  for (const [path, value] of values) put(whole, path.split('.'), value);
  return whole;
}

function put(draft: Draft, [step = '', ...rest]: readonly string[], value: Leaf): void {
  const name = step.replace(/(?:\[\])+$/, '');
  const isList = step.endsWith('[]');
  if (rest.length === 0) {
    draft[name] = isList ? [value] : value;
    return;
  }
  const before = draft[name];
  const inner = Array.isArray(before) ? before[0] : before;
  const inside: Draft = typeof inner === 'object' ? inner : {};
  draft[name] = isList ? [inside] : inside;
  put(inside, rest, value);
}

export function tasksOf(text: string): readonly Task[] {
  return parseDefinition(text).tasks;
}

/** What one Task named `Call` needs. `service` is the end of its `Resource`: `sqs:sendMessage`. */
export function deriveOne(
  service: string,
  parameters?: JsonObject,
  context: Partial<DerivationContext> = {},
): Derivation {
  const resource = service.startsWith('arn:') ? service : `arn:aws:states:::${service}`;
  return derivePermissions(tasksOf(machine({ Call: task(resource, parameters) })), { ...TARGET, ...context });
}

/** A statement as AWS's documentation prints one. */
export interface Allowed {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** What passes a role to a service, or to one of several. */
export function passed(
  service: string | readonly string[],
  role: string | readonly string[] = ROLE,
): Allowed {
  return {
    Action: 'iam:PassRole',
    Resource: role,
    Condition: { StringEquals: { 'iam:PassedToService': service } },
  };
}

/** An ARN of the target's Region and account. */
export function here(service: string, resource: string): string {
  return `arn:aws:${service}:${TARGET.region}:${TARGET.accountId}:${resource}`;
}

/**
 * The policy allows exactly this: every action on every resource under these conditions, however it is cut into
 * statements. A difference is shown as the pairs that are too many and too few.
 */
export function assertAllows(derivation: Derivation, expected: readonly Allowed[]): void {
  const printed = derivation.statements.map(({ actions, resources, conditions }) => ({
    Action: actions.values,
    Resource: resources?.values ?? [],
    ...(conditions && { Condition: conditions }),
  }));
  deepStrictEqual(pairsOf(printed), pairsOf(expected));
}

/** Each action with each of its resources, as in the policy. */
export function permissionsOf({
  statements,
}: Derivation): readonly (readonly [action: string, resource: string])[] {
  return statements.flatMap(({ actions, resources }) =>
    actions.values.flatMap((action) =>
      (resources?.values ?? []).map((resource) => [action, resource] as const),
    ),
  );
}

/** `[reason, blocking]` of each diagnostic, in order. */
export function reasonsOf({ diagnostics }: Derivation): [string, boolean][] {
  return diagnostics.map(({ reason, blocking }) => [reason, blocking]);
}

/** Messages of the decisions that are left open, without the advice at their end. */
export function openDecisions({ diagnostics }: Derivation): string[] {
  return diagnostics
    .filter(({ blocking }) => blocking)
    .map(({ message }) => message.replace(/: list the ARNs.*$/, ''));
}

function pairsOf(statements: readonly Allowed[]): string[] {
  const pairs = statements.flatMap(({ Action, Resource, Condition }) =>
    [Action]
      .flat()
      .flatMap((action) =>
        [Resource].flat().map((resource) => [action, resource, printCondition(Condition)].join(' ').trim()),
      ),
  );
  return [...new Set(pairs)].sort();
}

function printCondition(condition: Allowed['Condition'] = {}): string {
  return Object.entries(condition)
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(
        ([key, values]) => `if ${operator} ${key} ${[values].flat().toSorted().join(' or ')}`,
      ),
    )
    .sort()
    .join(' ');
}
