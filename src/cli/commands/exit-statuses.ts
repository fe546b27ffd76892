/** What each verb ends with: the last lines of its help, and a column in docs/cli.md. */
import type { Command } from 'commander';

type ExitStatuses = readonly (readonly [status: number, meaning: string])[];

const DONE: ExitStatuses = [[0, 'done']];
const WAITED: ExitStatuses = [
  [0, 'done (with --wait: and Ready)'],
  [2, 'not Ready'],
  [1, 'error, or timed out'],
];

const EXIT_STATUSES: Readonly<Record<string, ExitStatuses>> = {
  permissions: [
    [0, 'everything is derived'],
    [2, 'some Tasks need a decision; each is named'],
  ],
  plan: [
    [0, 'nothing to change'],
    [2, 'changes, or a problem that prevents them'],
  ],
  import: [
    [0, 'everything is described'],
    [2, 'some Tasks were left out; each is named'],
  ],
  check: [
    [0, 'everything is in order'],
    [2, 'something is not'],
  ],
  reconcile: WAITED,
  suspend: WAITED,
  resume: WAITED,
};

/** Adds the lines to the help of every verb. */
export function addExitStatuses(program: Command): void {
  for (const command of program.commands) {
    const statuses = EXIT_STATUSES[command.name()] ?? DONE;
    const withError: ExitStatuses = statuses === WAITED ? statuses : [...statuses, [1, 'error']];
    const lines = withError.map(([status, meaning]) => `  ${status}  ${meaning}`);
    command.addHelpText('after', `\nExit status:\n${lines.join('\n')}`);
  }
}
