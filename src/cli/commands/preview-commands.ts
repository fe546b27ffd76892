/** Verbs that show what would be, or what there is: `plan`, `import`, `graph`. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { VERSION } from '../../base/version.ts';
import { CLUSTER_ID_PATTERN } from '../../desired/names.ts';
import { outputOption } from '../output.ts';
import { addClusterVerb, inCluster, withLinks, type Shell } from './shell.ts';

/** @throws InvalidArgumentError */
export function parseClusterId(id: string): string {
  if (CLUSTER_ID_PATTERN.test(id)) return id;
  throw new InvalidArgumentError('It has up to 63 letters, digits and dashes.');
}

export function addPreviewCommands(program: Command, shell: Shell): void {
  const { io, environment } = shell;

  addClusterVerb(program, 'plan', 'what the operator would change in AWS; writes nothing')
    .argument('[name]', 'link; all of the namespace when left out')
    .option('-f, --filename <file>', 'manifests to plan as if they were applied; - reads standard input')
    .addOption(
      new Option('--cluster-id <id>', 'the operator’s')
        .env('CLUSTER_ID')
        .argParser(parseClusterId)
        .makeOptionMandatory(),
    )
    .addOption(outputOption(['json']))
    .addHelpText(
      'after',
      '\nExit status: 0 nothing to change; 2 changes, or something stands in their way; 1 error.',
    )
    .action(async (name: string | undefined, options) => {
      const { plan } = await import('../plan.ts');
      await inCluster(shell, options, (cluster) =>
        plan(
          cluster,
          {
            clusterId: options.clusterId,
            namespace: cluster.namespace,
            environment,
            version: VERSION,
            ...(name !== undefined && { name }),
            ...(options.filename !== undefined && { file: options.filename }),
            ...(options.output !== undefined && { output: options.output }),
          },
          io,
        ),
      );
    });

  addClusterVerb(program, 'import', 'manifests for what already stands in AWS; writes nothing')
    .requiredOption('--state-machine <arn>', 'its Tasks’ Credentials tell the roles')
    .addHelpText('after', '\nExit status: 0 all is described; 2 some Task was left out, and why; 1 error.')
    .action(async (options) => {
      const { importLinks } = await import('../import.ts');
      await inCluster(shell, options, (cluster) =>
        importLinks(
          cluster,
          { stateMachine: options.stateMachine, namespace: cluster.namespace, environment, version: VERSION },
          io,
        ),
      );
    });

  addClusterVerb(program, 'graph', 'state machines, roles and accounts as a graph')
    .option('-A, --all-namespaces', 'links of every namespace')
    .addOption(outputOption(['mermaid', 'dot']).default('mermaid'))
    .action(async (options) => {
      const { graph } = await import('../graph.ts');
      await withLinks(shell, [], options, (links) => graph(links, options.output, io));
    });
}
