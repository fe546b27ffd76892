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

function refused(outcome: Settings | SettingsError): SettingsError {
  if (outcome instanceof SettingsError) return outcome;
  throw new Error('these settings are taken');
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

it('what is not given is as the help says', async () => {
  expect(await read()).toStrictEqual({
    clusterId: 'prod',
    namespace: 'crossaccountlink',
    leaderElect: true,
    claimNamespace: '',
    propagationPauseMs: 10_000,
    deletionPatienceMs: 3_600_000,
    driftCheckMs: 300_000,
    gracePeriodMs: 20_000,
    watchSilenceMs: 300_000,
    logLevel: 'info',
    metricsAddress: ':8080',
    workers: 10,
    linkMetricsLimit: 5_000,
  });
});

it.each([
  ['--namespace', 'a', { namespace: 'a' }],
  ['--namespace', 'a'.repeat(63), { namespace: 'a'.repeat(63) }],
  ['--claim-namespace', 'shared', { claimNamespace: 'shared' }],
  ['--claim-namespace', '', { claimNamespace: '' }],
  ['--propagation-pause', '0s', { propagationPauseMs: 0 }],
  ['--deletion-wait', '2h', { deletionPatienceMs: 7_200_000 }],
  ['--drift-check-interval', '1m', { driftCheckMs: 60_000 }],
  ['--grace-period', '5s', { gracePeriodMs: 5_000 }],
  ['--watch-silence', '10m', { watchSilenceMs: 600_000 }],
  ['--log-level', 'debug', { logLevel: 'debug' }],
  ['--metrics-address', '', { metricsAddress: '' }],
  ['--metrics-address', 'localhost:65535', { metricsAddress: 'localhost:65535' }],
  ['--metrics-address', '[::1]:0', { metricsAddress: '[::1]:0' }],
  ['--workers', '1', { workers: 1 }],
  ['--workers', '100', { workers: 100 }],
  ['--link-metrics-limit', '0', { linkMetricsLimit: 0 }],
  ['--link-metrics-limit', '100000', { linkMetricsLimit: 100_000 }],
])('%s %j is taken', async (flag, text, settings) => {
  expect(await read(flag, text)).toMatchObject(settings);
});

it.each([
  ['--cluster-id', 'no blanks', 'a cluster ID: up to 63 letters, digits and dashes'],
  ['--namespace', '', 'the name of a namespace'],
  ['--namespace', 'a'.repeat(64), 'the name of a namespace'],
  ['--claim-namespace', 'Shared', 'the name of a namespace'],
  ['--grace-period', '20', 'a duration such as 10s, 5m or 1h'],
  ['--log-level', 'loud', /^one of .*info/],
  ['--metrics-address', '8080', 'host:port or :port'],
  ['--metrics-address', ':65536', 'host:port or :port'],
  ['--metrics-address', '::1:8080', 'host:port or :port'],
  ['--workers', '0', 'a number from 1 to 100'],
  ['--workers', '101', 'a number from 1 to 100'],
  ['--link-metrics-limit', '-1', 'a number from 0 to 100000'],
  ['--link-metrics-limit', '100001', 'a number from 0 to 100000'],
])('%s %j is refused', async (flag, text, wants) => {
  const { problems } = refused(await read(`${flag}=${text}`));
  expect(problems).toHaveLength(1);
  const [, said = ''] = problems[0]?.split(`${flag}: "${text}" is not `) ?? [];
  expect(said).toMatch(wants);
});
