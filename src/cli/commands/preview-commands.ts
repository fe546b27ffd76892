/** Verbs that show what would be, or what there is: `plan`, `import`, `graph`. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { VERSION } from '../../base/version.ts';
import { CLUSTER_ID_PATTERN } from '../../desired/names.ts';
import { GRAPH_FORMATS } from '../graph/formats.ts';
import { outputOption } from '../output/output.ts';
import { addClusterVerb, inCluster, withLinks, type Shell } from './shell.ts';

/** @throws InvalidArgumentError */
export function parseClusterId(id: string): string {
  if (CLUSTER_ID_PATTERN.test(id)) return id;
  throw new InvalidArgumentError('It has up to 63 letters, digits and dashes.');
}

export function addPreviewCommands(program: Command, shell: Shell): void {
  addPlan(program, shell);
  addImport(program, shell);
  addGraph(program, shell);
}

function addPlan(program: Command, shell: Shell): void {
  const { io, environment } = shell;
  addClusterVerb(program, 'plan', 'what the operator would change in AWS; writes nothing')
    .argument('[name]', 'link: NAME, xal/NAME or NAMESPACE/NAME; all of the namespace when left out')
    .option('-A, --all-namespaces', 'links of every namespace')
    .option(
      '-f, --filename <files...>',
      'manifests to plan as if they were applied, links and AWSAccounts: files or folders; - reads standard input',
    )
    .option('-k, --kustomize <folder>', 'the same, as "kubectl kustomize" builds them')
    .option('-R, --recursive', 'search the folders of -f to the bottom')
    .option('--from-status', 'show what the operator wrote into the links’ status, and read nothing else')
    .addOption(
      new Option('--cluster-id <id>', 'the operator’s (default: as it publishes it on its Lease)')
        .env('CLUSTER_ID')
        // An empty variable in the environment is none.
        .argParser((id: string) => (id === '' ? id : parseClusterId(id))),
    )
    .addOption(outputOption(['json', 'yaml', 'markdown']))
    .action(async (name: string | undefined, options) => {
      const { plan } = await import('../plan/plan.ts');
      await inCluster(shell, options, (cluster) =>
        plan(
          cluster,
          {
            name,
            allNamespaces: options.allNamespaces ?? false,
            clusterId: options.clusterId || undefined,
            files: options.filename ?? [],
            kustomize: options.kustomize,
            recursive: options.recursive ?? false,
            fromStatus: options.fromStatus ?? false,
            output: options.output,
            environment,
            version: VERSION,
          },
          io,
        ),
      );
    });
}

function addImport(program: Command, shell: Shell): void {
  const { io, environment } = shell;
  addClusterVerb(program, 'import', 'manifests for what already stands in AWS; writes nothing')
    .requiredOption('--state-machine <arns...>', 'their Tasks’ Credentials tell the roles')
    .option('--write <folder>', 'write a file for each link there, instead of printing them')
    .addOption(outputOption(['yaml', 'json'], 'yaml with comments, or json').default('yaml'))
    .action(async (options) => {
      const { importLinks } = await import('../import/import.ts');
      await inCluster(shell, options, (cluster) =>
        importLinks(
          cluster,
          {
            stateMachines: options.stateMachine,
            namespace: cluster.namespace,
            output: options.output,
            write: options.write,
            environment,
            version: VERSION,
          },
          io,
        ),
      );
    });
}

function addGraph(program: Command, shell: Shell): void {
  const { io } = shell;
  addClusterVerb(program, 'graph', 'state machines, roles and accounts as a graph')
    .option('-A, --all-namespaces', 'links of every namespace')
    .addOption(outputOption(GRAPH_FORMATS).default('mermaid'))
    .addHelpText('after', '\nsvg and html are pictures to send: they need nothing else, in light and dark.')
    .action(async (options) => {
      const { accountNames, graph } = await import('../graph/graph.ts');
      await withLinks(shell, [], options, async (links, cluster) =>
        graph(links, await accountNames(cluster), options.output, io),
      );
    });
}
