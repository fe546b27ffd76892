/** What a Task asks of its role, before any of its resources is looked up. */
import { parseIntegration } from '../integration.ts';
import type { Integration } from '../integration.ts';
import { notesOnKeys } from '../integrations/named-keys.ts';
import { functionArnRow, placeholderRow } from '../integrations/optimized/lambda.ts';
import type { Note, Permission, Row } from '../integrations/row.ts';
import { findRow } from '../integrations/table.ts';
import { isAskedFor, parameterNames } from '../parameters.ts';
import type { Task } from '../task.ts';

interface Requirement {
  readonly permissions: readonly Permission[];
  readonly notes: readonly Note[];
  /** A worker has to return the task token. */
  readonly waitsForToken: boolean;
}

/** The row of the Task's integration, narrowed to its pattern and to the parameters it gives; undefined if there is none. */
export function requirementOf(task: Task): Requirement | undefined {
  const integration = parseIntegration(task.resource);
  const row = rowOf(integration, task);
  if (row === undefined) return undefined;
  const pattern = 'pattern' in integration ? integration.pattern : '';
  const ofPattern = pattern.startsWith('.sync') ? [...row.call, ...(row.sync ?? [])] : row.call;
  const permissions = ofPattern.filter(({ when, unless }) => applies(when, task) && !isGiven(unless, task));
  const notes = (row.notes ?? []).filter(
    ({ when, unless, where, patterns }) =>
      (patterns?.includes(pattern) ?? true) &&
      (where?.(task) ?? true) &&
      applies(when, task) &&
      !isGiven(unless, task),
  );
  return {
    permissions,
    notes: [...notes, ...notesOnKeys(task, integration, permissions)],
    waitsForToken: pattern === '.waitForTaskToken',
  };
}

function rowOf(integration: Integration, task: Task): Row | undefined {
  if (integration.kind === 'function') return functionArnRow(integration.arn);
  if (integration.kind !== 'placeholder') return findRow(integration, task);
  return standsForIntegration(integration.text, task) ? undefined : placeholderRow(integration.text);
}

const CALLED_AS_FUNCTION = /fn|function|handler|lambda/i;

/** Templates use placeholders for functions' ARNs, and also for whole integrations (`${DDBPutItem}`), which are recognized by
 *  parameters in the spelling of AWS's calls. */
function standsForIntegration(placeholder: string, task: Task): boolean {
  return !CALLED_AS_FUNCTION.test(placeholder) && parameterNames(task).some((name) => /^[A-Z]/.test(name));
}

function applies(when: readonly string[] | undefined, task: Task): boolean {
  return when === undefined || isGiven(when, task);
}

function isGiven(parameters: readonly string[] | undefined, task: Task): boolean {
  return parameters?.some((parameter) => isAskedFor(task, parameter)) === true;
}
