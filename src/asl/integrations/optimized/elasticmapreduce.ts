import { allow, note, passOptionalRole, passRole, passRoleOf, REQUEST_RESPONSE, RUN_A_JOB } from '../row.ts';
import type { ServiceTable } from '../row.ts';
import { arn, everything, onlyHinted } from '../resources.ts';

const cluster = arn('elasticmapreduce', 'cluster/{ClusterId}');

/** For the ID of a cluster that does not exist yet. */
const newCluster = arn('elasticmapreduce', 'cluster/*');

const instanceRole = onlyHinted(
  'JobFlowRole',
  ['arn:*:iam::*:role/*'],
  'names an instance profile, whose role the definition does not show',
);

/** https://docs.aws.amazon.com/emr/latest/ManagementGuide/using-service-linked-roles-cleanup.html */
const CLEANUP_ROLE = note(
  'ServiceLinkedRoleNeeded',
  'the first cluster of an account also needs iam:CreateServiceLinkedRole for AWSServiceRoleForEMRCleanup: create that role beforehand, or add a statement',
);

const CUSTOM_ROLE = 'ExecutionRoleArn';

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr.html */
export const elasticmapreduce: ServiceTable = {
  createCluster: {
    patterns: RUN_A_JOB,
    call: [
      allow('elasticmapreduce:RunJobFlow', everything),
      allow('elasticmapreduce:AddTags', newCluster, { when: 'Tags' }),
      passRole('ServiceRole', 'elasticmapreduce.amazonaws.com'),
      passRoleOf(instanceRole, 'ec2.amazonaws.com', { when: 'JobFlowRole' }),
      passOptionalRole('StepExecutionRoleArn', 'elasticmapreduce.amazonaws.com'),
      passOptionalRole('AutoScalingRole', 'application-autoscaling.amazonaws.com'),
    ],
    sync: [allow(['elasticmapreduce:DescribeCluster', 'elasticmapreduce:TerminateJobFlows'], newCluster)],
    notes: [CLEANUP_ROLE],
  },
  addStep: {
    patterns: RUN_A_JOB,
    call: [
      allow('elasticmapreduce:AddJobFlowSteps', cluster),
      passOptionalRole(CUSTOM_ROLE, 'elasticmapreduce.amazonaws.com'),
    ],
    sync: [allow(['elasticmapreduce:DescribeStep', 'elasticmapreduce:CancelSteps'], cluster)],
  },
  cancelStep: {
    patterns: REQUEST_RESPONSE,
    call: [allow('elasticmapreduce:CancelSteps', cluster)],
  },
  terminateCluster: {
    patterns: RUN_A_JOB,
    call: [allow('elasticmapreduce:TerminateJobFlows', cluster)],
    sync: [allow('elasticmapreduce:DescribeCluster', cluster)],
  },
  setClusterTerminationProtection: {
    patterns: REQUEST_RESPONSE,
    call: [allow('elasticmapreduce:SetTerminationProtection', cluster)],
  },
  modifyInstanceFleetByName: {
    patterns: REQUEST_RESPONSE,
    call: [allow(['elasticmapreduce:ModifyInstanceFleet', 'elasticmapreduce:ListInstanceFleets'], cluster)],
  },
  modifyInstanceGroupByName: {
    patterns: REQUEST_RESPONSE,
    call: [allow(['elasticmapreduce:ModifyInstanceGroups', 'elasticmapreduce:ListInstanceGroups'], cluster)],
  },
};
