import { needExactly, role } from './whole-policy.ts';

needExactly('identity and governance', [
  ['aws-sdk:iam:getRole', { RoleName: 'r' }, ['iam:GetRole iam:~:role/r']],
  ['aws-sdk:iam:listRoles', {}, ['iam:ListRoles *']],
  ['aws-sdk:sts:getCallerIdentity', {}, ['sts:GetCallerIdentity *']],
  [
    'aws-sdk:organizations:describeAccount',
    { AccountId: '222222222222' },
    ['organizations:DescribeAccount organizations:~:account/o-*/222222222222'],
  ],
  ['aws-sdk:organizations:listAccounts', {}, ['organizations:ListAccounts *']],
  [
    'aws-sdk:cognitoidentityprovider:adminCreateUser',
    { UserPoolId: 'us-east-1_A', Username: 'u' },
    ['cognito-idp:AdminCreateUser cognito-idp:@:userpool/us-east-1_A'],
  ],
  ['aws-sdk:config:startConfigRulesEvaluation', { ConfigRuleNames: ['r'] }, [], ['!ResourceNotStatic']],
  [
    'aws-sdk:backup:startBackupJob',
    {
      BackupVaultName: 'v',
      ResourceArn: 'arn:aws:ec2:us-east-1:222222222222:volume/vol-1',
      IamRoleArn: role('bk'),
    },
    ['backup:StartBackupJob backup:@:backup-vault:v', 'pass bk to backup'],
  ],
  [
    'aws-sdk:guardduty:archiveFindings',
    { DetectorId: 'd', FindingIds: ['f'] },
    ['guardduty:ArchiveFindings *'],
  ],
  [
    'aws-sdk:securityhub:batchUpdateFindings',
    { FindingIdentifiers: [] },
    ['securityhub:BatchUpdateFindings securityhub:@:hub/default'],
  ],
  [
    'aws-sdk:servicecatalog:provisionProduct',
    { ProductId: 'prod-1', ProvisioningArtifactId: 'pa-1', ProvisionedProductName: 'n' },
    ['servicecatalog:ProvisionProduct catalog:@:product/prod-1'],
  ],
  [
    'aws-sdk:athena:batchGetQueryExecution',
    { QueryExecutionIds: ['a'] },
    ['athena:BatchGetQueryExecution athena:@:workgroup/*'],
  ],
  [
    'aws-sdk:batch:createComputeEnvironment',
    { ComputeEnvironmentName: 'ce', Type: 'MANAGED' },
    ['batch:CreateComputeEnvironment batch:@:compute-environment/ce'],
  ],
  ['aws-sdk:ssoadmin:listInstances', {}, ['sso:ListInstances *']],
  ['aws-sdk:costexplorer:getCostAndUsage', { TimePeriod: {} }, ['ce:GetCostAndUsage *']],
  ['aws-sdk:controltower:listEnabledControls', {}, ['controltower:ListEnabledControls *']],
  [
    'aws-sdk:ecs:createService',
    { Cluster: 'c', ServiceName: 's', TaskDefinition: 't:1', Tags: [] },
    ['ecs:CreateService ecs:@:service/c/s', 'ecs:TagResource ecs:@:service/c/s'],
  ],
]);

needExactly('what is tagged as it is made', [
  [
    'aws-sdk:ecs:createService',
    { ServiceName: 's', TaskDefinition: 't:1', Tags: [] },
    ['ecs:CreateService ecs:@:service/default/s', 'ecs:TagResource ecs:@:service/default/s'],
  ],
  [
    'aws-sdk:batch:createJobQueue',
    { JobQueueName: 'q', Tags: {} },
    ['batch:CreateJobQueue batch:@:job-queue/q', 'batch:TagResource batch:@:job-queue/q'],
  ],
  [
    'aws-sdk:firehose:createDeliveryStream',
    { DeliveryStreamName: 'd', Tags: [] },
    [
      'firehose:CreateDeliveryStream firehose:@:deliverystream/d',
      'firehose:TagDeliveryStream firehose:@:deliverystream/d',
    ],
  ],
  [
    'aws-sdk:kinesis:createStream',
    { StreamName: 's', Tags: {} },
    ['kinesis:CreateStream kinesis:@:stream/s', 'kinesis:AddTagsToStream kinesis:@:stream/s'],
  ],
  [
    'aws-sdk:sagemaker:createPipeline',
    { PipelineName: 'p', RoleArn: role('sm'), Tags: [] },
    [
      'sagemaker:CreatePipeline sagemaker:@:pipeline/p',
      'sagemaker:AddTags sagemaker:@:pipeline/p',
      'pass sm to sagemaker',
    ],
  ],
  [
    'aws-sdk:athena:createWorkGroup',
    { Name: 'w', Tags: [] },
    ['athena:CreateWorkGroup athena:@:workgroup/w', 'athena:TagResource athena:@:workgroup/w'],
  ],
  [
    'eks:createCluster',
    { Name: 'c', RoleArn: role('eks'), Tags: {} },
    ['eks:CreateCluster *', 'eks:TagResource eks:@:cluster/c', 'pass eks to eks'],
    ['ServiceLinkedRoleNeeded'],
  ],
  [
    'aws-sdk:rds:restoreDBInstanceToPointInTime',
    { SourceDBInstanceIdentifier: 'a', TargetDBInstanceIdentifier: 'B', Tags: [] },
    [
      'rds:RestoreDBInstanceToPointInTime rds:@:db:a',
      'rds:RestoreDBInstanceToPointInTime rds:@:db:b',
      'rds:RestoreDBInstanceToPointInTime rds:@:og:default*',
      'rds:RestoreDBInstanceToPointInTime rds:@:pg:default*',
      'rds:RestoreDBInstanceToPointInTime rds:@:subgrp:default*',
      'rds:AddTagsToResource rds:@:db:b',
    ],
  ],
  [
    'aws-sdk:redshift:createClusterSnapshot',
    { ClusterIdentifier: 'C', SnapshotIdentifier: 'S', Tags: [] },
    [
      'redshift:CreateClusterSnapshot redshift:@:snapshot:c/s',
      'redshift:CreateClusterSnapshot redshift:@:cluster:c',
      'redshift:CreateTags redshift:@:snapshot:c/s',
    ],
  ],
  [
    'aws-sdk:sqs:createQueue',
    { QueueName: 'q', Tags: {} },
    ['sqs:CreateQueue sqs:@:q', 'sqs:TagQueue sqs:@:q'],
  ],
]);

