/** `kubectl crossaccountlink …`: the verbs and their options. What a verb does is loaded when it is called. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command, CommanderError } from 'commander';
import type { Io } from './io.ts';

const io: Io = {
  write: (output) => process.stdout.write(output),
  read: (path) => (path === '-' ? text(process.stdin) : readFile(path, 'utf8')),
};

const program = new Command('kubectl-crossaccountlink')
  .description('AWS Step Functions across accounts, kept true by manifests')
  .showHelpAfterError()
  .exitOverride();

program
  .command('permissions')
  .description(
    'what the target role of a state machine has to be allowed; reads the definition alone, offline',
  )
  .argument('<definition>', 'Amazon States Language, JSON or YAML; - reads standard input')
  .requiredOption(
    '--target-account <id>',
    'account that the Tasks call into; bare names are taken to lie there',
  )
  .option('--region <region>', 'Region of the state machine', 'us-east-1')
  .option('--partition <partition>', 'AWS partition (default: that of the Region)')
  .option('-o, --output <format>', 'json')
  .addHelpText(
    'after',
    '\nExit status: 0 all is derived; 2 some Task needs a decision, each is named; 1 error.',
  )
  .action(async (definition, options) => {
    const { permissions } = await import('./permissions.ts');
    process.exitCode = await permissions(definition, options, io);
  });

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = error instanceof CommanderError ? error.exitCode : 1;
  // Commander has already said what is wrong with the command line.
  if (!(error instanceof CommanderError)) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
