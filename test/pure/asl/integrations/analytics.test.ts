import { describe, expect, it } from '@jest/globals';
import { assertAllows, deriveOne, here, openDecisions, passed, ROLE } from '../machines.ts';

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html, with AddTags, which Step Functions
// needs to mark the jobs it waits for.
describe('sagemaker jobs', () => {
  const jobs: [string, string, string, boolean][] = [
    ['createTrainingJob', 'TrainingJob', 'training-job', true],
    ['createTransformJob', 'TransformJob', 'transform-job', false],
    ['createProcessingJob', 'ProcessingJob', 'processing-job', true],
    ['createLabelingJob', 'LabelingJob', 'labeling-job', true],
    ['createHyperParameterTuningJob', 'HyperParameterTuningJob', 'hyper-parameter-tuning-job', true],
  ];
  for (const [api, noun, type, passesRole] of jobs) {
    const resource = `arn:aws:sagemaker:us-east-1:222222222222:${type}/churn`;
    const role =
      api === 'createHyperParameterTuningJob'
        ? { TrainingJobDefinition: { RoleArn: ROLE } }
        : { RoleArn: ROLE };
    const parameters = { [`${noun}Name`]: 'churn', ...(passesRole ? role : {}) };
    const roles = passesRole ? [passed('sagemaker.amazonaws.com')] : [];

    it(`${api} is allowed on that job${passesRole ? ', and passes its role' : ''}`, () => {
      assertAllows(deriveOne(`sagemaker:${api}`, parameters), [
        { Action: [`sagemaker:Create${noun}`, 'sagemaker:ListTags'], Resource: resource },
        ...roles,
      ]);
    });

    it(`${api}.sync also polls, stops and tags it`, () => {
      assertAllows(deriveOne(`sagemaker:${api}.sync`, parameters), [
        {
          Action: [
            `sagemaker:Create${noun}`,
            `sagemaker:Describe${noun}`,
            `sagemaker:Stop${noun}`,
            'sagemaker:AddTags',
            'sagemaker:ListTags',
          ],
          Resource: resource,
        },
        ...roles,
      ]);
    });
  }

  it('may tag where the Task gives tags', () => {
    const derivation = deriveOne('sagemaker:createTransformJob', { TransformJobName: 'churn', Tags: [] });
    assertAllows(derivation, [
      {
        Action: ['sagemaker:CreateTransformJob', 'sagemaker:ListTags', 'sagemaker:AddTags'],
        Resource: 'arn:aws:sagemaker:us-east-1:222222222222:transform-job/churn',
      },
    ]);
  });

  it('are allowed in both spellings of a name with capitals', () => {
    assertAllows(deriveOne('sagemaker:createTransformJob', { TransformJobName: 'Churn' }), [
      {
        Action: ['sagemaker:CreateTransformJob', 'sagemaker:ListTags'],
        Resource: [
          'arn:aws:sagemaker:us-east-1:222222222222:transform-job/Churn',
          'arn:aws:sagemaker:us-east-1:222222222222:transform-job/churn',
        ],
      },
    ]);
  });

  it('pass the role of every training that a tuning job defines', () => {
    const other = 'arn:aws:iam::222222222222:role/other';
    const derivation = deriveOne('sagemaker:createHyperParameterTuningJob', {
      HyperParameterTuningJobName: 'churn',
      TrainingJobDefinitions: [{ RoleArn: ROLE }, { RoleArn: other }],
    });
    assertAllows(derivation, [
      {
        Action: ['sagemaker:CreateHyperParameterTuningJob', 'sagemaker:ListTags'],
        Resource: 'arn:aws:sagemaker:us-east-1:222222222222:hyper-parameter-tuning-job/churn',
      },
      passed('sagemaker.amazonaws.com'),
      passed('sagemaker.amazonaws.com', other),
    ]);
  });
});

