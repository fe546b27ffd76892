/** The parts of the operator, joined: caches → queues → controllers, and AWS behind the fence. */
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { AWS_ACCOUNT, parseAWSAccount, type AWSAccount } from './api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK } from './api/crossaccountlink.ts';
import { takesNoResource } from './asl/action-scope.ts';
import { AccountController } from './controllers/account-controller.ts';
import { Accounts } from './controllers/accounts.ts';
import { AliasWatch } from './controllers/alias-watch.ts';
import { AwsConnections } from './controllers/aws-connections.ts';
import { BuildUp } from './controllers/build-up.ts';
import { ChangeListener } from './controllers/change-listener.ts';
import { Fights } from './controllers/fights.ts';
import { LinkController } from './controllers/link-controller.ts';
import { LinkDeletion } from './controllers/link-deletion.ts';
import { LinkMemory } from './controllers/link-memory.ts';
import { LINK_INDEXES, parseLinkObject, type LinkObject } from './controllers/link-object.ts';
import { LinkReporter } from './controllers/link-reporter.ts';
import { Machines } from './controllers/machines.ts';
import { ObjectPasses } from './controllers/object-passes.ts';
import { Propagation } from './controllers/propagation.ts';
import { TakeDown } from './controllers/take-down.ts';
import { Triggers } from './controllers/triggers.ts';
import { World } from './controllers/world.ts';
import { KubernetesClient } from './kubernetes/client.ts';
import { systemClock } from './kubernetes/clock.ts';
import type { Connection } from './kubernetes/connection.ts';
import { Controller, type Reconcile } from './kubernetes/controller.ts';
import { EventRecorder } from './kubernetes/event-recorder.ts';
import { leaseFence, openFence, type Fence } from './kubernetes/fence.ts';
import { LeaderElection } from './kubernetes/lease.ts';
import { keyOf, parseMetadata, type KubernetesObject, type ResourceType } from './kubernetes/metadata.ts';
import { Reflector } from './kubernetes/reflector.ts';
import { StatusWriter } from './kubernetes/status-writer.ts';
import { priority, WorkQueue } from './kubernetes/work-queue.ts';
import type { Settings } from './settings.ts';
import { countLinks } from './controllers/link-counts.ts';
import type { Metrics } from './telemetry/metrics.ts';
import { driftLabels } from './telemetry/drift-labels.ts';
import { measureWorkers, namespaceOfKey, queueMetrics } from './telemetry/queues.ts';
import { measureWatches, watchProblems, type Watched } from './telemetry/watches.ts';

const FIELD_MANAGER = 'crossaccountlink';
const OUR_CONDITIONS = new Set([
  'Ready',
  'Reconciling',
  'Stalled',
  'Effective',
  'TargetRoleReady',
  'TrustPolicyReady',
  'PermissionsReady',
  'ExecutionRoleGrantReady',
  'StateMachineCredentialsReady',
]);
const NAMESPACE: ResourceType = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' };

export interface OperatorParts {
  readonly settings: Settings;
  readonly connection: Connection;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The lease is lost: this process has to end, for another one leads. */
  readonly onLeadershipLost: (reason: string) => void;
}

