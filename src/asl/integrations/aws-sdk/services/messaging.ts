/** SQS, SNS, EventBridge and Step Functions itself, called through the SDK: what the optimized tables do not contain. */
import { unqualifiedArn } from '../../../../arn/parts.ts';
import { allow, CALLBACK, rowOn } from '../../row.ts';
import type { Row, ServiceTable } from '../../row.ts';
import { firstGiven, readEach, unreadable } from '../../reading.ts';
import { arn, derived, isNamed, namedArn, onlyHinted, toPattern } from '../../resources.ts';
import type { Resource } from '../../reading.ts';
import { PUBLISHER_KEY } from '../../optimized/sns.ts';
import { queue, RECEIVER_KEY, SENDER_KEY } from '../../optimized/sqs.ts';
import { stateMachine } from '../../optimized/states.ts';

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
  removePermission: 'RemovePermission',
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
    Object.entries(QUEUE_OPERATIONS).map(([api, action]) => [api, rowOn(`sqs:${action}`, queue)]),
  ),
  receiveMessage: rowOn('sqs:ReceiveMessage', queue, [RECEIVER_KEY]),
  sendMessageBatch: rowOn('sqs:SendMessage', queue, [SENDER_KEY]),
  createQueue: {
    patterns: CALLBACK,
    call: [
      allow('sqs:CreateQueue', arn('sqs', '{QueueName}')),
      allow('sqs:TagQueue', arn('sqs', '{QueueName}'), { when: 'Tags' }),
    ],
  },
  getQueueUrl: rowOn('sqs:GetQueueUrl', arn('sqs', '{QueueName}')),
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
  listMessageMoveTasks: rowOn('sqs:ListMessageMoveTasks', deadLetterQueue),
};

/** `…:topic:uuid`. The reference binds these calls to the topic; no page says which of the two ARNs IAM is asked about. */
const subscription = derived(arn('sns', '{SubscriptionArn}'), ['arn:*:sns:*:*:*'], (text) => [
  text,
  unqualifiedArn(text, 1),
]);

export const snsOperations: ServiceTable = {
  publishBatch: rowOn('sns:Publish', arn('sns', '{TopicArn}'), [PUBLISHER_KEY]),
  getSubscriptionAttributes: rowOn('sns:GetSubscriptionAttributes', subscription),
  setSubscriptionAttributes: rowOn('sns:SetSubscriptionAttributes', subscription),
  unsubscribe: rowOn('sns:Unsubscribe', subscription),
};

/** A rule's ARN contains the name of its bus, unless that is the default one. */
function rule(parameter: string): Resource {
  const onDefaultBus = arn('events', `rule/{${parameter}}`);
  return {
    types: onDefaultBus.types,
    read: (call) =>
      readEach(
        call,
        'EventBusName',
        (text) => {
          const [, partition = '', region = '', accountId = '', name = ''] = BUS.exec(text) ?? [];
          const bus = name === '' ? text : name;
          if (bus === 'default' && name === '') return onDefaultBus.read(call);
          if (bus.startsWith('arn:') || !isNamed(bus)) return unreadable('EventBusName', text);
          const { place } = call;
          const before =
            name === ''
              ? `arn:${place.partition}:events:${place.region}:${place.accountId}:`
              : `arn:${partition}:events:${region}:${accountId}:`;
          const folder = bus === 'default' ? 'rule/' : `rule/${toPattern(bus)}/`;
          return readEach(call, parameter, (named) => {
            const found = namedArn(before + folder, named);
            if (found === undefined) return unreadable(parameter, named);
            return { arns: [name === '' ? found : { ...found, accountId }], unknown: [] };
          });
        },
        'default',
      ),
  };
}

/** `arn:aws:events:us-east-1:222222222222:event-bus/orders` */
const BUS = /^arn:([a-z-]+):events:([a-z0-9-]+):(\d{12}):event-bus\/(.+)$/;

export const eventBridgeOperations: ServiceTable = {
  // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_StartReplay.html
  startReplay: {
    patterns: CALLBACK,
    call: [
      allow('events:StartReplay', [
        arn('events', 'archive/{EventSourceArn}'),
        arn('events', 'event-bus/{Destination.Arn}'),
        arn('events', 'replay/{ReplayName}'),
      ]),
    ],
  },
  deleteRule: rowOn('events:DeleteRule', rule('Name')),
  describeRule: rowOn('events:DescribeRule', rule('Name')),
  disableRule: rowOn('events:DisableRule', rule('Name')),
  enableRule: rowOn('events:EnableRule', rule('Name')),
  // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
  putRule: {
    patterns: CALLBACK,
    call: [
      allow('events:PutRule', rule('Name')),
      allow('events:TagResource', rule('Name'), { when: 'Tags' }),
    ],
  },
  listTargetsByRule: rowOn('events:ListTargetsByRule', rule('Rule')),
  putTargets: rowOn('events:PutTargets', rule('Rule')),
  removeTargets: rowOn('events:RemoveTargets', rule('Rule')),
};

const PUBLISHES = 'states:PublishStateMachineVersion';

/** A call that also publishes a version needs this permission, too. */
function publishing(action: string, machine: Resource): Row {
  return {
    patterns: CALLBACK,
    call: [allow(action, machine), allow(PUBLISHES, machine, { when: 'Publish' })],
  };
}

export const sfnOperations: ServiceTable = {
  // https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-version.html
  createStateMachine: publishing('states:CreateStateMachine', arn('states', 'stateMachine:{Name}')),
  updateStateMachine: publishing('states:UpdateStateMachine', stateMachine),
  // Express executions are not described. https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
  describeExecution: rowOn('states:DescribeExecution', arn('states', 'execution:{ExecutionArn}')),
  startSyncExecution: rowOn('states:StartSyncExecution', stateMachine),
  describeStateMachine: rowOn('states:DescribeStateMachine', stateMachine),
  listExecutions: rowOn(
    'states:ListExecutions',
    firstGiven({ StateMachineArn: stateMachine, MapRunArn: arn('states', 'mapRun:{MapRunArn}') }),
  ),
};
