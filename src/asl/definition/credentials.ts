/**
 * The `Credentials` of a definition's Tasks: whether a Task may have them, and setting them by editing the text in place.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html
 */
import type { Parts } from '../../base/parts.ts';
import { DefinitionError } from './definition.ts';
import { parseIntegration } from '../integration.ts';
import { applyEdits, locateInParts, seek } from './json-text.ts';
import type { ObjectSpan, TextEdit } from './json-text.ts';
import { namesRole, type Task } from '../task.ts';

export type CredentialsSupport =
  | { readonly supported: true }
  | {
      readonly supported: false;
      readonly reason: 'CredentialsNotSupported' | 'UnknownIntegration';
      readonly message: string;
    };

/** Whether Step Functions accepts `Credentials` on this Task: not on activities and HTTP endpoints. */
export function credentialsSupport(task: Task): CredentialsSupport {
  const integration = parseIntegration(task.resource);
  if (integration.kind === 'activity') {
    return refused(
      task,
      'is an activity, whose worker polls the state machine’s own account: remove it from the link’s tasks',
    );
  }
  if (integration.kind === 'optimized' && integration.service === 'http') {
    return refused(
      task,
      'calls an HTTP endpoint through an EventBridge connection: remove it from the link’s tasks',
    );
  }
  if (integration.kind === 'unknown') {
    return {
      supported: false,
      reason: 'UnknownIntegration',
      message: `Task "${task.name}": ${task.resource} is neither a service integration nor a Lambda function: correct its Resource`,
    };
  }
  return { supported: true };
}

function refused(task: Task, why: string): CredentialsSupport {
  const message = `Task "${task.name}" cannot have Credentials: it ${why}`;
  return { supported: false, reason: 'CredentialsNotSupported', message };
}

/** A Task and the role that it should name; null removes its Credentials. */
export interface Assignment {
  readonly task: Task;
  readonly roleArn: string | null;
}

/** Sets the Credentials of Tasks, one Task at a time, and returns the new text. Nothing else changes, byte for byte; a Task
 *  that already has exactly that role is not touched.
 *  @param assignments of Tasks that were read from this very text
 *  @throws RangeError for a Task on which Step Functions allows no Credentials */
export function* credentialsInParts(definition: string, assignments: readonly Assignment[]): Parts<string> {
  const sought = seek(assignments.map(({ task }) => [task.name, task.path]));
  const states = yield* locateInParts(definition, sought);
  const edits: TextEdit[] = [];
  for (const { task, roleArn } of assignments) {
    const state = states.get(task.name);
    if (state === undefined) throw new RangeError(`no Task is named "${task.name}"`);
    refuseEqualKeys(state, task);
    if (roleArn === null) edits.push(...removals(state, 'Credentials'));
    else edits.push(...assignment(definition, task, state, roleArn));
    yield;
  }
  return applyEdits(definition, edits);
}

/** Of equal keys the last counts: if it were removed, the one before would count again. */
function refuseEqualKeys(state: ObjectSpan, task: Task): void {
  if (state.byKey.size < state.members.length)
    throw new DefinitionError(task.path, 'a key occurs twice in this state');
}

function assignment(text: string, task: Task, state: ObjectSpan, roleArn: string): TextEdit[] {
  const support = credentialsSupport(task);
  if (!support.supported) throw new RangeError(support.message);
  if (namesRole(task, roleArn)) return [];
  const existing = state.byKey.get('Credentials');
  if (existing === undefined) return [insertion(text, state, roleArn)];
  const { start, end } = existing.value;
  return [{ start, end, text: `{"RoleArn": ${JSON.stringify(roleArn)}}` }];
}

/** Inserts right after `Resource`, with the text's own indentation. */
function insertion(text: string, state: ObjectSpan, roleArn: string): TextEdit {
  const at = state.members.findIndex((member) => member.key === 'Resource');
  const resource = state.members[at];
  if (resource === undefined) throw new RangeError('a Task without Resource');
  const before = at === 0 ? state.start + 1 : text.lastIndexOf(',', resource.start) + 1;
  const blanks = text.slice(before, resource.start);
  const space = blanks === '' ? '' : ' ';
  const value = `{"RoleArn":${space}${JSON.stringify(roleArn)}}`;
  const { end } = resource.value;
  return { start: end, end, text: `,${blanks}"Credentials":${space}${value}` };
}

/** Removes a member, with one of the commas around it. */
function removals({ members }: ObjectSpan, key: string): TextEdit[] {
  const at = members.findIndex((member) => member.key === key);
  const member = members[at];
  if (member === undefined) return [];
  const previous = members[at - 1];
  const next = members[at + 1];
  if (previous !== undefined) return [{ start: previous.value.end, end: member.value.end, text: '' }];
  return [{ start: member.start, end: next?.start ?? member.value.end, text: '' }];
}
