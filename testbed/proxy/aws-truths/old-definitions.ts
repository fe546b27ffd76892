/** Executions keep the definition that they were started with. */
import type { AwsCall } from '../aws-call.ts';
import type { Rule } from '../rules.ts';

/** What an execution was started with. */
export interface StartedWith {
  readonly definition: string;
  readonly roleArn: string;
  /** When this definition was written, in seconds since 1970. */
  readonly updateDate: number;
}

/**
 * Answers DescribeStateMachineForExecution with what the execution was started with, by its ARN; the emulator would answer with
 * the machine's present definition.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachineForExecution.html
 */
export function keepDefinitions(startedWith: ReadonlyMap<string, StartedWith>): Rule<AwsCall> {
  return {
    match: ({ operation }) => operation === 'DescribeStateMachineForExecution',
    fault: ({ parameters }) => {
      const known = startedWith.get(parameters.get('executionArn') ?? '');
      if (known === undefined) return undefined;
      return {
        kind: 'change',
        change: (answer) => {
          if (answer.status !== 200) return answer;
          const body: object = JSON.parse(answer.body.toString());
          return { ...answer, body: Buffer.from(JSON.stringify({ ...body, ...known })) };
        },
      };
    },
  };
}
