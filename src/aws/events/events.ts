/**
 * Events as EventBridge delivers them, from CloudTrail and about executions that ended. They are hints that something has
 * changed, never the truth about it, and are not trusted: whoever may write into the queue can make the operator read, and
 * nothing more. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
import { machineOfExecution, parseArn } from '../../arn/arn.ts';
import { memberOf } from '../../base/json.ts';

export interface ChangeEvent {
  /** The account in which it happened, according to the envelope. */
  readonly accountId: string;
  readonly eventName: string;
  readonly objects: readonly EventObject[];
  readonly user: EventUser;
  /** ISO 8601, by the event's own clock. */
  readonly time: string;
}

/** CloudTrail names roles without their path; names are unique in an account. */
export type EventObject =
  | { readonly kind: 'role'; readonly name: string }
  | { readonly kind: 'managedPolicy'; readonly arn: string }
  | { readonly kind: 'stateMachine'; readonly arn: string };

interface EventUser {
  /** ARN of the user or session, or the service that did it; cut to 256 characters. */
  readonly who: string;
  /** For a session: its role. */
  readonly issuerArn?: string;
  readonly accessKeyId?: string;
}

/** An execution ended. */
export interface ExecutionEvent {
  /** Account of the state machine. */
  readonly accountId: string;
  readonly executionArn: string;
  /** From the execution's ARN. */
  readonly stateMachineArn: string;
  /** Whether it succeeded; every other end may be a denial. */
  readonly succeeded: boolean;
  /** Distinguishes this end from others of the same execution, which may be redriven. */
  readonly stopDate: string;
}

type EventReading =
  | { readonly kind: 'change'; readonly event: ChangeEvent }
  | { readonly kind: 'execution'; readonly event: ExecutionEvent }
  /** A valid event without interest: another API, a call that failed. */
  | { readonly kind: 'other' }
  | { readonly kind: 'junk'; readonly problem: string };

/** The events that deploy/aws forwards, and no others. */
export const ROLE_EVENTS: ReadonlySet<string> = new Set([
  'CreateRole',
  'DeleteRole',
  'UpdateRole',
  'UpdateRoleDescription',
  'UpdateAssumeRolePolicy',
  'PutRolePolicy',
  'DeleteRolePolicy',
  'AttachRolePolicy',
  'DetachRolePolicy',
  'PutRolePermissionsBoundary',
  'DeleteRolePermissionsBoundary',
  'TagRole',
  'UntagRole',
  'AddRoleToInstanceProfile',
  'RemoveRoleFromInstanceProfile',
]);
export const POLICY_EVENTS: ReadonlySet<string> = new Set([
  'CreatePolicyVersion',
  'SetDefaultPolicyVersion',
  'DeletePolicyVersion',
]);
export const STATES_EVENTS: ReadonlySet<string> = new Set([
  'CreateStateMachine',
  'UpdateStateMachine',
  'DeleteStateMachine',
  'PublishStateMachineVersion',
  'CreateStateMachineAlias',
  'UpdateStateMachineAlias',
  'DeleteStateMachineAlias',
  'TagResource',
  'UntagResource',
]);

/** The events about executions that deploy/aws forwards unless told otherwise; the third status is understood, too. */
export const EXECUTION_EVENTS = 'Step Functions Execution Status Change';
export const EXECUTION_STATUSES: ReadonlySet<string> = new Set(['FAILED', 'TIMED_OUT', 'SUCCEEDED']);

/** As large as SQS takes. */
const MAX_BODY = 1_048_576;
/** No name or ARN in AWS is longer. */
const MAX_TEXT = 2_048;
const MAX_WHO = 256;
/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html */
const MAX_EXECUTION_ARN = 256;

