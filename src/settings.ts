/** The operator's settings: flags, each with its environment variable, checked together before anything starts. */
import { Command, Option } from 'commander';
import { parseDuration } from './api/duration.ts';

export interface Settings {
  /** Names this cluster's work in AWS; survives a rebuild of the cluster. */
  readonly clusterId: string;
  /** Where the Lease lives. */
  readonly namespace: string;
  readonly leaderElect: boolean;
  readonly propagationPauseMs: number;
  readonly deletionPatienceMs: number;
  readonly driftCheckMs: number;
  readonly gracePeriodMs: number;
  readonly logLevel: string;
  /** `host:port`; port 0 takes a free one, an empty text serves nothing. */
  readonly metricsAddress: string;
  readonly workers: number;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

interface Raw {
  readonly clusterId: string;
  readonly namespace: string;
  readonly leaderElect: string | true;
  readonly propagationPause: string;
  readonly deletionWait: string;
  readonly driftCheckInterval: string;
  readonly gracePeriod: string;
  readonly logLevel: string;
  readonly metricsAddress: string;
  readonly workers: string;
}

/** What is wrong with the settings, all of it at once. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** The command line with its help; `run` gets the checked settings. @throws SettingsError from the action */
export function operatorCommand(run: (settings: Settings) => Promise<void>): Command {
  const command = new Command('crossaccountlink')
    .description(
      'Kubernetes operator that makes AWS Step Functions cross-account access true, and keeps it true.',
    )
    .addOption(
      option(
        '--cluster-id <id>',
        'CLUSTER_ID',
        "names this cluster's work in AWS; must survive a rebuild of the cluster (required)",
        '',
      ),
    )
    .addOption(option('--namespace <name>', 'POD_NAMESPACE', 'namespace of the Lease', 'crossaccountlink'))
    .addOption(
      option('--leader-elect [bool]', 'LEADER_ELECT', 'take part in the election of a leader', 'true'),
    )
    .addOption(
      option(
        '--propagation-pause <duration>',
        'PROPAGATION_PAUSE',
        'how long IAM is given before a definition relies on a role; 0s waits for nothing',
        '10s',
      ),
    )
    .addOption(
      option(
        '--deletion-wait <duration>',
        'DELETION_WAIT',
        'how long a deletion waits for running executions before it says that it is blocked',
        '1h',
      ),
    )
    .addOption(
      option(
        '--drift-check-interval <duration>',
        'DRIFT_CHECK_INTERVAL',
        'of links that name none; an AWSAccount sets the floor',
        '5m',
      ),
    )
    .addOption(
      option(
        '--grace-period <duration>',
        'GRACE_PERIOD',
        'how long reconciles under way may take to finish after a SIGTERM',
        '20s',
      ),
    )
    .addOption(option('--log-level <level>', 'LOG_LEVEL', `one of ${LOG_LEVELS.join(', ')}`, 'info'))
    .addOption(
      option(
        '--metrics-address <host:port>',
        'METRICS_ADDRESS',
        'where /metrics, /healthz and /readyz are served; empty: nowhere',
        '0.0.0.0:8080',
      ),
    )
    .addOption(option('--workers <number>', 'WORKERS', 'links reconciled at a time', '10'));
  return command.action((raw: Raw) => run(parseSettings(raw)));
}

function option(flags: string, variable: string, description: string, fallback: string): Option {
  return new Option(flags, description).env(variable).default(fallback, fallback === '' ? 'none' : fallback);
}

function parseSettings(raw: Raw): Settings {
  const problems: string[] = [];
  const check = <Value>(
    flag: string,
    text: string,
    value: Value | undefined,
    wants: string,
    fallback: Value,
  ): Value => {
    if (value !== undefined) return value;
    problems.push(`--${flag}: "${text}" is not ${wants}`);
    return fallback;
  };
  const duration = (flag: string, text: string) =>
    check(flag, text, parseDuration(text), 'a duration such as 10s, 5m or 1h', 0);
  const matching = (flag: string, text: string, pattern: RegExp, wants: string) =>
    check(flag, text, pattern.test(text) ? text : undefined, wants, '');
  const workers = Number(raw.workers);
  const leaderElect = String(raw.leaderElect);
  const settings: Settings = {
    clusterId: matching(
      'cluster-id',
      raw.clusterId,
      /^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/,
      'a cluster ID: up to 63 letters, digits and dashes',
    ),
    namespace: matching(
      'namespace',
      raw.namespace,
      /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
      'the name of a namespace',
    ),
    leaderElect: check(
      'leader-elect',
      leaderElect,
      { true: true, false: false }[leaderElect],
      'true or false',
      true,
    ),
    propagationPauseMs: duration('propagation-pause', raw.propagationPause),
    deletionPatienceMs: duration('deletion-wait', raw.deletionWait),
    driftCheckMs: duration('drift-check-interval', raw.driftCheckInterval),
    gracePeriodMs: duration('grace-period', raw.gracePeriod),
    logLevel: check(
      'log-level',
      raw.logLevel,
      LOG_LEVELS.find((level) => level === raw.logLevel),
      `one of ${LOG_LEVELS.join(', ')}`,
      'info',
    ),
    metricsAddress: matching(
      'metrics-address',
      raw.metricsAddress,
      /^$|^(\[[0-9a-f:]+\]|[^:[\]]*):[0-9]{1,5}$/i,
      'host:port',
    ),
    workers: check(
      'workers',
      raw.workers,
      Number.isInteger(workers) && workers >= 1 && workers <= 100 ? workers : undefined,
      'a number from 1 to 100',
      1,
    ),
  };
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}
