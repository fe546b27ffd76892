/** `kubectl crossaccountlink …`: the verbs and their options. What a verb does is loaded when it is called. */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { CrossAccountLink } from '../api/crossaccountlink.ts';
import { VERSION } from '../base/version.ts';
import { CLUSTER_ID_PATTERN } from '../desired/names.ts';
import type { Cluster } from './cluster.ts';
import type { ExitStatus, Io } from './io.ts';
import { printableError, terminalSafe } from './printable.ts';

const io: Io = {
  write: (output) => process.stdout.write(terminalSafe(output)),
  warn: (output) => process.stderr.write(terminalSafe(output)),
  read: async (path) => {
    const { decodeText } = await import('./definition-file.ts');
    return decodeText(path === '-' ? await buffer(process.stdin) : await readFile(path));
  },
};

// A reader that has seen enough, as in `… | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const program = new Command('kubectl crossaccountlink')
  .description('AWS Step Functions across accounts, kept true by manifests')
  .showHelpAfterError('--help tells more')
  .exitOverride();

program
  .command('permissions')
  .description(
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
  .option('--region <region>', 'Region of the state machine', 'us-east-1')
  .option('--partition <partition>', 'AWS partition (default: that of the Region)')
  .option('-o, --output <format>', 'json')
  .option('--write <link.yaml>', 'put an answer for each open decision into this manifest; comments are kept')
  .addHelpText(
    'after',
    '\nExit status: 0 all is derived; 2 some Task needs a decision, each is named; 1 error.',
  )
  .action(async (definition, options) => {
    const { permissions } = await import('./permissions.ts');
    process.exitCode = await permissions(definition, options, io);
  });

const clusterId = (id: string): string => {
  if (CLUSTER_ID_PATTERN.test(id)) return id;
  throw new InvalidArgumentError('It has up to 63 letters, digits and dashes.');
};

const portNumber = (digits: string): number => {
  const port = Number(digits);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number up to 65535.');
};

const inCluster = (verb: string, description: string) =>
  program
    .command(verb)
    .description(description)
    .option('-n, --namespace <namespace>', 'namespace of the link (default: that of the context)');

inCluster('plan', 'what the operator would change in AWS; writes nothing')
  .argument('[name]', 'link; all of the namespace when left out')
  .option('-f, --filename <file>', 'manifests to plan as if they were applied; - reads standard input')
  .addOption(
    new Option('--cluster-id <id>', 'the operator’s')
      .env('CLUSTER_ID')
      .argParser(clusterId)
      .makeOptionMandatory(),
  )
  .option('-o, --output <format>', 'json')
  .addHelpText(
    'after',
    '\nExit status: 0 nothing to change; 2 changes, or something stands in their way; 1 error.',
  )
  .action(async (name: string | undefined, options) => {
    const { plan } = await import('./plan.ts');
    await inNamespace(options, (cluster, namespace) =>
      plan(
        cluster,
        {
          clusterId: options.clusterId,
          namespace,
          environment: process.env,
          version: VERSION,
          ...(name !== undefined && { name }),
          ...(options.filename !== undefined && { file: options.filename }),
          ...(options.output !== undefined && { output: options.output }),
        },
        io,
      ),
    );
  });

inCluster('import', 'manifests for what already stands in AWS; writes nothing')
  .requiredOption('--state-machine <arn>', 'its Tasks’ Credentials tell the roles')
  .addHelpText('after', '\nExit status: 0 all is described; 2 some Task was left out, and why; 1 error.')
  .action(async (options) => {
    const { importLinks } = await import('./import.ts');
    await inNamespace(options, (cluster, namespace) =>
      importLinks(
        cluster,
        { stateMachine: options.stateMachine, namespace, environment: process.env, version: VERSION },
        io,
      ),
    );
  });

inCluster('status', 'links as a tree: accounts, roles, Tasks, conditions, recent drift')
  .argument('[name]', 'link; all of the namespace when left out')
  .option('-A, --all-namespaces', 'links of every namespace')
  .action(async (name: string | undefined, options) => {
    const { status } = await import('./status.ts');
    await withLinks(name, options, (links) => status(links, io));
  });

inCluster('check', 'why is a link not Ready, and the first thing to do')
  .argument('[name]', 'link; all of the namespace when left out')
  .option('-A, --all-namespaces', 'links of every namespace')
  .addHelpText('after', '\nExit status: 0 all are Ready; 2 one is not; 1 error.')
  .action(async (name: string | undefined, options) => {
    const { check } = await import('./check.ts');
    await withLinks(name, options, (links) => check(links, io));
  });

inCluster('graph', 'state machines, roles and accounts as a graph')
  .option('-A, --all-namespaces', 'links of every namespace')
  .option('-o, --output <format>', 'mermaid or dot', 'mermaid')
  .action(async (options) => {
    const { graph } = await import('./graph.ts');
    await withLinks(undefined, options, (links) => graph(links, options.output, io));
  });

inCluster('dashboard', 'a read-only web console on this machine, with your own rights')
  .option('--port <port>', 'port on 127.0.0.1 (default: a free one)', portNumber)
  .addHelpText('after', '\nShows every namespace that you may see, or only the one that -n names.')
  .action(async (options) => {
    const { dashboard } = await import('./dashboard.ts');
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
    await inNamespace(options, (cluster, namespace) =>
      dashboard(
        cluster,
        {
          namespace,
          only: options.namespace !== undefined,
          environment: process.env,
          version: VERSION,
          ...(options.port !== undefined && { port: options.port }),
        },
        io,
        stop.signal,
      ),
    );
  });

inCluster('reconcile', 'ask for a reconcile now, and wait for the answer')
  .argument('<name>')
  .action(async (name: string, options) => {
    const { reconcile } = await import('./link-verbs.ts');
    await inNamespace(options, (cluster, namespace) => reconcile(cluster, { namespace, name }, io));
  });

for (const [verb, suspend, description] of [
  ['suspend', true, 'check, repair and remove nothing until resumed'],
  ['resume', false, 'go on after suspend'],
] as const) {
  inCluster(verb, description)
    .argument('<name>')
    .action(async (name: string, options) => {
      const { setSuspended } = await import('./link-verbs.ts');
      await inNamespace(options, (cluster, namespace) =>
        setSuspended(cluster, { namespace, name }, suspend, io),
      );
    });
}

program
  .command('bootstrap')
  .description('the least-privilege roles that the operator needs')
  .requiredOption(
    '--as <side>',
    'source (of state machines), target, both; or operator: who it is where it runs',
  )
  .option('--account <id>', 'account that the role is for')
  .option('--operator <arn>', 'who may assume it: the role or user that the operator is where it runs')
  .option('--external-id <id>', 'as in the AWSAccount’s assumeRole.externalID')
  .option('--cluster-id <id>', 'the operator’s; marks the roles that are its own (target)', clusterId)
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
  .option('--event-queue <arn>', 'queue of change events')
  .option('--role-reads <how>', 'as in the AWSAccount’s roleReads: Account or PerRole (default: Account)')
  .option('--stack-set', 'a template with parameters in place of one account, for an organizational unit')
  .option('--identity <kind>', 'how the operator’s pods get it: irsa or pod-identity (operator)')
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
  .option('-o, --output <format>', 'cloudformation or terraform', 'cloudformation')
  .action(async (options) => {
    const { bootstrap } = await import('./bootstrap.ts');
    process.exitCode = bootstrap(options, io);
  });

interface Where {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
}

/** Runs a verb against the cluster, in the namespace that is meant. */
async function inNamespace(
  { namespace }: Where,
  work: (cluster: Cluster, namespace: string) => Promise<ExitStatus>,
): Promise<void> {
  const { withCluster } = await import('./cluster.ts');
  process.exitCode = await withCluster((cluster) => work(cluster, namespace ?? cluster.namespace));
}

function withLinks(
  name: string | undefined,
  where: Where,
  work: (links: readonly CrossAccountLink[]) => ExitStatus,
): Promise<void> {
  return inNamespace(where, async ({ client }, namespace) => {
    const { getLink, listLinks } = await import('./cluster.ts');
    if (name === undefined)
      return work(await listLinks(client, where.allNamespaces === true ? undefined : namespace));
    if (where.allNamespaces === true) throw new Error('either a NAME or --all-namespaces, not both');
    return work([await getLink(client, namespace, name)]);
  });
}

// Not awaited: a single executable is a CommonJS module, which cannot await at its top.
program.parseAsync().catch((error: unknown) => {
  process.exitCode = error instanceof CommanderError ? error.exitCode : 1;
  // Commander has already said what is wrong with the command line.
  if (!(error instanceof CommanderError)) {
    process.stderr.write(
      `error: ${printableError(error instanceof Error ? error.message : String(error))}\n`,
    );
  }
});
