import { allow, passRole, RUN_A_JOB } from '../row.ts';
import type { ServiceTable } from '../row.ts';
import { arn } from '../resources.ts';

const application = arn('emr-serverless', '/applications/{ApplicationId}');

/** IDs that are made during the call. */
const newApplication = arn('emr-serverless', '/applications/*');
const newJobRun = arn('emr-serverless', '/applications/{ApplicationId}/jobruns/*');

const jobRun = arn('emr-serverless', '/applications/{ApplicationId}/jobruns/{JobRunId}');

const serviceLinkedRole = arn(
  'iam',
  'role/aws-service-role/ops.emr-serverless.amazonaws.com/AWSServiceRoleForAmazonEMRServerless*',
  { global: true },
);

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr-serverless.html */
export const emrServerless: ServiceTable = {
  createApplication: {
    patterns: RUN_A_JOB,
    call: [
      allow('emr-serverless:CreateApplication', arn('emr-serverless', '/*')),
      allow('emr-serverless:TagResource', newApplication, { when: 'Tags' }),
      allow('iam:CreateServiceLinkedRole', serviceLinkedRole, {
        conditions: { StringEquals: { 'iam:AWSServiceName': ['ops.emr-serverless.amazonaws.com'] } },
      }),
    ],
    sync: [allow(['emr-serverless:GetApplication', 'emr-serverless:DeleteApplication'], newApplication)],
  },
  startApplication: {
    patterns: RUN_A_JOB,
    call: [allow('emr-serverless:StartApplication', application)],
    sync: [allow(['emr-serverless:GetApplication', 'emr-serverless:StopApplication'], application)],
  },
  stopApplication: {
    patterns: RUN_A_JOB,
    call: [allow('emr-serverless:StopApplication', application)],
    sync: [allow('emr-serverless:GetApplication', application)],
  },
  deleteApplication: {
    patterns: RUN_A_JOB,
    call: [allow('emr-serverless:DeleteApplication', application)],
    sync: [allow('emr-serverless:GetApplication', application)],
  },
  startJobRun: {
    patterns: RUN_A_JOB,
    call: [
      allow('emr-serverless:StartJobRun', application),
      allow('emr-serverless:TagResource', newJobRun, { when: 'Tags' }),
      passRole('ExecutionRoleArn', 'emr-serverless.amazonaws.com'),
    ],
    sync: [allow(['emr-serverless:GetJobRun', 'emr-serverless:CancelJobRun'], newJobRun)],
  },
  cancelJobRun: {
    patterns: RUN_A_JOB,
    call: [allow('emr-serverless:CancelJobRun', jobRun)],
    sync: [allow('emr-serverless:GetJobRun', jobRun)],
  },
};
