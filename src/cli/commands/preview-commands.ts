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
  addClusterVerb(program, 'plan', 'show what the operator would change in AWS; writes nothing')
    .argument('[name]', 'link: NAME, xal/NAME or NAMESPACE/NAME (default: all in the namespace)')
    .option('-A, --all-namespaces', 'links of every namespace')
    .option(
      '-f, --filename <files...>',
      'plan these manifests of links and AWSAccounts as if they were applied: files or folders; - reads standard input',
    )
    .option('-k, --kustomize <folder>', 'like -f, for what "kubectl kustomize" builds from this folder')
    .option('-R, --recursive', 'search the folders of -f recursively')
    .option('--from-status', 'show what the operator wrote into the links’ status; needs no AWS credentials')
    .addOption(
      new Option('--cluster-id <id>', 'cluster ID of the operator (default: read from its Lease)')
        .env('CLUSTER_ID')
        // An empty environment variable counts as unset.
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
  addClusterVerb(
    program,
    'import',
    'print manifests for access that exists in AWS already; writes nothing to AWS',
  )
    .requiredOption(
      '--state-machine <arns...>',
      'state machines; the Credentials of their Tasks name the roles',
    )
    .option('--write <folder>', 'write a file for each link into this folder, instead of printing them')
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
  addClusterVerb(program, 'graph', 'draw state machines, roles and accounts as a graph')
    .option('-A, --all-namespaces', 'links of every namespace')
    .addOption(outputOption(GRAPH_FORMATS).default('mermaid'))
    .addHelpText('after', '\nsvg and html are self-contained pictures\nwith a light and a dark theme.')
    .action(async (options) => {
      const { accountNames, graph } = await import('../graph/graph.ts');
      await withLinks(shell, [], options, async (links, cluster) =>
        graph(links, await accountNames(cluster), options.output, io),
      );
    });
}
