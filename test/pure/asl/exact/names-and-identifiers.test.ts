/** ARNs that contain an identifier while calls give a name, or both of them, or the ARN of the thing's holder. */
import { needExactly, role } from './whole-policy.ts';

const FLOW = 'arn:aws:mediaconnect:us-east-1:222222222222:flow:1-23aBC:live';
const CLUSTER = 'arn:aws:kafka:us-east-1:222222222222:cluster/orders/0a1b-2';
const TABLES = 'arn:aws:s3tables:us-east-1:222222222222:bucket/lake';
const SALES = 'arn:aws:forecast:us-east-1:222222222222:dataset/sales';
const SIMULATOR = 'arn:aws:braket:::device/quantum-simulator/amazon/sv1';

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmq.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsconfig.html
needExactly('a name and an identifier, side by side', [
  ['aws-sdk:mq:rebootBroker', { BrokerId: 'b-1234' }, ['mq:RebootBroker mq:@:broker:*:b-1234']],
  ['aws-sdk:mq:createUser', { BrokerId: 'b-1234', Username: 'u' }, ['mq:CreateUser mq:@:broker:*:b-1234']],
  [
    'aws-sdk:autoscaling:deleteLaunchConfiguration',
    { LaunchConfigurationName: 'web' },
    ['autoscaling:DeleteLaunchConfiguration autoscaling:@:launchConfiguration:*:launchConfigurationName/web'],
  ],
  [
    'aws-sdk:config:deleteStoredQuery',
    { QueryName: 'public-buckets' },
    ['config:DeleteStoredQuery config:@:stored-query/public-buckets/*'],
  ],
  [
    'aws-sdk:codebuild:batchGetFleets',
    { Names: ['builders'] },
    ['codebuild:BatchGetFleets codebuild:@:fleet/builders:*'],
  ],
  [
    'aws-sdk:mediaconnect:purchaseOffering',
    { OfferingArn: FLOW, ReservationName: 'r', Start: '2026-12-01T00:00:00Z' },
    ['mediaconnect:PurchaseOffering mediaconnect:@:reservation:*:r'],
  ],
  ['aws-sdk:qapps:getQApp', { InstanceId: 'i', AppId: 'a' }, ['qapps:GetQApp qapps:@:application/*/qapp/a']],
  [
    'aws-sdk:kafka:createConfiguration',
    { Name: 'orders', ServerProperties: 'x' },
    ['kafka:CreateConfiguration kafka:@:configuration/orders/*'],
  ],
]);

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticbeanstalk.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-tables-setting-up.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonlightsail.html
needExactly('an identifier where the ARN has the name, and the other way round', [
  ['aws-sdk:elasticbeanstalk:restartAppServer', { EnvironmentId: 'e-abc' }, [], ['!ResourceNotStatic']],
  [
    'aws-sdk:elasticbeanstalk:updateEnvironment',
    { ApplicationName: 'shop', EnvironmentName: 'blue', EnvironmentId: 'e-abc' },
    ['elasticbeanstalk:UpdateEnvironment elasticbeanstalk:@:environment/shop/blue'],
  ],
  [
    'aws-sdk:s3tables:deleteTable',
    { TableBucketARN: TABLES, Namespace: 'sales', Name: 'orders' },
    [],
    ['!ResourceNotStatic'],
  ],
  ['aws-sdk:lightsail:getInstanceAccessDetails', { InstanceName: 'web' }, [], ['!ResourceNotStatic']],
  ['aws-sdk:lightsail:startInstance', { InstanceName: 'web' }, [], ['!ResourceNotStatic']],
  ['aws-sdk:lightsail:testAlarm', { AlarmName: 'cpu', State: 'ALARM' }, [], ['!ResourceNotStatic']],
  [
    'aws-sdk:servicecatalog:describeProvisioningParameters',
    { ProductName: 'vpc', ProvisioningArtifactName: 'v1' },
    [],
    ['!ResourceNotStatic'],
  ],
  [
    'aws-sdk:forecast:createDatasetImportJob',
    { DatasetImportJobName: 'may', DatasetArn: SALES, DataSource: { S3Config: { RoleArn: role('f') } } },
    ['forecast:CreateDatasetImportJob forecast:@:dataset-import-job/*', 'pass f to forecast'],
  ],
  [
    'aws-sdk:sagemaker:createArtifact',
    { ArtifactName: 'a', ArtifactType: 't', Source: { SourceUri: 's3://bucket/key' } },
    ['sagemaker:CreateArtifact sagemaker:@:artifact/*'],
  ],
  [
    'aws-sdk:sagemakergeospatial:startVectorEnrichmentJob',
    { Name: 'j', ExecutionRoleArn: role('geo'), InputConfig: {}, JobConfig: {} },
    [
      'sagemaker-geospatial:StartVectorEnrichmentJob sagemaker-geospatial:@:vector-enrichment-job/*',
      'pass geo to sagemaker-geospatial',
    ],
  ],
]);

