import { needExactly, role } from './whole-policy.ts';

const both = (actions: readonly string[], resource: string): string[] =>
  actions.map((action) => `sagemaker:${action} sagemaker:@:${resource}`);

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
needExactly('sagemaker', [
  [
    'sagemaker:createTrainingJob',
    { TrainingJobName: 'train', RoleArn: role('sm') },
    [...both(['CreateTrainingJob', 'ListTags'], 'training-job/train'), 'pass sm to sagemaker'],
  ],
  [
    'sagemaker:createTrainingJob.sync',
    { TrainingJobName: 'train', RoleArn: role('sm') },
    [
      ...both(
        ['CreateTrainingJob', 'ListTags', 'DescribeTrainingJob', 'StopTrainingJob', 'AddTags'],
        'training-job/train',
      ),
      'pass sm to sagemaker',
    ],
  ],
  [
    'sagemaker:createTransformJob.sync',
    { TransformJobName: 'batch', ModelName: 'm' },
    both(
      ['CreateTransformJob', 'ListTags', 'DescribeTransformJob', 'StopTransformJob', 'AddTags'],
      'transform-job/batch',
    ),
  ],
  [
    'sagemaker:createProcessingJob',
    { ProcessingJobName: 'prep', RoleArn: role('sm'), Tags: [] },
    [...both(['CreateProcessingJob', 'ListTags', 'AddTags'], 'processing-job/prep'), 'pass sm to sagemaker'],
  ],
  [
    'sagemaker:createTrainingJob',
    { 'TrainingJobName.$': "States.Format('train-{}', $$.Execution.Name)", RoleArn: role('sm') },
    [...both(['CreateTrainingJob', 'ListTags'], 'training-job/train-*'), 'pass sm to sagemaker'],
  ],
  [
    'sagemaker:createTrainingJob',
    { 'TrainingJobName.$': '$$.Execution.Name', RoleArn: role('sm') },
    ['pass sm to sagemaker'],
    ['!ResourceNotStatic'],
  ],
  [
    'sagemaker:createHyperParameterTuningJob',
    { HyperParameterTuningJobName: 'tune', TrainingJobDefinition: { RoleArn: role('sm') } },
    [
      ...both(['CreateHyperParameterTuningJob', 'ListTags'], 'hyper-parameter-tuning-job/tune'),
      'pass sm to sagemaker',
    ],
  ],
  [
    'sagemaker:createLabelingJob.sync',
    { LabelingJobName: 'label', RoleArn: role('sm') },
    [
      ...both(
        ['CreateLabelingJob', 'ListTags', 'DescribeLabelingJob', 'StopLabelingJob', 'AddTags'],
        'labeling-job/label',
      ),
      'pass sm to sagemaker',
    ],
  ],
  [
    'sagemaker:createModel',
    { ModelName: 'm', ExecutionRoleArn: role('sm') },
    [...both(['CreateModel', 'ListTags'], 'model/m'), 'pass sm to sagemaker'],
  ],
  [
    'sagemaker:createEndpointConfig',
    { EndpointConfigName: 'c' },
    both(['CreateEndpointConfig', 'ListTags'], 'endpoint-config/c'),
  ],
  [
    'sagemaker:createEndpoint',
    { EndpointName: 'e', EndpointConfigName: 'c' },
    [
      ...both(['CreateEndpoint', 'ListTags'], 'endpoint/e'),
      ...both(['CreateEndpoint', 'ListTags'], 'endpoint-config/c'),
    ],
  ],
  [
    'sagemaker:updateEndpoint',
    { EndpointName: 'Mixed', EndpointConfigName: 'c' },
    [
      ...both(['UpdateEndpoint', 'ListTags'], 'endpoint/Mixed'),
      ...both(['UpdateEndpoint', 'ListTags'], 'endpoint/mixed'),
      ...both(['UpdateEndpoint', 'ListTags'], 'endpoint-config/c'),
    ],
  ],
  [
    'aws-sdk:sagemaker:describeTrainingJob',
    { TrainingJobName: 'train' },
    both(['DescribeTrainingJob'], 'training-job/train'),
  ],
  ['aws-sdk:sagemaker:deleteEndpoint', { EndpointName: 'e' }, both(['DeleteEndpoint'], 'endpoint/e')],
  [
    'aws-sdk:sagemaker:startPipelineExecution',
    { PipelineName: 'p' },
    both(['StartPipelineExecution'], 'pipeline/p'),
  ],
  [
    'aws-sdk:sagemaker:createModelPackage',
    { ModelPackageGroupName: 'g' },
    both(['CreateModelPackage'], 'model-package/g/*'),
  ],
  ['aws-sdk:sagemaker:listModels', {}, ['sagemaker:ListModels *']],
  ['aws-sdk:sagemakerruntime:invokeEndpoint', { EndpointName: 'e' }, both(['InvokeEndpoint'], 'endpoint/e')],
]);

