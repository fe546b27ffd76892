/** What became of a write that is not idempotent and whose answer did not come: that is read, and then decided. */
import { GetRoleCommand, type Role } from '@aws-sdk/client-iam';
import { parseRoleArn } from '../arn/arn.ts';
import { observedTags } from '../observed/tags.ts';
import type { Action } from '../plan/action.ts';
import type { AppliedResult, WriteContext } from './apply.ts';
import type { AccountCalls } from './calls.ts';
import { AwsFailure } from './errors.ts';
import { toFinish, type CallOptions } from './lanes.ts';
import { readStateMachine } from './reads.ts';

type Fate =
  /** It took effect; what its answer would have told. */
  | { readonly kind: 'done'; readonly result: AppliedResult }
  /** The object is as it was: the write may be made again. */
  | { readonly kind: 'undone' }
  /** The object is another by now, or cannot be read: whoever planned the write has to read it. */
  | { readonly kind: 'unknown' };

const UNDONE: Fate = { kind: 'undone' };
const UNKNOWN: Fate = { kind: 'unknown' };

/** A write that had no effect is made so often in all. */
const ATTEMPTS = 3;
/** After so long the next reconcile finds out: AWS is hardly there, and a worker would be held. */
const PATIENCE_MS = 3_000;

/** Makes a write; where its answer is lost, reads what became of it, and makes it again where that was nothing.
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

/** A throttled update is read before it is made again, too: what it overwrites must not have changed meanwhile. */
function mayHaveHappened({ outcomeUnknown, kind, subject }: AwsFailure): boolean {
  return outcomeUnknown || (kind === 'throttled' && subject.operation === 'UpdateStateMachine');
}

/** @param roleId of the role that was to be written, as it was last seen
 *  Never throws an AwsFailure: what cannot be read is unknown. */
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

/** A role of that ARN with the very tags that it was to be made with, the owner's among them, is the one. */
async function fateOfCreation(
  calls: AccountCalls,
  { object, tags }: Extract<Action, { operation: 'CreateRole' }>,
  callOptions: CallOptions,
): Promise<Fate> {
  const role = await getRole(calls, object, callOptions);
  if (role === undefined) return UNDONE;
  const found = observedTags(
    (role.Tags ?? []).map(({ Key: key = '', Value: value = '' }) => ({ key, value })),
  );
  const isOurs =
    role.Arn === object &&
    tags.size > 0 &&
    found.size === tags.size &&
    [...tags].every(([key, value]) => found.get(key) === value);
  if (!isOurs || role.RoleId === undefined) return UNKNOWN;
  return { kind: 'done', result: { roleId: role.RoleId } };
}

/** A role of that name that is another one must not be deleted. */
async function fateOfDeletion(
  calls: AccountCalls,
  { object }: Extract<Action, { operation: 'DeleteRole' }>,
  callOptions: CallOptions,
  roleId: string | undefined,
): Promise<Fate> {
  const role = await getRole(calls, object, callOptions);
  if (role === undefined) return { kind: 'done', result: {} };
  return role.Arn === object && roleId !== undefined && role.RoleId === roleId ? UNDONE : UNKNOWN;
}

async function getRole(
  calls: AccountCalls,
  arn: string,
  callOptions: CallOptions,
): Promise<Role | undefined> {
  const RoleName = parseRoleArn(arn)?.name;
  try {
    const answer = await calls.iam('GetRole', arn, callOptions, (iam, options) =>
      iam.send(new GetRoleCommand({ RoleName }), options),
    );
    return answer.Role;
  } catch (error) {
    if (error instanceof AwsFailure && error.kind === 'notFound') return undefined;
    throw error;
  }
}
