/** ARNs that the spec gives for a Task, if its definition does not tell which are meant. */
import { describe, expect, it } from '@jest/globals';
import { assertAllows, deriveOne, here, openDecisions, passed, ROLE } from '../machines.ts';

describe('a hint gives', () => {
  it('the roles of a task definition, which no parameter names', () => {
    const run = { Action: 'ecs:RunTask', Resource: here('ecs', 'task-definition/web:7') };
    const derivation = deriveOne('ecs:runTask', { TaskDefinition: 'web:7' });
    assertAllows(derivation, [run]);
    expect(openDecisions(derivation)).toStrictEqual([
      'Task "Call" needs iam:PassRole, but the role of the task definition is not in the parameters unless Overrides sets both TaskRoleArn and ExecutionRoleArn',
    ]);

    const execution = 'arn:aws:iam::222222222222:role/execution';
    const hints = [{ task: 'Call', arns: [ROLE, execution] }];
    assertAllows(deriveOne('ecs:runTask', { TaskDefinition: 'web:7' }, { hints }), [
      run,
      passed('ecs-tasks.amazonaws.com', [ROLE, execution]),
    ]);
  });

  it('the role in the instance profile of a cluster', () => {
    const instance = 'arn:aws:iam::222222222222:role/EMR_EC2_DefaultRole';
    const parameters = { ServiceRole: 'EMR_DefaultRole', JobFlowRole: 'EMR_EC2_DefaultRole' };
    const hints = [{ task: 'Call', arns: [instance] }];
    assertAllows(deriveOne('elasticmapreduce:createCluster', parameters, { hints }), [
      { Action: 'elasticmapreduce:RunJobFlow', Resource: '*' },
      passed('elasticmapreduce.amazonaws.com', 'arn:aws:iam::222222222222:role/EMR_DefaultRole'),
      passed('ec2.amazonaws.com', instance),
    ]);
  });

  it('the role that a job is limited to, with wildcards as a pattern', () => {
    const parameters = { VirtualClusterId: 'vc1', 'ExecutionRoleArn.$': '$.role' };
    assertAllows(deriveOne('emr-containers:startJobRun', parameters), []);
    const role = 'arn:aws:iam::222222222222:role/jobs/*';
    assertAllows(
      deriveOne('emr-containers:startJobRun', parameters, { hints: [{ task: 'Call', arns: [role] }] }),
      [
        {
          Action: 'emr-containers:StartJobRun',
          Resource: here('emr-containers', '/virtualclusters/vc1'),
          Condition: { StringLike: { 'emr-containers:ExecutionRoleArn': role } },
        },
      ],
    );
  });

  it('a state machine, and its executions with it', () => {
    const derivation = deriveOne(
      'states:startExecution.sync:2',
      { 'StateMachineArn.$': '$.child' },
      { hints: [{ task: 'Call', arns: [here('states', 'stateMachine:child-*')] }] },
    );
    assertAllows(derivation, [
      { Action: 'states:StartExecution', Resource: here('states', 'stateMachine:child-*') },
      {
        Action: ['states:DescribeExecution', 'states:StopExecution'],
        Resource: here('states', 'execution:child-*:*'),
      },
    ]);
    expect(openDecisions(derivation)).toStrictEqual([]);
  });
});
