/** Histories of executions, as Step Functions writes them, made small. */
import type { ExecutionStep, ObservedExecution } from '../../../src/observed/execution.ts';
import { machine } from '../access/fixtures.ts';
import { ROLE } from '../desired/fixtures.ts';

/** Steps of one Task that was entered once; ids count up from `first`. */
export interface Visit {
  readonly task?: string;
  readonly roleArn?: string | undefined;
  readonly call?: string;
  /** How each attempt went on, the last one last. */
  readonly attempts: readonly (readonly AttemptStep[])[];
  readonly first?: number;
}

export type AttemptStep = 'started' | 'submitted' | 'succeeded' | Failure;

interface Failure {
  readonly error: string;
  readonly cause: string;
}

export const DENIED: Failure = {
  error: 'States.TaskFailed',
  cause: `The role arn:aws:iam::111111111111:role/checkout-exec is not authorized to assume the task state's role, ${ROLE.text}.`,
};
export const BROKEN: Failure = { error: 'States.Timeout', cause: '' };

/** Each step takes one millisecond of the execution. */
export function visit({ task = 'Send', call = 'sqs:sendMessage', attempts, first = 1, ...fields }: Visit) {
  const roleArn = 'roleArn' in fields ? fields.roleArn : ROLE.text;
  const steps: ExecutionStep[] = [];
  const next = () => ({
    id: first + steps.length,
    previousId: first + steps.length - 1,
    at: first + steps.length,
  });
  steps.push({ ...next(), previousId: 0, kind: 'entered', task });
  for (const attempt of attempts) {
    steps.push({ ...next(), kind: 'scheduled', call, ...(roleArn !== undefined && { roleArn }) });
    for (const step of attempt)
      steps.push(
        typeof step === 'string' ? { ...next(), kind: step } : { ...next(), kind: 'failed', ...step },
      );
  }
  return steps;
}

/** @param startedAt milliseconds since 1970; its steps happen from then on */
export function execution(
  name: string,
  startedAt: number,
  steps: readonly ExecutionStep[],
  fields: Partial<ObservedExecution> = {},
): ObservedExecution {
  const { text: stateMachineArn } = machine('checkout');
  return {
    arn: `${stateMachineArn.replace('stateMachine', 'execution')}:${name}`,
    stateMachineArn,
    startedAt,
    ended: true,
    steps: steps.map((step) => ({ ...step, at: startedAt + step.at })),
    ...fields,
  };
}
