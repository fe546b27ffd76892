import { describe, expect, it } from '@jest/globals';
import { assertAllows, deriveOne, openDecisions, passed, reasonsOf, ROLE } from '../machines.ts';

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-batch.html, narrowed to what the Service
// Authorization Reference takes.
describe('batch:submitJob', () => {
  const queue = 'arn:aws:batch:us-east-1:222222222222:job-queue/main';
  const definition = 'arn:aws:batch:us-east-1:222222222222:job-definition/render';

  it('is allowed on the queue and on every revision where the definition names none', () => {
    assertAllows(deriveOne('batch:submitJob', { JobQueue: 'main', JobDefinition: 'render' }), [
      { Action: 'batch:SubmitJob', Resource: [queue, definition, `${definition}:*`] },
    ]);
  });

  it('is allowed on the one revision that is named', () => {
    assertAllows(deriveOne('batch:submitJob', { JobQueue: queue, JobDefinition: 'render:3' }), [
      { Action: 'batch:SubmitJob', Resource: [queue, `${definition}:3`] },
    ]);
  });

  it('.sync also polls and terminates jobs, whose IDs are made when they start', () => {
    assertAllows(deriveOne('batch:submitJob.sync', { JobQueue: queue, JobDefinition: `${definition}:3` }), [
      { Action: 'batch:SubmitJob', Resource: [queue, `${definition}:3`] },
      { Action: 'batch:DescribeJobs', Resource: '*' },
      { Action: 'batch:TerminateJob', Resource: 'arn:aws:batch:us-east-1:222222222222:job/*' },
    ]);
  });

  it('with tags may tag the job', () => {
    const parameters = { JobQueue: queue, JobDefinition: 'render:3', Tags: { team: 'payments' } };
    assertAllows(deriveOne('batch:submitJob', parameters), [
      { Action: 'batch:SubmitJob', Resource: [queue, `${definition}:3`] },
      { Action: 'batch:TagResource', Resource: 'arn:aws:batch:us-east-1:222222222222:job/*' },
    ]);
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
describe('ecs:runTask', () => {
  const family = 'arn:aws:ecs:us-east-1:222222222222:task-definition/web';
  const execution = 'arn:aws:iam::222222222222:role/execution';
  const overrides = { TaskRoleArn: ROLE, ExecutionRoleArn: execution };
  const roles = passed('ecs-tasks.amazonaws.com', [ROLE, execution]);

  it('is allowed on every revision where none is named, and passes both overridden roles', () => {
    assertAllows(deriveOne('ecs:runTask', { TaskDefinition: 'web', Overrides: overrides }), [
      { Action: 'ecs:RunTask', Resource: `${family}:*` },
      roles,
    ]);
  });

  it('.sync also polls and stops tasks of its cluster', () => {
    const cluster = 'arn:aws:ecs:us-east-1:222222222222:cluster/blue';
    const parameters = { Cluster: cluster, TaskDefinition: `${family}:7`, Overrides: overrides };
    assertAllows(deriveOne('ecs:runTask.sync', parameters), [
      { Action: 'ecs:RunTask', Resource: `${family}:7` },
      {
        Action: ['ecs:DescribeTasks', 'ecs:StopTask'],
        Resource: 'arn:aws:ecs:us-east-1:222222222222:task/blue/*',
      },
      roles,
    ]);
  });

  it('with a token needs no more than to run', () => {
    const parameters = { TaskDefinition: 'web:7', Overrides: overrides };
    assertAllows(deriveOne('ecs:runTask.waitForTaskToken', parameters), [
      { Action: 'ecs:RunTask', Resource: `${family}:7` },
      roles,
    ]);
  });

  it('with tags may tag the task', () => {
    const parameters = { TaskDefinition: 'web:7', PropagateTags: 'TASK_DEFINITION', Overrides: overrides };
    assertAllows(deriveOne('ecs:runTask', parameters), [
      { Action: 'ecs:RunTask', Resource: `${family}:7` },
      { Action: 'ecs:TagResource', Resource: 'arn:aws:ecs:us-east-1:222222222222:task/default/*' },
      roles,
    ]);
  });

  it('leaves the task definition’s own roles open, and a hint with role ARNs gives them', () => {
    const derivation = deriveOne('ecs:runTask', { TaskDefinition: 'web:7' });
    assertAllows(derivation, [{ Action: 'ecs:RunTask', Resource: `${family}:7` }]);
    expect(openDecisions(derivation)).toStrictEqual([
      'Task "Call" needs iam:PassRole, but the role of the task definition does not stand in the parameters unless Overrides gives both TaskRoleArn and ExecutionRoleArn',
    ]);

    const hints = [{ task: 'Call', arns: [ROLE, execution] }];
    assertAllows(deriveOne('ecs:runTask', { TaskDefinition: 'web:7' }, { hints }), [
      { Action: 'ecs:RunTask', Resource: `${family}:7` },
      roles,
    ]);
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-codebuild.html
describe('codebuild', () => {
  const project = 'arn:aws:codebuild:us-east-1:222222222222:project/site';
  const rows: [string, object, string[]][] = [
    ['startBuild', { ProjectName: 'site' }, ['StartBuild']],
    ['startBuild.sync', { ProjectName: 'site' }, ['StartBuild', 'StopBuild', 'BatchGetBuilds']],
    ['stopBuild', { Id: 'site:0f4a' }, ['StopBuild']],
    ['batchDeleteBuilds', { Ids: ['site:0f4a', 'site:77'] }, ['BatchDeleteBuilds']],
    ['startBuildBatch', { ProjectName: 'site' }, ['StartBuildBatch']],
    [
      'startBuildBatch.sync',
      { ProjectName: 'site' },
      ['StartBuildBatch', 'StopBuildBatch', 'BatchGetBuildBatches'],
    ],
    [
      'stopBuildBatch',
      { Id: 'arn:aws:codebuild:us-east-1:222222222222:build-batch/site:0f4a' },
      ['StopBuildBatch'],
    ],
    ['retryBuildBatch', { Id: 'site:0f4a' }, ['RetryBuildBatch']],
    [
      'retryBuildBatch.sync',
      { Id: 'site:0f4a' },
      ['RetryBuildBatch', 'StopBuildBatch', 'BatchGetBuildBatches'],
    ],
    ['deleteBuildBatch', { Id: 'site:0f4a' }, ['DeleteBuildBatch']],
    ['deleteBuildBatch.sync', { Id: 'site:0f4a' }, ['DeleteBuildBatch', 'BatchGetBuildBatches']],
  ];
  for (const [api, parameters, actions] of rows) {
    it(`${api} is allowed on the project`, () => {
      assertAllows(deriveOne(`codebuild:${api}`, { ...parameters }), [
        { Action: actions.map((action) => `codebuild:${action}`), Resource: project },
      ]);
    });
  }

  it('batchGetReports is allowed on the report groups', () => {
    const reports = [
      'arn:aws:codebuild:us-east-1:222222222222:report/unit:12',
      'arn:aws:codebuild:us-east-1:222222222222:report/e2e:3',
    ];
    assertAllows(deriveOne('codebuild:batchGetReports', { ReportArns: reports }), [
      {
        Action: 'codebuild:BatchGetReports',
        Resource: [
          'arn:aws:codebuild:us-east-1:222222222222:report-group/unit',
          'arn:aws:codebuild:us-east-1:222222222222:report-group/e2e',
        ],
      },
    ]);
  });

  it('passes a role that replaces the project’s own', () => {
    assertAllows(deriveOne('codebuild:startBuild', { ProjectName: 'site', ServiceRoleOverride: ROLE }), [
      { Action: 'codebuild:StartBuild', Resource: project },
      passed('codebuild.amazonaws.com'),
    ]);
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-eks.html
describe('eks', () => {
  const cluster = 'arn:aws:eks:us-east-1:222222222222:cluster/blue';
  const nodes = 'arn:aws:eks:us-east-1:222222222222:nodegroup/blue/workers/*';
  const pods = 'arn:aws:eks:us-east-1:222222222222:fargateprofile/blue/batch/*';
  it('createCluster passes the cluster’s role; .sync also polls and deletes', () => {
    const created = [{ Action: 'eks:CreateCluster', Resource: '*' }, passed('eks.amazonaws.com')];
    const parameters = { Name: 'blue', RoleArn: ROLE };
    assertAllows(deriveOne('eks:createCluster', parameters), created);
    assertAllows(deriveOne('eks:createCluster.sync', parameters), [
      ...created,
      { Action: ['eks:DescribeCluster', 'eks:DeleteCluster'], Resource: cluster },
    ]);
  });

  it('createNodegroup looks at subnets and the node role, and passes it; .sync also polls and deletes', () => {
    const created = [
      { Action: 'eks:CreateNodegroup', Resource: cluster },
      { Action: 'ec2:DescribeSubnets', Resource: '*' },
      { Action: ['iam:GetRole', 'iam:ListAttachedRolePolicies'], Resource: ROLE },
      passed('eks.amazonaws.com'),
    ];
    const parameters = { ClusterName: 'blue', NodegroupName: 'workers', NodeRole: ROLE };
    assertAllows(deriveOne('eks:createNodegroup', parameters), created);
    assertAllows(deriveOne('eks:createNodegroup.sync', parameters), [
      ...created,
      { Action: ['eks:DescribeNodegroup', 'eks:DeleteNodegroup'], Resource: nodes },
    ]);
  });

  it('createFargateProfile passes the pods’ role; .sync also polls and deletes', () => {
    const created = [
      { Action: 'eks:CreateFargateProfile', Resource: cluster },
      passed(['eks.amazonaws.com', 'eks-fargate-pods.amazonaws.com']),
    ];
    const parameters = { ClusterName: 'blue', FargateProfileName: 'batch', PodExecutionRoleArn: ROLE };
    assertAllows(deriveOne('eks:createFargateProfile', parameters), created);
    assertAllows(deriveOne('eks:createFargateProfile.sync', parameters), [
      ...created,
      { Action: ['eks:DescribeFargateProfile', 'eks:DeleteFargateProfile'], Resource: pods },
    ]);
  });

  const deletions: [string, object, string, string, string][] = [
    ['deleteCluster', { Name: 'blue' }, cluster, 'eks:DeleteCluster', 'eks:DescribeCluster'],
    [
      'deleteNodegroup',
      { ClusterName: 'blue', NodegroupName: 'workers' },
      nodes,
      'eks:DeleteNodegroup',
      'eks:DescribeNodegroup',
    ],
    [
      'deleteFargateProfile',
      { ClusterName: 'blue', FargateProfileName: 'batch' },
      pods,
      'eks:DeleteFargateProfile',
      'eks:DescribeFargateProfile',
    ],
  ];
  for (const [api, parameters, resource, action, polled] of deletions) {
    it(`${api} is allowed on that one; .sync also polls`, () => {
      assertAllows(deriveOne(`eks:${api}`, { ...parameters }), [{ Action: action, Resource: resource }]);
      assertAllows(deriveOne(`eks:${api}.sync`, { ...parameters }), [
        { Action: [action, polled], Resource: resource },
      ]);
    });
  }

  for (const call of ['call', 'runJob', 'runJob.sync', 'runJob.waitForTaskToken']) {
    it(`${call} needs no IAM action, and says that Kubernetes decides`, () => {
      const derivation = deriveOne(`eks:${call}`, { ClusterName: 'blue' });
      assertAllows(derivation, []);
      expect(reasonsOf(derivation).map(([reason]) => reason)).toContain('KubernetesAccessNeeded');
    });
  }
});
