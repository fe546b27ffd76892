/** Executions of state machines, for emulators with an interpreter that runs them. */
import {
  DescribeExecutionCommand,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { eventually } from './eventually.ts';

/** How an execution ended, with error and cause if it failed. */
export interface Ending {
  readonly status: string;
  readonly error?: string;
  readonly cause?: string;
}

/** Starts a standard execution and waits up to 30 seconds until it has ended. */
export async function execute(sfn: SFNClient, stateMachineArn: string): Promise<Ending> {
  const { executionArn: _, ...ending } = await run(sfn, stateMachineArn);
  return ending;
}

/** `execute`, with the execution's ARN. */
export async function run(
  sfn: SFNClient,
  stateMachineArn: string,
): Promise<Ending & { readonly executionArn: string }> {
  const { executionArn = '' } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: '{}' }));
  const ending = await eventually(
    `${executionArn} to end`,
    async () => {
      const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (execution.status === undefined || execution.status === 'RUNNING') throw new Error('it runs');
      return endingOf(execution);
    },
    { deadlineMs: 30_000 },
  );
  return { ...ending, executionArn };
}

/** Runs an Express execution to its end. */
export async function executeExpress(sfn: SFNClient, stateMachineArn: string): Promise<Ending> {
  return endingOf(await sfn.send(new StartSyncExecutionCommand({ stateMachineArn, input: '{}' })));
}

interface Ended {
  readonly status?: string | undefined;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

function endingOf({ status = 'UNKNOWN', error, cause }: Ended): Ending {
  return { status, ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
}
