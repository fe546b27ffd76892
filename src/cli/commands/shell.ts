/** What the commands share: their surroundings, and how a verb about a cluster is declared and run. */
import { Option, type Command } from 'commander';
import type { CrossAccountLink } from '../../api/crossaccountlink.ts';
import type { Cluster, Where } from '../cluster/cluster.ts';
import { addClusterFlags } from '../cluster/cluster-flags.ts';
import type { ExitStatus } from '../output/io.ts';
import { COLOUR_CHOICES, parseColourChoice, type Terminal } from '../output/terminal.ts';

export interface Shell {
  readonly io: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends the program with it, once everything is written. */
  exitWith(status: ExitStatus): void;
}

/** Adds a verb with what every verb takes. */
export function addVerb(program: Command, verb: string, description: string): Command {
  return program
    .command(verb)
    .description(description)
    .addOption(
      new Option('--color <when>', 'colours; auto is on a terminal, unless NO_COLOR is set')
        .choices(COLOUR_CHOICES)
        .default('auto')
        .argParser(parseColourChoice),
    );
}

/** Adds a verb about links of a cluster, with kubectl's flags. */
export function addClusterVerb(program: Command, verb: string, description: string): Command {
  const command = addVerb(program, verb, description).option(
    '-n, --namespace <namespace>',
    'namespace of the link (default: that of the context)',
  );
  return addClusterFlags(command);
}

/** Runs a verb against the chosen cluster. */
export async function inCluster(
  shell: Shell,
  where: Where,
  work: (cluster: Cluster) => Promise<ExitStatus>,
): Promise<void> {
  const { withCluster } = await import('../cluster/cluster.ts');
  shell.exitWith(await withCluster(where, shell.environment, work));
}

/** Runs a verb on the chosen links. */
export function withLinks(
  shell: Shell,
  names: readonly string[],
  where: Where,
  work: (links: readonly CrossAccountLink[], cluster: Cluster) => Promise<ExitStatus> | ExitStatus,
): Promise<void> {
  return inCluster(shell, where, async (cluster) => {
    const { chosenLinks } = await import('../cluster/cluster.ts');
    return work(await chosenLinks(cluster, names, where), cluster);
  });
}
