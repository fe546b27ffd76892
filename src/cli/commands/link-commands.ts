/** Verbs about existing links: `status`, `check`, `reconcile`, `suspend`, `resume`, `dashboard`. */
import { InvalidArgumentError, type Command } from 'commander';
import { findCondition } from '../../api/conditions.ts';
import type { CrossAccountLink } from '../../api/crossaccountlink.ts';
import { REASONS } from '../../api/reasons.ts';
import { nearest } from '../../base/suggest.ts';
import { VERSION } from '../../base/version.ts';
import { parseTime } from '../cluster/cluster-flags.ts';
import { outputOption } from '../output/output.ts';
import { addClusterVerb, inCluster, withLinks, type Shell } from './shell.ts';

/** @throws InvalidArgumentError */
function parseReason(text: string): string {
  if (Object.hasOwn(REASONS, text)) return text;
  const [guess] = nearest(text, Object.keys(REASONS));
  throw new InvalidArgumentError(
    guess === undefined ? 'docs/conditions-and-reasons.md has them all.' : `Did you mean ${guess}?`,
  );
}

/** The links whose Ready has the reason; all if none is given. */
function withReason(
  links: readonly CrossAccountLink[],
  reason: string | undefined,
): readonly CrossAccountLink[] {
  return reason === undefined
    ? links
    : links.filter(({ status }) => findCondition(status.conditions, 'Ready')?.reason === reason);
}

export function addLinkCommands(program: Command, shell: Shell): void {
  addStatus(program, shell);
  addCheck(program, shell);
  addChangingVerbs(program, shell);
  addDashboard(program, shell);
}

function addStatus(program: Command, shell: Shell): void {
  addClusterVerb(program, 'status', 'show links as a tree: accounts, roles, Tasks, conditions, recent drift')
    .argument('[names...]', 'links: NAME, xal/NAME or NAMESPACE/NAME (default: all in the namespace)')
    .option('-A, --all-namespaces', 'links of every namespace')
    .addOption(outputOption(['json', 'yaml', 'name']))
    .option('-w, --watch', 'keep running and show changes, until Ctrl-C')
    .option('--reason <reason>', 'only links whose Ready condition has this reason', parseReason)
    .action(async (names: readonly string[], options) => {
      if (options.watch === true) {
        const { watchStatus } = await import('../status/status-watch.ts');
        const stop = untilInterrupted();
        return inCluster(shell, options, (cluster) =>
          watchStatus(cluster, { names, where: options, output: options.output }, shell.io, stop),
        );
      }
      const { status } = await import('../status/status.ts');
      const { noLinks } = await import('../cluster/meant-links.ts');
      await withLinks(shell, names, options, (links, cluster) =>
        status(withReason(links, options.reason), shell.io, options.output, noLinks(cluster, options)),
      );
    });
}

function addCheck(program: Command, shell: Shell): void {
  addClusterVerb(
    program,
    'check',
    'explain why a link is not Ready and what to do first; check the installation',
  )
    .argument(
      '[names...]',
      'links: NAME, xal/NAME or NAMESPACE/NAME (default: the installation, and all links in the namespace)',
    )
    .option('-A, --all-namespaces', 'links of every namespace')
    .addOption(outputOption(['json', 'yaml', 'name']))
    .option('--reason <reason>', 'only links whose Ready condition has this reason', parseReason)
    .action(async (names: readonly string[], options) => {
      const { check, lookAround } = await import('../check/check.ts');
      const { noLinks } = await import('../cluster/meant-links.ts');
      if (names.length > 0)
        return withLinks(shell, names, options, (links) =>
          check({ links: withReason(links, options.reason) }, shell.io, options.output),
        );
      return inCluster(shell, options, async (cluster) => {
        const { installation, links } = await lookAround(cluster, options, VERSION);
        const chosen = links && withReason(links, options.reason);
        const none = noLinks(cluster, options);
        return check(
          { ...(installation && { installation }), links: chosen, none },
          shell.io,
          options.output,
        );
      });
    });
}

function addChangingVerbs(program: Command, shell: Shell): void {
  addClusterVerb(program, 'reconcile', 'ask the operator to check and repair now, and wait for the result')
    .argument('[names...]', 'links: NAME, xal/NAME or NAMESPACE/NAME')
    .option('--all', 'all links of the namespace')
    .option('-A, --all-namespaces', 'all links of every namespace')
    .option(
      '--wait',
      'wait until the link is Ready or needs a person (default: until the operator has reconciled it)',
    )
    .option('--no-wait', 'do not wait')
    .option('--timeout <time>', 'longest wait (default: 30s, or 5m with --wait)', parseTime)
    .action(async (names: readonly string[], options) => {
      const { reconcile } = await import('../link-verbs.ts');
      await inCluster(shell, options, (cluster) => reconcile(cluster, names, options, shell.io));
    });
  for (const [verb, description, until] of [
    ['suspend', 'stop checks, repairs and removals until resumed', 'wait until the operator has noticed'],
    ['resume', 'resume checks and repairs after suspend', 'wait until the link is Ready or needs a person'],
  ] as const) {
    addClusterVerb(program, verb, description)
      .argument('[names...]', 'links: NAME, xal/NAME or NAMESPACE/NAME')
      .option('--all', 'all links of the namespace')
      .option('-A, --all-namespaces', 'all links of every namespace')
      .option('--wait', until)
      .option('--no-wait', 'do not wait (default)')
      .option('--timeout <time>', 'longest wait with --wait (default: 5m)', parseTime)
      .action(async (names: readonly string[], options) => {
        const { [verb]: change } = await import('../link-verbs.ts');
        await inCluster(shell, options, (cluster) => change(cluster, names, options, shell.io));
      });
  }
}

function portNumber(digits: string): number {
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : Infinity;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number up to 65535.');
}

function untilInterrupted(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

function addDashboard(program: Command, shell: Shell): void {
  addClusterVerb(program, 'dashboard', 'start a read-only web console on this machine, with your own rights')
    .option('-A, --all-namespaces', 'every namespace that you may see (default)')
    .option('--port <port>', 'port on 127.0.0.1 (default: a free one)', portNumber)
    .addHelpText('after', '\nShows every namespace that you may see,\nor only the one that -n names.')
    .action(async (options) => {
      const { dashboard } = await import('../dashboard/dashboard.ts');
      const stop = untilInterrupted();
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
          stop,
        ),
      );
    });
}
