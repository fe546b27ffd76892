/** The owners of the two AWS accounts: who makes execution roles, machines and roles of their own. */
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateStateMachineCommand, DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import { awsClients, type AwsClients } from '../../../testbed/aws-clients.ts';

export const SOURCE = '111111111111';
export const TARGET = '222222222222';

export class AwsOwners {
  /** AWS as the owners of the two accounts see it; not through the proxy. */
  readonly source: AwsClients;
  readonly target: AwsClients;
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
    this.source = this.clients(SOURCE);
    this.target = this.clients(TARGET);
  }

  /** AWS as the owner of any account sees it. */
  clients(accountID: string): AwsClients {
    return awsClients(this.#url, accountID);
  }

  /** An execution role `/tenants/NAME` of the source account, which Step Functions and the account's root may assume. */
  async executionRole(name: string): Promise<string> {
    const trust = {
      Action: 'sts:AssumeRole',
      Principal: { AWS: `arn:aws:iam::${SOURCE}:root`, Service: 'states.amazonaws.com' },
    };
    const Path = '/tenants/';
    await this.source.iam.send(
      new CreateRoleCommand({ RoleName: name, Path, AssumeRolePolicyDocument: allow(trust) }),
    );
    return `arn:aws:iam::${SOURCE}:role/tenants/${name}`;
  }

  /** A state machine of the source account; returns its ARN. */
  async machine(name: string, roleArn: string, definition: object): Promise<string> {
    await this.source.sfn.send(
      new CreateStateMachineCommand({ name, roleArn, definition: JSON.stringify(definition) }),
    );
    return machineArn(name);
  }

  /** An execution role and a machine that runs under it, both with this name. */
  async workflow(name: string, definition: object): Promise<string> {
    return this.machine(name, await this.executionRole(name), definition);
  }

  /** As the owner of an execution role: a policy that lets it assume a role. */
  async grant(name: string, roleArn: string, policyName: string): Promise<void> {
    await this.source.iam.send(
      new PutRolePolicyCommand({
        RoleName: name,
        PolicyName: policyName,
        PolicyDocument: allow({ Action: 'sts:AssumeRole', Resource: roleArn }),
      }),
    );
  }

  /** As the owner of the target account: a role with this name for the machine with this name, as the AWS documentation describes
   *  it. */
  async roleOfOthers(name: string, machine: string, permission: object): Promise<void> {
    const { iam } = this.target;
    const trust = {
      Action: 'sts:AssumeRole',
      Principal: { AWS: `arn:aws:iam::${SOURCE}:role/tenants/${name}` },
      Condition: { StringEquals: { 'sts:ExternalId': machine } },
    };
    const Path = '/crossaccountlink/';
    await iam.send(new CreateRoleCommand({ RoleName: name, Path, AssumeRolePolicyDocument: allow(trust) }));
    await iam.send(
      new PutRolePolicyCommand({ RoleName: name, PolicyName: 'theirs', PolicyDocument: allow(permission) }),
    );
  }

  async definition(arn: string): Promise<string> {
    const { definition } = await this.source.sfn.send(
      new DescribeStateMachineCommand({ stateMachineArn: arn }),
    );
    return definition ?? '';
  }
}

export function machineArn(name: string): string {
  return `arn:aws:states:us-east-1:${SOURCE}:stateMachine:${name}`;
}

export function executionArn(machine: string, name: string): string {
  return `arn:aws:states:us-east-1:${SOURCE}:execution:${machine}:${name}`;
}

/** A role below the path that {@link ROLES} allows. */
export function targetRole(name: string, account = TARGET): string {
  return `arn:aws:iam::${account}:role/crossaccountlink/${name}`;
}

function allow(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
}
