/** What each verb ends with: the last line of its help, and a column in docs/cli.md. */
import type { Command } from 'commander';

const ERROR = '1 error';
const WAITED = `0 done, and Ready where it was waited for; 2 not Ready; ${ERROR}, or the time is over`;

const EXIT_STATUSES: Readonly<Record<string, string>> = {
  permissions: `0 all is derived; 2 some Task needs a decision, each is named; ${ERROR}`,
  plan: `0 nothing to change; 2 changes, or something stands in their way; ${ERROR}`,
  import: `0 all is described; 2 some Task was left out, and why; ${ERROR}`,
  check: `0 all is in order; 2 something is not; ${ERROR}`,
  reconcile: WAITED,
  suspend: WAITED,
  resume: WAITED,
};

/** Adds the line to the help of every verb. */
export function addExitStatuses(program: Command): void {
  for (const command of program.commands) {
    const statuses = EXIT_STATUSES[command.name()] ?? `0; ${ERROR}`;
    command.addHelpText('after', `\nExit status: ${statuses}.`);
  }
}
