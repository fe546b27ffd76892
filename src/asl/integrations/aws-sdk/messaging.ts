/** Lambda, SQS, SNS, EventBridge and Step Functions itself, called through the SDK. */
import { hasParameter } from '../../parameters.ts';
import { events } from '../events.ts';
import { lambda } from '../lambda.ts';
import { allow, CALLBACK } from '../row.ts';
import type { Row, ServiceTable } from '../row.ts';
import { arn, firstGiven } from '../resources.ts';
import type { Resource } from '../resources.ts';
import { sns } from '../sns.ts';
import { queue, sqs } from '../sqs.ts';
import { stateMachine, states } from '../states.ts';

function row(action: string, resource: Resource): Row {
  return { patterns: CALLBACK, call: [allow(action, resource)] };
}

/** The same calls as the optimized integrations make, whatever patterns those have. */
function asSdk(table: ServiceTable): ServiceTable {
  return Object.fromEntries(
    Object.entries(table).map(([api, { call, notes = [] }]) => [
      api,
      { patterns: CALLBACK, call, notes: notes.filter(({ patterns }) => patterns === undefined) },
    ]),
  );
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

export const sqsSdk: ServiceTable = {
  ...asSdk(sqs),
  ...Object.fromEntries(
    Object.entries(QUEUE_OPERATIONS).map(([api, action]) => [api, row(`sqs:${action}`, queue)]),
  ),
};

export const snsSdk: ServiceTable = {
  ...asSdk(sns),
  publishBatch: row('sns:Publish', arn('sns', '{TopicArn}')),
};

export const lambdaSdk = asSdk(lambda);

/** A rule stands under its bus, unless that is the default one. */
function rule(parameter: string): Resource {
  const onDefaultBus = arn('events', `rule/{${parameter}}`);
  const onBus = arn('events', `rule/{EventBusName}/{${parameter}}`);
  return {
    types: onDefaultBus.types,
    read: (call) => (hasParameter(call.task, 'EventBusName') ? onBus : onDefaultBus).read(call),
  };
}

export const eventBridgeSdk: ServiceTable = {
  ...asSdk(events),
  deleteRule: row('events:DeleteRule', rule('Name')),
  describeRule: row('events:DescribeRule', rule('Name')),
  disableRule: row('events:DisableRule', rule('Name')),
  enableRule: row('events:EnableRule', rule('Name')),
  putRule: row('events:PutRule', rule('Name')),
  listTargetsByRule: row('events:ListTargetsByRule', rule('Rule')),
  putTargets: row('events:PutTargets', rule('Rule')),
  removeTargets: row('events:RemoveTargets', rule('Rule')),
};

export const sfnSdk: ServiceTable = {
  ...asSdk(states),
  startSyncExecution: row('states:StartSyncExecution', stateMachine),
  listExecutions: row(
    'states:ListExecutions',
    firstGiven({ StateMachineArn: stateMachine, MapRunArn: arn('states', 'mapRun:{MapRunArn}') }),
  ),
};
