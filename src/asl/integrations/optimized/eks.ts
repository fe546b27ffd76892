import {
  allow,
  EVERY_PATTERN,
  note,
  passOptionalRole,
  passRole,
  REQUEST_RESPONSE,
  RUN_A_JOB,
} from '../row.ts';
import type { Resource } from '../reading.ts';
import type { Permission, Row, ServiceTable } from '../row.ts';
import { arn, everything, roleFrom } from '../resources.ts';

const cluster = arn('eks', 'cluster/{ClusterName}');
const namedCluster = arn('eks', 'cluster/{Name}');

/** These ARNs end in an ID that EKS makes. */
const nodegroup = arn('eks', 'nodegroup/{ClusterName}/{NodegroupName}/*');
const fargateProfile = arn('eks', 'fargateprofile/{ClusterName}/{FargateProfileName}/*');

/** https://docs.aws.amazon.com/eks/latest/userguide/eks-using-tags.html */
const tagging = (resource: Resource): Permission => allow('eks:TagResource', resource, { when: 'Tags' });

const SERVICE_LINKED_ROLE = note(
  'ServiceLinkedRoleNeeded',
  'the first of its kind in an account also needs iam:CreateServiceLinkedRole for EKS, in addition to iam:PassRole on the role that it names: create that role beforehand, or add a statement',
);

/** The Kubernetes API asks no IAM policy: the cluster itself decides what the target role may do. */
const kubernetesCall: Pick<Row, 'call' | 'notes'> = {
  call: [],
  notes: [
    note(
      'KubernetesAccessNeeded',
      'calls the cluster’s Kubernetes API, where IAM gives no rights: map the target role’s ARN (in aws-auth without its path, or by an access entry) to a group that RBAC allows the call',
    ),
  ],
};

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-eks.html */
export const eks: ServiceTable = {
  createCluster: {
    patterns: RUN_A_JOB,
    call: [
      allow('eks:CreateCluster', everything),
      tagging(namedCluster),
      passRole('RoleArn', 'eks.amazonaws.com'),
      passOptionalRole('ComputeConfig.NodeRoleArn', 'eks.amazonaws.com'),
    ],
    sync: [allow(['eks:DescribeCluster', 'eks:DeleteCluster'], namedCluster)],
    notes: [SERVICE_LINKED_ROLE],
  },
  deleteCluster: {
    patterns: RUN_A_JOB,
    call: [allow('eks:DeleteCluster', namedCluster)],
    sync: [allow('eks:DescribeCluster', namedCluster)],
  },
  createNodegroup: {
    patterns: RUN_A_JOB,
    call: [
      allow('eks:CreateNodegroup', cluster),
      tagging(nodegroup),
      allow('ec2:DescribeSubnets', everything),
      allow(['iam:GetRole', 'iam:ListAttachedRolePolicies'], roleFrom('NodeRole')),
      passRole('NodeRole', 'eks.amazonaws.com'),
    ],
    sync: [allow(['eks:DescribeNodegroup', 'eks:DeleteNodegroup'], nodegroup)],
    notes: [SERVICE_LINKED_ROLE],
  },
  deleteNodegroup: {
    patterns: RUN_A_JOB,
    call: [allow('eks:DeleteNodegroup', nodegroup)],
    sync: [allow('eks:DescribeNodegroup', nodegroup)],
  },
  createFargateProfile: {
    patterns: RUN_A_JOB,
    call: [
      allow('eks:CreateFargateProfile', cluster),
      tagging(fargateProfile),
      passRole('PodExecutionRoleArn', ['eks.amazonaws.com', 'eks-fargate-pods.amazonaws.com']),
    ],
    sync: [allow(['eks:DescribeFargateProfile', 'eks:DeleteFargateProfile'], fargateProfile)],
    notes: [SERVICE_LINKED_ROLE],
  },
  deleteFargateProfile: {
    patterns: RUN_A_JOB,
    call: [allow('eks:DeleteFargateProfile', fargateProfile)],
    sync: [allow('eks:DescribeFargateProfile', fargateProfile)],
  },
  call: { patterns: REQUEST_RESPONSE, ...kubernetesCall },
  runJob: { patterns: EVERY_PATTERN, ...kubernetesCall },
};
