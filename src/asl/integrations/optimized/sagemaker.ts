import { allow, CALLBACK, EVERY_PATTERN, passOptionalRole, passRole, REQUEST_RESPONSE } from '../row.ts';
import type { Permission, Row, ServiceTable } from '../row.ts';
import { arn, derived } from '../resources.ts';
import { firstGiven } from '../reading.ts';
import type { Resource } from '../reading.ts';

const SERVICE = 'sagemaker.amazonaws.com';
/** Instances that were reserved for training. */
const PLAN = 'ResourceConfig.TrainingPlanArn';

/**
 * SageMaker has spelled names in ARNs in lower case and as given, at different times and in different calls, and IAM minds
 * the case: https://github.com/awslabs/service-workbench-on-aws/issues/1176
 */
export function named(type: string, parameter: string): Resource {
  return derived(arn('sagemaker', `${type}/{${parameter}}`), [`arn:*:sagemaker:*:*:${type}/*`], inBothCases);
}

/** An ARN as it is given, and also with its name in lower case if that differs: for services that convert it themselves. */
export function inBothCases(text: string): string[] {
  const at = text.indexOf('/');
  const lower = text.slice(0, at) + text.slice(at).toLowerCase();
  return lower === text ? [text] : [text, lower];
}

/** A job for which Step Functions waits; it marks the jobs that it starts with a tag of its own. */
function job(type: string, noun: string, further: readonly Permission[]): Row {
  const jobs = named(type, `${noun}Name`);
  return {
    patterns: EVERY_PATTERN,
    call: [
      allow([`sagemaker:Create${noun}`, 'sagemaker:ListTags'], jobs),
      allow('sagemaker:AddTags', jobs, { when: 'Tags' }),
      ...further,
    ],
    sync: [allow([`sagemaker:Describe${noun}`, `sagemaker:Stop${noun}`, 'sagemaker:AddTags'], jobs)],
  };
}

/** Something that exists when the call returns. */
function made(action: string, resources: readonly Resource[], roles: readonly Permission[] = []): Row {
  return {
    patterns: REQUEST_RESPONSE,
    call: [
      allow([`sagemaker:${action}`, 'sagemaker:ListTags'], resources),
      allow('sagemaker:AddTags', resources, { when: 'Tags' }),
      ...roles,
    ],
  };
}

const endpoint = named('endpoint', 'EndpointName');
const endpointConfig = named('endpoint-config', 'EndpointConfigName');

/** A version of a group, whose number SageMaker gives. https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-version.html */
const versions = derived(
  named('model-package-group', 'ModelPackageGroupName'),
  ['arn:*:sagemaker:*:*:model-package/*'],
  (text) => `${text.replace(':model-package-group/', ':model-package/')}/*`,
);
const modelPackage = firstGiven({
  ModelPackageGroupName: versions,
  ModelPackageName: named('model-package', 'ModelPackageName'),
});

/** Only the SDK offers these. */
export const modelPackages: ServiceTable = {
  createModelPackage: {
    patterns: CALLBACK,
    call: [
      allow('sagemaker:CreateModelPackage', modelPackage),
      allow('sagemaker:AddTags', modelPackage, { when: 'Tags' }),
    ],
  },
};

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html */
export const sagemaker: ServiceTable = {
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
  createTrainingJob: job('training-job', 'TrainingJob', [
    allow('sagemaker:CreateTrainingJob', arn('sagemaker', `training-plan/{${PLAN}}`), { when: PLAN }),
    passRole('RoleArn', SERVICE),
  ]),
  createTransformJob: job('transform-job', 'TransformJob', []),
  createProcessingJob: job('processing-job', 'ProcessingJob', [passRole('RoleArn', SERVICE)]),
  createLabelingJob: job('labeling-job', 'LabelingJob', [passRole('RoleArn', SERVICE)]),
  createHyperParameterTuningJob: job('hyper-parameter-tuning-job', 'HyperParameterTuningJob', [
    passRole('TrainingJobDefinition.RoleArn', SERVICE, { when: 'TrainingJobDefinition' }),
    passRole('TrainingJobDefinitions[].RoleArn', SERVICE, { when: 'TrainingJobDefinitions' }),
  ]),
  createModel: made(
    'CreateModel',
    [named('model', 'ModelName')],
    [passOptionalRole('ExecutionRoleArn', SERVICE)],
  ),
  createEndpointConfig: made(
    'CreateEndpointConfig',
    [endpointConfig],
    [passOptionalRole('ExecutionRoleArn', SERVICE)],
  ),
  createEndpoint: made('CreateEndpoint', [endpoint, endpointConfig]),
  updateEndpoint: made('UpdateEndpoint', [endpoint, endpointConfig]),
};
