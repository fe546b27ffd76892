/** State machines whose Tasks call into the target account, each in a different way that the interpreter knows. */
import { TARGET } from '../link/aws-owners.ts';

const REGION = 'us-east-1';
export const QUEUE = 'orders';
export const CHILD = 'child';
const QueueUrl = `https://sqs.${REGION}.amazonaws.com/${TARGET}/${QUEUE}`;
const StateMachineArn = `arn:aws:states:${REGION}:${TARGET}:stateMachine:${CHILD}`;

/** What the AWSAccount of the target has to allow for all of them. */
export const ALLOWED = {
  allowedActions: ['sqs:SendMessage', 'states:*', 'events:PutEvents'],
  allowedResources: ['sqs', 'states', 'events'].map((name) => `arn:aws:${name}:${REGION}:${TARGET}:*`),
};

export interface Workflow {
  /** Name of the execution role, the machine, the link and the target role. */
  readonly name: string;
  /** In words, for the test's name. */
  readonly how: string;
  readonly definition: object;
}

/** Calls that the other account's services refuse to everybody but that account. */
export const REFUSED_TO_OTHERS: readonly Workflow[] = [
  single('started', 'states:startExecution', { StateMachineArn, Input: {} }),
  single('nested', 'states:startExecution.sync:2', { StateMachineArn, Input: {} }),
  single('sdk', 'aws-sdk:sfn:describeStateMachine', { StateMachineArn }),
];

const send = { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', End: true };
const message = (MessageBody: string) => ({ QueueUrl, MessageBody });

/** Messages. The emulator's queues accept them from anybody and note who sent them; the text of each Task's message is the
 *  workflow's name, by which its messages can be found. */
export const MESSAGES: readonly Workflow[] = [
  single('optimized', 'sqs:sendMessage', message('optimized')),
  single('by-sdk', 'aws-sdk:sqs:sendMessage', message('by-sdk')),
  {
    name: 'parallel',
    how: 'branches of a Parallel state',
    definition: {
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          End: true,
          Branches: ['First', 'Second'].map((StartAt) => ({
            StartAt,
            States: { [StartAt]: { ...send, Parameters: message('parallel') } },
          })),
        },
      },
    },
  },
  {
    name: 'map',
    how: 'the Task of a Map, in JSONata',
    definition: {
      QueryLanguage: 'JSONata',
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map',
          Items: [1, 2],
          MaxConcurrency: 1,
          End: true,
          ItemProcessor: {
            StartAt: 'Send the item',
            States: { 'Send the item': { ...send, Arguments: message('map') } },
          },
        },
      },
    },
  },
];

export const EXPRESS: Workflow = single('express', 'states:startExecution', { StateMachineArn, Input: {} });

function single(name: string, how: string, Parameters: object): Workflow {
  const Call = { Type: 'Task', Resource: `arn:aws:states:::${how}`, Parameters, End: true };
  return { name, how, definition: { StartAt: 'Call', States: { Call } } };
}
