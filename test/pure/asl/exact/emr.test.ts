import { needExactly, role } from './whole-policy.ts';

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr.html
const CLUSTER = 'elasticmapreduce:@:cluster/j-1';
needExactly('elasticmapreduce', [
  [
    'elasticmapreduce:createCluster',
    { Name: 'n', ServiceRole: 'emr', Instances: {} },
    ['elasticmapreduce:RunJobFlow *', 'pass emr to elasticmapreduce'],
    ['ServiceLinkedRoleNeeded'],
  ],
  [
    'elasticmapreduce:createCluster.sync',
    { Name: 'n', ServiceRole: role('emr'), Instances: {}, Tags: [] },
    [
      'elasticmapreduce:RunJobFlow *',
      'elasticmapreduce:AddTags elasticmapreduce:@:cluster/*',
      'elasticmapreduce:DescribeCluster elasticmapreduce:@:cluster/*',
      'elasticmapreduce:TerminateJobFlows elasticmapreduce:@:cluster/*',
      'pass emr to elasticmapreduce',
    ],
    ['ServiceLinkedRoleNeeded'],
  ],
  [
    'elasticmapreduce:createCluster',
    { Name: 'n', ServiceRole: 'emr', JobFlowRole: 'profile', AutoScalingRole: 'scale', Instances: {} },
    [
      'elasticmapreduce:RunJobFlow *',
      'pass emr to elasticmapreduce',
      'pass scale to application-autoscaling',
    ],
    ['!ResourceNotStatic', 'ServiceLinkedRoleNeeded'],
  ],
  [
    'elasticmapreduce:addStep',
    { ClusterId: 'j-1', Step: {} },
    [`elasticmapreduce:AddJobFlowSteps ${CLUSTER}`],
  ],
  [
    'elasticmapreduce:addStep.sync',
    { ClusterId: 'j-1', Step: {} },
    [
      `elasticmapreduce:AddJobFlowSteps ${CLUSTER}`,
      `elasticmapreduce:DescribeStep ${CLUSTER}`,
      `elasticmapreduce:CancelSteps ${CLUSTER}`,
    ],
  ],
  ['elasticmapreduce:addStep.sync', { 'ClusterId.$': '$.ClusterId', Step: {} }, [], ['!ResourceNotStatic']],
  [
    'elasticmapreduce:cancelStep',
    { ClusterId: 'j-1', StepId: 's' },
    [`elasticmapreduce:CancelSteps ${CLUSTER}`],
  ],
  [
    'elasticmapreduce:terminateCluster.sync',
    { ClusterId: 'j-1' },
    [`elasticmapreduce:TerminateJobFlows ${CLUSTER}`, `elasticmapreduce:DescribeCluster ${CLUSTER}`],
  ],
  [
    'elasticmapreduce:setClusterTerminationProtection',
    { ClusterId: 'j-1', TerminationProtected: true },
    [`elasticmapreduce:SetTerminationProtection ${CLUSTER}`],
  ],
  [
    'elasticmapreduce:modifyInstanceFleetByName',
    { ClusterId: 'j-1', InstanceFleetName: 'f' },
    [`elasticmapreduce:ModifyInstanceFleet ${CLUSTER}`, `elasticmapreduce:ListInstanceFleets ${CLUSTER}`],
  ],
  [
    'elasticmapreduce:modifyInstanceGroupByName',
    { ClusterId: 'j-1', InstanceGroupName: 'g' },
    [`elasticmapreduce:ModifyInstanceGroups ${CLUSTER}`, `elasticmapreduce:ListInstanceGroups ${CLUSTER}`],
  ],
  [
    'aws-sdk:emr:addJobFlowSteps',
    { JobFlowId: 'j-1', Steps: [] },
    [`elasticmapreduce:AddJobFlowSteps ${CLUSTER}`],
  ],
  [
    'aws-sdk:emr:addJobFlowSteps',
    { JobFlowId: 'j-1', Steps: [], ExecutionRoleArn: role('run') },
    [`elasticmapreduce:AddJobFlowSteps ${CLUSTER}`, 'pass run to elasticmapreduce and ec2'],
  ],
  [
    'aws-sdk:emr:terminateJobFlows',
    { JobFlowIds: ['j-1', 'j-2'] },
    [
      `elasticmapreduce:TerminateJobFlows ${CLUSTER}`,
      'elasticmapreduce:TerminateJobFlows elasticmapreduce:@:cluster/j-2',
    ],
  ],
  ['aws-sdk:emr:describeCluster', { ClusterId: 'j-1' }, [`elasticmapreduce:DescribeCluster ${CLUSTER}`]],
  ['aws-sdk:emr:listClusters', {}, ['elasticmapreduce:ListClusters *']],
]);

