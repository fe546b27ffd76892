/** Fresh reads of single state machines. */
import type { ObservedStateMachine } from '../../observed/objects.ts';
import type { AccountCalls } from '../calls/calls.ts';
import type { CallOptions } from '../pace/lanes.ts';
import { describeStateMachine } from '../transport/frequent-calls.ts';
import { incompleteAnswer } from '../errors/errors.ts';
import { absentIfGone, type Absent } from './absent.ts';

export type StateMachineReading = { readonly kind: 'found'; readonly machine: ObservedStateMachine } | Absent;

/** The revision of a machine that was never updated, for calls that have to name one.
 *  https://docs.aws.amazon.com/step-functions/latest/apireference/API_PublishStateMachineVersion.html */
const INITIAL_REVISION = 'INITIAL';

/** Reads a state machine, or one version of it, by its ARN: one call.
 *  @throws AwsFailure; `KeyAccessDenied` if its definition is encrypted with a key that the operator may not use */
export async function readStateMachine(
  calls: AccountCalls,
  callOptions: CallOptions,
  arn: string,
): Promise<StateMachineReading> {
  return absentIfGone<StateMachineReading>({ kind: 'absent' }, async () => {
    const answer = await calls.states('DescribeStateMachine', arn, callOptions, (states, options) =>
      describeStateMachine(states, arn, options),
    );
    const { roleArn: executionRoleArn, definition } = answer;
    if (executionRoleArn === undefined || definition === undefined)
      throw incompleteAnswer(calls.subjectOf('DescribeStateMachine', arn), 'the definition');
    return {
      kind: 'found',
      machine: {
        arn,
        type: answer.type === 'EXPRESS' ? 'EXPRESS' : 'STANDARD',
        executionRoleArn,
        definition,
        creationDate: timeText(answer.creationDate),
        revisionId: answer.revisionId ?? INITIAL_REVISION,
        ...(answer.status === 'DELETING' && { isBeingDeleted: true }),
      },
    };
  });
}

/** Empty if there is no date, or it is beyond what a Date can hold. */
export function timeText(date: Date | undefined): string {
  return date === undefined || Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
