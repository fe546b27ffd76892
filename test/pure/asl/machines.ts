/** Small state machines for tests. */
import { parseDefinition } from '../../../src/asl/definition.ts';
import { derivePermissions } from '../../../src/asl/derive.ts';
import type { Derivation, DerivationContext } from '../../../src/asl/derive.ts';
import type { Json, JsonObject, Task } from '../../../src/asl/task.ts';

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

export interface Allowed {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: JsonObject;
}

/** The derived policy as AWS's documentation prints one, Sids left out, one-element lists as scalars. */
export function policyOf(derivation: Derivation): Allowed[] {
  return derivation.statements.map(({ actions, resources, conditions }) => ({
    Action: scalar(actions.values),
    Resource: scalar(resources?.values ?? []),
    ...(conditions && { Condition: JSON.parse(JSON.stringify(conditions), scalarReviver) }),
  }));
}

/** `[reason, blocking]` of each diagnostic, in order. */
export function reasonsOf({ diagnostics }: Derivation): [string, boolean][] {
  return diagnostics.map(({ reason, blocking }) => [reason, blocking]);
}

function scalar(values: readonly string[]): string | readonly string[] {
  const [only = '', ...others] = values;
  return others.length === 0 ? only : values;
}

function scalarReviver(_key: string, value: Json): Json {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}
