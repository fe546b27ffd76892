/** `bootstrap`: the least-privilege roles that the operator needs, as CloudFormation or Terraform. */
import { stringify } from 'yaml';
import { baseIdentityPolicy, irsaTrust, podIdentityTrust } from '../../bootstrap/base-identity.ts';
import { bothPolicies, operatorTrust, sourcePolicy, targetPolicy } from '../../bootstrap/operator-policy.ts';
import { stackSetTemplate } from '../../bootstrap/stack-set.ts';
import type { PolicyDocument } from '../../policy/document.ts';
import { policyToJson } from '../../policy/print.ts';
import { checkOptions, issuerOf, sideOf, type BootstrapOptions, type Side } from './bootstrap-options.ts';
import { idleOptions } from './idle-options.ts';
import { EXIT, type ExitStatus, type Io } from '../output/io.ts';

export type { BootstrapOptions };

/** Names of the operator's role in linked accounts, and of its own identity. */
const LINKED_ROLE = 'crossaccountlink-operator';
const BASE_ROLE = 'crossaccountlink';
/** The chart's default ServiceAccount. */
const SERVICE_ACCOUNT = 'crossaccountlink-system/crossaccountlink';

/** CloudFormation reads YAML 1.1, in which a bare `no`, `on` or `12:30:45` is no text. */
const CLOUD_FORMATION_YAML = { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' } as const;

/** One role, with all that a template says about it. */
interface RoleTemplate {
  readonly name: string;
  readonly description: string;
  readonly trust: PolicyDocument;
  readonly permissions: PolicyDocument;
}

/** Prints the template.
 *  @throws Error for people, if options are wrong or do not fit together */
export function bootstrap(options: BootstrapOptions, io: Io): ExitStatus {
  checkOptions(options);
  const side = sideOf(options);
  for (const { flag, side: its } of idleOptions(options, side))
    io.warn(`warning: ${flag} is for --as ${its}: nothing in this template follows from it\n`);
  if (options.stackSet === true) {
    io.write(stringify(stackSetTemplate(parametersOf(options)), CLOUD_FORMATION_YAML));
    return EXIT.done;
  }
  const role = side === 'operator' ? baseRole(options) : linkedRole(options, side);
  io.write(options.output === 'terraform' ? terraform(role) : cloudFormation(role));
  return EXIT.done;
}

function linkedRole(options: BootstrapOptions, side: Side): RoleTemplate {
  const ends = { source: 'from', target: 'into', both: 'from and into' };
  return {
    name: options.roleName ?? LINKED_ROLE,
    description: `What crossaccountlink needs in an account that links go ${ends[side]}`,
    trust: operatorTrust(options.operator ?? '', options.externalId),
    permissions: permissionsFor(options, side),
  };
}

function permissionsFor(options: BootstrapOptions, side: Side): PolicyDocument {
  const account = {
    partition: options.partition,
    accountId: options.account ?? '',
    operatorRole: options.roleName ?? LINKED_ROLE,
    ...(options.eventQueue !== undefined && { eventQueueArn: options.eventQueue }),
    roleReads: options.roleReads === 'PerRole' ? 'PerRole' : 'Account',
  } as const;
  switch (side) {
    case 'source':
      return sourcePolicy({ ...account, ...sourcePart(options) });
    case 'target':
      return targetPolicy({ ...account, ...targetPart(options) });
    case 'both':
      return bothPolicies({ ...account, ...sourcePart(options), ...targetPart(options) });
  }
}

function sourcePart({ executionRoles, stateMachines, stateMachineKey }: BootstrapOptions) {
  if (executionRoles === undefined) {
    throw new Error(
      '--execution-roles is missing: a pattern such as payments/*; it limits whose policies may be written',
    );
  }
  return { stateMachines, executionRoles, stateMachineKeyArns: stateMachineKey };
}

function targetPart({ clusterId, rolePathPrefix, managedPolicy, boundary }: BootstrapOptions) {
  if (clusterId === undefined)
    throw new Error("--cluster-id is missing: it marks the roles that are the operator's");
  return {
    clusterId,
    rolePathPrefix,
    managedPolicyArns: managedPolicy,
    ...(boundary !== undefined && { boundaryArn: boundary }),
  };
}

function baseRole(options: BootstrapOptions): RoleTemplate {
  const { partition, account = '', oidcProvider = '' } = options;
  const [namespace = '', name = ''] = (options.serviceAccount ?? SERVICE_ACCOUNT).split('/');
  const serviceAccount = { namespace, name };
  return {
    name: options.roleName ?? BASE_ROLE,
    description:
      'The identity that crossaccountlink runs as: it may assume its roles in linked accounts, and nothing else',
    trust:
      options.identity === 'irsa'
        ? irsaTrust(partition, account, issuerOf(oidcProvider), serviceAccount)
        : podIdentityTrust(options.sessionTags === false ? undefined : serviceAccount),
    permissions: baseIdentityPolicy(options.assume ?? [`arn:${partition}:iam::*:role/${LINKED_ROLE}`]),
  };
}

/** The parameters of the stack set that were given. */
function parametersOf(options: BootstrapOptions): Readonly<Record<string, string>> {
  const said: readonly (readonly [string, string | undefined])[] = [
    ['Side', options.as],
    ['OperatorArn', options.operator],
    ['ExternalId', options.externalId],
    ['RoleName', options.roleName],
    ['ClusterId', options.clusterId],
    ['StateMachines', options.stateMachines],
    ['ExecutionRoles', options.executionRoles],
    ['RolePathPrefix', options.rolePathPrefix],
    ['BoundaryPolicy', options.boundary?.replace(/^.*:policy\//, '')],
    ['ManagedPolicyArns', options.managedPolicy.join(',') || undefined],
    ['StateMachineKeyArns', options.stateMachineKey.join(',') || undefined],
    ['EventQueueArn', options.eventQueue],
    ['RoleReads', options.roleReads],
  ];
  return Object.fromEntries(said.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function cloudFormation({ name, description, trust, permissions }: RoleTemplate): string {
  return stringify(
    {
      AWSTemplateFormatVersion: '2010-09-09',
      Description: description,
      Resources: {
        OperatorRole: {
          Type: 'AWS::IAM::Role',
          Properties: {
            RoleName: name,
            AssumeRolePolicyDocument: policyToJson(trust),
            Policies: [{ PolicyName: 'crossaccountlink', PolicyDocument: policyToJson(permissions) }],
          },
        },
      },
      Outputs: { RoleArn: { Value: { 'Fn::GetAtt': ['OperatorRole', 'Arn'] } } },
    },
    CLOUD_FORMATION_YAML,
  );
}

function terraform({ name, trust, permissions }: RoleTemplate): string {
  return `resource "aws_iam_role" "crossaccountlink" {
  name               = ${JSON.stringify(name)}
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

/** No checked value contains \${ or %{, which Terraform would interpret. */
function heredoc(document: PolicyDocument): string {
  const json = JSON.stringify(policyToJson(document), undefined, 2);
  return `<<-JSON
${json.replaceAll(/^/gm, '    ')}
  JSON`;
}
