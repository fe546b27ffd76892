/** Verbs about links that stand: `status`, `check`, `reconcile`, `suspend`, `resume`, `dashboard`. */
import { InvalidArgumentError, type Command } from 'commander';
import { VERSION } from '../../base/version.ts';
import { outputOption } from '../output.ts';
import { addClusterVerb, inCluster, withLinks, type Shell } from './shell.ts';

export function addLinkCommands(program: Command, shell: Shell): void {
  addStatus(program, shell);
  addCheck(program, shell);
  addChangingVerbs(program, shell);
  addDashboard(program, shell);
}

function addStatus(program: Command, shell: Shell): void {
  addClusterVerb(program, 'status', 'links as a tree: accounts, roles, Tasks, conditions, recent drift')
    .argument('[names...]', 'links: NAME, xal/NAME or NAMESPACE/NAME; all of the namespace when left out')
    .option('-A, --all-namespaces', 'links of every namespace')
    .addOption(outputOption(['json', 'yaml', 'name']))
    .action(async (names: readonly string[], options) => {
      const { status } = await import('../status.ts');
      await withLinks(shell, names, options, (links) => status(links, shell.io, options.output));
    });
}

function addCheck(program: Command, shell: Shell): void {
  addClusterVerb(
    program,
    'check',
    'why is a link not Ready, and the first thing to do; is the installation sound',
  )
    .argument(
      '[names...]',
      'links: NAME, xal/NAME or NAMESPACE/NAME; the installation and all of the namespace when left out',
    )
    .option('-A, --all-namespaces', 'links of every namespace')
    .addOption(outputOption(['json', 'yaml', 'name']))
    .addHelpText('after', '\nExit status: 0 all is in order; 2 something is not; 1 error.')
    .action(async (names: readonly string[], options) => {
      const { check, lookAround } = await import('../check.ts');
      if (names.length > 0)
        return withLinks(shell, names, options, (links) => check({ links }, shell.io, options.output));
      return inCluster(shell, options, async (cluster) =>
        check(await lookAround(cluster, options, VERSION), shell.io, options.output),
      );
    });
}

function addChangingVerbs(program: Command, shell: Shell): void {
  addClusterVerb(program, 'reconcile', 'ask for a reconcile now, and wait for the answer')
    .argument('<name>', 'link: NAME, xal/NAME or NAMESPACE/NAME')
    .action(async (name: string, options) => {
      const { reconcile } = await import('../link-verbs.ts');
      await inCluster(shell, options, (cluster) => reconcile(cluster, name, shell.io));
    });
  for (const [verb, suspend, description] of [
    ['suspend', true, 'check, repair and remove nothing until resumed'],
    ['resume', false, 'go on after suspend'],
  ] as const) {
    addClusterVerb(program, verb, description)
      .argument('<name>', 'link: NAME, xal/NAME or NAMESPACE/NAME')
      .action(async (name: string, options) => {
        const { setSuspended } = await import('../link-verbs.ts');
        await inCluster(shell, options, (cluster) => setSuspended(cluster, name, suspend, shell.io));
      });
  }
}

function portNumber(digits: string): number {
  const port = Number(digits);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number up to 65535.');
}

function addDashboard(program: Command, shell: Shell): void {
  addClusterVerb(program, 'dashboard', 'a read-only web console on this machine, with your own rights')
    .option('--port <port>', 'port on 127.0.0.1 (default: a free one)', portNumber)
    .addHelpText('after', '\nShows every namespace that you may see, or only the one that -n names.')
    .action(async (options) => {
      const { dashboard } = await import('../dashboard.ts');
      const stop = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
      await inCluster(shell, options, (cluster) =>
        dashboard(
          cluster,
          {
            namespace: cluster.namespace,
            only: options.namespace !== undefined,
            environment: shell.environment,
            version: VERSION,
            ...(options.port !== undefined && { port: options.port }),
          },
          shell.io,
          stop.signal,
        ),
      );
    });
}
