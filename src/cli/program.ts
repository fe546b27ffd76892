/** The program: its verbs, and its errors in one line. */
import { Command, Help, type OutputConfiguration } from 'commander';
import { addExitStatuses } from './commands/exit-statuses.ts';
import { addLinkCommands } from './commands/link-commands.ts';
import { addOfflineCommands } from './commands/offline-commands.ts';
import { addPreviewCommands } from './commands/preview-commands.ts';
import { addShellCommands } from './commands/shell-commands.ts';
import type { Shell } from './commands/shell.ts';
import { oneLine } from './output/errors.ts';
import { didYouMean, nearest } from '../base/suggest.ts';
import { VERSION } from '../base/version.ts';

const PROGRAM = 'kubectl crossaccountlink';

/** All verbs. What a verb does is loaded when it is called. */
export function createProgram(shell: Shell): Command {
  const program = new Command(PROGRAM)
    .description('AWS Step Functions across accounts, from Kubernetes manifests')
    .version(VERSION, '--version', 'version of this plugin (the verb "version" also shows the operator’s)')
    .helpCommand(false)
    .exitOverride()
    .hook('preAction', (_program, action) => shell.io.chooseColour(action.opts()['color'] ?? 'auto'));
  addLinkCommands(program, shell);
  addPreviewCommands(program, shell);
  addOfflineCommands(program, shell);
  addShellCommands(program, shell);
  addHelp(program);
  addExitStatuses(program);
  for (const command of [program, ...program.commands]) {
    command.configureOutput(errorsInOneLine(command, shell));
    command.configureHelp({ formatItem, minWidthToWrap: 20 });
  }
  return program;
}

/** From this many columns on, a description fits beside its term. */
const ROOMY = 60;

/** In a narrow terminal the description is below its term; beside it, Commander would no longer wrap its lines. */
function formatItem(term: string, termWidth: number, description: string, helper: Help): string {
  const { helpWidth = ROOMY } = helper;
  if (helpWidth >= ROOMY || description === '')
    return Help.prototype.formatItem.call(helper, term, termWidth, description, helper);
  const lines = helper.boxWrap(description, helpWidth - INDENT.length).split('\n');
  return `  ${term}\n${lines.map((line) => INDENT + line).join('\n')}`;
}

const INDENT = '      ';

/** Our own help verb, because Commander's shows all verbs if it is asked for an unknown one. */
function addHelp(program: Command): void {
  program
    .command('help')
    .description('show the help of a verb')
    .argument('[verb]')
    .action((verb?: string) => {
      const about = verb === undefined ? program : program.commands.find((one) => one.name() === verb);
      if (about === undefined)
        throw new Error(`there is no verb "${verb}"${meant(verb ?? '', verbsOf(program))}`);
      about.outputHelp();
    });
}

/** Names that other programs have for our verbs. */
const VERBS: Readonly<Record<string, readonly string[]>> = {
  status: ['get', 'list', 'ls', 'tree', 'show', 'watch', 'events'],
  check: ['describe', 'explain', 'doctor', 'diagnose', 'why', 'verify', 'debug'],
  plan: ['diff', 'preview', 'apply', 'validate', 'lint'],
  reconcile: ['sync', 'refresh', 'renew', 'trigger', 'retry'],
  suspend: ['pause', 'stop'],
  resume: ['unpause', 'unsuspend', 'start'],
  import: ['export', 'adopt', 'generate'],
  permissions: ['policy', 'derive', 'iam'],
  bootstrap: ['install', 'init'],
  dashboard: ['ui', 'console', 'web', 'open'],
};

function verbsOf({ commands }: Command): readonly string[] {
  return commands.map((command) => command.name()).filter((name) => !name.startsWith('__'));
}

function meant(word: string, verbs: readonly string[]): string {
  const [verb] = Object.entries(VERBS).find(([, words]) => words.includes(word.toLowerCase())) ?? [];
  return verb === undefined ? didYouMean(word, verbs) : `: did you mean ${verb}?`;
}

/** The flag on the command line that resembles a missing required one, if the verb does not know it. */
function misspeltFor(message: string, command: Command): string | undefined {
  const [, wanted = ''] = /^required option '([^']*)' not specified$/.exec(message) ?? [];
  const missing = wanted.split(/[ ,]+/).find((word) => word.startsWith('--'));
  const [, ...rawArgs] = command.parent === null ? [] : rawArgsOf(command.parent);
  const flags = rawArgs.map((arg) => arg.split('=')[0] ?? '').filter((arg) => arg.startsWith('--'));
  const unknown = flags.filter((flag) => command.options.every(({ long }) => long !== flag));
  return missing === undefined ? undefined : nearest(missing, unknown)[0];
}

function rawArgsOf(program: Command): readonly string[] {
  return 'rawArgs' in program && Array.isArray(program.rawArgs) ? program.rawArgs.map(String) : [];
}

/** Prints what is wrong with a command line, what may have been meant, and where to read more, in one line. */
function errorsInOneLine(command: Command, { io }: Shell): OutputConfiguration {
  return {
    outputError: (text) => {
      const name = [command.parent?.name(), command.name()].filter((part) => part !== undefined).join(' ');
      const message = oneLine(text.replace(/^error: /, '')).replace(
        / \((Did you mean .{1,200}\?)\)$/,
        (_, guess: string) => `: ${guess.charAt(0).toLowerCase()}${guess.slice(1)}`,
      );
      const misspelt = misspeltFor(message, command);
      if (misspelt !== undefined) return io.fail(`${message}: is ${misspelt} meant for it?`);
      const [, word] = /^unknown command '(.+)'$/.exec(message) ?? [];
      const other = word === undefined ? '' : meant(word, verbsOf(command));
      if (other !== '') return io.fail(`${message}${other}`);
      const more = message.endsWith('?') ? '' : ` (see ${name} --help)`;
      io.fail(`${message}${more}`);
    },
  };
}
