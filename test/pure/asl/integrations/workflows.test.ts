import { describe, expect, it } from '@jest/globals';
import { assertAllows, deriveOne, openDecisions, reasonsOf } from '../machines.ts';

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
describe('states:startExecution', () => {
  const child = 'arn:aws:states:us-east-1:222222222222:stateMachine:child';
  const executions = 'arn:aws:states:us-east-1:222222222222:execution:child:*';

  it('is allowed on the state machine', () => {
    assertAllows(deriveOne('states:startExecution', { StateMachineArn: child }), [
      { Action: 'states:StartExecution', Resource: child },
    ]);
  });

  for (const pattern of ['.sync', '.sync:2']) {
    it(`${pattern} also polls and stops its executions, which have another ARN`, () => {
      const derivation = deriveOne(`states:startExecution${pattern}`, { StateMachineArn: child });
      assertAllows(derivation, [
        { Action: 'states:StartExecution', Resource: child },
        { Action: ['states:DescribeExecution', 'states:StopExecution'], Resource: executions },
      ]);
      expect(reasonsOf(derivation)).toStrictEqual([['ExpressSyncNotSupported', false]]);
    });
  }

  it('of an alias is allowed on the machine, which is what IAM is asked about', () => {
    assertAllows(deriveOne('states:startExecution.sync:2', { StateMachineArn: `${child}:live` }), [
      { Action: 'states:StartExecution', Resource: child },
      { Action: ['states:DescribeExecution', 'states:StopExecution'], Resource: executions },
    ]);
  });

  it('with a token needs no more than to start', () => {
    assertAllows(deriveOne('states:startExecution.waitForTaskToken', { StateMachineArn: child }), [
      { Action: 'states:StartExecution', Resource: child },
    ]);
  });

  it('takes a hint for the machine as one for its executions, too', () => {
    const derivation = deriveOne(
      'states:startExecution.sync:2',
      { 'StateMachineArn.$': '$.child' },
      { hints: [{ task: 'Call', arns: ['arn:aws:states:us-east-1:222222222222:stateMachine:child-*'] }] },
    );
    assertAllows(derivation, [
      {
        Action: 'states:StartExecution',
        Resource: 'arn:aws:states:us-east-1:222222222222:stateMachine:child-*',
      },
      {
        Action: ['states:DescribeExecution', 'states:StopExecution'],
        Resource: 'arn:aws:states:us-east-1:222222222222:execution:child-*:*',
      },
    ]);
    expect(openDecisions(derivation)).toStrictEqual([]);
  });
});

describe('aws-sdk:sfn:startSyncExecution', () => {
  it('is allowed on the state machine', () => {
    const child = 'arn:aws:states:us-east-1:222222222222:stateMachine:child';
    assertAllows(deriveOne('aws-sdk:sfn:startSyncExecution', { StateMachineArn: child }), [
      { Action: 'states:StartSyncExecution', Resource: child },
    ]);
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-api-gateway.html
describe('apigateway:invoke', () => {
  const parameters = {
    ApiEndpoint: 'a1b2c3.execute-api.us-east-1.amazonaws.com',
    Method: 'GET',
    Stage: 'prod',
    Path: '/pets/dogs',
  };
  const allowed = [
    {
      Action: 'execute-api:Invoke',
      Resource: 'arn:aws:execute-api:us-east-1:222222222222:a1b2c3/prod/GET/pets/dogs',
    },
  ];

  it('with IAM_ROLE is allowed on that method of that path', () => {
    assertAllows(deriveOne('apigateway:invoke', { ...parameters, AuthType: 'IAM_ROLE' }), allowed);
  });

  it('with a token needs the same', () => {
    const derivation = deriveOne('apigateway:invoke.waitForTaskToken', {
      ...parameters,
      AuthType: 'IAM_ROLE',
    });
    assertAllows(derivation, allowed);
  });

  it('without authorization, and with the API’s own policy, needs nothing', () => {
    assertAllows(deriveOne('apigateway:invoke', parameters), []);
    assertAllows(deriveOne('apigateway:invoke', { ...parameters, AuthType: 'RESOURCE_POLICY' }), []);
  });

  it('leaves a path open that is made at run time', () => {
    const { Path: _, ...rest } = parameters;
    const derivation = deriveOne('apigateway:invoke', { ...rest, AuthType: 'IAM_ROLE', 'Path.$': '$.path' });
    assertAllows(derivation, []);
    expect(openDecisions(derivation)).toStrictEqual([
      'Task "Call" needs execute-api:Invoke, but Path is known only at run time ($.path)',
    ]);
  });
});

describe('what the target role can not be given', () => {
  for (const resource of ['http:invoke', 'arn:aws:states:us-east-1:222222222222:activity:work']) {
    it(`${resource} takes no credentials`, () => {
      const derivation = deriveOne(resource);
      assertAllows(derivation, []);
      expect(reasonsOf(derivation)).toStrictEqual([['CredentialsNotSupported', true]]);
    });
  }

  for (const resource of [
    'dynamodb:getItem.sync',
    'sqs:purgeQueue',
    'aws-sdk:s3:getObject.sync',
    'magic:wand',
  ]) {
    it(`${resource} is no integration`, () => {
      const derivation = deriveOne(resource, { TableName: 'a', Bucket: 'b', Key: 'c' });
      assertAllows(derivation, []);
      expect(reasonsOf(derivation)).toStrictEqual([['UnknownIntegration', true]]);
    });
  }
});
