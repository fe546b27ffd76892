/** The operator process: settings → parts → run → drain. */
// Comes first, so that it applies to what the others load.
import './heap.ts';
import { hostname } from 'node:os';
import { CommanderError } from 'commander';
import { pino, type Logger } from 'pino';
import { Sessions } from './aws/sessions/sessions.ts';
import { systemClock } from './base/clock.ts';
import { terminalSafe } from './base/printable.ts';
import { VERSION } from './base/version.ts';
import { KubernetesClient } from './kubernetes/client.ts';
import { Connection, loadKubeConfig } from './kubernetes/connection.ts';
import { Operator } from './operator.ts';
import { operatorCommand, SettingsError, type Settings } from './settings.ts';
import { LogOutput } from './telemetry/log-output.ts';
import { Metrics } from './telemetry/metrics.ts';
import { serveTelemetry } from './telemetry/server.ts';

async function run(settings: Settings): Promise<void> {
  const log = pino(
    {
      level: settings.logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      // JSON escapes only those control characters that are below the blank.
      hooks: { streamWrite: terminalSafe },
    },
    new LogOutput(),
  );
  const metrics = new Metrics();
  const connection = new Connection(loadKubeConfig(), process.env);
  const operator = new Operator({
    settings,
    log,
    metrics,
    client: countedClient(connection, metrics),
    sessions: (mayWrite) =>
      new Sessions({ mayWrite, clock: systemClock, environment: process.env, version: VERSION }),
    clock: systemClock,
    random: Math.random,
    host: hostname(),
    identity: `${hostname()}_${crypto.randomUUID()}`,
    onLeadershipLost: (reason) => {
      log.fatal({ reason }, 'the Lease is lost: this process exits, so that nothing more is written');
      process.exit(1);
    },
  });
  const telemetry =
    settings.metricsAddress === ''
      ? undefined
      : await serveTelemetry(settings.metricsAddress, {
          metrics: () => metrics.collect(),
          ready: () => operator.problems(),
          log,
        });
  log.info({ version: VERSION, clusterId: settings.clusterId, telemetry: telemetry?.url }, 'starting');
  endOnSignal(log, async () => {
    await operator.stop();
    connection.close();
    telemetry?.server.closeAllConnections();
    telemetry?.server.close();
  });
  await operator.start();
}

/** Calls `stop` at the first SIGTERM or SIGINT; a second one ends the process at once. */
function endOnSignal(log: Logger, stop: () => Promise<void>): void {
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    log.info({ signal }, 'stopping: finishing the reconciles under way');
    try {
      await stop();
      log.info('stopped');
      process.exit(0);
    } catch (error) {
      log.error({ error: String(error) }, 'did not stop cleanly');
      process.exit(1);
    }
  };
  process.once('SIGTERM', (signal) => void end(signal));
  process.once('SIGINT', (signal) => void end(signal));
}

/** The API server, with each attempt of a request in the metrics. */
function countedClient(connection: Connection, metrics: Metrics): KubernetesClient {
  const { host } = new URL(connection.server);
  metrics.restRequests.inc({ code: '200', method: 'GET', host }, 0);
  return new KubernetesClient({
    connection,
    clock: systemClock,
    userAgent: `crossaccountlink/${VERSION}`,
    onRequest: (method, _resource, code) => metrics.restRequests.inc({ code, method, host }),
  });
}

/** Prints what was wrong, and returns the exit code. */
function reportFailure(error: unknown): number {
  // Commander has printed it already, or was asked for help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const isSetting = error instanceof SettingsError;
  const lines = isSetting
    ? [...error.problems, 'see --help']
    : [error instanceof Error ? error.message : String(error)];
  for (const line of lines) process.stderr.write(`crossaccountlink: ${terminalSafe(line)}\n`);
  return isSetting ? 2 : 1;
}

try {
  await operatorCommand(VERSION, run).parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}
