/** What to do if a write that is not idempotent gets no answer: read whether it was made, and then decide. */
import type { Role } from '@aws-sdk/client-iam';
import { parseRoleArn } from '../../arn/arn.ts';
import type { Action } from '../../plan/action.ts';
import { samePolicy } from '../../policy/canonical.ts';
import { parseObservedPolicy } from '../../policy/parse.ts';
import type { AppliedResult, WriteContext } from './apply.ts';
import type { AccountCalls } from '../calls/calls.ts';
import { AwsFailure, invalidArn } from '../errors/errors.ts';
import { toFinish, type CallOptions } from '../pace/lanes.ts';
import { absentIfGone } from '../reads/absent.ts';
import { getRole, tagsOf } from '../reads/role.ts';
import { readStateMachine } from '../reads/state-machine.ts';

type Fate =
  /** It was made; `result` is what its answer would have said. */
  | { readonly kind: 'done'; readonly result: AppliedResult }
  /** The object is as it was: the write may be repeated. */
  | { readonly kind: 'undone' }
  /** The object has changed otherwise, or cannot be read: the planner of the write has to read it. */
  | { readonly kind: 'unknown' };

const UNDONE: Fate = { kind: 'undone' };
const UNKNOWN: Fate = { kind: 'unknown' };

/** How often a write that had no effect is made in all. */
const ATTEMPTS = 3;
/** After this long it is left to the next reconcile: AWS hardly answers, and a worker would be held. */
const PATIENCE_MS = 3_000;

/** Makes a write. If its answer is lost, reads whether it was made, and repeats it if it was not.
 *  @throws AwsFailure of the write */
export async function writeOrFindOut(
  calls: AccountCalls,
  action: Action,
  { callOptions, roleId }: Pick<WriteContext, 'callOptions' | 'roleId'>,
  write: () => Promise<AppliedResult>,
): Promise<AppliedResult> {
  const began = calls.nowMs();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof AwsFailure) || !mayHaveHappened(error)) throw error;
      if (attempt === ATTEMPTS || calls.nowMs() - began > PATIENCE_MS) throw error;
      const fate = await fateOf(calls, action, callOptions, roleId);
      if (fate.kind === 'done') return fate.result;
      if (fate.kind === 'unknown') throw error;
    }
  }
}

/** Whether the write may have been made. A throttled update counts, too: before it is repeated, what it overwrites must be read
 *  again. */
function mayHaveHappened({ outcomeUnknown, kind, subject }: AwsFailure): boolean {
  return outcomeUnknown || (kind === 'throttled' && subject.operation === 'UpdateStateMachine');
}

/** Never throws an AwsFailure: what cannot be read is unknown.
 *  @param roleId of the role that was to be written, as it was last seen */
async function fateOf(
  calls: AccountCalls,
  action: Action,
  callOptions: CallOptions,
  roleId: string | undefined,
): Promise<Fate> {
  try {
    switch (action.operation) {
      case 'UpdateStateMachine':
        return await fateOfUpdate(calls, action, toFinish(callOptions));
      case 'CreateRole':
        return await fateOfCreation(calls, action, toFinish(callOptions));
      case 'DeleteRole':
        return await fateOfDeletion(calls, action, toFinish(callOptions), roleId);
      default:
        return UNKNOWN;
    }
  } catch (error) {
    if (error instanceof AwsFailure) return UNKNOWN;
    throw error;
  }
}

async function fateOfUpdate(
  calls: AccountCalls,
  { object, definition, plannedFromRevision }: Extract<Action, { operation: 'UpdateStateMachine' }>,
  callOptions: CallOptions,
): Promise<Fate> {
  const reading = await readStateMachine(calls, callOptions, object);
  if (reading.kind === 'absent') return UNKNOWN;
  const { machine } = reading;
  if (machine.definition === definition) {
    const { revisionId } = machine;
    return { kind: 'done', result: revisionId === undefined ? {} : { revisionId } };
  }
  const isAsPlanned = plannedFromRevision !== undefined && machine.revisionId === plannedFromRevision;
  return isAsPlanned ? UNDONE : UNKNOWN;
}

/** A role of that ARN with exactly the tags and the trust policy of the request is the one. Tags alone could be anybody's. */
async function fateOfCreation(
  calls: AccountCalls,
  { object, tags, trust }: Extract<Action, { operation: 'CreateRole' }>,
  callOptions: CallOptions,
): Promise<Fate> {
  const role = await roleOf(calls, object, callOptions);
  if (role === undefined) return UNDONE;
  const found = tagsOf(role);
  const hasTags = found.size === tags.size && [...tags].every(([key, value]) => found.get(key) === value);
  const stands = parseObservedPolicy(role.AssumeRolePolicyDocument ?? '');
  const hasTrust = stands.kind === 'parsed' && samePolicy(stands.document, trust);
  if (role.Arn !== object || !hasTags || !hasTrust || role.RoleId === undefined) return UNKNOWN;
  return { kind: 'done', result: { roleId: role.RoleId } };
}

/** If another role has the name by now, it must not be deleted. */
async function fateOfDeletion(
  calls: AccountCalls,
  { object }: Extract<Action, { operation: 'DeleteRole' }>,
  callOptions: CallOptions,
  roleId: string | undefined,
): Promise<Fate> {
  const role = await roleOf(calls, object, callOptions);
  if (role === undefined) return { kind: 'done', result: {} };
  return role.Arn === object && roleId !== undefined && role.RoleId === roleId ? UNDONE : UNKNOWN;
}

async function roleOf(calls: AccountCalls, arn: string, callOptions: CallOptions): Promise<Role | undefined> {
  const parsed = parseRoleArn(arn);
  if (parsed === undefined) throw invalidArn(calls.config.accountId, 'GetRole', arn);
  return absentIfGone(undefined, () => getRole(calls, callOptions, parsed));
}