export class Operator {
  readonly #parts: OperatorParts;
  readonly #client: KubernetesClient;
  readonly #links: Reflector<LinkObject>;
  readonly #accounts: Reflector<AWSAccount>;
  readonly #namespaces: Reflector<KubernetesObject>;
  readonly #linkQueue: WorkQueue;
  readonly #accountQueue: WorkQueue;
  /** State machines whose aliases are to be looked at. */
  readonly #aliasQueue: WorkQueue;
  readonly #election: LeaderElection;
  readonly #aws: AwsConnections;
  readonly #controllers: readonly Controller[];
  readonly #stopWatching = new AbortController();
  readonly #stopLeading = new AbortController();
  readonly #running: Promise<void>[] = [];
  readonly #events: EventRecorder;
  #leading = false;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
    const { settings, log, metrics } = parts;
    const clock = systemClock;
    const now = () => clock.monotonicMs();
    const { host } = new URL(parts.connection.server);
    metrics.restRequests.inc({ code: '200', method: 'GET', host }, 0);
    this.#client = new KubernetesClient({
      connection: parts.connection,
      clock,
      userAgent: `crossaccountlink/${parts.version}`,
      onRequest: (method, _resource, code) => metrics.restRequests.inc({ code, method, host }),
    });
    this.#links = this.#reflect(CROSS_ACCOUNT_LINK, parseLinkObject);
    this.#accounts = this.#reflect(AWS_ACCOUNT, parseAWSAccount);
    this.#namespaces = this.#reflect(NAMESPACE, (value) => ({ metadata: parseMetadata(value) }));
    this.#accounts.addIndex('accountId', ({ spec }) => [spec.accountID]);
    for (const [name, keysOf] of Object.entries(LINK_INDEXES)) this.#links.addIndex(name, keysOf);
    this.#linkQueue = new WorkQueue({
      clock,
      groupOf: namespaceOfKey,
      metrics: queueMetrics(metrics, 'link'),
    });
    this.#accountQueue = new WorkQueue({ clock, metrics: queueMetrics(metrics, 'account') });
    this.#aliasQueue = new WorkQueue({ clock, metrics: queueMetrics(metrics, 'alias') });
    this.#election = this.#elect();
    const directory = new Accounts();
    const machines = new Machines(now);
    const memory = new LinkMemory();
    const world = new World({
      links: this.#links.cache,
      namespaceOf: (name) => namespaceInfo(this.#namespaces.cache.get(name)),
      complete: () => this.#links.hasSynced && this.#links.refused.size === 0,
      accounts: directory,
      isRegistered: (accountId) => this.#accounts.cache.byIndex('accountId', accountId).length > 0,
      machines,
      memory,
      takesNoResource,
    });
    const fights = new Fights(now);
    const aliases = new AliasWatch({
      links: this.#links.cache,
      accounts: directory,
      schedule: (machine, afterMs) => this.#aliasQueue.addAfter(machine, afterMs),
      enqueue: ({ metadata }) => this.#linkQueue.add(keyOf(metadata), priority.resync),
      onProblem: ({ message }) => log.warn({ error: message }, 'aliases cannot be read'),
      random: Math.random,
    });
    this.#aws = new AwsConnections({
      clock,
      log,
      metrics,
      fence: this.#fence(),
      clusterId: settings.clusterId,
      environment: parts.environment,
      version: parts.version,
      links: this.#links.cache,
      machines,
      directory,
      isLeader: () => this.#leading,
      listener: new ChangeListener({
        links: this.#links.cache,
        accounts: directory,
        machines,
        memory,
        fights,
        aliases,
        enqueue: ({ metadata }) => this.#linkQueue.add(keyOf(metadata), priority.event),
      }),
    });
    const events = new EventRecorder({
      client: this.#client,
      clock,
      component: 'crossaccountlink',
      instance: hostname(),
      onError: (error) => log.debug({ error: String(error) }, 'an Event could not be written'),
    });
    this.#events = events;
    const statusWriter = new StatusWriter({
      client: this.#client,
      fieldManager: FIELD_MANAGER,
      ownsCondition: (type) => OUR_CONDITIONS.has(type),
    });
    const propagation = new Propagation(settings.propagationPauseMs, now);
    const building = {
      world,
      passes: new ObjectPasses(machines, propagation, fights),
      propagation,
      memory,
      clusterId: settings.clusterId,
    };
    const reporter = new LinkReporter({
      statusWriter,
      events,
      wallClock: () => clock.wallMs(),
      metrics: {
        drift: ({ object, field, repaired }) => {
          const labels = driftLabels(object, field);
          metrics.driftDetected.inc(labels);
          if (repaired) metrics.driftRepaired.inc(labels);
        },
        ready: (seconds) => metrics.readySeconds.observe(seconds),
      },
    });
    const deletion = new LinkDeletion({
      client: this.#client,
      world,
      takeDown: new TakeDown(building, now),
      reporter,
      log,
      now,
      deletionPatienceMs: settings.deletionPatienceMs,
    });
    const linkController = new LinkController({
      client: this.#client,
      links: this.#links.cache,
      world,
      memory,
      buildUp: new BuildUp(building),
      deletion,
      aliases,
      reporter,
      log,
      now,
      random: Math.random,
      defaultDriftCheckMs: settings.driftCheckMs,
    });
    const accountController = new AccountController({
      client: this.#client,
      accounts: this.#accounts.cache,
      directory,
      connect: (config) => this.#aws.connect(config),
      countLinks: (accountId) => this.#links.cache.byIndex('account', accountId).length,
      enqueueLinks: (accountId) => triggers.enqueueLinksBy('account', accountId),
      statusWriter,
      events,
      log,
      wallClock: () => clock.wallMs(),
    });
    const triggers = new Triggers({
      links: this.#links,
      accounts: this.#accounts,
      namespaces: this.#namespaces,
      linkQueue: this.#linkQueue,
      accountQueue: this.#accountQueue,
      world,
      memory,
      accountRemoved: (account) => accountController.removed(account),
    });
    this.#controllers = [
      this.#controller('account', this.#accountQueue, (key) => accountController.reconcile(key), 4),
      this.#controller('link', this.#linkQueue, (key) => linkController.reconcile(key), settings.workers),
      this.#controller('alias', this.#aliasQueue, (machine) => aliases.look(machine), 2),
    ];
    countLinks(metrics, this.#links.cache);
    measureWatches(metrics, this.#watched());
  }

  /** Fills the caches, waits to be elected, and works. Resolves once the caches are filled. */
  async start(): Promise<void> {
    const reflectors = [this.#links, this.#accounts, this.#namespaces];
    for (const reflector of reflectors) this.#running.push(reflector.run(this.#stopWatching.signal));
    while (!reflectors.every(({ hasSynced }) => hasSynced)) {
      await new Promise((resolve) => systemClock.after(20, () => resolve(undefined)));
    }
    this.#parts.log.info(
      { links: this.#links.cache.size, accounts: this.#accounts.cache.size },
      'caches are synced',
    );
    if (this.#parts.settings.leaderElect) this.#running.push(this.#election.run(this.#stopLeading.signal));
    else this.#lead();
  }

  /** Lets reconciles under way finish within the grace period, then releases the lease. */
  async stop(): Promise<void> {
    const abandoned = this.#leading
      ? await Promise.all(
          this.#controllers.map((controller) => controller.stop(this.#parts.settings.gracePeriodMs)),
        )
      : [];
    if (abandoned.flat().length > 0)
      this.#parts.log.warn({ keys: abandoned.flat() }, 'left unfinished: the grace period is over');
    this.#stopLeading.abort();
    this.#stopWatching.abort();
    await Promise.all(this.#running);
    await this.#events.flush();
    await this.#aws.close();
  }

  /** What keeps this process from doing its work; AWS being down does not count. */
  problems(): readonly string[] {
    return watchProblems(this.#watched(), this.#parts.settings.watchSilenceMs);
  }

  #watched(): readonly Watched[] {
    return [
      { kind: 'links', watch: this.#links },
      { kind: 'accounts', watch: this.#accounts },
      { kind: 'namespaces', watch: this.#namespaces },
    ];
  }

  #lead(): void {
    this.#leading = true;
    this.#parts.metrics.leader.set({ name: 'crossaccountlink' }, 1);
    for (const controller of this.#controllers) controller.start();
    this.#parts.log.info('leading');
  }

  #elect(): LeaderElection {
    const { settings, log, metrics } = this.#parts;
    return new LeaderElection({
      client: this.#client,
      clock: systemClock,
      name: { namespace: settings.namespace, name: 'crossaccountlink' },
      identity: `${hostname()}_${crypto.randomUUID()}`,
      onElected: () => this.#lead(),
      onLost: (reason) => {
        metrics.leader.set({ name: 'crossaccountlink' }, 0);
        if (!this.#stopLeading.signal.aborted) this.#parts.onLeadershipLost(reason);
      },
      onError: (error) => log.warn({ error: String(error) }, 'the Lease could not be renewed'),
    });
  }

  /** Closed for good once the grace period is over, for what was left unfinished then. */
  #fence(): Fence {
    const lease = this.#parts.settings.leaderElect
      ? leaseFence({ lease: this.#election, clock: systemClock })
      : openFence;
    return { mayWrite: () => !this.#stopLeading.signal.aborted && lease.mayWrite() };
  }

  #reflect<T extends KubernetesObject>(resource: ResourceType, parse: (value: unknown) => T): Reflector<T> {
    const { log } = this.#parts;
    return new Reflector<T>({
      client: this.#client,
      resource,
      parse,
      clock: systemClock,
      onRefused: (key, error) =>
        log.error({ kind: resource.kind, key, error: String(error) }, 'an object cannot be read'),
      onError: (error) =>
        log.warn({ kind: resource.kind, error: String(error) }, 'the watch broke off; it begins again'),
    });
  }

  #controller(name: string, queue: WorkQueue, reconcile: Reconcile, workers: number): Controller {
    const { metrics, log } = this.#parts;
    measureWorkers(metrics, name, queue, workers);
    return new Controller({
      queue,
      reconcile,
      workers,
      clock: systemClock,
      onReconciled: ({ key, kind, seconds, error }) => {
        metrics.reconciles.inc({ controller: name, result: kind });
        metrics.reconcileSeconds.observe({ controller: name }, seconds);
        if (kind !== 'error') return;
        metrics.reconcileErrors.inc({ controller: name });
        log.warn(
          { [name]: key, error: error instanceof Error ? error.message : String(error) },
          'will be tried again',
        );
      },
    });
  }
}

function namespaceInfo(object: KubernetesObject | undefined) {
  return object === undefined ? undefined : { name: object.metadata.name, labels: object.metadata.labels };
}
