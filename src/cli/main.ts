/** `kubectl crossaccountlink …`. */
import { CommanderError } from 'commander';
import { PluginHangs } from './cluster/callers-config.ts';
import { plainFlags, switchesOf, verbFirst } from './cluster/cluster-flags.ts';
import { describeError, outputProblem } from './output/errors.ts';
import { EXIT } from './output/io.ts';
import { createProgram } from './program.ts';
import { Terminal } from './output/terminal.ts';

for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has read enough, as in `… | head`.
    if (error.code === 'EPIPE') process.exit();
    if (stream === process.stdout) io.fail(outputProblem(error));
    process.exit(EXIT.error);
  });

const io = new Terminal(process.stdout, process.stderr, process.env);
const program = createProgram({
  io,
  environment: process.env,
  exitWith: (status) => {
    process.exitCode = status;
  },
});

async function run(args: readonly string[]): Promise<void> {
  await program.parseAsync(verbFirst(plainFlags(args, switchesOf(program))), { from: 'user' });
}

// Not awaited: a single executable is a CommonJS module, which has no top-level await.
run(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof CommanderError) {
    // Commander has already said what is wrong with the command line.
    process.exitCode = error.exitCode;
    return;
  }
  process.exitCode = EXIT.error;
  io.fail(describeError(error));
  if (process.env['DEBUG'] === 'crossaccountlink' && error instanceof Error)
    io.warn(`${error.stack ?? ''}\n`);
  if (error instanceof PluginHangs) process.exit();
});
