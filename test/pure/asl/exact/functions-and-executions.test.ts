import { needExactly, role } from './whole-policy.ts';

// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
needExactly('lambda', [
  ['lambda:invoke', { FunctionName: 'pay' }, ['lambda:InvokeFunction lambda:@:function:pay']],
  ['lambda:invoke', { FunctionName: 'pay:live' }, ['lambda:InvokeFunction lambda:@:function:pay:live']],
  [
    'lambda:invoke',
    { FunctionName: 'pay-order-2:live' },
    ['lambda:InvokeFunction lambda:@:function:pay-order-2:live'],
  ],
  ...['7', '$LATEST', '$LATEST.PUBLISHED'].map(
    (qualifier) =>
      [
        'lambda:invoke',
        { FunctionName: `arn:aws:lambda:us-east-1:222222222222:function:pay:${qualifier}` },
        [`lambda:InvokeFunction lambda:@:function:pay:${qualifier}`],
      ] as const,
  ),
  // https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-version-publishing.html
  ...['7', 'live', '$LATEST', '$LATEST.PUBLISHED'].map(
    (qualifier) =>
      [
        `arn:aws:lambda:us-east-1:222222222222:function:pay:${qualifier}`,
        {},
        [`lambda:InvokeFunction lambda:@:function:pay:${qualifier}`],
      ] as const,
  ),
  ['lambda:invoke', { FunctionName: 'arn:aws:lambda:::function:pay' }, [], ['!ResourceNotStatic']],
  ['lambda:invoke', { FunctionName: 'function:pay:3' }, ['lambda:InvokeFunction lambda:@:function:pay:3']],
  ['lambda:invoke', { FunctionName: '222222222222:pay' }, ['lambda:InvokeFunction lambda:@:function:pay']],
  [
    'lambda:invoke',
    { FunctionName: 'us-east-1:222222222222:function:pay' },
    ['lambda:InvokeFunction lambda:@:function:pay'],
  ],
  ['lambda:invoke', { FunctionName: 'eu-west-1:222222222222:function:pay' }, [], ['ResourceElsewhere']],
  ['lambda:invoke', { FunctionName: '333333333333:function:pay' }, [], ['ResourceElsewhere']],
  [
    'lambda:invoke',
    { FunctionName: 'pay', Qualifier: '$LATEST' },
    ['lambda:InvokeFunction lambda:@:function:pay:$LATEST'],
  ],
  [
    'lambda:invoke',
    { FunctionName: 'arn:aws:lambda:us-east-1:222222222222:function:pay', Qualifier: '12' },
    ['lambda:InvokeFunction lambda:@:function:pay:12'],
  ],
  ['lambda:invoke', { FunctionName: 'pay', 'Qualifier.$': '$.alias' }, [], ['!ResourceNotStatic']],
  [
    'lambda:invoke',
    { FunctionName: 'pay', 'Qualifier.$': "States.Format('v{}', $.n)" },
    ['lambda:InvokeFunction lambda:@:function:pay:v*'],
  ],
  [
    'lambda:invoke',
    { 'FunctionName.$': "States.Format('pay-{}', $.env)" },
    ['lambda:InvokeFunction lambda:@:function:pay-*'],
  ],
  [
    'lambda:invoke',
    { 'FunctionName.$': "States.Format('arn:aws:lambda:us-east-1:222222222222:function:{}-pay', $.env)" },
    ['lambda:InvokeFunction lambda:@:function:*-pay'],
  ],
  [
    'lambda:invoke',
    { 'FunctionName.$': "States.Format('arn:aws:lambda:us-east-1:{}:function:pay', $.account)" },
    [],
    ['!ResourceNotStatic'],
  ],
  [
    'lambda:invoke',
    { FunctionName: 'pay', InvocationType: 'Event', Payload: { a: 1 } },
    ['lambda:InvokeFunction lambda:@:function:pay'],
  ],
  ['lambda:invoke', { FunctionName: 'pay*' }, [], ['!ResourceNotStatic']],
  ['lambda:invoke', {}, [], ['!ResourceNotStatic']],
  [
    'arn:aws:lambda:us-east-1:222222222222:function:pay:live',
    {},
    ['lambda:InvokeFunction lambda:@:function:pay:live'],
  ],
  ['arn:aws:lambda:us-east-1:333333333333:function:pay', {}, [], ['ResourceElsewhere']],
  [
    'aws-sdk:lambda:invoke',
    { FunctionName: 'pay:live' },
    ['lambda:InvokeFunction lambda:@:function:pay:live'],
  ],
  ['aws-sdk:lambda:invokeAsync', { FunctionName: 'pay' }, [], ['!UnknownIntegration']],
  [
    'aws-sdk:lambda:updateFunctionCode',
    { FunctionName: 'pay', S3Bucket: 'code', S3Key: 'a.zip', S3ObjectVersion: 'v' },
    ['lambda:UpdateFunctionCode lambda:@:function:pay', 's3:GetObjectVersion s3:::code/a.zip'],
  ],
  [
    'aws-sdk:lambda:updateFunctionConfiguration',
    {
      FunctionName: 'pay',
      Role: role('pay'),
      Layers: ['arn:aws:lambda:us-east-1:222222222222:layer:util:4'],
    },
    [
      'lambda:UpdateFunctionConfiguration lambda:@:function:pay',
      'lambda:GetLayerVersion lambda:@:layer:util:4',
      'pass pay to lambda',
    ],
  ],
  [
    'aws-sdk:lambda:getFunction',
    { FunctionName: 'pay', Qualifier: 'live' },
    ['lambda:GetFunction lambda:@:function:pay:live'],
  ],
  ['aws-sdk:lambda:publishVersion', { FunctionName: 'pay' }, ['lambda:PublishVersion lambda:@:function:pay']],
  [
    'aws-sdk:lambda:updateAlias',
    { FunctionName: 'pay', Name: 'live', FunctionVersion: '7' },
    ['lambda:UpdateAlias lambda:@:function:pay'],
  ],
  [
    'aws-sdk:lambda:createEventSourceMapping',
    { FunctionName: 'pay', EventSourceArn: 'arn:aws:sqs:us-east-1:222222222222:q' },
    ['lambda:CreateEventSourceMapping *'],
  ],
  [
    'aws-sdk:lambda:updateEventSourceMapping',
    { UUID: 'a-b' },
    ['lambda:UpdateEventSourceMapping lambda:@:event-source-mapping:a-b'],
  ],
  [
    'aws-sdk:lambda:addPermission',
    { FunctionName: 'pay', StatementId: 's', Action: 'lambda:InvokeFunction', Principal: 'x' },
    ['lambda:AddPermission lambda:@:function:pay'],
  ],
  ['aws-sdk:lambda:listFunctions', {}, ['lambda:ListFunctions *']],
  [
    'aws-sdk:lambda:deleteFunction',
    { FunctionName: 'pay', Qualifier: '2' },
    ['lambda:DeleteFunction lambda:@:function:pay:2'],
  ],
]);

