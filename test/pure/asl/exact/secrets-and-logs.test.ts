import { needExactly, role } from './whole-policy.ts';

needExactly('secrets, parameters and keys', [
  [
    'aws-sdk:secretsmanager:getSecretValue',
    { SecretId: 'db/main' },
    ['secretsmanager:GetSecretValue secretsmanager:@:secret:db/main-??????'],
    ['KeyPermissionUnknown'],
  ],
  [
    'aws-sdk:secretsmanager:getSecretValue',
    { SecretId: 'arn:aws:secretsmanager:us-east-1:222222222222:secret:db/main-AbCdEf' },
    ['secretsmanager:GetSecretValue secretsmanager:@:secret:db/main-AbCdEf'],
    ['KeyPermissionUnknown'],
  ],
  [
    'aws-sdk:secretsmanager:getSecretValue',
    { 'SecretId.$': "States.Format('db/{}', $.env)" },
    ['secretsmanager:GetSecretValue secretsmanager:@:secret:db/*-??????'],
    ['KeyPermissionUnknown'],
  ],
  [
    'aws-sdk:secretsmanager:putSecretValue',
    { SecretId: 'db', SecretString: 'x' },
    ['secretsmanager:PutSecretValue secretsmanager:@:secret:db-??????'],
    ['KeyPermissionUnknown'],
  ],
  [
    'aws-sdk:secretsmanager:createSecret',
    { Name: 'db', Tags: [] },
    [
      'secretsmanager:CreateSecret secretsmanager:@:secret:db-??????',
      'secretsmanager:TagResource secretsmanager:@:secret:db-??????',
    ],
  ],
  ['aws-sdk:secretsmanager:listSecrets', {}, ['secretsmanager:ListSecrets *']],
  ['aws-sdk:ssm:getParameter', { Name: 'plain' }, ['ssm:GetParameter ssm:@:parameter/plain']],
  ['aws-sdk:ssm:getParameter', { Name: '/app/db:3' }, ['ssm:GetParameter ssm:@:parameter/app/db']],
  [
    'aws-sdk:ssm:getParameter',
    { Name: 'arn:aws:ssm:us-east-1:222222222222:parameter/app/db' },
    ['ssm:GetParameter ssm:@:parameter/app/db'],
  ],
  [
    'aws-sdk:ssm:getParameter',
    { Name: '/aws/service/ami-amazon-linux-latest/x' },
    ['ssm:GetParameter ssm:us-east-1::parameter/aws/service/ami-amazon-linux-latest/x'],
  ],
  [
    'aws-sdk:ssm:getParameters',
    { Names: ['/a', '/b'] },
    ['ssm:GetParameters ssm:@:parameter/a', 'ssm:GetParameters ssm:@:parameter/b'],
  ],
  ['aws-sdk:ssm:getParametersByPath', { Path: '/app' }, ['ssm:GetParametersByPath ssm:@:parameter/app']],
  [
    'aws-sdk:ssm:getParametersByPath',
    { Path: '/app/' },
    ['ssm:GetParametersByPath ssm:@:parameter/app', 'ssm:GetParametersByPath ssm:@:parameter/app/'],
  ],
  [
    'aws-sdk:ssm:putParameter',
    { Name: '/a', Value: 'x', Overwrite: true },
    ['ssm:PutParameter ssm:@:parameter/a'],
  ],
  ['aws-sdk:ssm:deleteParameter', { Name: '/a' }, ['ssm:DeleteParameter ssm:@:parameter/a']],
  [
    'aws-sdk:ssm:sendCommand',
    { DocumentName: 'mine', InstanceIds: ['i-1'] },
    ['ssm:SendCommand ssm:@:document/mine', 'ssm:SendCommand ec2:@:instance/i-1'],
  ],
  ['aws-sdk:ssm:getCommandInvocation', { CommandId: 'c', InstanceId: 'i-1' }, ['ssm:GetCommandInvocation *']],
  ['aws-sdk:ssm:describeInstanceInformation', {}, ['ssm:DescribeInstanceInformation *']],
  [
    'aws-sdk:ssm:startAutomationExecution',
    { DocumentName: 'mine', Parameters: { AutomationAssumeRole: [role('auto')] } },
    ['ssm:StartAutomationExecution ssm:@:automation-definition/mine:*', 'pass auto to ssm'],
  ],
  [
    'aws-sdk:ssm:startAutomationExecution',
    { DocumentName: 'mine', Parameters: { InstanceId: ['i-1'] } },
    ['ssm:StartAutomationExecution ssm:@:automation-definition/mine:*'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:kms:decrypt',
    { KeyId: '1234abcd-12ab-34cd-56ef-1234567890ab', CiphertextBlob: 'x' },
    ['kms:Decrypt kms:@:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
  ],
  [
    'aws-sdk:kms:encrypt',
    { KeyId: 'arn:aws:kms:us-east-1:222222222222:key/mrk-1', Plaintext: 'x' },
    ['kms:Encrypt kms:@:key/mrk-1'],
  ],
  ['aws-sdk:kms:encrypt', { KeyId: 'alias/app', Plaintext: 'x' }, [], ['!ResourceNotStatic']],
  ['aws-sdk:kms:scheduleKeyDeletion', { KeyId: 'alias/app' }, [], ['!ResourceNotStatic']],
  [
    'aws-sdk:kms:scheduleKeyDeletion',
    { KeyId: '1234abcd-12ab-34cd-56ef-1234567890ab' },
    ['kms:ScheduleKeyDeletion kms:@:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
  ],
  ['aws-sdk:kms:createKey', {}, ['kms:CreateKey *']],
  [
    'aws-sdk:kms:createAlias',
    { AliasName: 'alias/app', TargetKeyId: '1234abcd-12ab-34cd-56ef-1234567890ab' },
    ['kms:CreateAlias kms:@:alias/app', 'kms:CreateAlias kms:@:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
  ],
  [
    'aws-sdk:kms:createAlias',
    { AliasName: 'alias/app', TargetKeyId: 'alias/other' },
    ['kms:CreateAlias kms:@:alias/app'],
    ['!ResourceNotStatic'],
  ],
  // https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateAlias.html
  [
    'aws-sdk:kms:updateAlias',
    { AliasName: 'alias/app', TargetKeyId: '1234abcd-12ab-34cd-56ef-1234567890ab' },
    ['kms:UpdateAlias kms:@:alias/app', 'kms:UpdateAlias kms:@:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
    ['!ResourceNotStatic'],
  ],
]);

needExactly('logs and metrics', [
  [
    'aws-sdk:cloudwatchlogs:createLogGroup',
    { LogGroupName: '/app' },
    ['logs:CreateLogGroup logs:@:log-group:/app:*'],
  ],
  [
    'aws-sdk:cloudwatchlogs:createLogStream',
    { LogGroupName: '/app', LogStreamName: 's' },
    ['logs:CreateLogStream logs:@:log-group:/app:log-stream:s'],
  ],
  [
    'aws-sdk:cloudwatchlogs:putLogEvents',
    { LogGroupName: '/app', LogStreamName: 's' },
    ['logs:PutLogEvents logs:@:log-group:/app:log-stream:s'],
  ],
  [
    'aws-sdk:cloudwatchlogs:startQuery',
    { LogGroupName: '/app', QueryString: 'x' },
    ['logs:StartQuery logs:@:log-group:/app:*'],
  ],
  [
    'aws-sdk:cloudwatchlogs:startQuery',
    { LogGroupNames: ['/a', '/b'], QueryString: 'x' },
    ['logs:StartQuery logs:@:log-group:/a:*', 'logs:StartQuery logs:@:log-group:/b:*'],
  ],
  ['aws-sdk:cloudwatchlogs:getQueryResults', { QueryId: 'q' }, ['logs:GetQueryResults logs:@:log-group:*:*']],
  [
    'aws-sdk:cloudwatchlogs:createExportTask',
    { LogGroupName: '/app', Destination: 'b', From: 1, To: 2 },
    ['logs:CreateExportTask logs:@:log-group:/app:*'],
  ],
  [
    'aws-sdk:cloudwatchlogs:putSubscriptionFilter',
    {
      LogGroupName: '/app',
      FilterName: 'all',
      FilterPattern: '',
      DestinationArn: 'arn:aws:kinesis:us-east-1:222222222222:stream/logs',
      RoleArn: role('logs'),
    },
    ['logs:PutSubscriptionFilter logs:@:log-group:/app:*', 'pass logs to logs'],
  ],
  [
    'aws-sdk:cloudwatchlogs:putSubscriptionFilter',
    {
      LogGroupName: '/app',
      FilterName: 'all',
      FilterPattern: '',
      DestinationArn: 'arn:aws:logs:us-east-1:222222222222:destination:central',
    },
    [
      'logs:PutSubscriptionFilter logs:@:log-group:/app:*',
      'logs:PutSubscriptionFilter logs:@:destination:central',
    ],
  ],
  [
    'aws-sdk:cloudwatchlogs:putSubscriptionFilter',
    {
      LogGroupName: '/app',
      FilterName: 'all',
      FilterPattern: '',
      DestinationArn: 'central',
    },
    ['logs:PutSubscriptionFilter logs:@:log-group:/app:*'],
    ['!ResourceNotStatic'],
  ],
  [
    'aws-sdk:cloudwatchlogs:putRetentionPolicy',
    { LogGroupName: '/app', RetentionInDays: 7 },
    ['logs:PutRetentionPolicy logs:@:log-group:/app:*'],
  ],
  ['aws-sdk:cloudwatchlogs:describeLogGroups', { LogGroupNamePrefix: '/a' }, ['logs:DescribeLogGroups *']],
  ['aws-sdk:cloudwatch:putMetricData', { Namespace: 'N' }, ['cloudwatch:PutMetricData *']],
  [
    'aws-sdk:cloudwatch:putMetricAlarm',
    { AlarmName: 'a' },
    ['cloudwatch:PutMetricAlarm cloudwatch:@:alarm:a'],
  ],
  [
    'aws-sdk:cloudwatch:disableAlarmActions',
    { AlarmNames: ['a', 'b'] },
    [
      'cloudwatch:DisableAlarmActions cloudwatch:@:alarm:a',
      'cloudwatch:DisableAlarmActions cloudwatch:@:alarm:b',
    ],
  ],
  ['aws-sdk:cloudwatch:getMetricData', {}, ['cloudwatch:GetMetricData *']],
  [
    'aws-sdk:cloudwatch:setAlarmState',
    { AlarmName: 'a', StateValue: 'OK' },
    ['cloudwatch:SetAlarmState cloudwatch:@:alarm:a'],
  ],
  ['aws-sdk:xray:putTraceSegments', {}, ['xray:PutTraceSegments *']],
]);