const CLAUDE = 'anthropic.claude-3-haiku-20240307-v1:0';
const FOUNDATION = `bedrock:us-east-1::foundation-model/${CLAUDE}`;

// https://docs.aws.amazon.com/bedrock/latest/userguide/security_iam_id-based-policy-examples.html
needExactly('bedrock', [
  ['bedrock:invokeModel', { ModelId: CLAUDE, Body: {} }, [`bedrock:InvokeModel ${FOUNDATION}`]],
  [
    'bedrock:invokeModel',
    { ModelId: `arn:aws:${FOUNDATION}`, Body: {} },
    [`bedrock:InvokeModel ${FOUNDATION}`],
  ],
  [
    'bedrock:invokeModel',
    { ModelId: 'arn:aws:bedrock:us-east-1:222222222222:provisioned-model/p1', Body: {} },
    ['bedrock:InvokeModel bedrock:@:provisioned-model/p1'],
  ],
  [
    'bedrock:invokeModel',
    { ModelId: `us.${CLAUDE}`, Body: {} },
    [
      `bedrock:InvokeModel bedrock:@:inference-profile/us.${CLAUDE}`,
      `bedrock:InvokeModel bedrock:*::foundation-model/${CLAUDE} if StringEquals bedrock:InferenceProfileArn arn:aws:bedrock:us-east-1:222222222222:inference-profile/us.${CLAUDE}`,
    ],
  ],
  [
    'bedrock:invokeModel',
    { ModelId: 'arn:aws:bedrock:us-east-1:222222222222:application-inference-profile/a1', Body: {} },
    ['bedrock:InvokeModel bedrock:@:application-inference-profile/a1'],
    ['!ResourceNotStatic'],
  ],
  [
    'bedrock:invokeModel',
    { ModelId: CLAUDE, GuardrailIdentifier: 'g1', GuardrailVersion: '1', Body: {} },
    [`bedrock:InvokeModel ${FOUNDATION}`, 'bedrock:ApplyGuardrail bedrock:@:guardrail/g1'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'bedrock:invokeModel',
    { ModelId: CLAUDE, Input: { S3Uri: 's3://in/p.json' }, Output: { S3Uri: 's3://out/r.json' } },
    [`bedrock:InvokeModel ${FOUNDATION}`, 's3:GetObject s3:::in/p.json', 's3:PutObject s3:::out/r.json'],
  ],
  ['bedrock:invokeModel', { 'ModelId.$': '$.model', Body: {} }, [], ['!ResourceNotStatic']],
  [
    'bedrock:invokeModel',
    { ModelId: `arn:aws:bedrock:us-west-2::foundation-model/${CLAUDE}`, Body: {} },
    [],
    ['ResourceElsewhere'],
  ],
  [
    'bedrock:createModelCustomizationJob.sync',
    { JobName: 'j', BaseModelIdentifier: 'amazon.titan', RoleArn: role('b') },
    [
      'bedrock:CreateModelCustomizationJob bedrock:us-east-1::foundation-model/amazon.titan',
      'bedrock:CreateModelCustomizationJob bedrock:@:custom-model/*',
      'bedrock:CreateModelCustomizationJob bedrock:@:model-customization-job/*',
      'bedrock:GetModelCustomizationJob bedrock:@:model-customization-job/*',
      'bedrock:StopModelCustomizationJob bedrock:@:model-customization-job/*',
      'pass b to bedrock',
    ],
  ],
  [
    'aws-sdk:bedrockruntime:converse',
    { ModelId: CLAUDE, Messages: [] },
    [`bedrock:InvokeModel ${FOUNDATION}`],
  ],
  [
    'aws-sdk:bedrockruntime:invokeModel',
    { ModelId: CLAUDE, Body: 'x' },
    [`bedrock:InvokeModel ${FOUNDATION}`],
  ],
  [
    'aws-sdk:bedrockruntime:applyGuardrail',
    { GuardrailIdentifier: 'g1', GuardrailVersion: '1', Source: 'INPUT', Content: [] },
    ['bedrock:ApplyGuardrail bedrock:@:guardrail/g1'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:bedrockagentruntime:retrieve',
    { KnowledgeBaseId: 'K1', RetrievalQuery: {} },
    ['bedrock:Retrieve bedrock:@:knowledge-base/K1'],
  ],
  [
    'aws-sdk:bedrockagentruntime:invokeAgent',
    { AgentId: 'A1', AgentAliasId: 'AL', SessionId: 's' },
    [],
    ['!UnknownIntegration'],
  ],
  [
    'aws-sdk:bedrockagent:startIngestionJob',
    { KnowledgeBaseId: 'K1', DataSourceId: 'D1' },
    ['bedrock:StartIngestionJob bedrock:@:knowledge-base/K1'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:bedrock:getModelInvocationJob',
    { JobIdentifier: 'arn:aws:bedrock:us-east-1:222222222222:model-invocation-job/j1' },
    ['bedrock:GetModelInvocationJob bedrock:@:model-invocation-job/j1'],
  ],
]);

const CATALOG = [
  'BatchGetPartition',
  'GetDatabase',
  'GetDatabases',
  'GetPartition',
  'GetPartitions',
  'GetTable',
  'GetTables',
];
const reads = (database: string): string[] => [
  ...CATALOG.flatMap((name) =>
    ['catalog', `database/${database}`, `table/${database}/*`].map(
      (resource) => `glue:${name} glue:@:${resource}`,
    ),
  ),
  'lakeformation:GetDataAccess *',
];
const writes = (bucket: string, prefix: string): string[] => [
  ...['GetBucketLocation', 'ListBucket', 'ListBucketMultipartUploads'].map(
    (name) => `s3:${name} s3:::${bucket}`,
  ),
  ...['AbortMultipartUpload', 'GetObject', 'ListMultipartUploadParts', 'PutObject'].map(
    (name) => `s3:${name} s3:::${bucket}/${prefix}*`,
  ),
];

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-athena.html
needExactly('athena', [
  [
    'athena:startQueryExecution',
    {
      QueryString: 'SELECT 1',
      WorkGroup: 'wg',
      QueryExecutionContext: { Database: 'db' },
      ResultConfiguration: { OutputLocation: 's3://out/q' },
    },
    [
      'athena:StartQueryExecution athena:@:workgroup/wg',
      'athena:GetDataCatalog athena:@:datacatalog/AwsDataCatalog',
      ...writes('out', 'q/'),
      ...reads('db'),
    ],
    ['!ResourceNotStatic'],
  ],
  [
    'athena:startQueryExecution.sync',
    { QueryString: 'SELECT 1', ResultConfiguration: { OutputLocation: 's3://out' } },
    [
      'athena:StartQueryExecution athena:@:workgroup/primary',
      'athena:GetQueryExecution athena:@:workgroup/primary',
      'athena:StopQueryExecution athena:@:workgroup/primary',
      'athena:GetDataCatalog athena:@:datacatalog/AwsDataCatalog',
      ...writes('out', ''),
      ...reads('default'),
    ],
    ['!ResourceNotStatic'],
  ],
  // Athena turns the names of databases and tables to lower case: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
  [
    'athena:startQueryExecution',
    {
      QueryString: 'SELECT * FROM Sales.Orders',
      QueryExecutionContext: { Database: 'Sales' },
      ResultConfiguration: { OutputLocation: 's3://out/q/' },
    },
    [
      'athena:StartQueryExecution athena:@:workgroup/primary',
      'athena:GetDataCatalog athena:@:datacatalog/AwsDataCatalog',
      ...writes('out', 'q/'),
      ...new Set([...reads('Sales'), ...reads('sales')]),
    ],
    ['!ResourceNotStatic'],
  ],
  [
    'athena:stopQueryExecution',
    { QueryExecutionId: 'q' },
    ['athena:StopQueryExecution athena:@:workgroup/*'],
  ],
  ['athena:getQueryExecution', { QueryExecutionId: 'q' }, ['athena:GetQueryExecution athena:@:workgroup/*']],
  [
    'athena:getQueryResults',
    { QueryExecutionId: 'q' },
    ['athena:GetQueryResults athena:@:workgroup/*'],
    ['!ResourceNotStatic'],
  ],
  [
    'aws-sdk:athena:getQueryExecution',
    { QueryExecutionId: 'q' },
    ['athena:GetQueryExecution athena:@:workgroup/*'],
  ],
  ['aws-sdk:athena:getWorkGroup', { WorkGroup: 'wg' }, ['athena:GetWorkGroup athena:@:workgroup/wg']],
  ['aws-sdk:athena:listWorkGroups', {}, ['athena:ListWorkGroups *']],
  [
    'aws-sdk:athena:createNamedQuery',
    { Name: 'n', Database: 'd', QueryString: 's', WorkGroup: 'wg' },
    ['athena:CreateNamedQuery athena:@:workgroup/wg'],
  ],
]);

const LINKED = ['ServiceLinkedRoleNeeded'];
const KUBERNETES = ['KubernetesAccessNeeded'];

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-eks.html
needExactly('eks', [
  [
    'eks:createCluster',
    { Name: 'c', RoleArn: role('eks') },
    ['eks:CreateCluster *', 'pass eks to eks'],
    LINKED,
  ],
  [
    'eks:createCluster.sync',
    { Name: 'c', RoleArn: role('eks') },
    [
      'eks:CreateCluster *',
      'eks:DescribeCluster eks:@:cluster/c',
      'eks:DeleteCluster eks:@:cluster/c',
      'pass eks to eks',
    ],
    LINKED,
  ],
  [
    'eks:deleteCluster.sync',
    { Name: 'c' },
    ['eks:DeleteCluster eks:@:cluster/c', 'eks:DescribeCluster eks:@:cluster/c'],
  ],
  [
    'eks:createNodegroup',
    { ClusterName: 'c', NodegroupName: 'n', NodeRole: role('node'), Subnets: [] },
    [
      'eks:CreateNodegroup eks:@:cluster/c',
      'ec2:DescribeSubnets *',
      'iam:GetRole iam:~:role/node',
      'iam:ListAttachedRolePolicies iam:~:role/node',
      'pass node to eks',
    ],
    LINKED,
  ],
  [
    'eks:deleteNodegroup.sync',
    { ClusterName: 'c', NodegroupName: 'n' },
    ['eks:DeleteNodegroup eks:@:nodegroup/c/n/*', 'eks:DescribeNodegroup eks:@:nodegroup/c/n/*'],
  ],
  [
    'eks:createFargateProfile',
    { ClusterName: 'c', FargateProfileName: 'f', PodExecutionRoleArn: role('pod') },
    ['eks:CreateFargateProfile eks:@:cluster/c', 'pass pod to eks and eks-fargate-pods'],
    LINKED,
  ],
  [
    'eks:deleteFargateProfile',
    { ClusterName: 'c', FargateProfileName: 'f' },
    ['eks:DeleteFargateProfile eks:@:fargateprofile/c/f/*'],
  ],
  ['eks:call', { ClusterName: 'c', Method: 'GET', Path: '/api' }, [], [...KUBERNETES, 'NoPermissionNeeded']],
  ['eks:runJob.sync', { ClusterName: 'c', Job: {} }, [], [...KUBERNETES, 'NoPermissionNeeded']],
  [
    'eks:runJob.waitForTaskToken',
    { ClusterName: 'c', Job: {} },
    [],
    [...KUBERNETES, 'NoPermissionNeeded', 'TaskTokenWorker'],
  ],
  ['aws-sdk:eks:describeCluster', { Name: 'c' }, ['eks:DescribeCluster eks:@:cluster/c']],
  [
    'aws-sdk:eks:updateNodegroupConfig',
    { ClusterName: 'c', NodegroupName: 'n' },
    ['eks:UpdateNodegroupConfig eks:@:nodegroup/c/n/*'],
  ],
]);
