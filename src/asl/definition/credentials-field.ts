/** The `Credentials` field of a Task, as Step Functions accepts it. */
import { isJsonObject, type Json } from '../../base/json.ts';
import { isJsonataExpression } from '../expressions/jsonata.ts';
import type { QueryLanguage, TaskCredentials } from '../task.ts';

/** Reads the field's value; undefined if the Task has none. Exactly one key is accepted: `RoleArn`, or `RoleArn.$` in JSONPath.
 *  https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html */
export function readCredentials(value: Json | undefined, language: QueryLanguage): TaskCredentials {
  if (value === undefined) return { kind: 'none' };
  if (!isJsonObject(value)) return { kind: 'malformed', problem: 'Credentials must be an object' };
  const [[key, role] = ['', null], ...others] = Object.entries(value);
  if (others.length > 0 || (key !== 'RoleArn' && !(key === 'RoleArn.$' && language === 'JSONPath'))) {
    return { kind: 'malformed', problem: 'Credentials must hold RoleArn and nothing else' };
  }
  if (typeof role !== 'string') return { kind: 'malformed', problem: `Credentials.${key} must be a string` };
  const dynamic = key === 'RoleArn.$' || (language === 'JSONata' && isJsonataExpression(role));
  return dynamic ? { kind: 'dynamic', expression: role } : { kind: 'static', roleArn: role };
}
