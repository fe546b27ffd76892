/** SageMaker and Bedrock by their optimized integrations: each way of waiting, and what a call needs only if it gives a role or
 *  tags. */
import { needExactly, role } from './whole-policy.ts';

const WORKER = role('worker');
const OTHER = role('other');
const TAGS = [{ Key: 'team', Value: 'a' }];

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
needExactly('SageMaker: jobs, with what waits for them and what tags them', [
  [
    'sagemaker:createTrainingJob',
    { TrainingJobName: 'churn', RoleArn: WORKER, Tags: TAGS },
    [
      'pass worker to sagemaker',
      'sagemaker:AddTags sagemaker:@:training-job/churn',
      'sagemaker:CreateTrainingJob sagemaker:@:training-job/churn',
      'sagemaker:ListTags sagemaker:@:training-job/churn',
    ],
  ],
  [
    'sagemaker:createTransformJob',
    { TransformJobName: 'churn' },
    [
      'sagemaker:CreateTransformJob sagemaker:@:transform-job/churn',
      'sagemaker:ListTags sagemaker:@:transform-job/churn',
    ],
  ],
  [
    'sagemaker:createTransformJob',
    { TransformJobName: 'Churn' },
    [
      'sagemaker:CreateTransformJob sagemaker:@:transform-job/Churn',
      'sagemaker:CreateTransformJob sagemaker:@:transform-job/churn',
      'sagemaker:ListTags sagemaker:@:transform-job/Churn',
      'sagemaker:ListTags sagemaker:@:transform-job/churn',
    ],
  ],
  [
    'sagemaker:createTransformJob',
    { TransformJobName: 'churn', Tags: TAGS },
    [
      'sagemaker:AddTags sagemaker:@:transform-job/churn',
      'sagemaker:CreateTransformJob sagemaker:@:transform-job/churn',
      'sagemaker:ListTags sagemaker:@:transform-job/churn',
    ],
  ],
  [
    'sagemaker:createTransformJob.waitForTaskToken',
    { TransformJobName: 'churn' },
    [
      'sagemaker:CreateTransformJob sagemaker:@:transform-job/churn',
      'sagemaker:ListTags sagemaker:@:transform-job/churn',
    ],
    ['TaskTokenWorker'],
  ],
  [
    'sagemaker:createProcessingJob',
    { ProcessingJobName: 'churn', RoleArn: WORKER },
    [
      'pass worker to sagemaker',
      'sagemaker:CreateProcessingJob sagemaker:@:processing-job/churn',
      'sagemaker:ListTags sagemaker:@:processing-job/churn',
    ],
  ],
  [
    'sagemaker:createProcessingJob.sync',
    { ProcessingJobName: 'churn', RoleArn: WORKER },
    [
      'pass worker to sagemaker',
      'sagemaker:AddTags sagemaker:@:processing-job/churn',
      'sagemaker:CreateProcessingJob sagemaker:@:processing-job/churn',
      'sagemaker:DescribeProcessingJob sagemaker:@:processing-job/churn',
      'sagemaker:ListTags sagemaker:@:processing-job/churn',
      'sagemaker:StopProcessingJob sagemaker:@:processing-job/churn',
    ],
  ],
  [
    'sagemaker:createLabelingJob',
    { LabelingJobName: 'churn', RoleArn: WORKER },
    [
      'pass worker to sagemaker',
      'sagemaker:CreateLabelingJob sagemaker:@:labeling-job/churn',
      'sagemaker:ListTags sagemaker:@:labeling-job/churn',
    ],
  ],
  [
    'sagemaker:createLabelingJob',
    { LabelingJobName: 'churn', RoleArn: WORKER, Tags: TAGS },
    [
      'pass worker to sagemaker',
      'sagemaker:AddTags sagemaker:@:labeling-job/churn',
      'sagemaker:CreateLabelingJob sagemaker:@:labeling-job/churn',
      'sagemaker:ListTags sagemaker:@:labeling-job/churn',
    ],
  ],
  [
    'sagemaker:createHyperParameterTuningJob.sync',
    { HyperParameterTuningJobName: 'churn', TrainingJobDefinition: { RoleArn: WORKER } },
    [
      'pass worker to sagemaker',
      'sagemaker:AddTags sagemaker:@:hyper-parameter-tuning-job/churn',
      'sagemaker:CreateHyperParameterTuningJob sagemaker:@:hyper-parameter-tuning-job/churn',
      'sagemaker:DescribeHyperParameterTuningJob sagemaker:@:hyper-parameter-tuning-job/churn',
      'sagemaker:ListTags sagemaker:@:hyper-parameter-tuning-job/churn',
      'sagemaker:StopHyperParameterTuningJob sagemaker:@:hyper-parameter-tuning-job/churn',
    ],
  ],
  [
    'sagemaker:createHyperParameterTuningJob',
    {
      HyperParameterTuningJobName: 'churn',
      TrainingJobDefinitions: [{ RoleArn: WORKER }, { RoleArn: OTHER }],
      Tags: TAGS,
    },
    [
      'pass other to sagemaker',
      'pass worker to sagemaker',
      'sagemaker:AddTags sagemaker:@:hyper-parameter-tuning-job/churn',
      'sagemaker:CreateHyperParameterTuningJob sagemaker:@:hyper-parameter-tuning-job/churn',
      'sagemaker:ListTags sagemaker:@:hyper-parameter-tuning-job/churn',
    ],
  ],
]);

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
needExactly('SageMaker: models and endpoints', [
  [
    'sagemaker:createModel',
    { ModelName: 'churn', Tags: TAGS },
    [
      'sagemaker:AddTags sagemaker:@:model/churn',
      'sagemaker:CreateModel sagemaker:@:model/churn',
      'sagemaker:ListTags sagemaker:@:model/churn',
    ],
  ],
  [
    'sagemaker:createEndpointConfig',
    { EndpointConfigName: 'churn', ExecutionRoleArn: WORKER, Tags: TAGS },
    [
      'pass worker to sagemaker',
      'sagemaker:AddTags sagemaker:@:endpoint-config/churn',
      'sagemaker:CreateEndpointConfig sagemaker:@:endpoint-config/churn',
      'sagemaker:ListTags sagemaker:@:endpoint-config/churn',
    ],
  ],
  [
    'sagemaker:createEndpoint',
    { EndpointName: 'churn', EndpointConfigName: 'c', Tags: TAGS },
    [
      'sagemaker:AddTags sagemaker:@:endpoint-config/c',
      'sagemaker:AddTags sagemaker:@:endpoint/churn',
      'sagemaker:CreateEndpoint sagemaker:@:endpoint-config/c',
      'sagemaker:CreateEndpoint sagemaker:@:endpoint/churn',
      'sagemaker:ListTags sagemaker:@:endpoint-config/c',
      'sagemaker:ListTags sagemaker:@:endpoint/churn',
    ],
  ],
]);

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-bedrock.html
needExactly('Bedrock', [
  [
    'bedrock:invokeModel.waitForTaskToken',
    { ModelId: 'anthropic.claude-3-haiku-20240307-v1:0' },
    ['bedrock:InvokeModel bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0'],
    ['TaskTokenWorker'],
  ],
  [
    'bedrock:createModelCustomizationJob',
    { BaseModelIdentifier: 'amazon.titan-text-express-v1', RoleArn: WORKER, JobTags: TAGS },
    [
      'bedrock:CreateModelCustomizationJob bedrock:@:custom-model/*',
      'bedrock:CreateModelCustomizationJob bedrock:@:model-customization-job/*',
      'bedrock:CreateModelCustomizationJob bedrock:us-east-1::foundation-model/amazon.titan-text-express-v1',
      'bedrock:TagResource bedrock:@:custom-model/*',
      'bedrock:TagResource bedrock:@:model-customization-job/*',
      'pass worker to bedrock',
    ],
  ],
]);
