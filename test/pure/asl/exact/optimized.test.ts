/** Optimized integrations: each way of waiting, and what a call needs only if it gives a role or tags. */
import { needExactly, role } from './whole-policy.ts';

const WORKER = role('worker');
const OTHER = role('other');
const TAGS = [{ Key: 'team', Value: 'a' }];

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr.html
needExactly('EMR: clusters', [
  [
    'elasticmapreduce:createCluster.sync',
    { ServiceRole: 'EMR_DefaultRole', AutoScalingRole: WORKER, StepExecutionRoleArn: OTHER, Tags: TAGS },
    [
      'elasticmapreduce:AddTags elasticmapreduce:@:cluster/*',
      'elasticmapreduce:DescribeCluster elasticmapreduce:@:cluster/*',
      'elasticmapreduce:RunJobFlow *',
      'elasticmapreduce:TerminateJobFlows elasticmapreduce:@:cluster/*',
      'pass EMR_DefaultRole to elasticmapreduce',
      'pass other to elasticmapreduce',
      'pass worker to application-autoscaling',
    ],
    ['ServiceLinkedRoleNeeded'],
  ],
  [
    'elasticmapreduce:addStep',
    { ClusterId: 'j-1', ExecutionRoleArn: WORKER },
    ['elasticmapreduce:AddJobFlowSteps elasticmapreduce:@:cluster/j-1', 'pass worker to elasticmapreduce'],
  ],
  [
    'elasticmapreduce:terminateCluster',
    { ClusterId: 'j-1' },
    ['elasticmapreduce:TerminateJobFlows elasticmapreduce:@:cluster/j-1'],
  ],
]);

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr-eks.html
needExactly('EMR on EKS', [
  [
    'emr-containers:deleteVirtualCluster',
    { Id: 'vc' },
    ['emr-containers:DeleteVirtualCluster emr-containers:@:/virtualclusters/vc'],
  ],
  [
    'emr-containers:startJobRun',
    { VirtualClusterId: 'vc', ExecutionRoleArn: WORKER, Tags: { team: 'a' } },
    [
      'emr-containers:StartJobRun emr-containers:@:/virtualclusters/vc if StringEquals emr-containers:ExecutionRoleArn arn:aws:iam::222222222222:role/worker',
      'emr-containers:TagResource emr-containers:@:/virtualclusters/vc/jobruns/*',
    ],
  ],
]);

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr-serverless.html
needExactly('EMR Serverless', [
  [
    'emr-serverless:createApplication',
    { Name: 'spark' },
    [
      'emr-serverless:CreateApplication emr-serverless:@:/*',
      'iam:CreateServiceLinkedRole iam:~:role/aws-service-role/ops.emr-serverless.amazonaws.com/AWSServiceRoleForAmazonEMRServerless* if StringEquals iam:AWSServiceName ops.emr-serverless.amazonaws.com',
    ],
  ],
  [
    'emr-serverless:createApplication',
    { Name: 'spark', Tags: { team: 'a' } },
    [
      'emr-serverless:CreateApplication emr-serverless:@:/*',
      'emr-serverless:TagResource emr-serverless:@:/applications/*',
      'iam:CreateServiceLinkedRole iam:~:role/aws-service-role/ops.emr-serverless.amazonaws.com/AWSServiceRoleForAmazonEMRServerless* if StringEquals iam:AWSServiceName ops.emr-serverless.amazonaws.com',
    ],
  ],
  [
    'emr-serverless:startApplication',
    { ApplicationId: 'app' },
    ['emr-serverless:StartApplication emr-serverless:@:/applications/app'],
  ],
  [
    'emr-serverless:stopApplication.sync',
    { ApplicationId: 'app' },
    [
      'emr-serverless:GetApplication emr-serverless:@:/applications/app',
      'emr-serverless:StopApplication emr-serverless:@:/applications/app',
    ],
  ],
  [
    'emr-serverless:deleteApplication',
    { ApplicationId: 'app' },
    ['emr-serverless:DeleteApplication emr-serverless:@:/applications/app'],
  ],
  [
    'emr-serverless:startJobRun',
    { ApplicationId: 'app', ExecutionRoleArn: WORKER, Tags: { team: 'a' } },
    [
      'emr-serverless:StartJobRun emr-serverless:@:/applications/app',
      'emr-serverless:TagResource emr-serverless:@:/applications/app/jobruns/*',
      'pass worker to emr-serverless',
    ],
  ],
  [
    'emr-serverless:cancelJobRun',
    { ApplicationId: 'app', JobRunId: 'run' },
    ['emr-serverless:CancelJobRun emr-serverless:@:/applications/app/jobruns/run'],
  ],
]);

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-codebuild.html
needExactly('CodeBuild: batches, and roles in place of the project’s own', [
  [
    'codebuild:startBuildBatch',
    { ProjectName: 'site', ServiceRoleOverride: WORKER },
    ['codebuild:StartBuildBatch codebuild:@:project/site', 'pass worker to codebuild'],
  ],
  [
    'codebuild:startBuildBatch',
    { ProjectName: 'site', BuildBatchConfigOverride: { ServiceRole: WORKER } },
    ['codebuild:StartBuildBatch codebuild:@:project/site', 'pass worker to codebuild'],
  ],
  [
    'codebuild:stopBuildBatch',
    { Id: 'arn:aws:codebuild:us-east-1:222222222222:build-batch/site:0f4a' },
    ['codebuild:StopBuildBatch codebuild:@:project/site'],
  ],
  [
    'codebuild:retryBuildBatch.sync',
    { Id: 'site:0f4a' },
    [
      'codebuild:BatchGetBuildBatches codebuild:@:project/site',
      'codebuild:RetryBuildBatch codebuild:@:project/site',
      'codebuild:StopBuildBatch codebuild:@:project/site',
    ],
  ],
  [
    'codebuild:deleteBuildBatch',
    { Id: 'site:0f4a' },
    ['codebuild:DeleteBuildBatch codebuild:@:project/site'],
  ],
]);

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-eks.html
needExactly('EKS', [
  [
    'eks:createCluster',
    { Name: 'blue', RoleArn: WORKER, ComputeConfig: { NodeRoleArn: OTHER } },
    ['eks:CreateCluster *', 'pass other to eks', 'pass worker to eks'],
    ['ServiceLinkedRoleNeeded'],
  ],
  [
    'eks:createNodegroup.sync',
    { ClusterName: 'blue', NodegroupName: 'workers', NodeRole: WORKER, Tags: { team: 'a' } },
    [
      'ec2:DescribeSubnets *',
      'eks:CreateNodegroup eks:@:cluster/blue',
      'eks:DeleteNodegroup eks:@:nodegroup/blue/workers/*',
      'eks:DescribeNodegroup eks:@:nodegroup/blue/workers/*',
      'eks:TagResource eks:@:nodegroup/blue/workers/*',
      'iam:GetRole iam:~:role/worker',
      'iam:ListAttachedRolePolicies iam:~:role/worker',
      'pass worker to eks',
    ],
    ['ServiceLinkedRoleNeeded'],
  ],
  [
    'eks:createFargateProfile.sync',
    { ClusterName: 'blue', FargateProfileName: 'batch', PodExecutionRoleArn: WORKER, Tags: { team: 'a' } },
    [
      'eks:CreateFargateProfile eks:@:cluster/blue',
      'eks:DeleteFargateProfile eks:@:fargateprofile/blue/batch/*',
      'eks:DescribeFargateProfile eks:@:fargateprofile/blue/batch/*',
      'eks:TagResource eks:@:fargateprofile/blue/batch/*',
      'pass worker to eks-fargate-pods and eks',
    ],
    ['ServiceLinkedRoleNeeded'],
  ],
  ['eks:deleteCluster', { Name: 'blue' }, ['eks:DeleteCluster eks:@:cluster/blue']],
  [
    'eks:deleteNodegroup',
    { ClusterName: 'blue', NodegroupName: 'workers' },
    ['eks:DeleteNodegroup eks:@:nodegroup/blue/workers/*'],
  ],
  [
    'eks:deleteFargateProfile.sync',
    { ClusterName: 'blue', FargateProfileName: 'batch' },
    [
      'eks:DeleteFargateProfile eks:@:fargateprofile/blue/batch/*',
      'eks:DescribeFargateProfile eks:@:fargateprofile/blue/batch/*',
    ],
  ],
  ['eks:runJob', { ClusterName: 'blue' }, [], ['KubernetesAccessNeeded', 'NoPermissionNeeded']],
]);

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
needExactly('ECS, MediaConvert, Batch, Glue and Lambda', [
  [
    'ecs:runTask',
    {
      TaskDefinition: 'web:7',
      Overrides: { TaskRoleArn: WORKER, ExecutionRoleArn: WORKER },
      VolumeConfigurations: [{ Name: 'data', ManagedEBSVolume: { RoleArn: OTHER } }],
    },
    ['ecs:RunTask ecs:@:task-definition/web:7', 'pass other to ecs', 'pass worker to ecs-tasks'],
  ],
  [
    'mediaconvert:createJob',
    { Role: WORKER, Tags: { team: 'a' } },
    [
      'mediaconvert:CreateJob mediaconvert:@:queues/Default',
      'mediaconvert:TagResource mediaconvert:@:jobs/*',
      'pass worker to mediaconvert',
    ],
  ],
  [
    'batch:submitJob.waitForTaskToken',
    { JobQueue: 'main', JobDefinition: 'render:3' },
    ['batch:SubmitJob batch:@:job-definition/render:3', 'batch:SubmitJob batch:@:job-queue/main'],
    ['TaskTokenWorker'],
  ],
  [
    'glue:startJobRun.waitForTaskToken',
    { JobName: 'nightly' },
    ['glue:StartJobRun glue:@:job/nightly'],
    ['TaskTokenWorker'],
  ],
  [
    'lambda:invoke.waitForTaskToken',
    { FunctionName: 'charge' },
    ['lambda:InvokeFunction lambda:@:function:charge'],
    ['TaskTokenWorker'],
  ],
  [
    'arn:aws:lambda:us-east-1:222222222222:function:charge:live',
    { order: 1 },
    ['lambda:InvokeFunction lambda:@:function:charge:live'],
  ],
]);

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-athena.html
needExactly('Athena: a query is known by its ID, which tells no workgroup', [
  [
    'athena:stopQueryExecution',
    { 'QueryExecutionId.$': '$.id' },
    ['athena:StopQueryExecution athena:@:workgroup/*'],
  ],
  [
    'athena:getQueryExecution',
    { 'QueryExecutionId.$': '$.id' },
    ['athena:GetQueryExecution athena:@:workgroup/*'],
  ],
  [
    'athena:getQueryResults',
    { 'QueryExecutionId.$': '$.id' },
    ['athena:GetQueryResults athena:@:workgroup/*'],
    ['!ResourceNotStatic'],
  ],
]);

// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html
needExactly('what takes no credentials, and what is no integration', [
  ['http:invoke', {}, [], ['!CredentialsNotSupported']],
  ['arn:aws:states:us-east-1:222222222222:activity:work', {}, [], ['!CredentialsNotSupported']],
  ['sqs:purgeQueue', {}, [], ['!UnknownIntegration']],
  ['dynamodb:getItem.sync', { TableName: 't' }, [], ['!UnknownIntegration']],
  ['magic:wand', {}, [], ['!UnknownIntegration']],
  ['dynamodb:getItem', { TableName: 'orders/index/by-day' }, [], ['!ResourceNotStatic']],
]);
