/** Machines of which one Task reads a table, and the tables that they are allowed. */
import type { JsonObject } from '../../../src/base/json.ts';
import { derivePermissions } from '../../../src/asl/derive/derive.ts';
import { machine, TARGET, tasksOf } from './machines.ts';
import type { State } from './machines.ts';

export const TABLE = 'arn:aws:dynamodb:us-east-1:222222222222:table/';

/** The tables that the Tasks of a machine are allowed, or undefined if a person is asked. */
export function tablesOf(states: Record<string, State>, fields: JsonObject = {}): string[] | undefined {
  const { statements, diagnostics } = derivePermissions(tasksOf(machine(states, fields)), TARGET);
  if (diagnostics.some(({ blocking }) => blocking)) return undefined;
  return statements.flatMap(({ resources }) => resources?.values ?? []).map((arn) => arn.replace(TABLE, ''));
}

export function getItem(table: JsonObject, rest: JsonObject = {}): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::dynamodb:getItem',
    Parameters: table,
    End: true,
    ...rest,
  };
}

export const CALL = getItem({ 'TableName.$': '$.cfg.table' });
export const PASS: State = { Type: 'Pass', Result: { table: 'orders' }, ResultPath: '$.cfg', Next: 'Call' };
