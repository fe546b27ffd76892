/**
 * The only code that writes to AWS: one action, one call. If what is to be removed is already gone, that counts as done, so
 * that a call whose answer was lost can be repeated. If what is to be made already exists, that is a `conflict`, and the caller
 * reads again.
 */
import {
  AttachRolePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  RemoveRoleFromInstanceProfileCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleDescriptionCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import type { HttpHandlerOptions } from '@smithy/types';
import { parseRoleArn, type RoleArn } from '../../arn/arn.ts';
import type { Action } from '../../plan/action.ts';
import type { PolicyDocument } from '../../policy/document.ts';
import { printPolicy } from '../../policy/print.ts';
import { digests, type Audit, type AuditRecord } from './audit.ts';
import type { AccountCalls } from '../calls/calls.ts';
import { AwsFailure, invalidArn, nameOrphans } from '../errors/errors.ts';
import { createRole, putRolePolicy, updateStateMachine } from '../transport/frequent-calls.ts';
import { writeOrFindOut } from './lost-answers.ts';
import type { CallOptions } from '../pace/lanes.ts';

/** The parts of AWS's answer to a write that are news. */
export interface AppliedResult {
  /** Of a role that was created. */
  readonly roleId?: string;
  /** Of a state machine that was updated: the next check compares it. */
  readonly revisionId?: string;
  /** Of a version that was published. */
  readonly versionArn?: string;
  /** What was to be removed was already gone. */
  readonly alreadyDone?: boolean;
}

/** The links for which a write is made, and where it is audited. */
export interface WriteContext {
  readonly callOptions: CallOptions;
  /** `namespace/name` of the links that ask for it. */
  readonly links: readonly string[];
  readonly audit: Audit;
  /** RoleId of the role that is written, as it was last seen. */
  readonly roleId?: string | undefined;
  /** Whether a removal concerns something that was written so recently that IAM may not find it yet: then "not found" does not
   *  mean that it is gone. */
  readonly isUnspread?: boolean;
}

type RoleAction = Exclude<Action, { operation: 'UpdateStateMachine' }>;

/** Makes one write. If its answer is lost, and making it twice is not the same as making it once, a read shows whether it was
 *  made, and it is repeated if it was not. The fence is asked right before the write is sent; within four seconds it is over,
 *  or given up.
 *  @throws AwsFailure; with `outcomeUnknown` the write may have taken effect */
export async function applyAction(
  calls: AccountCalls,
  action: Action,
  context: WriteContext,
): Promise<AppliedResult> {
  try {
    const result = await writeOrFindOut(calls, action, context, () => write(calls, action, context));
    audit(calls, action, context, result.alreadyDone === true ? 'alreadyDone' : 'done');
    return result;
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    const failure = 'trust' in action ? nameOrphans(error, principalsOf(action.trust)) : error;
    if (failure.kind !== 'laneBusy') audit(calls, action, context, failure.kind);
    throw failure;
  }
}

async function write(
  calls: AccountCalls,
  action: Action,
  { callOptions, isUnspread = false }: WriteContext,
): Promise<AppliedResult> {
  if (action.operation === 'UpdateStateMachine') return updateMachine(calls, action, callOptions);
  const arn = parseRoleArn(action.object);
  if (arn === undefined) throw invalidArn(calls.config.accountId, action.operation, action.object);
  try {
    return await calls.iam(action.operation, action.object, callOptions, (iam, options) =>
      writeRole(iam, options, action, arn),
    );
  } catch (error) {
    const gone = error instanceof AwsFailure && error.kind === 'notFound' && REMOVALS.has(action.operation);
    if (gone && !isUnspread) return { alreadyDone: true };
    throw error;
  }
}

const REMOVALS: ReadonlySet<string> = new Set([
  'DeleteRole',
  'DeleteRolePolicy',
  'DetachRolePolicy',
  'DeleteRolePermissionsBoundary',
  'RemoveRoleFromInstanceProfile',
]);

async function writeRole(
  iam: IAMClient,
  options: HttpHandlerOptions,
  action: RoleAction,
  arn: RoleArn,
): Promise<AppliedResult> {
  const RoleName = arn.name;
  switch (action.operation) {
    case 'CreateRole':
      return makeRole(iam, options, action, arn);
    case 'UpdateAssumeRolePolicy': {
      const PolicyDocument = printPolicy(action.trust);
      await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }), options);
      return {};
    }
    case 'UpdateRoleDescription': {
      // UpdateRole would also reset the longest session to one hour.
      const Description = action.description;
      await iam.send(new UpdateRoleDescriptionCommand({ RoleName, Description }), options);
      return {};
    }
    case 'PutRolePolicy': {
      const PolicyDocument = printPolicy(action.document);
      const PolicyName = action.policyName;
      await putRolePolicy(iam, { RoleName, PolicyName, PolicyDocument }, options);
      return {};
    }
    case 'DeleteRolePolicy':
      await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: action.policyName }), options);
      return {};
    case 'AttachRolePolicy':
      await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: action.policyArn }), options);
      return {};
    case 'DetachRolePolicy':
      await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: action.policyArn }), options);
      return {};
    case 'PutRolePermissionsBoundary': {
      const PermissionsBoundary = action.boundaryArn;
      await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }), options);
      return {};
    }
    case 'DeleteRolePermissionsBoundary':
      await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }), options);
      return {};
    case 'TagRole':
      await iam.send(new TagRoleCommand({ RoleName, Tags: tagList(action.tags) }), options);
      return {};
    case 'UntagRole':
      await iam.send(new UntagRoleCommand({ RoleName, TagKeys: [...action.keys] }), options);
      return {};
    case 'RemoveRoleFromInstanceProfile': {
      const InstanceProfileName = action.instanceProfile;
      await iam.send(new RemoveRoleFromInstanceProfileCommand({ RoleName, InstanceProfileName }), options);
      return {};
    }
    case 'DeleteRole':
      await iam.send(new DeleteRoleCommand({ RoleName }), options);
      return {};
  }
}