const LINKED = 'iam:CreateServiceLinkedRole iam:~:role/aws-service-role';

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr-serverless.html
needExactly('emr-serverless', [
  [
    'emr-serverless:startJobRun',
    { ApplicationId: 'a1', ExecutionRoleArn: role('run') },
    ['emr-serverless:StartJobRun emr-serverless:@:/applications/a1', 'pass run to emr-serverless'],
  ],
  [
    'emr-serverless:startJobRun.sync',
    { ApplicationId: 'a1', ExecutionRoleArn: role('run') },
    [
      'emr-serverless:StartJobRun emr-serverless:@:/applications/a1',
      'emr-serverless:GetJobRun emr-serverless:@:/applications/a1/jobruns/*',
      'emr-serverless:CancelJobRun emr-serverless:@:/applications/a1/jobruns/*',
      'pass run to emr-serverless',
    ],
  ],
  [
    'emr-serverless:startJobRun',
    { 'ApplicationId.$': '$.id', ExecutionRoleArn: role('run') },
    ['pass run to emr-serverless'],
    ['!ResourceNotStatic'],
  ],
  [
    'emr-serverless:createApplication.sync',
    { Name: 'n', Type: 'SPARK' },
    [
      'emr-serverless:CreateApplication emr-serverless:@:/*',
      'emr-serverless:GetApplication emr-serverless:@:/applications/*',
      'emr-serverless:DeleteApplication emr-serverless:@:/applications/*',
      `${LINKED}/ops.emr-serverless.amazonaws.com/AWSServiceRoleForAmazonEMRServerless* if StringEquals iam:AWSServiceName ops.emr-serverless.amazonaws.com`,
    ],
  ],
  [
    'emr-serverless:startApplication.sync',
    { ApplicationId: 'a1' },
    [
      'emr-serverless:StartApplication emr-serverless:@:/applications/a1',
      'emr-serverless:GetApplication emr-serverless:@:/applications/a1',
      'emr-serverless:StopApplication emr-serverless:@:/applications/a1',
    ],
  ],
  [
    'emr-serverless:stopApplication',
    { ApplicationId: 'a1' },
    ['emr-serverless:StopApplication emr-serverless:@:/applications/a1'],
  ],
  [
    'emr-serverless:deleteApplication.sync',
    { ApplicationId: 'a1' },
    [
      'emr-serverless:DeleteApplication emr-serverless:@:/applications/a1',
      'emr-serverless:GetApplication emr-serverless:@:/applications/a1',
    ],
  ],
  [
    'emr-serverless:cancelJobRun.sync',
    { ApplicationId: 'a1', JobRunId: 'r1' },
    [
      'emr-serverless:CancelJobRun emr-serverless:@:/applications/a1/jobruns/r1',
      'emr-serverless:GetJobRun emr-serverless:@:/applications/a1/jobruns/r1',
    ],
  ],
  [
    'aws-sdk:emrserverless:startJobRun',
    { ApplicationId: 'a1', ExecutionRoleArn: role('run') },
    ['emr-serverless:StartJobRun emr-serverless:@:/applications/a1', 'pass run to emr-serverless'],
  ],
  [
    'aws-sdk:emrserverless:getJobRun',
    { ApplicationId: 'a1', JobRunId: 'r1' },
    ['emr-serverless:GetJobRun emr-serverless:@:/applications/a1/jobruns/r1'],
  ],
]);

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr-eks.html
const RUNS =
  'emr-containers:StartJobRun emr-containers:@:/virtualclusters/v1 if StringEquals emr-containers:ExecutionRoleArn arn:aws:iam::222222222222:role/run';
needExactly('emr-containers', [
  ['emr-containers:startJobRun', { VirtualClusterId: 'v1', ExecutionRoleArn: role('run') }, [RUNS]],
  [
    'emr-containers:startJobRun.sync',
    { VirtualClusterId: 'v1', ExecutionRoleArn: role('run') },
    [
      RUNS,
      'emr-containers:DescribeJobRun emr-containers:@:/virtualclusters/v1/jobruns/*',
      'emr-containers:CancelJobRun emr-containers:@:/virtualclusters/v1/jobruns/*',
    ],
  ],
  [
    'emr-containers:startJobRun',
    { VirtualClusterId: 'v1', 'ExecutionRoleArn.$': '$.role' },
    [],
    ['!ResourceNotStatic'],
  ],
  [
    'emr-containers:createVirtualCluster',
    { Name: 'n', ContainerProvider: {} },
    [
      'emr-containers:CreateVirtualCluster *',
      `${LINKED}/emr-containers.amazonaws.com/AWSServiceRoleForAmazonEMRContainers if StringEquals iam:AWSServiceName emr-containers.amazonaws.com`,
    ],
  ],
  [
    'emr-containers:deleteVirtualCluster.sync',
    { Id: 'v1' },
    [
      'emr-containers:DeleteVirtualCluster emr-containers:@:/virtualclusters/v1',
      'emr-containers:DescribeVirtualCluster emr-containers:@:/virtualclusters/v1',
    ],
  ],
  ['aws-sdk:emrcontainers:startJobRun', { VirtualClusterId: 'v1', ExecutionRoleArn: role('run') }, [RUNS]],
  [
    'aws-sdk:emrcontainers:cancelJobRun',
    { VirtualClusterId: 'v1', Id: 'r1' },
    ['emr-containers:CancelJobRun emr-containers:@:/virtualclusters/v1/jobruns/r1'],
  ],
  [
    'aws-sdk:emrcontainers:describeVirtualCluster',
    { Id: 'v1' },
    ['emr-containers:DescribeVirtualCluster emr-containers:@:/virtualclusters/v1'],
  ],
]);
