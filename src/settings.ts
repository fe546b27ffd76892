/** The operator's settings: flags, each with its environment variable, checked together before anything starts. */
import { Command, Option } from 'commander';
import { parseDuration } from './api/duration.ts';
import { CLUSTER_ID_PATTERN } from './desired/names.ts';
import { LOG_LEVELS } from './telemetry/log-level.ts';

export interface Settings {
  /** Names this cluster's work in AWS; survives a rebuild of the cluster. */
  readonly clusterId: string;
  /** Where the Lease lives. */
  readonly namespace: string;
  readonly leaderElect: boolean;
  /** Namespace of the claim on the cluster ID, shared by all installations of this cluster; empty: there is no claim. */
  readonly claimNamespace: string;
  readonly propagationPauseMs: number;
  readonly deletionPatienceMs: number;
  readonly driftCheckMs: number;
  readonly gracePeriodMs: number;
  readonly watchSilenceMs: number;
  readonly logLevel: string;
  /** `host:port`; port 0 takes a free one, an empty text serves nothing. */
  readonly metricsAddress: string;
  readonly workers: number;
  /** Up to how many links have metrics of their own; 0: none has. */
  readonly linkMetricsLimit: number;
}

/** Everything that is wrong with the settings, at once. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

interface Setting<Value> {
  readonly flag: string;
  /** The value as `--help` writes it; in brackets if the flag may stand alone. */
  readonly value: string;
  readonly variable: string;
  readonly help: string;
  /** The default as a person would write it; empty if there is none. */
  readonly fallback: string;
  readonly wants: string;
  /** Undefined if the text is not valid. */
  readonly parse: (text: string) => Value | undefined;
}

const matching = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : undefined);
const NAMESPACE_PATTERN = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);
const duration = { value: '<duration>', wants: 'a duration such as 10s, 5m or 1h', parse: parseDuration };

const CLUSTER_ID: Setting<string> = {
  flag: 'cluster-id',
  value: '<id>',
  variable: 'CLUSTER_ID',
  help: 'name of this cluster in AWS tags and policy names; must stay the same when the cluster is rebuilt (required)',
  fallback: '',
  wants: 'a cluster ID: up to 63 letters, digits and dashes',
  parse: matching(CLUSTER_ID_PATTERN),
};
const NAMESPACE: Setting<string> = {
  flag: 'namespace',
  value: '<name>',
  variable: 'POD_NAMESPACE',
  help: 'namespace of the Lease',
  fallback: 'crossaccountlink',
  wants: 'the name of a namespace',
  parse: matching(NAMESPACE_PATTERN),
};
const LEADER_ELECT: Setting<boolean> = {
  flag: 'leader-elect',
  value: '[bool]',
  variable: 'LEADER_ELECT',
  help: 'take part in the election of a leader; false only where one process runs at a time',
  fallback: 'true',
  wants: 'true or false',
  parse: (text) => BOOLEANS.get(text),
};
const CLAIM_NAMESPACE: Setting<string> = {
  flag: 'claim-namespace',
  value: '<name>',
  variable: 'CLAIM_NAMESPACE',
  help: 'namespace of the Lease that lets only one installation lead under a cluster ID; empty: no such Lease',
  fallback: '',
  wants: 'the name of a namespace',
  parse: (text) => (text === '' || NAMESPACE_PATTERN.test(text) ? text : undefined),
};
const PROPAGATION_PAUSE: Setting<number> = {
  ...duration,
  flag: 'propagation-pause',
  variable: 'PROPAGATION_PAUSE',
  help: 'how long IAM gets to propagate before a definition uses a role; 0s does not wait',
  fallback: '10s',
};
const DELETION_WAIT: Setting<number> = {
  ...duration,
  flag: 'deletion-wait',
  variable: 'DELETION_WAIT',
  help: 'how long a deletion waits for running executions before it says that it is blocked',
  fallback: '1h',
};
const DRIFT_CHECK_INTERVAL: Setting<number> = {
  ...duration,
  flag: 'drift-check-interval',
  variable: 'DRIFT_CHECK_INTERVAL',
  help: 'drift check interval of links that set none; an AWSAccount sets the minimum',
  fallback: '5m',
};
const GRACE_PERIOD: Setting<number> = {
  ...duration,
  flag: 'grace-period',
  variable: 'GRACE_PERIOD',
  help: 'how long reconciles under way may take to finish after a SIGTERM',
  fallback: '20s',
};
const WATCH_SILENCE: Setting<number> = {
  ...duration,
  flag: 'watch-silence',
  variable: 'WATCH_SILENCE',
  help: 'how long the API server may send nothing until /readyz fails; it sends something about once a minute',
  fallback: '5m',
};
const LOG_LEVEL: Setting<string> = {
  flag: 'log-level',
  value: '<level>',
  variable: 'LOG_LEVEL',
  help: `one of ${LOG_LEVELS.join(', ')}; can be changed while running`,
  fallback: 'info',
  wants: `one of ${LOG_LEVELS.join(', ')}`,
  parse: (text) => LOG_LEVELS.find((level) => level === text),
};
const METRICS_ADDRESS: Setting<string> = {
  flag: 'metrics-address',
  value: '<[host]:port>',
  variable: 'METRICS_ADDRESS',
  help: 'address of /metrics, /healthz, /readyz and /loglevel; without a host: every address, IPv4 and IPv6; empty: not served',
  fallback: ':8080',
  wants: 'host:port or :port',
  parse: (text) => {
    const port = /^(?:\[[0-9a-f:]+\]|[^:[\]]*):([0-9]{1,5})$/i.exec(text)?.[1];
    return text === '' || Number(port) <= 65_535 ? text : undefined;
  },
};
const WORKERS: Setting<number> = {
  flag: 'workers',
  value: '<number>',
  variable: 'WORKERS',
  help: 'links reconciled at a time',
  fallback: '10',
  wants: 'a number from 1 to 100',
  parse: (text) => (/^([1-9][0-9]?|100)$/.test(text) ? Number(text) : undefined),
};

