/** The program: its verbs, and its errors in one line. */
import { Command, type OutputConfiguration } from 'commander';
import { addLinkCommands } from './commands/link-commands.ts';
import { addOfflineCommands } from './commands/offline-commands.ts';
import { addPreviewCommands } from './commands/preview-commands.ts';
import { addShellCommands } from './commands/shell-commands.ts';
import type { Shell } from './commands/shell.ts';
import { oneLine } from './errors.ts';

export const PROGRAM = 'kubectl crossaccountlink';

/** All verbs. What a verb does is loaded when it is called. */
export function createProgram(shell: Shell): Command {
  const program = new Command(PROGRAM)
    .description('AWS Step Functions across accounts, kept true by manifests')
    .exitOverride()
    .hook('preAction', (_program, action) => shell.io.chooseColour(action.opts()['color'] ?? 'auto'));
  addLinkCommands(program, shell);
  addPreviewCommands(program, shell);
  addOfflineCommands(program, shell);
  addShellCommands(program, shell);
  for (const command of [program, ...program.commands])
    command.configureOutput(errorsInOneLine(command, shell));
  return program;
}

/** What is wrong with a command line, what may have been meant, and where to read on. */
function errorsInOneLine(command: Command, { io }: Shell): OutputConfiguration {
  return {
    outputError: (text) => {
      const name = [command.parent?.name(), command.name()].filter((part) => part !== undefined).join(' ');
      const message = oneLine(text.replace(/^error: /, '')).replace(
        / \((Did you mean .+\?)\)$/,
        (_, guess: string) => `: ${guess.charAt(0).toLowerCase()}${guess.slice(1)}`,
      );
      const more = message.endsWith('?') ? '' : ` (${name} --help tells more)`;
      io.fail(`${message}${more}`);
    },
  };
}
