/** `bootstrap`: the least-privilege role that the operator needs in an account, as CloudFormation or Terraform. */
import { stringify } from 'yaml';
import { operatorTrust, sourcePolicy, targetPolicy } from '../bootstrap/operator-policy.ts';
import type { PolicyDocument } from '../policy/document.ts';
import { policyToJson } from '../policy/print.ts';
import { EXIT, type ExitStatus, type Io } from './io.ts';

export interface BootstrapOptions {
  readonly as: string;
  readonly account: string;
  /** ARN of whom the operator is where it runs. */
  readonly operator: string;
  readonly clusterId?: string;
  readonly externalId?: string;
  readonly roleName: string;
  readonly partition: string;
  readonly stateMachines: string;
  readonly executionRoles?: string;
  readonly stateMachineKey: readonly string[];
  readonly rolePathPrefix: string;
  readonly boundary?: string;
  readonly managedPolicy: readonly string[];
  readonly eventQueue?: string;
  readonly output: string;
}

/** Prints the template. Throws an error for people about options that do not fit together. */
export function bootstrap(options: BootstrapOptions, io: Io): ExitStatus {
  if (!/^\d{12}$/.test(options.account))
    throw new Error(`--account ${options.account}: twelve digits, please`);
  const trust = operatorTrust(options.operator, options.externalId);
  const permissions = permissionsFor(options);
  if (options.output === 'cloudformation') io.write(cloudFormation(options, trust, permissions));
  else if (options.output === 'terraform') io.write(terraform(options, trust, permissions));
  else throw new Error(`--output ${options.output}: cloudformation and terraform are known`);
  return EXIT.done;
}

function permissionsFor(options: BootstrapOptions): PolicyDocument {
  const account = {
    partition: options.partition,
    accountId: options.account,
    operatorRole: options.roleName,
    ...(options.eventQueue !== undefined && { eventQueueArn: options.eventQueue }),
  };
  if (options.as === 'source') {
    if (options.executionRoles === undefined) {
      throw new Error(
        '--execution-roles is missing: a pattern such as payments/*; it limits whose policies may be written',
      );
    }
    return sourcePolicy({
      ...account,
      stateMachines: options.stateMachines,
      executionRoles: options.executionRoles,
      stateMachineKeyArns: options.stateMachineKey,
    });
  }
  if (options.as !== 'target') throw new Error(`--as ${options.as}: source and target are known`);
  if (options.clusterId === undefined)
    throw new Error("--cluster-id is missing: it marks the roles that are the operator's");
  if (!/^\/(.+\/)?$/.test(options.rolePathPrefix)) {
    throw new Error(`--role-path-prefix ${options.rolePathPrefix}: it begins and ends with /`);
  }
  return targetPolicy({
    ...account,
    clusterId: options.clusterId,
    rolePathPrefix: options.rolePathPrefix,
    managedPolicyArns: options.managedPolicy,
    ...(options.boundary !== undefined && { boundaryArn: options.boundary }),
  });
}

function cloudFormation(
  { roleName, as }: BootstrapOptions,
  trust: PolicyDocument,
  permissions: PolicyDocument,
): string {
  return stringify(
    {
      AWSTemplateFormatVersion: '2010-09-09',
      Description: `What crossaccountlink needs in an account that links go ${as === 'source' ? 'from' : 'into'}`,
      Resources: {
        OperatorRole: {
          Type: 'AWS::IAM::Role',
          Properties: {
            RoleName: roleName,
            AssumeRolePolicyDocument: policyToJson(trust),
            Policies: [{ PolicyName: 'crossaccountlink', PolicyDocument: policyToJson(permissions) }],
          },
        },
      },
      Outputs: { RoleArn: { Value: { 'Fn::GetAtt': ['OperatorRole', 'Arn'] } } },
    },
    { lineWidth: 0 },
  );
}

function terraform(
  { roleName }: BootstrapOptions,
  trust: PolicyDocument,
  permissions: PolicyDocument,
): string {
  return `resource "aws_iam_role" "crossaccountlink" {
  name               = ${JSON.stringify(roleName)}
  assume_role_policy = ${heredoc(trust)}
}

resource "aws_iam_role_policy" "crossaccountlink" {
  name   = "crossaccountlink"
  role   = aws_iam_role.crossaccountlink.id
  policy = ${heredoc(permissions)}
}

output "role_arn" {
  value = aws_iam_role.crossaccountlink.arn
}
`;
}

/** Terraform reads \${…} and %{…} in a heredoc as its own, unless the first character is written twice. */
function heredoc(document: PolicyDocument): string {
  const json = JSON.stringify(policyToJson(document), undefined, 2).replaceAll(
    /[$%](?=\{)/g,
    (sign) => `${sign}${sign}`,
  );
  return `<<-JSON
${json.replaceAll(/^/gm, '    ')}
  JSON`;
}
