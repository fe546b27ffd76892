/**
 * Executions, and how the calls of their Tasks ended. A history may have 25,000 events and is read from its end, because that
 * is where a failure is. Its data (input and output of states) comes with it and is dropped at once; without the data, AWS
 * leaves out why a call failed, too.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
 */
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  type HistoryEvent,
} from '@aws-sdk/client-sfn';
import type { ExecutionStep, ExecutionSummary, ObservedExecution } from '../../observed/execution.ts';
import type { AccountCalls } from '../calls/calls.ts';
import { toFinish, type CallOptions } from '../pace/lanes.ts';
import { absentIfGone } from './absent.ts';

const EVENTS_A_PAGE = 100;
/** How many pages of a history are read, from its end. A Task that was entered before that is left out. */
const MAX_PAGES = 10;
/** How much is kept of an error and its cause: everything that AWS itself says fits. What others say there may be 32,768
 *  characters long. */
const MAX_ERROR = 256;
const MAX_CAUSE = 4_096;
const RECENT = 10;

/** Reads an execution with its history: two calls for most, eleven at most. Undefined if it does not exist (any more).
 *  @throws AwsFailure */
export async function readExecution(
  calls: AccountCalls,
  callOptions: CallOptions,
  executionArn: string,
): Promise<ObservedExecution | undefined> {
  return absentIfGone(undefined, async () => {
    const described = await calls.states('DescribeExecution', executionArn, callOptions, (states, options) =>
      // Its input is private, and may be encrypted with the customer's own key.
      states.send(new DescribeExecutionCommand({ executionArn, includedData: 'METADATA_ONLY' }), options),
    );
    const steps = await readSteps(calls, toFinish(callOptions), executionArn);
    return {
      arn: executionArn,
      // For the child of a distributed Map it ends with the Map's label.
      stateMachineArn: (described.stateMachineArn ?? '').replace(/\/[^/]*$/, ''),
      startedAt: timeOf(described.startDate),
      ended: described.status !== 'RUNNING' && described.status !== 'PENDING_REDRIVE',
      steps,
    };
  });
}

/** The executions of a machine that began last, the newest first: one call. The list is eventually consistent.
 *  @throws AwsFailure */
export async function listRecentExecutions(
  calls: AccountCalls,
  callOptions: CallOptions,
  stateMachineArn: string,
): Promise<readonly ExecutionSummary[]> {
  const { executions = [] } = await calls.states(
    'ListExecutions',
    stateMachineArn,
    callOptions,
    (states, options) =>
      states.send(new ListExecutionsCommand({ stateMachineArn, maxResults: RECENT }), options),
  );
  return executions
    .map(({ executionArn = '', startDate, status }) => ({
      arn: executionArn,
      startedAt: timeOf(startDate),
      ended: status !== 'RUNNING' && status !== 'PENDING_REDRIVE',
    }))
    .toSorted((a, b) => b.startedAt - a.startedAt);
}

async function readSteps(
  calls: AccountCalls,
  callOptions: CallOptions,
  executionArn: string,
): Promise<readonly ExecutionStep[]> {
  const steps: ExecutionStep[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const input = { executionArn, reverseOrder: true, maxResults: EVENTS_A_PAGE, nextToken };
    const { events = [], nextToken: next } = await calls.states(
      'GetExecutionHistory',
      executionArn,
      callOptions,
      (states, options) => states.send(new GetExecutionHistoryCommand(input), options),
    );
    for (const event of events) steps.push(...stepOf(event));
    if (next === undefined || next === nextToken) break;
    nextToken = next;
  }
  return steps;
}

/** None if the event is not a step of a Task. Activities and HTTP calls take no Credentials, and are left out. */
function stepOf(event: HistoryEvent): readonly ExecutionStep[] {
  const step = { id: event.id ?? 0, previousId: event.previousEventId ?? 0, at: timeOf(event.timestamp) };
  switch (event.type) {
    case 'TaskStateEntered':
      return [{ ...step, kind: 'entered', task: event.stateEnteredEventDetails?.name ?? '' }];
    case 'TaskScheduled': {
      const { resourceType = '', resource = '', taskCredentials } = event.taskScheduledEventDetails ?? {};
      return [
        { ...step, kind: 'scheduled', call: `${resourceType}:${resource}`, ...roleOf(taskCredentials) },
      ];
    }
    case 'LambdaFunctionScheduled': {
      const { taskCredentials } = event.lambdaFunctionScheduledEventDetails ?? {};
      return [{ ...step, kind: 'scheduled', call: 'lambda:invoke', ...roleOf(taskCredentials) }];
    }
    case 'TaskStarted':
    case 'LambdaFunctionStarted':
      return [{ ...step, kind: 'started' }];
    case 'TaskSubmitted':
      return [{ ...step, kind: 'submitted' }];
    case 'TaskSucceeded':
    case 'LambdaFunctionSucceeded':
      return [{ ...step, kind: 'succeeded' }];
    default: {
      const failure = failureOf(event);
      if (failure === undefined) return [];
      const { error = '', cause = '' } = failure;
      return [
        { ...step, kind: 'failed', error: error.slice(0, MAX_ERROR), cause: cause.slice(0, MAX_CAUSE) },
      ];
    }
  }
}

interface StepFailure {
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** Undefined if the event is not a failure of a call. */
function failureOf(event: HistoryEvent): StepFailure | undefined {
  switch (event.type) {
    case 'TaskFailed':
      return event.taskFailedEventDetails ?? {};
    case 'TaskStartFailed':
      return event.taskStartFailedEventDetails ?? {};
    case 'TaskSubmitFailed':
      return event.taskSubmitFailedEventDetails ?? {};
    case 'TaskTimedOut':
      return event.taskTimedOutEventDetails ?? {};
    case 'LambdaFunctionFailed':
      return event.lambdaFunctionFailedEventDetails ?? {};
    case 'LambdaFunctionScheduleFailed':
      return event.lambdaFunctionScheduleFailedEventDetails ?? {};
    case 'LambdaFunctionStartFailed':
      return event.lambdaFunctionStartFailedEventDetails ?? {};
    case 'LambdaFunctionTimedOut':
      return event.lambdaFunctionTimedOutEventDetails ?? {};
    default:
      return undefined;
  }
}

function roleOf(credentials: { readonly roleArn?: string | undefined } | undefined): {
  readonly roleArn?: string;
} {
  return credentials?.roleArn === undefined ? {} : { roleArn: credentials.roleArn };
}

function timeOf(date: Date | undefined): number {
  return date?.getTime() ?? 0;
}