async function makeRole(
  iam: IAMClient,
  options: HttpHandlerOptions,
  action: Extract<Action, { operation: 'CreateRole' }>,
  arn: RoleArn,
): Promise<AppliedResult> {
  const { description, permissionsBoundaryArn, tags } = action;
  const input = {
    RoleName: arn.name,
    Path: arn.path,
    AssumeRolePolicyDocument: printPolicy(action.trust),
    ...(description !== undefined && { Description: description }),
    ...(permissionsBoundaryArn !== undefined && { PermissionsBoundary: permissionsBoundaryArn }),
    ...(tags.size > 0 && { Tags: tagList(tags) }),
  };
  const roleId = await createRole(iam, input, options);
  return roleId === undefined ? {} : { roleId };
}

/** Sends only the definition: if logging or encryption were sent again, AWS would check their permissions again.
 *  https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html */
async function updateMachine(
  calls: AccountCalls,
  action: Extract<Action, { operation: 'UpdateStateMachine' }>,
  callOptions: CallOptions,
): Promise<AppliedResult> {
  const input = {
    stateMachineArn: action.object,
    definition: action.definition,
    ...(action.publishVersion && { publish: true }),
  };
  const answer = await calls.states(action.operation, action.object, callOptions, (states, options) =>
    updateStateMachine(states, input, options),
  );
  return {
    ...(answer.revisionId !== undefined && { revisionId: answer.revisionId }),
    ...(answer.stateMachineVersionArn !== undefined && { versionArn: answer.stateMachineVersionArn }),
  };
}

function tagList(tags: ReadonlyMap<string, string>): { Key: string; Value: string }[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

function principalsOf(document: PolicyDocument): readonly string[] {
  return document.statements.flatMap(({ principals }) => principals?.byType['AWS'] ?? []);
}

function audit(
  calls: AccountCalls,
  action: Action,
  context: WriteContext,
  outcome: AuditRecord['outcome'],
): void {
  const { operation, object, reason } = action;
  context.audit({
    who: calls.session.who,
    accountId: calls.config.accountId,
    operation,
    object,
    reason,
    ...digests(action),
    links: context.links,
    outcome,
  });
}
