import { allow, REQUEST_RESPONSE, RUN_A_JOB } from '../row.ts';
import type { ServiceTable } from '../row.ts';
import { arn, everything, roleFrom } from '../resources.ts';

const virtualCluster = arn('emr-containers', '/virtualclusters/{VirtualClusterId}');

/** A job run's ID is made when it starts. */
const jobRuns = arn('emr-containers', '/virtualclusters/{VirtualClusterId}/jobruns/*');

const serviceLinkedRole = arn(
  'iam',
  'role/aws-service-role/emr-containers.amazonaws.com/AWSServiceRoleForAmazonEMRContainers',
  { global: true },
);

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr-eks.html */
export const emrContainers: ServiceTable = {
  createVirtualCluster: {
    patterns: REQUEST_RESPONSE,
    call: [
      allow('emr-containers:CreateVirtualCluster', everything),
      allow('iam:CreateServiceLinkedRole', serviceLinkedRole, {
        conditions: { StringEquals: { 'iam:AWSServiceName': ['emr-containers.amazonaws.com'] } },
      }),
    ],
  },
  deleteVirtualCluster: {
    patterns: RUN_A_JOB,
    call: [allow('emr-containers:DeleteVirtualCluster', arn('emr-containers', '/virtualclusters/{Id}'))],
    sync: [allow('emr-containers:DescribeVirtualCluster', arn('emr-containers', '/virtualclusters/{Id}'))],
  },
  startJobRun: {
    patterns: RUN_A_JOB,
    call: [
      allow('emr-containers:StartJobRun', virtualCluster, {
        limits: { 'emr-containers:ExecutionRoleArn': roleFrom('ExecutionRoleArn') },
      }),
      allow('emr-containers:TagResource', jobRuns, { when: 'Tags' }),
    ],
    sync: [allow(['emr-containers:DescribeJobRun', 'emr-containers:CancelJobRun'], jobRuns)],
  },
};
