import { needExactly, role } from './whole-policy.ts';

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
const QUEUE_URL = 'https://sqs.us-east-1.amazonaws.com/222222222222/orders';
const KEY = ['KeyPermissionUnknown'];
needExactly('sqs', [
  ['sqs:sendMessage', { QueueUrl: QUEUE_URL, MessageBody: 'x' }, ['sqs:SendMessage sqs:@:orders'], KEY],
  [
    'sqs:sendMessage',
    { QueueUrl: `${QUEUE_URL}.fifo`, MessageGroupId: 'g' },
    ['sqs:SendMessage sqs:@:orders.fifo'],
    KEY,
  ],
  [
    'sqs:sendMessage.waitForTaskToken',
    { QueueUrl: QUEUE_URL },
    ['sqs:SendMessage sqs:@:orders'],
    [...KEY, 'TaskTokenWorker'],
  ],
  [
    'sqs:sendMessage',
    { QueueUrl: 'https://queue.amazonaws.com/222222222222/orders' },
    ['sqs:SendMessage sqs:@:orders'],
    KEY,
  ],
  [
    'sqs:sendMessage',
    { QueueUrl: 'https://us-east-1.queue.amazonaws.com/222222222222/orders' },
    ['sqs:SendMessage sqs:@:orders'],
    KEY,
  ],
  [
    'sqs:sendMessage',
    { QueueUrl: 'https://vpce-0a-1b.sqs.us-east-1.vpce.amazonaws.com/222222222222/orders' },
    ['sqs:SendMessage sqs:@:orders'],
    KEY,
  ],
  [
    'sqs:sendMessage',
    { QueueUrl: 'https://sqs-fips.us-east-1.amazonaws.com/222222222222/orders' },
    ['sqs:SendMessage sqs:@:orders'],
    KEY,
  ],
  [
    'sqs:sendMessage',
    { QueueUrl: 'https://sqs.us-east-1.api.aws/222222222222/orders' },
    ['sqs:SendMessage sqs:@:orders'],
    KEY,
  ],
  [
    'sqs:sendMessage',
    { QueueUrl: 'https://sqs.us-east-1.amazonaws.com/333333333333/orders' },
    [],
    [...KEY, 'ResourceElsewhere'],
  ],
  [
    'sqs:sendMessage',
    { QueueUrl: 'arn:aws:sqs:us-east-1:222222222222:orders' },
    [],
    [...KEY, '!ResourceNotStatic'],
  ],
  [
    'sqs:sendMessage',
    { 'QueueUrl.$': "States.Format('https://sqs.us-east-1.amazonaws.com/222222222222/{}-orders', $.env)" },
    ['sqs:SendMessage sqs:@:*-orders'],
    KEY,
  ],
  ['sqs:sendMessage', { 'QueueUrl.$': '$.queue' }, [], [...KEY, '!ResourceNotStatic']],
  ['aws-sdk:sqs:sendMessage', { QueueUrl: QUEUE_URL }, ['sqs:SendMessage sqs:@:orders'], KEY],
  [
    'aws-sdk:sqs:sendMessageBatch',
    { QueueUrl: QUEUE_URL, Entries: [] },
    ['sqs:SendMessage sqs:@:orders'],
    KEY,
  ],
  ['aws-sdk:sqs:receiveMessage', { QueueUrl: QUEUE_URL }, ['sqs:ReceiveMessage sqs:@:orders'], KEY],
  ['aws-sdk:sqs:deleteMessage', { QueueUrl: QUEUE_URL }, ['sqs:DeleteMessage sqs:@:orders']],
  ['aws-sdk:sqs:deleteMessageBatch', { QueueUrl: QUEUE_URL }, ['sqs:DeleteMessage sqs:@:orders']],
  [
    'aws-sdk:sqs:changeMessageVisibilityBatch',
    { QueueUrl: QUEUE_URL },
    ['sqs:ChangeMessageVisibility sqs:@:orders'],
  ],
  ['aws-sdk:sqs:purgeQueue', { QueueUrl: QUEUE_URL }, ['sqs:PurgeQueue sqs:@:orders']],
  [
    'aws-sdk:sqs:getQueueUrl',
    { QueueName: 'orders', QueueOwnerAWSAccountId: '222222222222' },
    ['sqs:GetQueueUrl sqs:@:orders'],
  ],
  [
    'aws-sdk:sqs:getQueueUrl',
    { QueueName: 'orders', QueueOwnerAWSAccountId: '333333333333' },
    [],
    ['ResourceElsewhere'],
  ],
  [
    'aws-sdk:sqs:createQueue',
    { QueueName: 'orders.fifo', Tags: { a: 'b' } },
    ['sqs:CreateQueue sqs:@:orders.fifo', 'sqs:TagQueue sqs:@:orders.fifo'],
  ],
  ['aws-sdk:sqs:listQueues', {}, ['sqs:ListQueues *']],
  ['aws-sdk:sqs:cancelMessageMoveTask', { TaskHandle: 'h' }, [], ['!ResourceNotStatic']],
]);

