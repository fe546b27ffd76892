import { splitArn, joinArn, unqualifiedArn } from '../../../arn/parts.ts';
import { allow, note } from '../row.ts';
import type { ServiceTable } from '../row.ts';
import { arn, derived } from '../resources.ts';

/**
 * The machine itself, also for a call on one of its versions or aliases: IAM is asked about the unqualified ARN.
 * https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html
 */
export const stateMachine = derived(
  arn('states', 'stateMachine:{StateMachineArn}'),
  ['arn:*:states:*:*:stateMachine:*'],
  (text) => unqualifiedArn(text, 2),
);

/** All executions of the state machine: the name of the one that is started is not known before. */
const executions = derived(stateMachine, ['arn:*:states:*:*:execution:*'], executionsOf);

/** `…:stateMachine:name[:qualifier]` → `…:execution:name:*`. */
function executionsOf(stateMachineArn: string): string {
  const parts = splitArn(stateMachineArn);
  const [, name] = parts.resource.split(':');
  return joinArn({ ...parts, resource: `execution:${name}:*` });
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html */
export const states: ServiceTable = {
  startExecution: {
    patterns: ['', '.sync', '.sync:2', '.waitForTaskToken'],
    call: [allow('states:StartExecution', stateMachine)],
    sync: [allow(['states:DescribeExecution', 'states:StopExecution'], executions)],
    notes: [
      note(
        'ExpressSyncNotSupported',
        'waits for a Standard workflow only; if the nested one is Express, use arn:aws:states:::aws-sdk:sfn:startSyncExecution instead',
        { patterns: ['.sync', '.sync:2'] },
      ),
    ],
  },
};