needExactly('what something is to be called from now on', [
  [
    'aws-sdk:costexplorer:updateAnomalyMonitor',
    { MonitorArn: 'arn:aws:ce::222222222222:anomalymonitor/0a1b', MonitorName: 'spend' },
    ['ce:UpdateAnomalyMonitor ce:~:anomalymonitor/0a1b'],
  ],
  [
    'aws-sdk:iotsitewise:updateProject',
    { ProjectId: '0a1b', ProjectName: 'plant' },
    ['iotsitewise:UpdateProject iotsitewise:@:project/0a1b'],
  ],
  [
    'aws-sdk:sagemaker:updatePipelineExecution',
    {
      PipelineExecutionArn: 'arn:aws:sagemaker:us-east-1:222222222222:pipeline/train/execution/abc',
      PipelineExecutionDisplayName: 'nightly',
    },
    ['sagemaker:UpdatePipelineExecution sagemaker:@:pipeline/train/execution/abc'],
  ],
  [
    'aws-sdk:route53recoverycontrolconfig:updateRoutingControl',
    {
      RoutingControlArn: 'arn:aws:route53-recovery-control::222222222222:controlpanel/c/routingcontrol/r',
      RoutingControlName: 'east',
    },
    [
      'route53-recovery-control-config:UpdateRoutingControl route53-recovery-control:~:controlpanel/c/routingcontrol/r',
    ],
  ],
]);

needExactly('no secret, document or filter of a call is taken for a name', [
  [
    'aws-sdk:storagegateway:updateChapCredentials',
    {
      TargetARN: 'arn:aws:storagegateway:us-east-1:222222222222:gateway/sgw-1/target/iqn',
      InitiatorName: 'i',
      SecretToAuthenticateInitiator: 'secret-of-12',
      SecretToAuthenticateTarget: 'secret-of-16',
    },
    ['storagegateway:UpdateChapCredentials storagegateway:@:gateway/sgw-1/target/iqn'],
  ],
  [
    'aws-sdk:networkfirewall:putResourcePolicy',
    {
      ResourceArn: 'arn:aws:network-firewall:us-east-1:222222222222:firewall-policy/p',
      Policy: '{"Statement":[]}',
    },
    ['network-firewall:PutResourcePolicy network-firewall:@:firewall-policy/p'],
  ],
  ['aws-sdk:ivs:listChannels', { FilterByName: 'live' }, ['ivs:ListChannels ivs:@:channel/*']],
]);