// https://docs.aws.amazon.com/sns/latest/dg/sns-using-identity-based-policies.html
const TOPIC = 'arn:aws:sns:us-east-1:222222222222:alerts';
needExactly('sns', [
  ['sns:publish', { TopicArn: TOPIC, Message: 'x' }, ['sns:Publish sns:@:alerts'], KEY],
  ['sns:publish', { TopicArn: `${TOPIC}.fifo`, MessageGroupId: 'g' }, ['sns:Publish sns:@:alerts.fifo'], KEY],
  ['sns:publish', { TargetArn: TOPIC }, ['sns:Publish sns:@:alerts'], KEY],
  [
    'sns:publish',
    { TargetArn: 'arn:aws:sns:us-east-1:222222222222:endpoint/APNS/app/u' },
    ['sns:Publish sns:@:endpoint/APNS/app/u'],
    KEY,
  ],
  ['sns:publish', { PhoneNumber: '+15550100' }, ['sns:Publish *']],
  ['sns:publish', { 'PhoneNumber.$': '$.phone' }, ['sns:Publish *']],
  ['sns:publish', { TopicArn: 'alerts' }, ['sns:Publish sns:@:alerts'], KEY],
  [
    'sns:publish',
    { TopicArn: 'arn:aws:sns:eu-west-1:222222222222:alerts' },
    [],
    [...KEY, 'ResourceElsewhere'],
  ],
  [
    'sns:publish',
    { TopicArn: 'arn:aws:sns:us-east-1:333333333333:alerts' },
    [],
    [...KEY, 'ResourceElsewhere'],
  ],
  [
    'sns:publish',
    { 'TopicArn.$': "States.Format('arn:aws:sns:us-east-1:222222222222:alerts-{}', $.env)" },
    ['sns:Publish sns:@:alerts-*'],
    KEY,
  ],
  [
    'sns:publish.waitForTaskToken',
    { TopicArn: TOPIC },
    ['sns:Publish sns:@:alerts'],
    [...KEY, 'TaskTokenWorker'],
  ],
  ['sns:publish', {}, [], ['!ResourceNotStatic']],
  ['aws-sdk:sns:publish', { TopicArn: TOPIC }, ['sns:Publish sns:@:alerts'], KEY],
  [
    'aws-sdk:sns:publishBatch',
    { TopicArn: TOPIC, PublishBatchRequestEntries: [] },
    ['sns:Publish sns:@:alerts'],
    KEY,
  ],
  [
    'aws-sdk:sns:subscribe',
    { TopicArn: TOPIC, Protocol: 'sqs', Endpoint: 'arn:aws:sqs:us-east-1:222222222222:q' },
    ['sns:Subscribe sns:@:alerts'],
  ],
  [
    'aws-sdk:sns:unsubscribe',
    { SubscriptionArn: `${TOPIC}:1234` },
    ['sns:Unsubscribe sns:@:alerts', 'sns:Unsubscribe sns:@:alerts:1234'],
  ],
  [
    'aws-sdk:sns:createTopic',
    { Name: 'alerts', Tags: [] },
    ['sns:CreateTopic sns:@:alerts', 'sns:TagResource sns:@:alerts'],
  ],
  ['aws-sdk:sns:listTopics', {}, ['sns:ListTopics *']],
  [
    'aws-sdk:sns:createPlatformEndpoint',
    { PlatformApplicationArn: 'arn:aws:sns:us-east-1:222222222222:app/GCM/shop', Token: 't' },
    ['sns:CreatePlatformEndpoint *'],
  ],
  [
    'aws-sdk:sns:setTopicAttributes',
    { TopicArn: TOPIC, AttributeName: 'a' },
    ['sns:SetTopicAttributes sns:@:alerts'],
  ],
]);

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html
const BUS = 'arn:aws:events:us-east-1:222222222222:event-bus/orders';
needExactly('events', [
  ['events:putEvents', { Entries: [{ Detail: {} }] }, ['events:PutEvents events:@:event-bus/default']],
  [
    'events:putEvents',
    { Entries: [{ EventBusName: 'default' }] },
    ['events:PutEvents events:@:event-bus/default'],
  ],
  [
    'events:putEvents',
    { Entries: [{ EventBusName: 'orders' }, { EventBusName: BUS }] },
    ['events:PutEvents events:@:event-bus/orders'],
  ],
  [
    'events:putEvents',
    { Entries: [{ EventBusName: 'orders' }, { Source: 's' }] },
    ['events:PutEvents events:@:event-bus/default', 'events:PutEvents events:@:event-bus/orders'],
  ],
  [
    'events:putEvents',
    { Entries: [{ EventBusName: 'arn:aws:events:us-east-1:333333333333:event-bus/orders' }] },
    [],
    ['ResourceElsewhere'],
  ],
  [
    'events:putEvents',
    {
      Entries: [
        { EventBusName: 'orders' },
        { EventBusName: 'arn:aws:events:eu-west-1:222222222222:event-bus/b' },
      ],
    },
    ['events:PutEvents events:@:event-bus/orders'],
    ['ResourceElsewhere'],
  ],
  [
    'events:putEvents',
    { Entries: [{ 'EventBusName.$': '$.bus' }, { EventBusName: 'orders' }] },
    ['events:PutEvents events:@:event-bus/orders'],
    ['!ResourceNotStatic'],
  ],
  ['events:putEvents', { 'Entries.$': '$.entries' }, [], ['!ResourceNotStatic']],
  [
    'events:putEvents',
    { Entries: [{ 'EventBusName.$': "States.Format('{}-orders', $.env)" }] },
    ['events:PutEvents events:@:event-bus/*-orders'],
  ],
  [
    'events:putEvents.waitForTaskToken',
    { Entries: [{ EventBusName: 'orders' }] },
    ['events:PutEvents events:@:event-bus/orders'],
    ['TaskTokenWorker'],
  ],
  [
    'aws-sdk:eventbridge:putEvents',
    { Entries: [{ EventBusName: 'orders' }] },
    ['events:PutEvents events:@:event-bus/orders'],
  ],
  [
    'aws-sdk:eventbridge:putEvents',
    { Entries: [{ EventBusName: 'orders' }], EndpointId: 'abc.123' },
    ['events:PutEvents events:@:event-bus/orders'],
  ],
  [
    'aws-sdk:eventbridge:putRule',
    { Name: 'nightly', ScheduleExpression: 'rate(1 day)' },
    ['events:PutRule events:@:rule/nightly'],
  ],
  [
    'aws-sdk:eventbridge:putRule',
    { Name: 'nightly', EventBusName: 'orders', RoleArn: role('ev'), Tags: [] },
    [
      'events:PutRule events:@:rule/orders/nightly',
      'events:TagResource events:@:rule/orders/nightly',
      'pass ev to events',
    ],
  ],
  [
    'aws-sdk:eventbridge:putTargets',
    {
      Rule: 'nightly',
      Targets: [
        {
          Id: '1',
          Arn: 'arn:aws:states:us-east-1:222222222222:stateMachine:m',
          RoleArn: role('ev'),
        },
      ],
    },
    ['events:PutTargets events:@:rule/nightly', 'pass ev to events'],
  ],
  [
    'aws-sdk:eventbridge:removeTargets',
    { Rule: 'nightly', Ids: ['1'] },
    ['events:RemoveTargets events:@:rule/nightly'],
  ],
  ['aws-sdk:eventbridge:disableRule', { Name: 'nightly' }, ['events:DisableRule events:@:rule/nightly']],
  [
    'aws-sdk:eventbridge:createEventBus',
    { Name: 'orders' },
    ['events:CreateEventBus events:@:event-bus/orders'],
  ],
  [
    'aws-sdk:eventbridge:startReplay',
    {
      ReplayName: 'r',
      EventSourceArn: 'arn:aws:events:us-east-1:222222222222:archive/a',
      Destination: { Arn: BUS },
    },
    [
      'events:StartReplay events:@:archive/a',
      'events:StartReplay events:@:event-bus/orders',
      'events:StartReplay events:@:replay/r',
    ],
  ],
  ['aws-sdk:eventbridge:listRules', { EventBusName: 'orders' }, ['events:ListRules *']],
]);
