import { needExactly, role } from './whole-policy.ts';

// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.RDSSecurityGroups.html
needExactly('security groups of a VPC, which are none of RDS', [
  [
    'aws-sdk:rds:modifyDBInstance',
    { DbInstanceIdentifier: 'd', DbSecurityGroups: ['old'], VpcSecurityGroupIds: ['sg-1'] },
    ['rds:ModifyDBInstance rds:@:db:d', 'rds:ModifyDBInstance rds:@:secgrp:old'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:rds:modifyDBInstance',
    { DbInstanceIdentifier: 'd', 'VpcSecurityGroupIds.$': '$.groups' },
    ['rds:ModifyDBInstance rds:@:db:d'],
    ['CallerPermissionsNeeded'],
  ],
]);

needExactly('compute', [
  [
    'aws-sdk:ec2:startInstances',
    { InstanceIds: ['i-1', 'i-2'] },
    ['ec2:StartInstances ec2:@:instance/i-1', 'ec2:StartInstances ec2:@:instance/i-2'],
  ],
  ['aws-sdk:ec2:stopInstances', { InstanceIds: ['i-1'] }, ['ec2:StopInstances ec2:@:instance/i-1']],
  ['aws-sdk:ec2:terminateInstances', { 'InstanceIds.$': '$.ids' }, [], ['!ResourceNotStatic']],
  ['aws-sdk:ec2:describeInstances', {}, ['ec2:DescribeInstances *']],
  [
    'aws-sdk:ec2:createSnapshot',
    { VolumeId: 'vol-1' },
    ['ec2:CreateSnapshot ec2:@:volume/vol-1', 'ec2:CreateSnapshot ec2:us-east-1::snapshot/*'],
  ],
  [
    'aws-sdk:ec2:deleteSnapshot',
    { SnapshotId: 'snap-1' },
    ['ec2:DeleteSnapshot ec2:us-east-1::snapshot/snap-1'],
  ],
  [
    'aws-sdk:ec2:createImage',
    { InstanceId: 'i-1', Name: 'n' },
    [
      'ec2:CreateImage ec2:@:instance/i-1',
      'ec2:CreateImage ec2:us-east-1::image/*',
      'ec2:CreateImage ec2:us-east-1::snapshot/*',
    ],
  ],
  ['aws-sdk:ec2:deregisterImage', { ImageId: 'ami-1' }, ['ec2:DeregisterImage ec2:us-east-1::image/ami-1']],
  [
    'aws-sdk:ec2:modifyInstanceAttribute',
    { InstanceId: 'i-1' },
    ['ec2:ModifyInstanceAttribute ec2:@:instance/i-1'],
  ],
  [
    'aws-sdk:ec2:authorizeSecurityGroupIngress',
    { GroupId: 'sg-1' },
    ['ec2:AuthorizeSecurityGroupIngress ec2:@:security-group/sg-1'],
  ],
  [
    'aws-sdk:ec2:createTags',
    { Resources: ['i-1', 'vol-1'], Tags: [] },
    ['ec2:CreateTags ec2:@:instance/i-1', 'ec2:CreateTags ec2:@:volume/vol-1'],
  ],
  [
    'aws-sdk:ec2:attachVolume',
    { InstanceId: 'i-1', VolumeId: 'vol-1' },
    ['ec2:AttachVolume ec2:@:instance/i-1', 'ec2:AttachVolume ec2:@:volume/vol-1'],
  ],
  [
    'aws-sdk:autoscaling:setDesiredCapacity',
    { AutoScalingGroupName: 'web', DesiredCapacity: 1 },
    ['autoscaling:SetDesiredCapacity autoscaling:@:autoScalingGroup:*:autoScalingGroupName/web'],
  ],
  [
    'aws-sdk:autoscaling:updateAutoScalingGroup',
    { AutoScalingGroupName: 'web' },
    ['autoscaling:UpdateAutoScalingGroup autoscaling:@:autoScalingGroup:*:autoScalingGroupName/web'],
  ],
  ['aws-sdk:autoscaling:describeAutoScalingGroups', {}, ['autoscaling:DescribeAutoScalingGroups *']],
  [
    'aws-sdk:elasticloadbalancingv2:registerTargets',
    { TargetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:222222222222:targetgroup/t/1' },
    ['elasticloadbalancing:RegisterTargets elasticloadbalancing:@:targetgroup/t/1'],
  ],
  [
    'aws-sdk:elasticloadbalancingv2:describeTargetHealth',
    { TargetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:222222222222:targetgroup/t/1' },
    ['elasticloadbalancing:DescribeTargetHealth *'],
  ],
  ['aws-sdk:ecr:describeImages', { RepositoryName: 'app' }, ['ecr:DescribeImages ecr:@:repository/app']],
  [
    'aws-sdk:ecr:batchDeleteImage',
    { RepositoryName: 'team/app' },
    ['ecr:BatchDeleteImage ecr:@:repository/team/app'],
  ],
  ['aws-sdk:ecr:getAuthorizationToken', {}, ['ecr:GetAuthorizationToken *']],
  [
    'aws-sdk:applicationautoscaling:registerScalableTarget',
    { ServiceNamespace: 'ecs', ResourceId: 'service/c/s', ScalableDimension: 'x' },
    ['application-autoscaling:RegisterScalableTarget application-autoscaling:@:scalable-target/*'],
  ],
  [
    'aws-sdk:imagebuilder:startImagePipelineExecution',
    { ImagePipelineArn: 'arn:aws:imagebuilder:us-east-1:222222222222:image-pipeline/p' },
    [
      'imagebuilder:StartImagePipelineExecution imagebuilder:@:image-pipeline/p',
      'imagebuilder:GetImagePipeline imagebuilder:@:image-pipeline/p',
    ],
    ['ServiceLinkedRoleNeeded'],
  ],
]);

needExactly('databases', [
  ['aws-sdk:rds:startDBInstance', { DbInstanceIdentifier: 'db1' }, ['rds:StartDBInstance rds:@:db:db1']],
  ['aws-sdk:rds:stopDBCluster', { DbClusterIdentifier: 'C1' }, ['rds:StopDBCluster rds:@:cluster:c1']],
  [
    'aws-sdk:rds:createDBSnapshot',
    { DbInstanceIdentifier: 'db1', DbSnapshotIdentifier: 's1' },
    ['rds:CreateDBSnapshot rds:@:db:db1', 'rds:CreateDBSnapshot rds:@:snapshot:s1'],
  ],
  [
    'aws-sdk:rds:describeDBInstances',
    { DbInstanceIdentifier: 'db1' },
    ['rds:DescribeDBInstances rds:@:db:db1'],
  ],
  [
    'aws-sdk:rds:deleteDBClusterSnapshot',
    { DbClusterSnapshotIdentifier: 's1' },
    ['rds:DeleteDBClusterSnapshot rds:@:cluster-snapshot:s1'],
  ],
  [
    'aws-sdk:rds:startExportTask',
    {
      ExportTaskIdentifier: 'e',
      SourceArn: 'arn:aws:rds:us-east-1:222222222222:snapshot:s1',
      S3BucketName: 'b',
      IamRoleArn: role('exp'),
      KmsKeyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
    },
    [
      'rds:StartExportTask rds:@:snapshot:s1',
      'pass exp to export.rds',
      ...[
        'CreateGrant',
        'Decrypt',
        'DescribeKey',
        'Encrypt',
        'GenerateDataKey',
        'GenerateDataKeyWithoutPlaintext',
        'ReEncryptFrom',
        'ReEncryptTo',
        'RetireGrant',
      ].map((action) => `kms:${action} kms:@:key/1234abcd-12ab-34cd-56ef-1234567890ab`),
    ],
    ['KeyPermissionUnknown'],
  ],
  [
    'aws-sdk:rdsdata:executeStatement',
    {
      ResourceArn: 'arn:aws:rds:us-east-1:222222222222:cluster:c',
      SecretArn: 'arn:aws:secretsmanager:us-east-1:222222222222:secret:s-AbCdEf',
      Sql: 'x',
    },
    [
      'rds-data:ExecuteStatement rds:@:cluster:c',
      'secretsmanager:GetSecretValue secretsmanager:@:secret:s-AbCdEf',
    ],
  ],
  [
    'aws-sdk:redshiftdata:executeStatement',
    { ClusterIdentifier: 'rc', Database: 'dev', DbUser: 'u', Sql: 'x' },
    [
      'redshift-data:ExecuteStatement redshift:@:cluster:rc',
      'redshift:GetClusterCredentials redshift:@:dbuser:rc/u',
      'redshift:GetClusterCredentials redshift:@:dbname:rc/dev',
    ],
  ],
  ['aws-sdk:redshiftdata:describeStatement', { Id: 'x' }, ['redshift-data:DescribeStatement *']],
  [
    'aws-sdk:redshift:pauseCluster',
    { ClusterIdentifier: 'rc' },
    ['redshift:PauseCluster redshift:@:cluster:rc'],
  ],
  [
    'aws-sdk:elasticache:createSnapshot',
    { CacheClusterId: 'cc', SnapshotName: 's' },
    [
      'elasticache:CreateSnapshot elasticache:@:cluster:cc',
      'elasticache:CreateSnapshot elasticache:@:snapshot:s',
    ],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:dynamodbstreams:describeStream',
    { StreamArn: 'arn:aws:dynamodb:us-east-1:222222222222:table/t/stream/2020-01-01T00:00:00.000' },
    ['dynamodb:DescribeStream dynamodb:@:table/t/stream/2020-01-01T00:00:00.000'],
  ],
  ['aws-sdk:opensearch:describeDomain', { DomainName: 'd' }, ['es:DescribeDomain es:@:domain/d']],
  [
    'aws-sdk:timestreamwrite:writeRecords',
    { DatabaseName: 'd', TableName: 't' },
    ['timestream:WriteRecords timestream:@:database/d/table/t', 'timestream:DescribeEndpoints *'],
  ],
  [
    'aws-sdk:keyspaces:getTable',
    { KeyspaceName: 'k', TableName: 't' },
    ['cassandra:Select cassandra:@:/keyspace/k/table/t'],
  ],
  [
    'aws-sdk:databasemigration:startReplicationTask',
    { ReplicationTaskArn: 'arn:aws:dms:us-east-1:222222222222:task:T1', StartReplicationTaskType: 'x' },
    ['dms:StartReplicationTask dms:@:task:T1'],
  ],
]);