needExactly('a part of what an ARN names', [
  [
    'aws-sdk:kafka:describeTopic',
    { ClusterArn: CLUSTER, TopicName: 'paid' },
    ['kafka:DescribeTopic kafka:@:topic/orders/0a1b-2/paid'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:mediaconnect:removeFlowMediaStream',
    { FlowArn: FLOW, MediaStreamName: 'video' },
    [
      'mediaconnect:RemoveFlowMediaStream mediaconnect:@:flow:1-23aBC:live',
      'mediaconnect:RemoveFlowMediaStream mediaconnect:@:flow:1-23aBC:live/mediaStream/video',
    ],
  ],
]);

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbraket.html
needExactly('devices of AWS, which lie in no account', [
  [
    'aws-sdk:braket:getDevice',
    { DeviceArn: SIMULATOR },
    ['braket:GetDevice braket:::device/quantum-simulator/amazon/sv1'],
  ],
  [
    'aws-sdk:braket:createJob',
    { JobName: 'j', DeviceConfig: { Device: SIMULATOR }, RoleArn: role('jobs') },
    [
      'braket:CreateJob braket:::device/quantum-simulator/amazon/sv1',
      'braket:CreateJob braket:@:job/*',
      'pass jobs to braket',
    ],
  ],
]);

const PERMISSION_SET = {
  InstanceArn: 'arn:aws:sso:::instance/ssoins-1',
  PermissionSetArn: 'arn:aws:sso:::permissionSet/ssoins-1/ps-1',
};
const PROVISION = [
  'sso:ProvisionPermissionSet sso:::instance/ssoins-1',
  'sso:ProvisionPermissionSet sso:::permissionSet/ssoins-1/ps-1',
];

const CARD_KEY = 'arn:aws:payment-cryptography:us-east-1:222222222222:key/card';

needExactly('what a call makes, and what it makes it of', [
  // No key and no alias is made of a code.
  [
    'aws-sdk:paymentcryptographydata:generateMac',
    { KeyIdentifier: 'alias/card', MessageData: '00', GenerationAttributes: {} },
    ['payment-cryptography:GenerateMac payment-cryptography:@:alias/card'],
  ],
  [
    'aws-sdk:paymentcryptographydata:generateCardValidationData',
    { KeyIdentifier: CARD_KEY, PrimaryAccountNumber: '1', GenerationAttributes: {} },
    ['payment-cryptography:GenerateCardValidationData payment-cryptography:@:key/card'],
  ],
  ['aws-sdk:directory:restoreFromSnapshot', { SnapshotId: 's-1' }, [], ['!ResourceNotStatic']],
  [
    'aws-sdk:appsync:associateMergedGraphqlApi',
    { SourceApiIdentifier: 'orders', MergedApiIdentifier: 'all' },
    [],
    ['!ResourceNotStatic'],
  ],
  [
    'aws-sdk:ec2:copyImage',
    { SourceImageId: 'ami-1', SourceRegion: 'us-east-1', Name: 'copy' },
    [
      'ec2:CopyImage ec2:us-east-1::image/*',
      'ec2:CopyImage ec2:us-east-1::image/ami-1',
      'ec2:CopyImage ec2:us-east-1::snapshot/*',
    ],
  ],
  [
    'aws-sdk:ec2:copyVolumes',
    { SourceVolumeId: 'vol-1' },
    ['ec2:CopyVolumes ec2:@:volume/*', 'ec2:CopyVolumes ec2:@:volume/vol-1'],
  ],
  // A product that stands is provisioned: none is made.
  [
    'aws-sdk:servicecatalog:provisionProduct',
    { ProductName: 'vpc', ProvisioningArtifactName: 'v1', ProvisionedProductName: 'mine' },
    [],
    ['!ResourceNotStatic'],
  ],
  [
    'aws-sdk:servicecatalog:provisionProduct',
    { ProductId: 'prod-1', ProvisioningArtifactId: 'pa-1', ProvisionedProductName: 'mine' },
    ['servicecatalog:ProvisionProduct catalog:@:product/prod-1'],
  ],
  [
    'aws-sdk:ssoadmin:provisionPermissionSet',
    { ...PERMISSION_SET, TargetType: 'AWS_ACCOUNT', TargetId: '333333333333' },
    [...PROVISION, 'sso:ProvisionPermissionSet sso:::account/333333333333'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:ssoadmin:provisionPermissionSet',
    { ...PERMISSION_SET, TargetType: 'ALL_PROVISIONED_ACCOUNTS' },
    [...PROVISION, 'sso:ProvisionPermissionSet sso:::account/*'],
    ['CallerPermissionsNeeded'],
  ],
]);

const RULES = { RuleGroupName: 'rules' };
needExactly('a thing whose type another parameter says', [
  // https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_DescribeRuleGroup.html
  [
    'aws-sdk:networkfirewall:describeRuleGroup',
    { ...RULES, Type: 'STATEFUL' },
    ['network-firewall:DescribeRuleGroup network-firewall:@:stateful-rulegroup/rules'],
  ],
  [
    'aws-sdk:networkfirewall:deleteRuleGroup',
    { ...RULES, Type: 'STATELESS' },
    ['network-firewall:DeleteRuleGroup network-firewall:@:stateless-rulegroup/rules'],
  ],
  [
    'aws-sdk:networkfirewall:deleteRuleGroup',
    { ...RULES, 'Type.$': '$.type' },
    [
      'network-firewall:DeleteRuleGroup network-firewall:@:stateful-rulegroup/rules',
      'network-firewall:DeleteRuleGroup network-firewall:@:stateless-rulegroup/rules',
    ],
  ],
]);

// https://docs.aws.amazon.com/iot-wireless/latest/apireference/API_GetWirelessDevice.html
needExactly('a device by its ID, or by another name of it', [
  [
    'aws-sdk:iotwireless:getWirelessDevice',
    { Identifier: 'a-1', IdentifierType: 'WirelessDeviceId' },
    ['iotwireless:GetWirelessDevice iotwireless:@:WirelessDevice/a-1'],
  ],
  [
    'aws-sdk:iotwireless:getWirelessDevice',
    { Identifier: '00fe00fe00fe00fe', IdentifierType: 'DevEui' },
    [],
    ['!ResourceNotStatic'],
  ],
  [
    'aws-sdk:iotwireless:getWirelessDevice',
    { Identifier: '00fe00fe00fe00fe', 'IdentifierType.$': '$.type' },
    [],
    ['!ResourceNotStatic'],
  ],
]);

// https://docs.aws.amazon.com/controltower/latest/APIReference/API_EnableControl.html
needExactly('a control that gets an ARN of its own once it is enabled', [
  [
    'aws-sdk:controltower:enableControl',
    {
      ControlIdentifier: 'arn:aws:controltower:us-east-1::control/AWS-GR_ENCRYPTED_VOLUMES',
      TargetIdentifier: 'arn:aws:organizations::222222222222:ou/o-a1/ou-b2',
    },
    ['controltower:EnableControl *'],
  ],
]);

needExactly('a service by its prefix in IAM, as the SDK’s own name', [
  [
    'aws-sdk:elasticmapreduce:runJobFlow',
    { Name: 'c', ServiceRole: 'EMR', AutoScalingRole: 'Scaling' },
    [
      'elasticmapreduce:RunJobFlow *',
      'pass EMR to elasticmapreduce',
      'pass Scaling to application-autoscaling',
    ],
    ['ServiceLinkedRoleNeeded'],
  ],
  [
    'aws-sdk:tag:untagResources',
    { ResourceARNList: ['arn:aws:sqs:us-east-1:222222222222:q'], TagKeys: ['team'] },
    ['tag:UntagResources *', 'sqs:UntagQueue sqs:@:q'],
    ['CallerPermissionsNeeded'],
  ],
]);
