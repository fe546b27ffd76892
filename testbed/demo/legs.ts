/** The legs of a link as AWS has them now. */
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  ListRolePoliciesCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import { splitArn } from '../../src/arn/parts.ts';
import { parseDefinition } from '../../src/asl/definition/definition.ts';
import { awsClients } from '../aws-clients.ts';
import type { DemoMachine } from './aws.ts';
import { say } from './checks.ts';

export interface DemoLink {
  readonly name: string;
  readonly machine: DemoMachine;
  readonly account: string;
  readonly role: string;
}

export function roleArn({ account, role }: DemoLink): string {
  return `arn:aws:iam::${account}:role/crossaccountlink/orders/${role}`;
}

export async function printLegs(url: string, link: DemoLink): Promise<void> {
  const source = awsClients(url, splitArn(link.machine.arn).accountId);
  const target = awsClients(url, link.account);
  const { Role } = await target.iam.send(new GetRoleCommand({ RoleName: link.role }));
  say(`\n  ${link.name}`);
  say(`    target role    ${Role?.Arn}`);
  say(`    trust policy   ${compact(Role?.AssumeRolePolicyDocument)}`);
  for (const document of await inlinePolicies(target.iam, link.role)) say(`    permissions    ${document}`);
  for (const document of await inlinePolicies(source.iam, link.machine.name))
    say(`    grant          ${document}`);
  const tasks = await tasksNaming(url, link);
  say(`    credentials    ${tasks.map((task) => `"${task}"`).join(', ')}`);
}

/** Names of the machine's Tasks whose Credentials name the link's role. */
export async function tasksNaming(url: string, link: DemoLink): Promise<readonly string[]> {
  const source = awsClients(url, splitArn(link.machine.arn).accountId);
  const { definition = '' } = await source.sfn.send(
    new DescribeStateMachineCommand({ stateMachineArn: link.machine.arn }),
  );
  return parseDefinition(definition)
    .tasks.filter(({ credentials }) => credentials.kind === 'static' && credentials.roleArn === roleArn(link))
    .map(({ name }) => name);
}

export async function inlinePolicies(iam: IAMClient, RoleName: string): Promise<readonly string[]> {
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  return Promise.all(
    PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return `${PolicyName} ${compact(PolicyDocument)}`;
    }),
  );
}

function compact(document: string | undefined): string {
  return JSON.stringify(JSON.parse(decodeURIComponent(document ?? '{}')));
}
