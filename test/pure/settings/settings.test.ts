/** The operator's flags, as far as they can be read without starting it. */
import { expect, it } from '@jest/globals';
import { operatorCommand, SettingsError, type Settings } from '../../../src/settings.ts';

async function read(...flags: readonly string[]): Promise<Settings | SettingsError> {
  let settings: Settings | undefined;
  const command = operatorCommand('0.0.0', async (given) => void (settings = given));
  try {
    await command.parseAsync(['--cluster-id', 'prod', ...flags], { from: 'user' });
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  if (settings === undefined) throw new Error('the operator was not run');
  return settings;
}

it.each([
  ['true', true],
  ['false', false],
])('--leader-elect %s is read as such', async (text, leaderElect) => {
  expect(await read('--leader-elect', text)).toMatchObject({ leaderElect });
});

it.each(['yes', 'TRUE', 'toString', 'constructor', '__proto__'])(
  '--leader-elect %s is refused, whatever every object has by that name',
  async (text) => {
    expect(await read('--leader-elect', text)).toMatchObject({
      problems: [`--leader-elect: "${text}" is not true or false`],
    });
  },
);
