/** The command line of a script: prints help if it is asked for, and says without a stack trace what is wrong with the
 *  arguments. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Reads this process's arguments. Ends the process with 0 after the usage if `--help` or `-h` is among them. If they do not fit
 *  `config`, ends it with 2 after what is wrong and the usage. */
export function readArguments<T extends ParseArgsConfig>(
  usage: string,
  config: T,
): ReturnType<typeof parseArgs<T>> {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    process.stdout.write(`${usage.trimEnd()}\n`);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error), usage);
  }
}

/** Ends this process with 2 after what is wrong with its arguments, and the usage. */
export function refuse(problem: string, usage: string): never {
  process.stderr.write(`${problem}\n\n${usage.trimEnd()}\n`);
  process.exit(2);
}
