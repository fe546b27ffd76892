/** Calls of public definitions whose authors grant what was not derived, or not what was: AWS's pages decided. */
import { needExactly, type Expected } from './whole-policy.ts';

const RECIPE = 'arn:aws:imagebuilder:us-east-1:222222222222:image-recipe/base/1.0.0';
const HARDWARE = 'arn:aws:imagebuilder:us-east-1:222222222222:infrastructure-configuration/small';
const IMAGE_NOTES = ['ServiceLinkedRoleNeeded', 'CallerPermissionsNeeded'];

// https://docs.aws.amazon.com/bedrock/latest/userguide/kb-direct-ingestion-prereq.html
needExactly('documents of a knowledge base', [
  [
    'aws-sdk:bedrockagent:deleteKnowledgeBaseDocuments',
    { KnowledgeBaseId: 'KB', DataSourceId: 'DS', DocumentIdentifiers: [] },
    [
      'bedrock:DeleteKnowledgeBaseDocuments bedrock:@:knowledge-base/KB',
      'bedrock:StartIngestionJob bedrock:@:knowledge-base/KB',
    ],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:bedrockagent:ingestKnowledgeBaseDocuments',
    { KnowledgeBaseId: 'KB', DataSourceId: 'DS', Documents: [] },
    [
      'bedrock:IngestKnowledgeBaseDocuments bedrock:@:knowledge-base/KB',
      'bedrock:StartIngestionJob bedrock:@:knowledge-base/KB',
    ],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:bedrockagent:startIngestionJob',
    { KnowledgeBaseId: 'KB', DataSourceId: 'DS' },
    ['bedrock:StartIngestionJob bedrock:@:knowledge-base/KB'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:bedrockagent:getKnowledgeBaseDocuments',
    { KnowledgeBaseId: 'KB', DataSourceId: 'DS', DocumentIdentifiers: [] },
    ['bedrock:GetKnowledgeBaseDocuments bedrock:@:knowledge-base/KB'],
  ],
]);

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2imagebuilder.html, "Dependent actions"
needExactly('what a service looks up of the things that the call names', [
  [
    'aws-sdk:imagebuilder:createImage',
    { ImageRecipeArn: RECIPE, InfrastructureConfigurationArn: HARDWARE },
    [
      'imagebuilder:CreateImage imagebuilder:@:image/*/*/*',
      'imagebuilder:GetImageRecipe imagebuilder:@:image-recipe/base/1.0.0',
      'imagebuilder:GetInfrastructureConfiguration imagebuilder:@:infrastructure-configuration/small',
    ],
    IMAGE_NOTES,
  ],
  [
    'aws-sdk:imagebuilder:createImage',
    { 'ImageRecipeArn.$': '$.recipe', InfrastructureConfigurationArn: HARDWARE },
    [
      'imagebuilder:CreateImage imagebuilder:@:image/*/*/*',
      'imagebuilder:GetInfrastructureConfiguration imagebuilder:@:infrastructure-configuration/small',
    ],
    IMAGE_NOTES,
  ],
]);

// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Target.html
needExactly('machines that a command names as its targets', [
  [
    'aws-sdk:ssm:sendCommand',
    { DocumentName: 'AWS-RunShellScript', Targets: [{ Key: 'InstanceIds', Values: ['i-1', 'mi-2'] }] },
    [
      'ssm:SendCommand ssm:us-east-1::document/AWS-RunShellScript',
      'ssm:SendCommand ec2:@:instance/i-1',
      'ssm:SendCommand ssm:@:managed-instance/mi-2',
    ],
  ],
  ...[
    [{ Key: 'InstanceIds', 'Values.$': '$.machines' }],
    [
      { Key: 'InstanceIds', Values: ['i-1'] },
      { Key: 'tag:team', Values: ['a'] },
    ],
  ].map(
    (Targets) =>
      [
        'aws-sdk:ssm:sendCommand',
        { DocumentName: 'AWS-RunShellScript', Targets },
        ['ssm:SendCommand ssm:us-east-1::document/AWS-RunShellScript'],
        ['!ResourceNotStatic'],
      ] as const,
  ),
]);

needExactly('an ARN that stands within a parameter', [
  [
    'aws-sdk:route53recoverycluster:updateRoutingControlStates',
    {
      UpdateRoutingControlStateEntries: [
        {
          RoutingControlArn: 'arn:aws:route53-recovery-control::222222222222:controlpanel/p/routingcontrol/r',
          RoutingControlState: 'On',
        },
      ],
    },
    [
      'route53-recovery-cluster:UpdateRoutingControlStates route53-recovery-control:~:controlpanel/p/routingcontrol/r',
    ],
  ],
  [
    'aws-sdk:route53recoverycluster:updateRoutingControlStates',
    { UpdateRoutingControlStateEntries: [{ 'RoutingControlArn.$': '$.control' }] },
    [],
    ['!ResourceNotStatic'],
  ],
  [
    'aws-sdk:apprunner:createService',
    {
      ServiceName: 's',
      NetworkConfiguration: {
        EgressConfiguration: {
          VpcConnectorArn: 'arn:aws:apprunner:us-east-1:222222222222:vpcconnector/v/1/2',
        },
      },
    },
    [
      'apprunner:CreateService apprunner:@:service/s/*',
      'apprunner:CreateService apprunner:@:vpcconnector/v/1/2',
    ],
  ],
  [
    'sagemaker:createTrainingJob',
    {
      TrainingJobName: 't',
      RoleArn: 'arn:aws:iam::222222222222:role/train',
      ResourceConfig: { TrainingPlanArn: 'arn:aws:sagemaker:us-east-1:222222222222:training-plan/p' },
    },
    [
      'sagemaker:CreateTrainingJob sagemaker:@:training-job/t',
      'sagemaker:CreateTrainingJob sagemaker:@:training-plan/p',
      'sagemaker:ListTags sagemaker:@:training-job/t',
      'pass train to sagemaker',
    ],
  ],
  [
    'batch:submitJob',
    {
      JobDefinition: 'nightly:2',
      JobQueue: 'main',
      JobName: 'n',
      ConsumableResourcePropertiesOverride: {
        ConsumableResourceList: [{ ConsumableResource: 'licence', Quantity: 1 }],
      },
    },
    [
      'batch:SubmitJob batch:@:job-definition/nightly:2',
      'batch:SubmitJob batch:@:job-queue/main',
      'batch:SubmitJob batch:@:consumable-resource/licence',
    ],
  ],
]);

needExactly('tags of a thing that its ID, or its type, tells', [
  [
    'aws-sdk:ssm:addTagsToResource',
    { ResourceType: 'Parameter', ResourceId: '/app/db', Tags: [] },
    ['ssm:AddTagsToResource ssm:@:parameter/app/db'],
  ],
  [
    'aws-sdk:ssm:listTagsForResource',
    { ResourceType: 'Document', ResourceId: 'AWS-RunShellScript' },
    ['ssm:ListTagsForResource ssm:us-east-1::document/AWS-RunShellScript'],
  ],
  [
    'aws-sdk:ssm:removeTagsFromResource',
    { ResourceType: 'MaintenanceWindow', ResourceId: 'mw-1', TagKeys: ['a'] },
    ['ssm:RemoveTagsFromResource ssm:@:maintenancewindow/mw-1'],
  ],
  ...['aws/ssm/shop/appmanager', '/aws/ssm/shop/appmanager'].map((ResourceId): Expected => [
    'aws-sdk:ssm:listTagsForResource',
    { ResourceType: 'OpsMetadata', ResourceId },
    ['ssm:ListTagsForResource ssm:@:opsmetadata/aws/ssm/shop/appmanager'],
  ]),
  [
    'aws-sdk:ssm:addTagsToResource',
    { 'ResourceType.$': '$.type', ResourceId: 'mw-1', Tags: [] },
    [],
    ['!ResourceNotStatic'],
  ],
  [
    'aws-sdk:route53:changeTagsForResource',
    { ResourceType: 'hostedzone', ResourceId: 'Z1', AddTags: [] },
    ['route53:ChangeTagsForResource route53:::hostedzone/Z1'],
  ],
  [
    'aws-sdk:efs:tagResource',
    { ResourceId: 'fsap-1', Tags: [] },
    ['elasticfilesystem:TagResource elasticfilesystem:@:access-point/fsap-1'],
  ],
  [
    'aws-sdk:efs:tagResource',
    { ResourceId: 'arn:aws:elasticfilesystem:us-east-1:222222222222:file-system/fs-1', Tags: [] },
    ['elasticfilesystem:TagResource elasticfilesystem:@:file-system/fs-1'],
  ],
  ['aws-sdk:efs:tagResource', { ResourceId: 'x-1', Tags: [] }, [], ['!ResourceNotStatic']],
  [
    'aws-sdk:emr:addTags',
    { ResourceId: 'j-1', Tags: [] },
    ['elasticmapreduce:AddTags elasticmapreduce:@:cluster/j-1'],
  ],
]);

needExactly('a parameter that is called otherwise than what the ARN holds', [
  [
    'aws-sdk:dynamodb:createGlobalTable',
    {
      GlobalTableName: 'orders',
      ReplicationGroup: [{ RegionName: 'us-east-1' }, { RegionName: 'eu-west-1' }],
    },
    [
      'dynamodb:CreateGlobalTable dynamodb:~:global-table/orders',
      'dynamodb:CreateGlobalTable dynamodb:*:222222222222:table/orders',
    ],
  ],
  [
    'aws-sdk:emr:startNotebookExecution',
    { EditorId: 'e-1', ExecutionEngine: { Id: 'j-1', Type: 'EMR' }, ServiceRole: 'notebooks' },
    [
      'elasticmapreduce:StartNotebookExecution elasticmapreduce:@:cluster/j-1',
      'elasticmapreduce:StartNotebookExecution elasticmapreduce:@:editor/e-1',
      'pass notebooks to elasticmapreduce',
    ],
  ],
  [
    'aws-sdk:sesv2:putDedicatedIpInPool',
    { Ip: '192.0.2.1', DestinationPoolName: 'news' },
    ['ses:PutDedicatedIpInPool ses:@:dedicated-ip-pool/news'],
  ],
  [
    'aws-sdk:ssm:getCalendarState',
    { CalendarNames: ['closed', 'arn:aws:ssm:us-east-1:222222222222:document/feasts'] },
    ['ssm:GetCalendarState ssm:@:document/closed', 'ssm:GetCalendarState ssm:@:document/feasts'],
  ],
  [
    'aws-sdk:ssm:putComplianceItems',
    { ResourceType: 'ManagedInstance', ResourceId: 'i-1', ComplianceType: 'Custom:a', Items: [] },
    ['ssm:PutComplianceItems ec2:@:instance/i-1'],
  ],
]);

const OVERRIDES = {
  TaskRoleArn: 'arn:aws:iam::222222222222:role/work',
  ExecutionRoleArn: 'arn:aws:iam::222222222222:role/pull',
};
const RUN = ['ecs:RunTask ecs:@:task-definition/app:3', 'pass work to ecs-tasks', 'pass pull to ecs-tasks'];
const SUBMIT = ['batch:SubmitJob batch:@:job-definition/nightly:2', 'batch:SubmitJob batch:@:job-queue/main'];

needExactly('a parameter that only says no asks for nothing', [
  [
    'batch:submitJob',
    { JobDefinition: 'nightly:2', JobQueue: 'main', JobName: 'n', PropagateTags: false },
    SUBMIT,
  ],
  [
    'batch:submitJob',
    { JobDefinition: 'nightly:2', JobQueue: 'main', JobName: 'n', 'PropagateTags.$': '$.tagged' },
    [...SUBMIT, 'batch:TagResource batch:@:job/*'],
  ],
  ['ecs:runTask', { TaskDefinition: 'app:3', PropagateTags: 'NONE', Overrides: OVERRIDES }, RUN],
  [
    'ecs:runTask',
    { TaskDefinition: 'app:3', PropagateTags: 'NONE', Tags: [{ Key: 'a' }], Overrides: OVERRIDES },
    [...RUN, 'ecs:TagResource ecs:@:task/default/*'],
  ],
  [
    'ecs:runTask',
    { TaskDefinition: 'app:3', PropagateTags: 'TASK_DEFINITION', Overrides: OVERRIDES },
    [...RUN, 'ecs:TagResource ecs:@:task/default/*'],
  ],
  [
    'aws-sdk:rds:createDBInstance',
    { DBInstanceIdentifier: 'd', ManageMasterUserPassword: false, StorageEncrypted: false },
    ['rds:CreateDBInstance rds:@:db:d'],
  ],
]);

const HEARD = {
  TranscriptionJobName: 't',
  Media: { MediaFileUri: 's3://calls/1.mp3' },
  ContentRedaction: { RedactionType: 'PII', RedactionOutput: 'redacted' },
};
const HEARING = ['transcribe:StartTranscriptionJob *', 's3:GetObject s3:::calls/1.mp3'];

// https://docs.aws.amazon.com/transcribe/latest/APIReference/API_SyncOutputConfiguration.html
needExactly('a transcript without names has another one', [
  [
    'aws-sdk:transcribe:startTranscriptionJob',
    { ...HEARD, OutputBucketName: 'texts', OutputKey: 'out/1.json' },
    [...HEARING, 's3:PutObject s3:::texts/out/1.json*', 's3:PutObject s3:::texts/out/redacted-1.json*'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:transcribe:startTranscriptionJob',
    { ...HEARD, OutputBucketName: 'texts', 'OutputKey.$': "States.Format('out/call-{}', $.id)" },
    [...HEARING, 's3:PutObject s3:::texts/out/call-*', 's3:PutObject s3:::texts/out/redacted-call-*'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:transcribe:startTranscriptionJob',
    { ...HEARD, OutputBucketName: 'texts', OutputKey: 'out/' },
    [...HEARING, 's3:PutObject s3:::texts/out/*'],
    ['CallerPermissionsNeeded'],
  ],
  ['aws-sdk:transcribe:startTranscriptionJob', HEARD, HEARING],
]);

needExactly('keys and profiles that only the thing itself knows are spoken of', [
  // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
  [
    'aws-sdk:secretsmanager:putSecretValue',
    { SecretId: 'db', SecretString: 'x' },
    ['secretsmanager:PutSecretValue secretsmanager:@:secret:db-??????'],
    ['KeyPermissionUnknown'],
  ],
  // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html
  [
    'aws-sdk:secretsmanager:updateSecret',
    { SecretId: 'db', KmsKeyId: 'arn:aws:kms:us-east-1:222222222222:key/k' },
    [
      'secretsmanager:UpdateSecret secretsmanager:@:secret:db-??????',
      'kms:Decrypt kms:@:key/k',
      'kms:Encrypt kms:@:key/k',
      'kms:GenerateDataKey kms:@:key/k',
    ],
    ['KeyPermissionUnknown'],
  ],
  // https://docs.aws.amazon.com/bedrock/latest/userguide/guardrail-profiles-permissions.html
  [
    'aws-sdk:bedrockruntime:applyGuardrail',
    { GuardrailIdentifier: 'g', GuardrailVersion: '1', Source: 'INPUT', Content: [] },
    ['bedrock:ApplyGuardrail bedrock:@:guardrail/g'],
    ['CallerPermissionsNeeded'],
  ],
]);