// https://docs.aws.amazon.com/step-functions/latest/dg/stepfunctions-iam.html
const CHILD = 'arn:aws:states:us-east-1:222222222222:stateMachine:child';
const STARTS = 'states:StartExecution states:@:stateMachine:child';
const WAITS = [
  STARTS,
  'states:DescribeExecution states:@:execution:child:*',
  'states:StopExecution states:@:execution:child:*',
];
needExactly('states', [
  ['states:startExecution', { StateMachineArn: CHILD }, [STARTS]],
  ['states:startExecution', { StateMachineArn: `${CHILD}:live` }, [STARTS]],
  ['states:startExecution', { StateMachineArn: `${CHILD}:3`, Name: 'x' }, [STARTS]],
  ['states:startExecution.sync', { StateMachineArn: CHILD }, WAITS, ['ExpressSyncNotSupported']],
  ['states:startExecution.sync:2', { StateMachineArn: `${CHILD}:live` }, WAITS, ['ExpressSyncNotSupported']],
  ['states:startExecution.waitForTaskToken', { StateMachineArn: CHILD }, [STARTS], ['TaskTokenWorker']],
  ['states:startExecution', { StateMachineArn: 'child' }, [STARTS]],
  [
    'states:startExecution',
    {
      'StateMachineArn.$':
        "States.Format('arn:aws:states:us-east-1:222222222222:stateMachine:child-{}', $.env)",
    },
    ['states:StartExecution states:@:stateMachine:child-*'],
  ],
  [
    'states:startExecution.sync:2',
    { 'StateMachineArn.$': '$.arn' },
    [],
    ['!ResourceNotStatic', 'ExpressSyncNotSupported'],
  ],
  [
    'states:startExecution',
    { StateMachineArn: 'arn:aws:states:us-east-1:222222222222:execution:child:x' },
    [],
    ['!ResourceNotStatic'],
  ],
  [
    'states:startExecution',
    { StateMachineArn: 'arn:aws:states:us-east-1:333333333333:stateMachine:child' },
    [],
    ['ResourceElsewhere'],
  ],
  ['aws-sdk:sfn:startExecution', { StateMachineArn: `${CHILD}:live` }, [STARTS]],
  [
    'aws-sdk:sfn:startSyncExecution',
    { StateMachineArn: CHILD },
    ['states:StartSyncExecution states:@:stateMachine:child'],
  ],
  [
    'aws-sdk:sfn:stopExecution',
    { ExecutionArn: 'arn:aws:states:us-east-1:222222222222:execution:child:x' },
    ['states:StopExecution states:@:execution:child:x'],
  ],
  [
    'aws-sdk:sfn:getExecutionHistory',
    { ExecutionArn: 'arn:aws:states:us-east-1:222222222222:execution:child:x' },
    ['states:GetExecutionHistory states:@:execution:child:x'],
  ],
  [
    'aws-sdk:sfn:listExecutions',
    { StateMachineArn: CHILD },
    ['states:ListExecutions states:@:stateMachine:child'],
  ],
  [
    'aws-sdk:sfn:redriveExecution',
    { ExecutionArn: 'arn:aws:states:us-east-1:222222222222:execution:child:x' },
    ['states:RedriveExecution states:@:execution:child:x'],
  ],
  ['aws-sdk:sfn:sendTaskSuccess', { TaskToken: 't', Output: '{}' }, ['states:SendTaskSuccess *']],
  [
    'aws-sdk:sfn:updateStateMachine',
    { StateMachineArn: CHILD, RoleArn: role('sm') },
    ['states:UpdateStateMachine states:@:stateMachine:child', 'pass sm to states'],
  ],
  [
    'aws-sdk:sfn:describeStateMachine',
    { StateMachineArn: CHILD },
    ['states:DescribeStateMachine states:@:stateMachine:child'],
  ],
  [
    'aws-sdk:sfn:describeMapRun',
    { MapRunArn: 'arn:aws:states:us-east-1:222222222222:mapRun:child/m:1-2' },
    ['states:DescribeMapRun states:@:mapRun:child/m:1-2'],
  ],
]);
