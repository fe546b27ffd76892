import { describe, expect, it } from '@jest/globals';
import { complete, printCompletion } from '../../../src/cli/completion/complete.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { Terminal } from '../../../src/cli/output/terminal.ts';

const nobody = { write: () => true };
const program = createProgram({
  io: new Terminal(nobody, nobody, {}),
  environment: {},
  exitWith: () => undefined,
});

/** What is offered for a line whose last word is to be completed. */
const offered = async (line: string) => {
  const { candidates, files } = await complete(program, line.split(' '), { HOME: '/nowhere' });
  return files ? 'files' : candidates.map(({ text }) => text).join(' ');
};

describe('completion', () => {
  it.each([
    ['sta', 'status'],
    ['re', 'reconcile resume'],
    ['__', ''],
    ['status --wat', '--watch'],
    ['-n payments status --wat', '--watch'],
    ['-n payments sta', 'status'],
    ['--context x --wat', '--watch'],
    ['-A re', 'reconcile resume'],
    ['bootstrap --as ', 'source target both operator'],
    ['bootstrap --identity p', 'pod-identity'],
    ['status -o ', 'json yaml name'],
    ['status --output=j', 'json'],
    ['check --color a', 'auto always'],
    ['check --color=n', 'never'],
    ['check --reason Access', 'AccessDenied'],
    ['completion ', 'bash zsh fish kubectl'],
    ['permissions ', 'files'],
    ['plan -f ', 'files'],
    ['status --kubeconfig ', 'files'],
    ['status --token ', ''],
    // Without a cluster nothing is offered, and nothing is said.
    ['status chec', ''],
    ['status -n ', ''],
    ['nonsense x', ''],
  ])('of %j offers %j', async (line, wanted) => {
    expect(await offered(line)).toBe(wanted);
  });

  it('offers every verb that is no secret', async () => {
    const all = program.commands.map((command) => command.name()).filter((name) => !name.startsWith('_'));
    expect((await offered('')).split(' ')).toStrictEqual(all);
  });

  it('answers as Cobra does', () => {
    const candidates = [{ text: 'a', description: 'first' }, { text: 'b' }];
    expect(printCompletion({ candidates, files: false })).toBe('a\tfirst\nb\n:4\n');
    expect(printCompletion({ candidates: [], files: true })).toBe(':0\n');
  });
});
