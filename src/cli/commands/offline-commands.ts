/** Verbs that meet no cluster: `permissions`, `bootstrap`. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { outputOption, STRUCTURED } from '../output/output.ts';
import { parseClusterId } from './preview-commands.ts';
import { addVerb, type Shell } from './shell.ts';

function parseLength(digits: string): number {
  if (/^[1-9]\d{0,6}$/.test(digits)) return Number(digits);
  throw new InvalidArgumentError('It is a number of characters.');
}

/** Offered by completion; the verb itself refuses what is none of these. */
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
    'what the target role of a state machine has to be allowed; reads the definition alone, offline',
  )
    .argument(
      '<definition>',
      'Amazon States Language, JSON or YAML, or what holds it: a CloudFormation or SAM template, the answer of describe-state-machine, "terraform show -json"; - reads standard input',
    )
    .requiredOption(
      '--target-account <id>',
      'account that the Tasks call into; bare names are taken to lie there',
    )
    .option('--region <region>', 'Region of the state machine (default: us-east-1)')
    .option('--partition <partition>', 'AWS partition (default: that of the Region)')
    .addOption(outputOption(STRUCTURED))
    .option(
      '--inline-policy-length <characters>',
      'what a role’s inline policies may have, where the account had it raised: the AWSAccount’s quotas.inlinePolicyLength (default: 10240)',
      parseLength,
    )
    .option(
      '--write <link.yaml>',
      'put an answer for each open decision into this manifest; comments are kept',
    )
    .action(async (definition, options) => {
      const { permissions } = await import('../permissions/permissions.ts');
      shell.exitWith(await permissions(definition, options, shell.io));
    });
}

function addBootstrap(program: Command, shell: Shell): void {
  addVerb(program, 'bootstrap', 'the least-privilege roles that the operator needs')
    .addOption(
      oneOf(
        ['source', 'target', 'both', 'operator'],
        '--as <side>',
        'source (of state machines), target, both; or operator: who it is where it runs',
      ).makeOptionMandatory(),
    )
    .option('--account <id>', 'account that the role is for')
    .option('--operator <arn>', 'who may assume it: the role or user that the operator is where it runs')
    .option('--external-id <id>', 'as in the AWSAccount’s assumeRole.externalID')
    .option('--cluster-id <id>', 'the operator’s; marks the roles that are its own (target)', parseClusterId)
    .option(
      '--role-name <name>',
      'name of the role (default: crossaccountlink-operator; crossaccountlink as operator)',
    )
    .option('--partition <partition>', 'AWS partition', 'aws')
    .option('--state-machines <pattern>', 'names of the machines that may be linked (source)', '*')
    .option('--execution-roles <pattern>', 'execution roles, with their path: payments/* (source)')
    .option('--state-machine-key <arn...>', 'customer keys that encrypt the machines (source)', [])
    .option('--role-path-prefix <path>', 'path below which target roles lie (target)', '/crossaccountlink/')
    .option('--boundary <arn>', 'permissions boundary of every role made (target)')
    .option('--managed-policy <arn...>', 'managed policies that links may attach (target)', [])
    .option('--event-queue <arn>', 'queue that the account’s events arrive in')
    .addOption(
      oneOf(
        ['Account', 'PerRole'],
        '--role-reads <how>',
        'as in the AWSAccount’s roleReads: Account or PerRole (default: Account)',
      ),
    )
    .option('--stack-set', 'a template with parameters in place of one account, for an organizational unit')
    .addOption(
      oneOf(
        ['irsa', 'pod-identity'],
        '--identity <kind>',
        'how the operator’s pods get it: irsa or pod-identity (operator)',
      ),
    )
    .option('--oidc-provider <url>', 'the cluster’s, for irsa (operator)')
    .option(
      '--service-account <name>',
      'NAMESPACE/NAME that the operator runs under (operator; default: crossaccountlink-system/crossaccountlink)',
    )
    .option('--no-session-tags', 'the pod identity association has disableSessionTags (operator)')
    .option(
      '--assume <arn...>',
      'roles that the operator may act as (operator; default: crossaccountlink-operator of every account)',
    )
    .addOption(outputOption(['cloudformation', 'terraform']).default('cloudformation'))
    .action(async (options) => {
      const { bootstrap } = await import('../bootstrap/bootstrap.ts');
      shell.exitWith(bootstrap(options, shell.io));
    });
}
