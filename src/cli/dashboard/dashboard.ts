/** `dashboard`: the read-only web console, served on loopback until Ctrl-C. */
import { systemClock } from '../../base/clock.ts';
import { consoleAsset } from '../../console/server/assets.ts';
import { startConsole } from '../../console/server/server.ts';
import { findSources } from '../../console/server/sources.ts';
import type { AwsReach } from '../aws.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { policyReader } from './dashboard-policy.ts';
import { operatorMissing } from '../check/installation.ts';
import { EXIT, type ExitStatus, type Io } from '../output/io.ts';

export interface DashboardOptions extends AwsReach {
  readonly namespace: string;
  /** Whether to show only that namespace; otherwise everything that the caller may see. */
  readonly only: boolean;
  /** A free one when left out. */
  readonly port?: number;
}

/** Serves the console until `signal` aborts. Errors are thrown; nothing is ever written, neither to the cluster nor to AWS. */
export async function dashboard(
  { client }: Cluster,
  options: DashboardOptions,
  io: Io,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const { namespace, only, port } = options;
  const sources = await findSources({
    client,
    clock: systemClock,
    namespace,
    only,
    operatorMissing: (looksAtLinks) => operatorMissing(client, { looksAtLinks, nowMs: systemClock.wallMs() }),
  });
  const served = await startConsole({
    sources,
    clock: systemClock,
    asset: consoleAsset,
    readPolicy: policyReader(options),
    ...(port !== undefined && { port }),
  });
  io.write(`${served.url}\n`);
  io.warn('Open this address in a browser. It shows what you may see, to whoever has it; Ctrl-C ends it.\n');
  for (const { state, message } of sources.states())
    if (message !== undefined) io.warn(`${state === 'refused' ? 'note: ' : ''}${message}\n`);
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await served.close();
  return EXIT.done;
}