describe('sagemaker models and endpoints', () => {
  it('createModel passes its execution role', () => {
    assertAllows(deriveOne('sagemaker:createModel', { ModelName: 'churn', ExecutionRoleArn: ROLE }), [
      { Action: ['sagemaker:CreateModel', 'sagemaker:ListTags'], Resource: here('sagemaker', 'model/churn') },
      passed('sagemaker.amazonaws.com'),
    ]);
  });

  it('createEndpointConfig passes a role only if it gives one', () => {
    const allowed = {
      Action: ['sagemaker:CreateEndpointConfig', 'sagemaker:ListTags'],
      Resource: here('sagemaker', 'endpoint-config/churn'),
    };
    assertAllows(deriveOne('sagemaker:createEndpointConfig', { EndpointConfigName: 'churn' }), [allowed]);
    assertAllows(
      deriveOne('sagemaker:createEndpointConfig', { EndpointConfigName: 'churn', ExecutionRoleArn: ROLE }),
      [allowed, passed('sagemaker.amazonaws.com')],
    );
  });

  for (const [api, action] of [
    ['createEndpoint', 'sagemaker:CreateEndpoint'],
    ['updateEndpoint', 'sagemaker:UpdateEndpoint'],
  ] as const) {
    it(`${api} is allowed on the endpoint and its configuration`, () => {
      assertAllows(deriveOne(`sagemaker:${api}`, { EndpointName: 'churn', EndpointConfigName: 'churn' }), [
        {
          Action: [action, 'sagemaker:ListTags'],
          Resource: [here('sagemaker', 'endpoint/churn'), here('sagemaker', 'endpoint-config/churn')],
        },
      ]);
    });
  }
});

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr.html
describe('elasticmapreduce', () => {
  const cluster = 'arn:aws:elasticmapreduce:us-east-1:222222222222:cluster/j-1AB';
  const anyCluster = 'arn:aws:elasticmapreduce:us-east-1:222222222222:cluster/*';
  const created = [
    { Action: 'elasticmapreduce:RunJobFlow', Resource: '*' },
    passed('elasticmapreduce.amazonaws.com', 'arn:aws:iam::222222222222:role/EMR_DefaultRole'),
  ];

  it('createCluster passes the service role, and leaves the instance profile’s role open', () => {
    const derivation = deriveOne('elasticmapreduce:createCluster', {
      ServiceRole: 'EMR_DefaultRole',
      JobFlowRole: 'EMR_EC2_DefaultRole',
    });
    assertAllows(derivation, created);
    expect(openDecisions(derivation)).toStrictEqual([
      'Task "Call" needs iam:PassRole, but JobFlowRole names an instance profile, and the role in it is not told by the definition',
    ]);
  });

  it('createCluster.sync also polls and terminates, and a hint gives the instance role', () => {
    const instance = 'arn:aws:iam::222222222222:role/EMR_EC2_DefaultRole';
    const parameters = {
      ServiceRole: 'EMR_DefaultRole',
      JobFlowRole: 'EMR_EC2_DefaultRole',
      AutoScalingRole: ROLE,
      Tags: [],
    };
    const hints = [{ task: 'Call', arns: [instance] }];
    assertAllows(deriveOne('elasticmapreduce:createCluster.sync', parameters, { hints }), [
      ...created,
      {
        Action: [
          'elasticmapreduce:AddTags',
          'elasticmapreduce:DescribeCluster',
          'elasticmapreduce:TerminateJobFlows',
        ],
        Resource: anyCluster,
      },
      passed('ec2.amazonaws.com', instance),
      passed('application-autoscaling.amazonaws.com'),
    ]);
  });

  const rows: [string, string[]][] = [
    ['addStep', ['AddJobFlowSteps']],
    ['addStep.sync', ['AddJobFlowSteps', 'DescribeStep', 'CancelSteps']],
    ['cancelStep', ['CancelSteps']],
    ['terminateCluster', ['TerminateJobFlows']],
    ['terminateCluster.sync', ['TerminateJobFlows', 'DescribeCluster']],
    ['setClusterTerminationProtection', ['SetTerminationProtection']],
    ['modifyInstanceFleetByName', ['ModifyInstanceFleet', 'ListInstanceFleets']],
    ['modifyInstanceGroupByName', ['ModifyInstanceGroups', 'ListInstanceGroups']],
  ];
  for (const [api, actions] of rows) {
    it(`${api} is allowed on the cluster`, () => {
      assertAllows(deriveOne(`elasticmapreduce:${api}`, { ClusterId: 'j-1AB' }), [
        { Action: actions.map((action) => `elasticmapreduce:${action}`), Resource: cluster },
      ]);
    });
  }
});

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr-eks.html
describe('emr-containers', () => {
  const cluster = 'arn:aws:emr-containers:us-east-1:222222222222:/virtualclusters/vc1';

  it('createVirtualCluster may also make the service-linked role', () => {
    assertAllows(deriveOne('emr-containers:createVirtualCluster', { Name: 'spark' }), [
      { Action: 'emr-containers:CreateVirtualCluster', Resource: '*' },
      {
        Action: 'iam:CreateServiceLinkedRole',
        Resource:
          'arn:aws:iam::222222222222:role/aws-service-role/emr-containers.amazonaws.com/AWSServiceRoleForAmazonEMRContainers',
        Condition: { StringEquals: { 'iam:AWSServiceName': 'emr-containers.amazonaws.com' } },
      },
    ]);
  });

  it('deleteVirtualCluster is allowed on that one; .sync also polls', () => {
    assertAllows(deriveOne('emr-containers:deleteVirtualCluster', { Id: 'vc1' }), [
      { Action: 'emr-containers:DeleteVirtualCluster', Resource: cluster },
    ]);
    assertAllows(deriveOne('emr-containers:deleteVirtualCluster.sync', { Id: 'vc1' }), [
      {
        Action: ['emr-containers:DeleteVirtualCluster', 'emr-containers:DescribeVirtualCluster'],
        Resource: cluster,
      },
    ]);
  });

  it('startJobRun is limited to the job’s execution role; .sync also polls and cancels', () => {
    const parameters = { VirtualClusterId: 'vc1', ExecutionRoleArn: ROLE };
    const started = {
      Action: 'emr-containers:StartJobRun',
      Resource: cluster,
      Condition: { StringEquals: { 'emr-containers:ExecutionRoleArn': ROLE } },
    };
    assertAllows(deriveOne('emr-containers:startJobRun', parameters), [started]);
    assertAllows(deriveOne('emr-containers:startJobRun.sync', parameters), [
      started,
      {
        Action: ['emr-containers:DescribeJobRun', 'emr-containers:CancelJobRun'],
        Resource: `${cluster}/jobruns/*`,
      },
    ]);
  });

  it('startJobRun with a role of run time is left open, and a hint with wildcards is compared as a pattern', () => {
    const parameters = { VirtualClusterId: 'vc1', 'ExecutionRoleArn.$': '$.role' };
    assertAllows(deriveOne('emr-containers:startJobRun', parameters), []);
    const role = 'arn:aws:iam::222222222222:role/jobs/*';
    assertAllows(
      deriveOne('emr-containers:startJobRun', parameters, { hints: [{ task: 'Call', arns: [role] }] }),
      [
        {
          Action: 'emr-containers:StartJobRun',
          Resource: cluster,
          Condition: { StringLike: { 'emr-containers:ExecutionRoleArn': role } },
        },
      ],
    );
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr-serverless.html
describe('emr-serverless', () => {
  const all = 'arn:aws:emr-serverless:us-east-1:222222222222:/applications';

  it('createApplication may also make the service-linked role; .sync also polls and deletes', () => {
    const created = [
      {
        Action: 'emr-serverless:CreateApplication',
        Resource: 'arn:aws:emr-serverless:us-east-1:222222222222:/*',
      },
      {
        Action: 'iam:CreateServiceLinkedRole',
        Resource:
          'arn:aws:iam::222222222222:role/aws-service-role/ops.emr-serverless.amazonaws.com/AWSServiceRoleForAmazonEMRServerless*',
        Condition: { StringEquals: { 'iam:AWSServiceName': 'ops.emr-serverless.amazonaws.com' } },
      },
    ];
    assertAllows(deriveOne('emr-serverless:createApplication', { Name: 'spark' }), created);
    assertAllows(deriveOne('emr-serverless:createApplication.sync', { Name: 'spark' }), [
      ...created,
      { Action: ['emr-serverless:GetApplication', 'emr-serverless:DeleteApplication'], Resource: `${all}/*` },
    ]);
  });

  const rows: [string, string[]][] = [
    ['startApplication', ['StartApplication']],
    ['startApplication.sync', ['StartApplication', 'GetApplication', 'StopApplication']],
    ['stopApplication', ['StopApplication']],
    ['stopApplication.sync', ['StopApplication', 'GetApplication']],
    ['deleteApplication', ['DeleteApplication']],
    ['deleteApplication.sync', ['DeleteApplication', 'GetApplication']],
  ];
  for (const [api, actions] of rows) {
    it(`${api} is allowed on the application`, () => {
      assertAllows(deriveOne(`emr-serverless:${api}`, { ApplicationId: 'app1' }), [
        { Action: actions.map((action) => `emr-serverless:${action}`), Resource: `${all}/app1` },
      ]);
    });
  }

  it('startJobRun passes the job’s role; .sync also polls and cancels', () => {
    const started = [
      { Action: 'emr-serverless:StartJobRun', Resource: `${all}/app1` },
      passed('emr-serverless.amazonaws.com'),
    ];
    const parameters = { ApplicationId: 'app1', ExecutionRoleArn: ROLE };
    assertAllows(deriveOne('emr-serverless:startJobRun', parameters), started);
    assertAllows(deriveOne('emr-serverless:startJobRun.sync', parameters), [
      ...started,
      {
        Action: ['emr-serverless:GetJobRun', 'emr-serverless:CancelJobRun'],
        Resource: `${all}/app1/jobruns/*`,
      },
    ]);
  });

  it('cancelJobRun is allowed on that run; .sync also polls', () => {
    const parameters = { ApplicationId: 'app1', JobRunId: 'run1' };
    assertAllows(deriveOne('emr-serverless:cancelJobRun', parameters), [
      { Action: 'emr-serverless:CancelJobRun', Resource: `${all}/app1/jobruns/run1` },
    ]);
    assertAllows(deriveOne('emr-serverless:cancelJobRun.sync', parameters), [
      {
        Action: ['emr-serverless:CancelJobRun', 'emr-serverless:GetJobRun'],
        Resource: `${all}/app1/jobruns/run1`,
      },
    ]);
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-bedrock.html
describe('bedrock', () => {
  const model = 'anthropic.claude-3-sonnet-20240229-v1:0';
  const foundation = `arn:aws:bedrock:us-east-1::foundation-model/${model}`;

  it('invokeModel is allowed on the foundation model, which carries no account', () => {
    assertAllows(deriveOne('bedrock:invokeModel', { ModelId: model }), [
      { Action: 'bedrock:InvokeModel', Resource: foundation },
    ]);
    assertAllows(deriveOne('bedrock:invokeModel.waitForTaskToken', { ModelId: foundation }), [
      { Action: 'bedrock:InvokeModel', Resource: foundation },
    ]);
  });

  it('invokeModel is allowed on a provisioned model by its ARN', () => {
    const provisioned = 'arn:aws:bedrock:us-east-1:222222222222:provisioned-model/abc';
    assertAllows(deriveOne('bedrock:invokeModel', { ModelId: provisioned }), [
      { Action: 'bedrock:InvokeModel', Resource: provisioned },
    ]);
  });

  it('invokeModel through an inference profile reaches its model in each Region, through that profile alone', () => {
    const profile = `arn:aws:bedrock:us-east-1:222222222222:inference-profile/us.${model}`;
    for (const id of [`us.${model}`, profile]) {
      assertAllows(deriveOne('bedrock:invokeModel', { ModelId: id }), [
        { Action: 'bedrock:InvokeModel', Resource: profile },
        {
          Action: 'bedrock:InvokeModel',
          Resource: `arn:aws:bedrock:*::foundation-model/${model}`,
          Condition: { StringEquals: { 'bedrock:InferenceProfileArn': profile } },
        },
      ]);
    }
  });

  it('invokeModel through a profile of the account’s own leaves its models open', () => {
    const profile = 'arn:aws:bedrock:us-east-1:222222222222:application-inference-profile/abc';
    const derivation = deriveOne('bedrock:invokeModel', { ModelId: profile });
    assertAllows(derivation, [{ Action: 'bedrock:InvokeModel', Resource: profile }]);
    expect(openDecisions(derivation)).toStrictEqual([
      `Task "Call" needs bedrock:InvokeModel, but ModelId ${profile} does not tell the models behind it`,
    ]);
  });

  it('invokeModel reads its input and writes its output where S3 holds them', () => {
    const derivation = deriveOne('bedrock:invokeModel', {
      ModelId: model,
      Input: { S3Uri: 's3://prompts/in.json' },
      Output: { S3Uri: 's3://answers/out.json' },
    });
    assertAllows(derivation, [
      { Action: 'bedrock:InvokeModel', Resource: foundation },
      { Action: 's3:GetObject', Resource: 'arn:aws:s3:::prompts/in.json' },
      { Action: 's3:PutObject', Resource: 'arn:aws:s3:::answers/out.json' },
    ]);
  });

  it('createModelCustomizationJob passes its role; .sync also polls and stops', () => {
    const jobs = 'arn:aws:bedrock:us-east-1:222222222222:model-customization-job/*';
    const created = [
      {
        Action: 'bedrock:CreateModelCustomizationJob',
        Resource: [foundation, 'arn:aws:bedrock:us-east-1:222222222222:custom-model/*', jobs],
      },
      passed('bedrock.amazonaws.com'),
    ];
    const parameters = { BaseModelIdentifier: model, RoleArn: ROLE };
    assertAllows(deriveOne('bedrock:createModelCustomizationJob', parameters), created);
    assertAllows(deriveOne('bedrock:createModelCustomizationJob.sync', parameters), [
      ...created,
      { Action: ['bedrock:GetModelCustomizationJob', 'bedrock:StopModelCustomizationJob'], Resource: jobs },
    ]);
  });
});
