/** A fleet as the operator would leave it, in sync from the start, worked out with the product's own plans. */
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import { parseCrossAccountLink } from '../src/api/crossaccountlink.ts';
import { parseRoleArn } from '../src/arn/arn.ts';
import { setCredentials } from '../testbed/set-credentials.ts';
import { parseDefinition } from '../src/asl/definition/definition.ts';
import { derivePermissions } from '../src/asl/derive/derive.ts';
import type { Contribution } from '../src/desired/contribution.ts';
import { linkFromSpec } from '../src/desired/from-spec.ts';
import { grantStatement } from '../src/desired/grant.ts';
import { policyName } from '../src/desired/names.ts';
import { desiredTargetRole } from '../src/desired/target-role.ts';
import { planTargetRole } from '../src/plan/target-role.ts';
import { printPolicy } from '../src/policy/print.ts';
import { awsClients } from '../testbed/aws-clients.ts';
import { CLUSTER_ID } from '../testbed/operator.ts';
import {
  clientsOf,
  definitionOf,
  inParallel,
  manifestOf,
  REGION,
  STATES_TRUST,
  type Fleet,
  type FleetLink,
  type FleetShape,
} from './fleet.ts';
import { policyOf } from '../src/policy/document.ts';

/** What AWS holds for a link that is in sync; documents are JSON text. */
export interface InSyncState {
  readonly trust: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly permissions: { readonly name: string; readonly document: string };
  readonly grant: { readonly name: string; readonly document: string };
  /** With the Credentials. */
  readonly definition: string;
}

/** What the product's plan makes for a link of the fleet. */
export function inSyncState(entry: FleetLink, shape: FleetShape): InSyncState {
  const { name, target, executionRoleArn, targetRoleArn } = entry;
  const link = linkFromSpec(parseCrossAccountLink(manifestOf(entry, shape)));
  const definition = definitionOf(name, target);
  const { statements } = derivePermissions(parseDefinition(definition).tasks, {
    partition: 'aws',
    region: REGION,
    accountId: target,
  });
  const contribution: Contribution = {
    link,
    executionRoleArns: [executionRoleArn],
    permissions: statements,
    tasks: ['Send'],
    tasksInSyncBefore: [],
    permissionsComplete: true,
    keptExecutionRoleArns: [],
    keptPermissions: [],
    rolesReady: true,
  };
  const desired = desiredTargetRole(link.targetRole, shape.namespace, [{ kind: 'active', contribution }], {
    clusterId: CLUSTER_ID,
  });
  const [create, put, ...more] = planTargetRole(desired, undefined, {}).actions;
  if (create?.operation !== 'CreateRole' || put?.operation !== 'PutRolePolicy' || more.length > 0)
    throw new Error('a new role of the fleet should need CreateRole and PutRolePolicy, no more and no less');
  return {
    trust: printPolicy(create.trust),
    tags: create.tags,
    permissions: { name: put.policyName, document: printPolicy(put.document) },
    grant: {
      name: policyName(CLUSTER_ID),
      document: printPolicy(policyOf([grantStatement([targetRoleArn])])),
    },
    definition: inSyncDefinition(entry),
  };
}

/** The definition alone, which costs next to nothing. */
export function inSyncDefinition({ name, target, targetRoleArn }: FleetLink): string {
  return setCredentials(definitionOf(name, target), new Map([['Send', targetRoleArn]]));
}

/** Creates this state in an emulator. */
export async function createInSync(url: string, { links, shape }: Fleet): Promise<void> {
  const everyone = links.flatMap(({ source, target }) => [source, target]);
  const clients = new Map([...new Set(everyone)].map((account) => [account, awsClients(url, account)]));
  await inParallel(links, async (entry) => {
    const { name, executionRoleArn, targetRoleArn } = entry;
    const { trust, tags, permissions, grant, definition } = inSyncState(entry, shape);
    const source = clientsOf(clients, entry.source);
    const target = clientsOf(clients, entry.target);
    await target.iam.send(
      new CreateRoleCommand({
        RoleName: name,
        Path: parseRoleArn(targetRoleArn)?.path,
        AssumeRolePolicyDocument: trust,
        Tags: [...tags].map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    await target.iam.send(putPolicy(name, permissions));
    await source.iam.send(
      new CreateRoleCommand({ RoleName: name, Path: '/bench/', AssumeRolePolicyDocument: STATES_TRUST }),
    );
    await source.iam.send(putPolicy(name, grant));
    await source.sfn.send(new CreateStateMachineCommand({ name, roleArn: executionRoleArn, definition }));
  });
}

function putPolicy(role: string, { name, document }: InSyncState['grant']): PutRolePolicyCommand {
  return new PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument: document });
}
