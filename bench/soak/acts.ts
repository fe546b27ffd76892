/** What people do to links, and to AWS behind the operator's back. */
import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { DescribeStateMachineCommand, UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { CROSS_ACCOUNT_LINK } from '../../src/api/crossaccountlink.ts';
import { isNotFound } from '../../src/kubernetes/api-error.ts';
import type { KubernetesClient } from '../../src/kubernetes/client.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { AwsClients } from '../../testbed/aws-clients.ts';
import { CLUSTER_ID } from '../../testbed/operator.ts';
import type { FleetLink } from '../fleet.ts';
import { newlyMade, type Wanted } from './wanted.ts';

/** One link and the owners of its two accounts. */
interface SoakedLink {
  readonly link: FleetLink;
  readonly namespace: string;
  readonly wanted: Wanted;
  readonly source: AwsClients;
  readonly target: AwsClients;
  readonly kubernetes: KubernetesClient;
  /** A text that is different each time. */
  readonly fresh: string;
  /** kubectl apply. */
  readonly apply: () => Promise<void>;
}

export interface Act {
  readonly weight: number;
  /** The AWS object that is changed. If somebody changes the same one again and again, the operator gives in for a while. */
  readonly drifts?: 'target' | 'source' | 'machine';
  /** For links that were deleted. */
  readonly absent?: true;
  readonly run: (soaked: SoakedLink) => Promise<void>;
}

const POLICY = `CrossAccountLink-${CLUSTER_ID}`;
const WIDE = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }],
});
const OPEN = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
});

export const ACTS: Readonly<Record<string, Act>> = {
  'edit tags': {
    weight: 3,
    run: async (soaked) => {
      await patch(soaked, { targetRole: { tags: { team: soaked.fresh } } });
      soaked.wanted.team = soaked.fresh;
    },
  },
  'edit permissions': {
    weight: 3,
    run: async (soaked) => {
      const resource = `arn:aws:sqs:us-east-1:${soaked.link.target}:${soaked.fresh}`;
      const statements = [{ actions: ['sqs:SendMessage'], resources: [resource] }];
      await patch(soaked, { targetRole: { permissions: { statements } } });
      soaked.wanted.extraQueue = soaked.fresh;
    },
  },
  'delete link': {
    weight: 2,
    run: async ({ kubernetes, link: { name }, namespace, wanted }) => {
      await kubernetes.delete(CROSS_ACCOUNT_LINK, { namespace, name });
      wanted.present = false;
    },
  },
  'make link again': {
    weight: 2,
    absent: true,
    run: async ({ kubernetes, link: { name }, namespace, wanted, apply }) => {
      if (await exists(kubernetes, { namespace, name })) throw new Error('still being deleted');
      await apply();
      Object.assign(wanted, newlyMade());
    },
  },
  'open trust policy': {
    weight: 2,
    drifts: 'target',
    run: async ({ target, link: { name } }) => {
      await target.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument: OPEN }));
    },
  },
  'widen permissions': {
    weight: 2,
    drifts: 'target',
    run: ({ target, link }) => putPolicy(target.iam, link.name, POLICY, WIDE),
  },
  'add a policy': {
    weight: 2,
    drifts: 'target',
    run: ({ target, link, fresh }) => putPolicy(target.iam, link.name, fresh, WIDE),
  },
  'delete the role': {
    weight: 1,
    drifts: 'target',
    run: async ({ target: { iam }, link: { name: RoleName } }) => {
      const { PolicyNames: names = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
      for (const PolicyName of names) await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
      await iam.send(new DeleteRoleCommand({ RoleName }));
    },
  },
  'widen the grant': {
    weight: 2,
    drifts: 'source',
    run: ({ source, link }) => putPolicy(source.iam, link.name, POLICY, WIDE),
  },
  'delete the grant': {
    weight: 2,
    drifts: 'source',
    run: async ({ source, link: { name: RoleName } }) => {
      await source.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: POLICY }));
    },
  },
  'deploy without Credentials': {
    weight: 2,
    drifts: 'machine',
    run: async ({ source: { sfn }, link: { machineArn: stateMachineArn } }) => {
      const { definition = '{}' } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
      const bare = JSON.parse(definition);
      delete bare.States.Send.Credentials;
      await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: JSON.stringify(bare) }));
    },
  },
};

async function patch({ kubernetes, link: { name }, namespace }: SoakedLink, spec: JsonObject): Promise<void> {
  await kubernetes.patch(CROSS_ACCOUNT_LINK, { namespace, name }, { spec });
}

async function putPolicy(
  iam: IAMClient,
  RoleName: string,
  PolicyName: string,
  PolicyDocument: string,
): Promise<void> {
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
}

async function exists(
  kubernetes: KubernetesClient,
  name: { namespace: string; name: string },
): Promise<boolean> {
  try {
    await kubernetes.get(CROSS_ACCOUNT_LINK, name);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
