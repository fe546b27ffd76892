import { needExactly, role } from './whole-policy.ts';

const BOTH = { TaskRoleArn: role('task'), ExecutionRoleArn: role('exec') };
const PASSES = ['pass task to ecs-tasks', 'pass exec to ecs-tasks'];

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
needExactly('ecs', [
  [
    'ecs:runTask',
    { Cluster: 'c', TaskDefinition: 'job:3', Overrides: BOTH },
    ['ecs:RunTask ecs:@:task-definition/job:3', ...PASSES],
  ],
  [
    'ecs:runTask',
    { Cluster: 'c', TaskDefinition: 'job', Overrides: BOTH },
    ['ecs:RunTask ecs:@:task-definition/job:*', ...PASSES],
  ],
  [
    'ecs:runTask',
    { TaskDefinition: 'arn:aws:ecs:us-east-1:222222222222:task-definition/job', Overrides: BOTH },
    ['ecs:RunTask ecs:@:task-definition/job:*', ...PASSES],
  ],
  [
    'ecs:runTask',
    { Cluster: 'c', TaskDefinition: 'job:3' },
    ['ecs:RunTask ecs:@:task-definition/job:3'],
    ['!ResourceNotStatic'],
  ],
  [
    'ecs:runTask',
    { Cluster: 'c', TaskDefinition: 'job:3', Overrides: { TaskRoleArn: role('task') } },
    ['ecs:RunTask ecs:@:task-definition/job:3', 'pass task to ecs-tasks'],
    ['!ResourceNotStatic'],
  ],
  [
    'ecs:runTask.sync',
    { Cluster: 'c', TaskDefinition: 'job:3', Overrides: BOTH },
    [
      'ecs:RunTask ecs:@:task-definition/job:3',
      'ecs:DescribeTasks ecs:@:task/c/*',
      'ecs:StopTask ecs:@:task/c/*',
      ...PASSES,
    ],
  ],
  [
    'ecs:runTask.sync',
    { Cluster: 'arn:aws:ecs:us-east-1:222222222222:cluster/c', TaskDefinition: 'job:3', Overrides: BOTH },
    [
      'ecs:RunTask ecs:@:task-definition/job:3',
      'ecs:DescribeTasks ecs:@:task/c/*',
      'ecs:StopTask ecs:@:task/c/*',
      ...PASSES,
    ],
  ],
  [
    'ecs:runTask.sync',
    { TaskDefinition: 'job:3', Overrides: BOTH },
    [
      'ecs:RunTask ecs:@:task-definition/job:3',
      'ecs:DescribeTasks ecs:@:task/default/*',
      'ecs:StopTask ecs:@:task/default/*',
      ...PASSES,
    ],
  ],
  [
    'ecs:runTask.waitForTaskToken',
    { Cluster: 'c', TaskDefinition: 'job:3', Overrides: BOTH, PropagateTags: 'TASK_DEFINITION' },
    ['ecs:RunTask ecs:@:task-definition/job:3', 'ecs:TagResource ecs:@:task/c/*', ...PASSES],
    ['TaskTokenWorker'],
  ],
  [
    'ecs:runTask',
    { Cluster: 'c', 'TaskDefinition.$': '$.definition', Overrides: BOTH },
    PASSES,
    ['!ResourceNotStatic'],
  ],
  [
    'aws-sdk:ecs:runTask',
    { Cluster: 'c', TaskDefinition: 'job:3', Overrides: BOTH },
    ['ecs:RunTask ecs:@:task-definition/job:3', ...PASSES],
  ],
  ['aws-sdk:ecs:stopTask', { Cluster: 'c', Task: 'abc' }, ['ecs:StopTask ecs:@:task/c/abc']],
  [
    'aws-sdk:ecs:describeTasks',
    { Cluster: 'c', Tasks: ['abc', 'def'] },
    ['ecs:DescribeTasks ecs:@:task/c/abc', 'ecs:DescribeTasks ecs:@:task/c/def'],
  ],
  [
    'aws-sdk:ecs:updateService',
    { Cluster: 'c', Service: 'web', DesiredCount: 2 },
    ['ecs:UpdateService ecs:@:service/c/web'],
  ],
  [
    'aws-sdk:ecs:describeServices',
    { Cluster: 'c', Services: ['web'] },
    ['ecs:DescribeServices ecs:@:service/c/web'],
  ],
  [
    'aws-sdk:ecs:registerTaskDefinition',
    { Family: 'job', TaskRoleArn: role('task'), ExecutionRoleArn: role('exec') },
    ['ecs:RegisterTaskDefinition ecs:@:task-definition/job:*', ...PASSES],
  ],
  ['aws-sdk:ecs:listTasks', { Cluster: 'c' }, ['ecs:ListTasks ecs:@:container-instance/c/*']],
]);

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-batch.html
const SUBMITS = ['batch:SubmitJob batch:@:job-queue/q'];
needExactly('batch', [
  [
    'batch:submitJob',
    { JobName: 'n', JobQueue: 'q', JobDefinition: 'd:2' },
    [...SUBMITS, 'batch:SubmitJob batch:@:job-definition/d:2'],
  ],
  [
    'batch:submitJob',
    { JobName: 'n', JobQueue: 'q', JobDefinition: 'd' },
    [...SUBMITS, 'batch:SubmitJob batch:@:job-definition/d', 'batch:SubmitJob batch:@:job-definition/d:*'],
  ],
  [
    'batch:submitJob',
    {
      JobName: 'n',
      JobQueue: 'arn:aws:batch:us-east-1:222222222222:job-queue/q',
      JobDefinition: 'arn:aws:batch:us-east-1:222222222222:job-definition/d:2',
    },
    [...SUBMITS, 'batch:SubmitJob batch:@:job-definition/d:2'],
  ],
  [
    'batch:submitJob.sync',
    { JobName: 'n', JobQueue: 'q', JobDefinition: 'd:2' },
    [
      ...SUBMITS,
      'batch:SubmitJob batch:@:job-definition/d:2',
      'batch:DescribeJobs *',
      'batch:TerminateJob batch:@:job/*',
    ],
  ],
  [
    'batch:submitJob',
    { JobName: 'n', JobQueue: 'q', JobDefinition: 'd:2', Tags: { a: 'b' } },
    [...SUBMITS, 'batch:SubmitJob batch:@:job-definition/d:2', 'batch:TagResource batch:@:job/*'],
  ],
  [
    'aws-sdk:batch:submitJob',
    { JobName: 'n', JobQueue: 'q', JobDefinition: 'd:2' },
    [...SUBMITS, 'batch:SubmitJob batch:@:job-definition/d:2'],
  ],
  ['aws-sdk:batch:terminateJob', { JobId: 'j', Reason: 'r' }, ['batch:TerminateJob batch:@:job/j']],
  ['aws-sdk:batch:cancelJob', { JobId: 'j', Reason: 'r' }, ['batch:CancelJob batch:@:job/j']],
  ['aws-sdk:batch:describeJobs', { Jobs: ['j'] }, ['batch:DescribeJobs *']],
  ['aws-sdk:batch:listJobs', { JobQueue: 'q' }, ['batch:ListJobs *']],
  [
    'aws-sdk:batch:registerJobDefinition',
    {
      JobDefinitionName: 'd',
      ContainerProperties: { JobRoleArn: role('task'), ExecutionRoleArn: role('exec') },
    },
    [
      'batch:RegisterJobDefinition batch:@:job-definition/d',
      'pass task to ecs-tasks',
      'pass exec to ecs-tasks',
    ],
  ],
]);

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-glue.html
needExactly('glue', [
  ['glue:startJobRun', { JobName: 'etl' }, ['glue:StartJobRun glue:@:job/etl']],
  [
    'glue:startJobRun.sync',
    { JobName: 'etl' },
    [
      'glue:StartJobRun glue:@:job/etl',
      'glue:GetJobRun glue:@:job/etl',
      'glue:GetJobRuns glue:@:job/etl',
      'glue:BatchStopJobRun glue:@:job/etl',
    ],
  ],
  [
    'glue:startJobRun',
    { 'JobName.$': "States.Format('etl-{}', $.env)" },
    ['glue:StartJobRun glue:@:job/etl-*'],
  ],
  ['glue:startJobRun', { 'JobName.$': '$.job' }, [], ['!ResourceNotStatic']],
  ['aws-sdk:glue:startJobRun', { JobName: 'etl' }, ['glue:StartJobRun glue:@:job/etl']],
  ['aws-sdk:glue:startCrawler', { Name: 'raw' }, ['glue:StartCrawler glue:@:crawler/raw']],
  ['aws-sdk:glue:getCrawler', { Name: 'raw' }, ['glue:GetCrawler glue:@:crawler/raw']],
  [
    'aws-sdk:glue:getTable',
    { DatabaseName: 'db', Name: 't' },
    ['glue:GetTable glue:@:catalog', 'glue:GetTable glue:@:database/db', 'glue:GetTable glue:@:table/db/t'],
  ],
  [
    'aws-sdk:glue:batchCreatePartition',
    { DatabaseName: 'db', TableName: 't' },
    [
      'glue:BatchCreatePartition glue:@:catalog',
      'glue:BatchCreatePartition glue:@:database/db',
      'glue:BatchCreatePartition glue:@:table/db/t',
    ],
  ],
  ['aws-sdk:glue:startWorkflowRun', { Name: 'w' }, ['glue:StartWorkflowRun glue:@:workflow/w']],
  [
    'aws-sdk:glue:createJob',
    { Name: 'etl', Role: role('glue'), Command: {} },
    ['glue:CreateJob glue:@:job/etl', 'pass glue to glue'],
  ],
  ['aws-sdk:glue:getJobRun', { JobName: 'etl', RunId: 'r' }, ['glue:GetJobRun glue:@:job/etl']],
]);

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-codebuild.html
needExactly('codebuild', [
  ['codebuild:startBuild', { ProjectName: 'p' }, ['codebuild:StartBuild codebuild:@:project/p']],
  [
    'codebuild:startBuild.sync',
    { ProjectName: 'arn:aws:codebuild:us-east-1:222222222222:project/p' },
    [
      'codebuild:StartBuild codebuild:@:project/p',
      'codebuild:StopBuild codebuild:@:project/p',
      'codebuild:BatchGetBuilds codebuild:@:project/p',
    ],
  ],
  [
    'codebuild:startBuild',
    { ProjectName: 'p', ServiceRoleOverride: role('cb') },
    ['codebuild:StartBuild codebuild:@:project/p', 'pass cb to codebuild'],
  ],
  ['codebuild:stopBuild', { Id: 'p:1-2' }, ['codebuild:StopBuild codebuild:@:project/p']],
  [
    'codebuild:stopBuild',
    { Id: 'arn:aws:codebuild:us-east-1:222222222222:build/p:1-2' },
    ['codebuild:StopBuild codebuild:@:project/p'],
  ],
  [
    'codebuild:batchDeleteBuilds',
    { Ids: ['p:1', 'q:2'] },
    [
      'codebuild:BatchDeleteBuilds codebuild:@:project/p',
      'codebuild:BatchDeleteBuilds codebuild:@:project/q',
    ],
  ],
  [
    'codebuild:batchGetReports',
    { ReportArns: ['arn:aws:codebuild:us-east-1:222222222222:report/g:1'] },
    ['codebuild:BatchGetReports codebuild:@:report-group/g'],
  ],
  [
    'codebuild:startBuildBatch.sync',
    { ProjectName: 'p' },
    [
      'codebuild:StartBuildBatch codebuild:@:project/p',
      'codebuild:StopBuildBatch codebuild:@:project/p',
      'codebuild:BatchGetBuildBatches codebuild:@:project/p',
    ],
  ],
  ['codebuild:retryBuildBatch', { Id: 'p:1' }, ['codebuild:RetryBuildBatch codebuild:@:project/p']],
  [
    'codebuild:deleteBuildBatch.sync',
    { Id: 'p:1' },
    [
      'codebuild:DeleteBuildBatch codebuild:@:project/p',
      'codebuild:BatchGetBuildBatches codebuild:@:project/p',
    ],
  ],
  ['aws-sdk:codebuild:startBuild', { ProjectName: 'p' }, ['codebuild:StartBuild codebuild:@:project/p']],
  ['aws-sdk:codebuild:batchGetBuilds', { Ids: ['p:1'] }, ['codebuild:BatchGetBuilds codebuild:@:project/p']],
  [
    'aws-sdk:codebuild:batchGetProjects',
    { Names: ['p'] },
    ['codebuild:BatchGetProjects codebuild:@:project/p'],
  ],
  [
    'aws-sdk:codebuild:listBuildsForProject',
    { ProjectName: 'p' },
    ['codebuild:ListBuildsForProject codebuild:@:project/p'],
  ],
]);

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-mediaconvert.html
const TAGGED = ' if StringEquals aws:ResourceTag/ManagedByService AWSStepFunctions';
needExactly('mediaconvert', [
  [
    'mediaconvert:createJob',
    { Role: role('mc'), Settings: {} },
    ['mediaconvert:CreateJob mediaconvert:@:queues/Default', 'pass mc to mediaconvert'],
  ],
  [
    'mediaconvert:createJob',
    { Role: role('mc'), Queue: 'arn:aws:mediaconvert:us-east-1:222222222222:queues/fast', Settings: {} },
    ['mediaconvert:CreateJob mediaconvert:@:queues/fast', 'pass mc to mediaconvert'],
  ],
  [
    'mediaconvert:createJob.sync',
    { Role: role('mc'), Queue: 'fast', JobTemplate: 'hls', Settings: {} },
    [
      'mediaconvert:CreateJob mediaconvert:@:queues/fast',
      'mediaconvert:CreateJob mediaconvert:@:jobTemplates/hls',
      `mediaconvert:GetJob mediaconvert:@:jobs/*${TAGGED}`,
      `mediaconvert:CancelJob mediaconvert:@:jobs/*${TAGGED}`,
      'pass mc to mediaconvert',
    ],
  ],
  [
    'mediaconvert:createJob',
    { Role: role('mc'), Settings: { OutputGroups: [{ Outputs: [{ Preset: 'mine' }] }] } },
    [
      'mediaconvert:CreateJob mediaconvert:@:queues/Default',
      'mediaconvert:CreateJob mediaconvert:@:presets/mine',
      'pass mc to mediaconvert',
    ],
  ],
  [
    'mediaconvert:createJob',
    { 'Role.$': '$.role', Settings: {} },
    ['mediaconvert:CreateJob mediaconvert:@:queues/Default'],
    ['!ResourceNotStatic'],
  ],
  [
    'aws-sdk:mediaconvert:createJob',
    { Role: role('mc'), Settings: {} },
    ['mediaconvert:CreateJob mediaconvert:@:queues/Default', 'pass mc to mediaconvert'],
  ],
  ['aws-sdk:mediaconvert:getJob', { Id: '1' }, ['mediaconvert:GetJob mediaconvert:@:jobs/1']],
  ['aws-sdk:mediaconvert:cancelJob', { Id: '1' }, ['mediaconvert:CancelJob mediaconvert:@:jobs/1']],
  ['aws-sdk:mediaconvert:describeEndpoints', {}, ['mediaconvert:DescribeEndpoints *']],
]);

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-databrew.html
needExactly('databrew', [
  ['databrew:startJobRun', { Name: 'clean' }, ['databrew:StartJobRun databrew:@:job/clean']],
  [
    'databrew:startJobRun.sync',
    { Name: 'clean' },
    [
      'databrew:StartJobRun databrew:@:job/clean',
      'databrew:ListJobRuns databrew:@:job/clean',
      'databrew:StopJobRun databrew:@:job/clean',
    ],
  ],
  ['aws-sdk:databrew:startJobRun', { Name: 'clean' }, ['databrew:StartJobRun databrew:@:job/clean']],
  [
    'aws-sdk:databrew:describeJobRun',
    { Name: 'clean', RunId: 'r' },
    ['databrew:DescribeJobRun databrew:@:job/clean'],
  ],
  ['aws-sdk:databrew:publishRecipe', { Name: 'r' }, ['databrew:PublishRecipe databrew:@:recipe/r']],
]);
