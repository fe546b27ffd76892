import { describe, expect, it } from '@jest/globals';
import { plainFlags, switchesOf } from '../../../src/cli/cluster/cluster-flags.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { Terminal } from '../../../src/cli/output/terminal.ts';

function programThatWrites(out: { write(text: string): unknown }) {
  return createProgram({
    io: new Terminal({ write: () => true }, out, {}),
    environment: { HOME: '/nowhere' },
    exitWith: () => undefined,
  });
}

/** Runs a command line that meets no cluster; what it says on standard error, or as an error of the verb itself. */
async function complaint(line: string): Promise<string> {
  let errors = '';
  const program = programThatWrites({ write: (text: string) => (errors += text) });
  try {
    const args = plainFlags(line.split(' '), switchesOf(program));
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (errors === '' && error instanceof Error) return `${error.message}\n`;
  }
  return errors;
}

describe('a verb of another program', () => {
  it.each([
    ['STATUS', "error: unknown command 'STATUS': did you mean status?\n"],
    ['get links', "error: unknown command 'get': did you mean status?\n"],
    ['describe x', "error: unknown command 'describe': did you mean check?\n"],
    ['diff -f x.yaml', "error: unknown command 'diff': did you mean plan?\n"],
    ['pause x', "error: unknown command 'pause': did you mean suspend?\n"],
    ['sync x', "error: unknown command 'sync': did you mean reconcile?\n"],
    ['stats', "error: unknown command 'stats': did you mean status?\n"],
    ['frobnicate', "error: unknown command 'frobnicate' (see kubectl crossaccountlink --help)\n"],
    ['help statu', 'there is no verb "statu": did you mean status?\n'],
    ['help get', 'there is no verb "get": did you mean status?\n'],
    ['help frobnicate', 'there is no verb "frobnicate"\n'],
  ])('%j: %j', async (line, said) => {
    expect(await complaint(line)).toBe(said);
  });
});

describe('a value that is not one of a flag’s', () => {
  it.each([
    ['status -o=yml', 'did you mean yaml?|Did you mean yaml?'],
    ['status --watch=maybe', '^--watch=maybe: --watch is true or false\n$'],
    ['bootstrap --as nobody', '--as nobody: source, target, both and operator are known'],
    ['plan -o html', 'It is one of json, yaml, markdown'],
    ['status --request-timeout 5x', '"5x" is not a duration: write it like 30s, 5m or 1m30s'],
    ['completion tcsh', '^there is no completion for "tcsh", but for bash, zsh, fish, kubectl\n$'],
    ...['', '0x50', '1e3', '-1', '8080.0', '65536', 'http'].map(
      (port) => [`dashboard --port=${port}`, 'A port is a number up to 65535'] as const,
    ),
    ['completion bsh', '^there is no completion for "bsh": did you mean bash or zsh\\?\\n$'],
  ])('%j is refused with what is allowed', async (line, said) => {
    expect(await complaint(line)).toMatch(new RegExp(said));
  });
});

describe('a flag that a verb cannot do without', () => {
  it.each([
    ['permissions d.json --target-acount 222222222222', ': is --target-acount meant for it\\?\n$'],
    ['permissions d.json --target-acount=222222222222', ': is --target-acount meant for it\\?\n$'],
    ['import --state-machin x', ': is --state-machin meant for it\\?\n$'],
    ['permissions d.json --region us-east-1', 'permissions --help\\)\n$'],
    ['bootstrap', 'bootstrap --help\\)\n$'],
  ])('%j is refused with what may stand for it', async (line, said) => {
    expect(await complaint(line)).toMatch(
      new RegExp(`^error: required option '--.*' not specified.*${said}`),
    );
  });
});

describe('the help of every verb', () => {
  it.each(verbs())(
    '%s ends with what the verb ends with, and has the flag for colours with its default',
    async (verb) => {
      const help = await helpOf(verb);
      expect(help).toMatch(/\nExit status:\n {2}0 {2}.+\n( {2}2 {2}.+\n)? {2}1 {2}error.*\n$/);
      if (verb !== 'help') expect(help.replaceAll(/\s+/g, ' ')).toContain('"never", default: "auto")');
    },
  );

  it.each(verbs().filter((verb) => verb !== 'completion'))('%s fits into a narrow terminal', async (verb) => {
    const [, ...lines] = (await helpOf(verb, 48)).split('\n');
    expect(lines.filter((line) => line.length > 48)).toStrictEqual([]);
  });
});

function verbs(): readonly string[] {
  const names = programThatWrites({ write: () => true }).commands.map((command) => command.name());
  return names.filter((name) => !name.startsWith('__'));
}

/** @param columns of the terminal; undefined on a pipe */
async function helpOf(verb: string, columns?: number): Promise<string> {
  let help = '';
  const program = programThatWrites({ write: (text: string) => (help += text) });
  for (const command of program.commands)
    command.configureOutput({
      writeOut: (text) => (help += text),
      ...(columns !== undefined && { getOutHelpWidth: () => columns }),
    });
  await program.parseAsync([verb, '--help'], { from: 'user' }).catch(() => undefined);
  return help;
}

describe('version, where there is no cluster', () => {
  it.each([
    [[], 'client    0.1.0'],
    [['-o', 'json'], '"client"'],
    [['-o', 'yaml'], 'client:'],
  ])('%j prints that of the plugin all the same, and fails', async (flags, printed) => {
    let output = '';
    const write = (text: string) => (output += text);
    const program = createProgram({
      io: new Terminal({ write }, { write: () => true }, {}),
      environment: { HOME: '/nowhere' },
      exitWith: () => undefined,
    });
    const running = program.parseAsync(['version', ...flags], { from: 'user' });
    await expect(running).rejects.toThrow(/no Kubernetes cluster/);
    expect(output).toContain(printed);
  });
});