const LINK_METRICS_LIMIT: Setting<number> = {
  flag: 'link-metrics-limit',
  value: '<number>',
  variable: 'LINK_METRICS_LIMIT',
  help: 'up to how many links have metrics of their own; with more links there are only counts; 0: none',
  fallback: '5000',
  wants: 'a number from 0 to 100000',
  parse: (text) => (/^(0|[1-9][0-9]{0,4}|100000)$/.test(text) ? Number(text) : undefined),
};

/** In the order of `--help`. */
const ALL: readonly Setting<unknown>[] = [
  CLUSTER_ID,
  NAMESPACE,
  LEADER_ELECT,
  CLAIM_NAMESPACE,
  PROPAGATION_PAUSE,
  DELETION_WAIT,
  DRIFT_CHECK_INTERVAL,
  GRACE_PERIOD,
  WATCH_SILENCE,
  LOG_LEVEL,
  METRICS_ADDRESS,
  WORKERS,
  LINK_METRICS_LIMIT,
];

const MORE_HELP = `
Each flag can be given as the environment variable that is named with it; the flag wins.

Kubernetes is found as kubectl finds it: KUBECONFIG, the pod's ServiceAccount, ~/.kube/config. AWS is reached with the
SDK's own variables (AWS_REGION, AWS_ENDPOINT_URL, AWS_ROLE_ARN, AWS_CA_BUNDLE, HTTPS_PROXY, …).

While it runs:
  GET /metrics     for Prometheus
  GET /healthz     200 while the process answers
  GET /readyz      200 once the caches are filled, as long as the API server answers; it does not depend on AWS
  GET /loglevel    PUT changes it until the next start, from the pod itself alone:
                   kubectl port-forward POD 8080 & curl -X PUT -d debug localhost:8080/loglevel
  SIGTERM, SIGINT  finishes the reconciles under way, hands the lease over, ends with 0

Ends with 2 when a setting is wrong, with 1 when the lease was lost or it cannot start.`;

/** The command line with its help; `run` gets the checked settings. Help, version and what commander refuses end in
 *  a CommanderError. @throws SettingsError from the action */
export function operatorCommand(version: string, run: (settings: Settings) => Promise<void>): Command {
  const command = new Command('crossaccountlink')
    .description(
      'Kubernetes operator that sets up AWS Step Functions cross-account access, and keeps it in place.',
    )
    .version(version)
    .addHelpText('after', MORE_HELP)
    // Reported together with everything else that is wrong.
    .allowUnknownOption()
    .allowExcessArguments()
    .exitOverride();
  const texts = new Map(ALL.map((setting) => [setting.flag, optionOf(setting)]));
  for (const option of texts.values()) command.addOption(option);
  return command.action(() =>
    run(
      readSettings(
        (flag) => String(command.getOptionValue(texts.get(flag)?.attributeName() ?? '')),
        command.args,
      ),
    ),
  );
}

function optionOf({ flag, value, variable, help, fallback }: Setting<unknown>): Option {
  return new Option(`--${flag} ${value}`, help)
    .env(variable)
    .default(fallback, fallback === '' ? 'none' : fallback);
}

/** @throws SettingsError */
function readSettings(textOf: (flag: string) => string, strangers: readonly string[]): Settings {
  const read = <Value>({ flag, wants, parse }: Setting<Value>): Value => {
    const text = textOf(flag);
    const value = parse(text);
    if (value === undefined) throw new SettingsError([`--${flag}: "${text}" is not ${wants}`]);
    return value;
  };
  const problems = [
    ...strangers.map((argument) => `"${argument}" is not a known argument`),
    ...ALL.flatMap((setting) => problemsOf(() => read(setting))),
  ];
  if (problems.length > 0) throw new SettingsError(problems);
  return {
    clusterId: read(CLUSTER_ID),
    namespace: read(NAMESPACE),
    leaderElect: read(LEADER_ELECT),
    claimNamespace: read(CLAIM_NAMESPACE),
    propagationPauseMs: read(PROPAGATION_PAUSE),
    deletionPatienceMs: read(DELETION_WAIT),
    driftCheckMs: read(DRIFT_CHECK_INTERVAL),
    gracePeriodMs: read(GRACE_PERIOD),
    watchSilenceMs: read(WATCH_SILENCE),
    logLevel: read(LOG_LEVEL),
    metricsAddress: read(METRICS_ADDRESS),
    workers: read(WORKERS),
    linkMetricsLimit: read(LINK_METRICS_LIMIT),
  };
}

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}