/** Reads the body of a message. Never throws. */
export function readEvent(body: string): EventReading {
  if (body.length > MAX_BODY) return junk('it is too long');
  let envelope: unknown;
  try {
    envelope = JSON.parse(body);
  } catch {
    return junk('it is not JSON');
  }
  const detail = memberOf(envelope, 'detail');
  const accountId = text(envelope, 'account');
  if (text(envelope, 'detail-type') === EXECUTION_EVENTS) return readExecutionEvent(detail, accountId);
  const eventName = text(detail, 'eventName');
  if (eventName === '')
    return junk('it is not an event of CloudTrail or of an execution: detail.eventName is missing');
  if (!/^\d{12}$/.test(accountId)) return junk('account is not an account ID');
  if (memberOf(detail, 'errorCode') !== undefined) return { kind: 'other' };
  const objects = objectsOf(detail, text(detail, 'eventSource'), eventName, accountId);
  if (objects.length === 0) return { kind: 'other' };
  return {
    kind: 'change',
    event: { accountId, eventName, objects, user: userOf(detail), time: text(detail, 'eventTime') },
  };
}

function readExecutionEvent(detail: unknown, accountId: string): EventReading {
  const status = text(detail, 'status');
  const executionArn = text(detail, 'executionArn');
  const stateMachine = machineOfExecution(executionArn);
  if (executionArn.length > MAX_EXECUTION_ARN || stateMachine?.accountId !== accountId)
    return junk('detail.executionArn is not that of an execution in the account');
  if (!EXECUTION_STATUSES.has(status)) return { kind: 'other' };
  const stopDate = memberOf(detail, 'stopDate');
  return {
    kind: 'execution',
    event: {
      accountId,
      executionArn,
      stateMachineArn: stateMachine.text,
      succeeded: status === 'SUCCEEDED',
      stopDate: typeof stopDate === 'number' ? String(stopDate) : '',
    },
  };
}

function objectsOf(
  detail: unknown,
  eventSource: string,
  eventName: string,
  accountId: string,
): readonly EventObject[] {
  const parameters = memberOf(detail, 'requestParameters');
  if (eventSource === 'iam.amazonaws.com' && ROLE_EVENTS.has(eventName)) {
    const name = text(parameters, 'roleName');
    return name === '' ? [] : [{ kind: 'role', name }];
  }
  if (eventSource === 'iam.amazonaws.com' && POLICY_EVENTS.has(eventName)) {
    const arn = text(parameters, 'policyArn');
    return parseArn(arn)?.accountId === accountId ? [{ kind: 'managedPolicy', arn }] : [];
  }
  if (eventSource === 'states.amazonaws.com' && STATES_EVENTS.has(eventName)) {
    const response = memberOf(detail, 'responseElements');
    const arns = STATES_FIELDS.flatMap((name) => [text(parameters, name), text(response, name)]);
    return machinesIn(arns, accountId).map((arn) => ({ kind: 'stateMachine', arn }));
  }
  return [];
}

const STATES_FIELDS = ['stateMachineArn', 'stateMachineAliasArn', 'stateMachineVersionArn', 'resourceArn'];

/** The state machines of these ARNs of machines, versions and aliases. */
function machinesIn(arns: readonly string[], accountId: string): readonly string[] {
  const machines = new Set<string>();
  for (const written of arns) {
    const arn = parseArn(written);
    const name = /^stateMachine:([^:]+)(:[^:]+)?$/.exec(arn?.resource ?? '')?.[1];
    if (arn?.service !== 'states' || arn.accountId !== accountId || name === undefined) continue;
    machines.add(`arn:${arn.partition}:states:${arn.region}:${accountId}:stateMachine:${name}`);
  }
  return [...machines];
}

function userOf(detail: unknown): EventUser {
  const identity = memberOf(detail, 'userIdentity');
  const issuerArn = text(memberOf(memberOf(identity, 'sessionContext'), 'sessionIssuer'), 'arn');
  const names = ['arn', 'invokedBy', 'principalId', 'type'].map((name) => text(identity, name));
  const who = names.find((name) => name !== '') ?? 'unknown';
  const accessKeyId = text(identity, 'accessKeyId');
  return {
    who: who.slice(0, MAX_WHO),
    ...(issuerArn !== '' && { issuerArn }),
    ...(accessKeyId !== '' && { accessKeyId }),
  };
}

function junk(problem: string): EventReading {
  return { kind: 'junk', problem };
}

/** A text of the event in one line, cut; empty when there is none. */
function text(value: unknown, name: string): string {
  const found = memberOf(value, name);
  return typeof found === 'string' ? found.replace(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, MAX_TEXT) : '';
}
