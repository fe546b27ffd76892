/** Verbs that use no cluster: `permissions`, `bootstrap`. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { outputOption, STRUCTURED } from '../output/output.ts';
import { parseClusterId } from './preview-commands.ts';
import { addVerb, type Shell } from './shell.ts';

function parseLength(digits: string): number {
  if (/^[1-9]\d{0,6}$/.test(digits)) return Number(digits);
  throw new InvalidArgumentError('It is a number of characters.');
}

/** An option whose choices completion offers; the verb itself refuses other values. */
function oneOf(choices: readonly string[], flags: string, description: string): Option {
  return new Option(flags, description).choices(choices).argParser((text: string) => text);
}

export function addOfflineCommands(program: Command, shell: Shell): void {
  addPermissions(program, shell);
  addBootstrap(program, shell);
}

function addPermissions(program: Command, shell: Shell): void {
  addVerb(
    program,
    'permissions',
    'derive the permissions that a state machine’s target role needs, offline, from its definition',
  )
    .argument(
      '<definition>',
      'Amazon States Language in JSON or YAML, or a file that contains it: a CloudFormation or SAM template, the output of describe-state-machine or of "terraform show -json"; - reads standard input',
    )
    .requiredOption(
      '--target-account <id>',
      'account that the Tasks call into; names without an account are taken to be there',
    )
    .option('--region <region>', 'Region of the state machine (default: us-east-1)')
    .option('--partition <partition>', 'AWS partition (default: that of the Region)')
    .addOption(outputOption(STRUCTURED))
    .option(
      '--inline-policy-length <characters>',
      'quota for a role’s inline policies, if AWS raised it: the AWSAccount’s quotas.inlinePolicyLength (default: 10240)',
      parseLength,
    )
    .option(
      '--write <link.yaml>',
      'write an entry for each open decision into this manifest; comments are kept',
    )
    .action(async (definition, options) => {
      const { permissions } = await import('../permissions/permissions.ts');
      shell.exitWith(await permissions(definition, options, shell.io));
    });
}

function addBootstrap(program: Command, shell: Shell): void {
  addVerb(program, 'bootstrap', 'print the least-privilege roles that the operator needs')
    .addOption(
      oneOf(
        ['source', 'target', 'both', 'operator'],
        '--as <side>',
        'source (the account of the state machines), target, both, or operator (the identity that the operator runs with)',
      ).makeOptionMandatory(),
    )
    .option('--account <id>', 'account that the role is for')
    .option('--operator <arn>', 'role or user that the operator runs with, and that may assume the new role')
    .option('--external-id <id>', 'as in the AWSAccount’s assumeRole.externalID')
    .option(
      '--cluster-id <id>',
      'cluster ID of the operator, which marks the roles that it owns (target)',
      parseClusterId,
    )
    .option(
      '--role-name <name>',
      'name of the role (default: crossaccountlink-operator; crossaccountlink as operator)',
    )
    .option('--partition <partition>', 'AWS partition', 'aws')
    .option('--state-machines <pattern>', 'names of the state machines that may be linked (source)', '*')
    .option(
      '--execution-roles <pattern>',
      'execution roles that may get a grant, with their path, as in payments/* (source)',
    )
    .option(
      '--state-machine-key <arn...>',
      'customer managed keys that encrypt the state machines (source)',
      [],
    )
    .option('--role-path-prefix <path>', 'path prefix of target roles (target)', '/crossaccountlink/')
    .option('--boundary <arn>', 'permissions boundary of every role that the operator creates (target)')
    .option('--managed-policy <arn...>', 'managed policies that links may attach (target)', [])
    .option('--event-queue <arn>', 'SQS queue that receives the account’s change events')
    .addOption(
      oneOf(
        ['Account', 'PerRole'],
        '--role-reads <how>',
        'as in the AWSAccount’s roleReads: Account or PerRole (default: Account)',
      ),
    )
    .option(
      '--stack-set',
      'print a template with parameters instead of one account’s values, for a StackSet on an organizational unit',
    )
    .addOption(
      oneOf(
        ['irsa', 'pod-identity'],
        '--identity <kind>',
        'how the operator’s pods get this identity: irsa or pod-identity (operator)',
      ),
    )
    .option('--oidc-provider <url>', 'OIDC provider of the cluster, for irsa (operator)')
    .option(
      '--service-account <name>',
      'NAMESPACE/NAME of the operator’s ServiceAccount (operator; default: crossaccountlink-system/crossaccountlink)',
    )
    .option('--no-session-tags', 'for a pod identity association with disableSessionTags (operator)')
    .option(
      '--assume <arn...>',
      'roles that the operator may assume (operator; default: crossaccountlink-operator in every account)',
    )
    .addOption(outputOption(['cloudformation', 'terraform']).default('cloudformation'))
    .action(async (options) => {
      const { bootstrap } = await import('../bootstrap/bootstrap.ts');
      shell.exitWith(bootstrap(options, shell.io));
    });
}
