/** SQS, SNS, EventBridge and Step Functions itself, called through the SDK: what the optimized tables do not hold. */
import { hasParameter } from '../../parameters.ts';
import { allow, CALLBACK } from '../row.ts';
import type { Row, ServiceTable } from '../row.ts';
import { arn, firstGiven, onlyHinted } from '../resources.ts';
import type { Resource } from '../reading.ts';
import { queue } from '../sqs.ts';
import { stateMachine } from '../states.ts';

function row(action: string, resource: Resource): Row {
  return { patterns: CALLBACK, call: [allow(action, resource)] };
}

const QUEUE_OPERATIONS: Readonly<Record<string, string>> = {
  addPermission: 'AddPermission',
  changeMessageVisibility: 'ChangeMessageVisibility',
  changeMessageVisibilityBatch: 'ChangeMessageVisibility',
  deleteMessage: 'DeleteMessage',
  deleteMessageBatch: 'DeleteMessage',
  deleteQueue: 'DeleteQueue',
  getQueueAttributes: 'GetQueueAttributes',
  listDeadLetterSourceQueues: 'ListDeadLetterSourceQueues',
  listQueueTags: 'ListQueueTags',
  purgeQueue: 'PurgeQueue',
  receiveMessage: 'ReceiveMessage',
  removePermission: 'RemovePermission',
  sendMessageBatch: 'SendMessage',
  setQueueAttributes: 'SetQueueAttributes',
  tagQueue: 'TagQueue',
  untagQueue: 'UntagQueue',
};

const deadLetterQueue = arn('sqs', '{SourceArn}');
const origin = onlyHinted(
  'DestinationArn',
  ['arn:*:sqs:*:*:*'],
  'is left out, so that messages go back to whichever queue they came from',
);

export const sqsOperations: ServiceTable = {
  ...Object.fromEntries(
    Object.entries(QUEUE_OPERATIONS).map(([api, action]) => [api, row(`sqs:${action}`, queue)]),
  ),
  createQueue: {
    patterns: CALLBACK,
    call: [
      allow('sqs:CreateQueue', arn('sqs', '{QueueName}')),
      allow('sqs:TagQueue', arn('sqs', '{QueueName}'), { when: 'Tags' }),
    ],
  },
  getQueueUrl: row('sqs:GetQueueUrl', arn('sqs', '{QueueName}')),
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
  startMessageMoveTask: {
    patterns: CALLBACK,
    call: [
      allow(
        ['sqs:StartMessageMoveTask', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        deadLetterQueue,
      ),
      allow('sqs:SendMessage', arn('sqs', '{DestinationArn}'), { when: 'DestinationArn' }),
      allow('sqs:SendMessage', origin, { unless: 'DestinationArn' }),
    ],
  },
  listMessageMoveTasks: row('sqs:ListMessageMoveTasks', deadLetterQueue),
};

export const snsOperations: ServiceTable = {
  publishBatch: row('sns:Publish', arn('sns', '{TopicArn}')),
};

/** A rule stands under its bus, unless that is the default one. */
function rule(parameter: string): Resource {
  const onDefaultBus = arn('events', `rule/{${parameter}}`);
  const onBus = arn('events', `rule/{EventBusName}/{${parameter}}`);
  return {
    types: onDefaultBus.types,
    read: (call) => (hasParameter(call.task, 'EventBusName') ? onBus : onDefaultBus).read(call),
  };
}

export const eventBridgeOperations: ServiceTable = {
  deleteRule: row('events:DeleteRule', rule('Name')),
  describeRule: row('events:DescribeRule', rule('Name')),
  disableRule: row('events:DisableRule', rule('Name')),
  enableRule: row('events:EnableRule', rule('Name')),
  putRule: row('events:PutRule', rule('Name')),
  listTargetsByRule: row('events:ListTargetsByRule', rule('Rule')),
  putTargets: row('events:PutTargets', rule('Rule')),
  removeTargets: row('events:RemoveTargets', rule('Rule')),
};

export const sfnOperations: ServiceTable = {
  startSyncExecution: row('states:StartSyncExecution', stateMachine),
  describeStateMachine: row('states:DescribeStateMachine', stateMachine),
  listExecutions: row(
    'states:ListExecutions',
    firstGiven({ StateMachineArn: stateMachine, MapRunArn: arn('states', 'mapRun:{MapRunArn}') }),
  ),
};