needExactly('names that are left out, and things that are named in one of two ways', [
  [
    'aws-sdk:elasticache:createReplicationGroup',
    { ReplicationGroupId: 'g' },
    [
      'elasticache:CreateReplicationGroup elasticache:@:replicationgroup:g',
      'elasticache:CreateReplicationGroup elasticache:@:parametergroup:default*',
    ],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:paymentcryptographydata:encryptData',
    { KeyIdentifier: 'alias/pin' },
    ['payment-cryptography:EncryptData payment-cryptography:@:alias/pin'],
  ],
  [
    'aws-sdk:paymentcryptographydata:encryptData',
    { KeyIdentifier: 'kwapwa6qaifllw2h' },
    ['payment-cryptography:EncryptData payment-cryptography:@:key/kwapwa6qaifllw2h'],
  ],
  [
    'aws-sdk:paymentcryptographydata:encryptData',
    { KeyIdentifier: 'arn:aws:payment-cryptography:us-east-1:222222222222:alias/pin' },
    ['payment-cryptography:EncryptData payment-cryptography:@:alias/pin'],
  ],
  [
    'aws-sdk:bedrockagentcore:stopRuntimeSession',
    {
      AgentRuntimeArn: 'arn:aws:bedrock-agentcore:us-east-1:222222222222:runtime/a-1',
      RuntimeSessionId: 's',
    },
    [
      'bedrock-agentcore:StopRuntimeSession bedrock-agentcore:@:runtime/a-1',
      'bedrock-agentcore:StopRuntimeSession bedrock-agentcore:@:runtime/a-1/runtime-endpoint/DEFAULT',
    ],
  ],
  [
    'aws-sdk:securityhub:batchUpdateFindings',
    { FindingIdentifiers: [] },
    ['securityhub:BatchUpdateFindings securityhub:@:hub/default'],
  ],
  [
    'aws-sdk:wafv2:updateIPSet',
    { Name: 'n', Scope: 'CLOUDFRONT', Id: 'i' },
    ['wafv2:UpdateIPSet wafv2:@:global/ipset/n/i'],
  ],
]);

needExactly('what a call does beside its own action', [
  [
    'aws-sdk:backup:startRestoreJob',
    { RecoveryPointArn: 'arn:aws:ec2:us-east-1::snapshot/snap-1', IamRoleArn: role('r') },
    ['backup:StartRestoreJob ec2:us-east-1::snapshot/snap-1', 'pass r to backup'],
  ],
  [
    'aws-sdk:textract:analyzeDocument',
    { Document: { S3Object: { Bucket: 'b', Name: 'k', Version: 'v' } } },
    ['textract:AnalyzeDocument *', 's3:GetObjectVersion s3:::b/k'],
  ],
  [
    'aws-sdk:ec2:copySnapshot',
    { SourceSnapshotId: 'snap-1', SourceRegion: 'eu-west-1' },
    ['ec2:CopySnapshot ec2:us-east-1::snapshot/*', 'ec2:CopySnapshot ec2:us-east-1::snapshot/snap-1'],
  ],
  [
    'aws-sdk:dynamodb:enableKinesisStreamingDestination',
    { TableName: 't', StreamArn: 'arn:aws:kinesis:us-east-1:222222222222:stream/s' },
    [
      'dynamodb:EnableKinesisStreamingDestination dynamodb:@:table/t',
      'kinesis:DescribeStream kinesis:@:stream/s',
      'kinesis:PutRecord kinesis:@:stream/s',
      'kinesis:PutRecords kinesis:@:stream/s',
    ],
  ],
]);
