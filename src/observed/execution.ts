/** An execution of a state machine, as far as its history shows how the calls of its Tasks ended. */

export interface ExecutionSummary {
  readonly arn: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Whether it has ended: no more steps follow, unless somebody redrives it. */
  readonly ended: boolean;
}

export interface ObservedExecution extends ExecutionSummary {
  readonly stateMachineArn: string;
  /** What was read of its history, in no particular order; of a long history, the newest part. */
  readonly steps: readonly ExecutionStep[];
}

interface Step {
  readonly id: number;
  /** The step that led to this one; 0 if none did. */
  readonly previousId: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A step of a Task; its input and output are never kept. */
export type ExecutionStep =
  | (Step & { readonly kind: 'entered'; readonly task: string })
  | (Step & {
      readonly kind: 'scheduled';
      /** The role of the Task's Credentials, if it had any. */
      readonly roleArn?: string;
      /** `sqs:sendMessage`, `aws-sdk:s3:getObject`, `states:startExecution.sync:2`. */
      readonly call: string;
    })
  | (Step & { readonly kind: 'started' | 'submitted' | 'succeeded' })
  /** `error` and `cause` as Step Functions writes them; whoever answers the call may determine part of them. */
  | (Step & { readonly kind: 'failed'; readonly error: string; readonly cause: string });
