/** The operator's life: caches filled, elected, at work, drained. */
import type { Logger } from 'pino';
import { assemble, type Assembly } from './assemble.ts';
import { ANNOTATIONS, LEASE_NAME } from './api/metadata.ts';
import { claimName } from './desired/names.ts';
import { countLinks } from './controllers/link/link-counts.ts';
import type { SessionSource } from './aws/sessions/sessions.ts';
import type { Clock } from './base/clock.ts';
import { VERSION } from './base/version.ts';
import type { KubernetesApi } from './kubernetes/client.ts';
import { Claim } from './kubernetes/claim.ts';
import { leaseFence, openFence, type Fence } from './kubernetes/fence.ts';
import { LeaderElection } from './kubernetes/lease.ts';
import type { Settings } from './settings.ts';
import type { Metrics } from './telemetry/metrics.ts';
import { measureWatches, watchProblems } from './telemetry/watches.ts';
import { Watches } from './watches.ts';

/** The surroundings of a process: `main.ts` gives the real ones, a simulation gives models. */
interface Surroundings {
  readonly client: KubernetesApi;
  /** The accounts as the SDK reaches them; `mayWrite` is asked before each write. */
  readonly sessions: (mayWrite: () => boolean) => SessionSource;
  readonly clock: Clock;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** Name of the machine. */
  readonly host: string;
  /** Different for each process, restarts included. */
  readonly identity: string;
}

interface OperatorParts extends Surroundings {
  readonly settings: Settings;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Called when the lease is lost: this process has to end, because another one leads. */
  readonly onLeadershipLost: (reason: string) => void;
}

export class Operator {
  readonly #parts: OperatorParts;
  readonly #watches: Watches;
  readonly #election: LeaderElection;
  readonly #claim: Claim | undefined;
  readonly #assembly: Assembly;
  readonly #stopWatching = new AbortController();
  readonly #stopLeading = new AbortController();
  readonly #stopClaiming = new AbortController();
  readonly #running: Promise<void>[] = [];
  #claiming: Promise<void> = Promise.resolve();
  #leading = false;
  #leadingSince: number;
  #isStopping = false;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
    const { settings, metrics, clock } = parts;
    this.#leadingSince = clock.monotonicMs();
    this.#watches = new Watches(parts);
    this.#election = this.#elect();
    const { leaderElect, claimNamespace } = settings;
    this.#claim = leaderElect && claimNamespace !== '' ? this.#claimClusterId() : undefined;
    this.#assembly = assemble({
      ...parts,
      watches: this.#watches,
      fence: this.#fence(),
      isLeader: () => this.#leading,
      leadingSince: () => this.#leadingSince,
    });
    countLinks(metrics, this.#watches.links.cache, settings.linkMetricsLimit);
    measureWatches(metrics, this.#watches.named);
  }

  /** Fills the caches, waits to be elected, and works. Resolves once the caches are filled. */
  async start(): Promise<void> {
    const { links, accounts } = this.#watches;
    this.#running.push(...this.#watches.run(this.#stopWatching.signal));
    await this.#watches.untilSynced();
    this.#parts.log.info({ links: links.cache.size, accounts: accounts.cache.size }, 'caches are synced');
    if (this.#parts.settings.leaderElect) this.#running.push(this.#election.run(this.#stopLeading.signal));
    else void this.#lead();
  }

  /** Lets reconciles under way finish within the grace period, then releases the lease. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const abandoned = this.#leading
      ? await Promise.all(
          this.#assembly.controllers.map((controller) => controller.stop(this.#parts.settings.gracePeriodMs)),
        )
      : [];
    if (abandoned.flat().length > 0)
      this.#parts.log.warn({ keys: abandoned.flat() }, 'left unfinished: the grace period is over');
    // The claim ends first; the next leader of this installation takes it over as it stands.
    this.#stopClaiming.abort();
    await this.#claiming;
    this.#stopLeading.abort();
    this.#stopWatching.abort();
    await Promise.all(this.#running);
    await this.#assembly.events.flush();
    await this.#assembly.aws.close();
  }

  /** What keeps this process from doing its work; an outage of AWS does not count. */
  problems(): readonly string[] {
    return watchProblems(this.#watches.named, this.#parts.settings.watchSilenceMs);
  }

  /** Works from caches that are as new as the lease: a former leader may have written until the lease was acquired. */
  async #lead(): Promise<void> {
    await this.#watches.untilAsNewAs(this.#election.resourceVersion);
    if (this.#isStopping) return;
    this.#leading = true;
    this.#leadingSince = this.#parts.clock.monotonicMs();
    this.#parts.metrics.leader.set({ name: 'crossaccountlink' }, 1);
    for (const controller of this.#assembly.controllers) controller.start();
    this.#parts.log.info('leading');
  }

  #elect(): LeaderElection {
    const { settings, log, metrics, client, clock, random, identity } = this.#parts;
    return new LeaderElection({
      client,
      clock,
      random,
      name: { namespace: settings.namespace, name: LEASE_NAME },
      annotations: { [ANNOTATIONS.clusterId]: settings.clusterId, [ANNOTATIONS.version]: VERSION },
      identity,
      onElected: () => {
        if (this.#claim === undefined) void this.#lead();
        else this.#claiming = this.#claim.run(this.#stopClaiming.signal);
      },
      onLost: (reason) => {
        metrics.leader.set({ name: 'crossaccountlink' }, 0);
        if (!this.#stopLeading.signal.aborted) this.#parts.onLeadershipLost(reason);
      },
      onError: (error) => log.warn({ error: String(error) }, 'the Lease could not be renewed'),
    });
  }

  /** The claim on the cluster ID, held for this installation, which is named by the namespace of its own Lease. */
  #claimClusterId(): Claim {
    const { settings, log, client, clock } = this.#parts;
    const name = { namespace: settings.claimNamespace, name: claimName(settings.clusterId) };
    const claim = `Lease ${name.namespace}/${name.name}`;
    return new Claim({
      client,
      clock,
      name,
      holder: settings.namespace,
      onHeld: (guarded) => {
        if (!guarded)
          log.warn(`${claim} is not there: a second installation under this cluster ID would go unnoticed`);
        void this.#lead();
      },
      onLost: (reason) => {
        if (!this.#stopClaiming.signal.aborted) this.#parts.onLeadershipLost(reason);
      },
      onWait: (holder) =>
        log.error(
          `the installation in namespace ${holder} leads under the cluster ID ${settings.clusterId}: this one waits until it is gone`,
        ),
      onError: (error) => log.warn({ error: String(error) }, `${claim} could not be renewed`),
    });
  }

  /** Closed for good once the grace period is over, for whatever is unfinished then. */
  #fence(): Fence {
    const { settings, clock } = this.#parts;
    const lease = settings.leaderElect ? leaseFence({ lease: this.#election, clock }) : openFence;
    return {
      mayWrite: () =>
        !this.#stopLeading.signal.aborted && lease.mayWrite() && (this.#claim?.mayWrite() ?? true),
    };
  }
}
