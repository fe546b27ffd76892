/** The parts of the operator, joined: caches → queues → controllers, and AWS behind the fence. */
import type { Logger } from 'pino';
import { CONDITION_TYPES } from './api/conditions.ts';
import { logFailure } from './api/crd-advice.ts';
import { AccountReconciler } from './controllers/account/account-reconciler.ts';
import { AccountRegistry } from './controllers/state/account-registry.ts';
import { AliasCheck } from './controllers/triggers/alias-check.ts';
import { AwsConnections } from './controllers/account/aws-connections.ts';
import { UnlinkedRoles } from './controllers/account/unlinked-roles.ts';
import { ChangeEvents } from './controllers/triggers/change-events.ts';
import { ExecutionEvidence } from './controllers/triggers/execution-evidence.ts';
import { assembleLinks } from './controllers/link/assembly.ts';
import { LinkReconciler } from './controllers/link/link-reconciler.ts';
import { LinkDeletion } from './controllers/link/deletion.ts';
import { LinkReporter } from './controllers/link/link-reporter.ts';
import { readLagMs } from './controllers/state/iam-propagation.ts';
import { WatchHandlers } from './controllers/triggers/watch-handlers.ts';
import type { SessionSource } from './aws/sessions/sessions.ts';
import type { KubernetesApi } from './kubernetes/client.ts';
import type { Clock } from './base/clock.ts';
import { Stretch } from './base/stretch.ts';
import { Controller, type Reconcile } from './kubernetes/controller.ts';
import { EventRecorder } from './kubernetes/event-recorder.ts';
import type { Fence } from './kubernetes/fence.ts';
import { keyOf, namespaceOfKey, type KubernetesObject } from './kubernetes/metadata.ts';
import { StatusWriter } from './kubernetes/status-writer.ts';
import { priority, WorkQueue } from './kubernetes/work-queue.ts';
import type { Settings } from './settings.ts';
import { driftLabels } from './telemetry/drift-labels.ts';
import type { Metrics } from './telemetry/metrics.ts';
import { measureWorkers, queueMetrics } from './telemetry/queues.ts';
import type { Watches } from './watches.ts';

const FIELD_MANAGER = 'crossaccountlink';
/** A minute at most: after an outage nobody waits for longer. */
const LINK_BACKOFF = { minMs: 250, maxMs: 60_000 };
const OUR_CONDITIONS: ReadonlySet<string> = new Set(CONDITION_TYPES);

export interface AssemblyParts {
  readonly settings: Settings;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly client: KubernetesApi;
  readonly watches: Watches;
  readonly clock: Clock;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** Name of the machine, which Events tell. */
  readonly host: string;
  /** The accounts as the SDK reaches them; `mayWrite` is asked before each write. */
  readonly sessions: (mayWrite: () => boolean) => SessionSource;
  /** Asked before each write to AWS. */
  readonly fence: Fence;
  readonly isLeader: () => boolean;
  /** Monotonic milliseconds. */
  readonly leadingSince: () => number;
}

export interface Assembly {
  readonly aws: AwsConnections;
  readonly events: EventRecorder;
  /** Not started yet. */
  readonly controllers: readonly Controller[];
}

/** Makes everything that works, and joins it. Nothing runs until the controllers are started. */
export function assemble(parts: AssemblyParts): Assembly {
  const { settings, log, metrics, client, watches, fence, isLeader, clock, random } = parts;
  const now = () => clock.monotonicMs();
  const stretch = new Stretch(clock);
  const linkQueue = new WorkQueue({
    clock,
    random,
    groupOf: namespaceOfKey,
    backoff: LINK_BACKOFF,
    metrics: queueMetrics(metrics, 'link'),
  });
  const accountQueue = new WorkQueue({ clock, random, metrics: queueMetrics(metrics, 'account') });
  /** State machines whose aliases are to be looked at. */
  const aliasQueue = new WorkQueue({ clock, random, metrics: queueMetrics(metrics, 'alias') });
  /** State machines whose executions are to be looked at. */
  const executionQueue = new WorkQueue({ clock, random, metrics: queueMetrics(metrics, 'execution') });
  const accounts = new AccountRegistry();
  const links = assembleLinks({
    links: watches.links.cache,
    namespaceOf: (name) => namespaceInfo(watches.namespaces.cache.get(name)),
    complete: () => watches.links.hasSynced && watches.links.refused.size === 0,
    accounts,
    isRegistered: (accountId) => watches.accounts.cache.byIndex('accountId', accountId).length > 0,
    clusterId: settings.clusterId,
    propagationPauseMs: settings.propagationPauseMs,
    now,
    leadingSince: parts.leadingSince,
  });
  const { resolver, contributors, machines, basis, memory, repairBackoff, ensure, finalize, proof } = links;
  const aliases = new AliasCheck({
    links: watches.links.cache,
    accounts,
    schedule: (machine, afterMs) => aliasQueue.addAfter(machine, afterMs),
    enqueue: ({ metadata }) => linkQueue.add(keyOf(metadata), priority.resync),
    onProblem: ({ message }) => log.warn({ error: message }, 'aliases cannot be read'),
    random,
  });
  const executions = new ExecutionEvidence({
    links: watches.links.cache,
    accounts,
    memory,
    schedule: (machine, afterMs) => executionQueue.addAfter(machine, afterMs),
    enqueue: ({ metadata }) => linkQueue.add(keyOf(metadata), priority.event),
    onProblem: ({ message }) => log.warn({ error: message }, 'executions cannot be read'),
    now,
  });
  const events = new EventRecorder({
    client,
    clock,
    random,
    component: 'crossaccountlink',
    instance: parts.host,
    onError: (error) => log.debug({ error: String(error) }, 'an Event could not be written'),
  });
  /** Has the AWSAccount that speaks for an account say what is new of it. */
  const lookAt = (accountId: string) => {
    const account = accounts.get(accountId);
    if (account !== undefined) accountQueue.add(account.name, priority.resync);
  };
  const aws = new AwsConnections({
    clock,
    random,
    stretch,
    log,
    metrics,
    sessions: parts.sessions(() => fence.mayWrite()),
    clusterId: settings.clusterId,
    links: watches.links.cache,
    machines,
    accounts,
    isLeader,
    readLagMs: readLagMs(settings.propagationPauseMs),
    onDoubt: (accountId) => accountReconciler.doubt(accountId),
    executions,
    unlinkedRoles: new UnlinkedRoles({
      links: watches.links.cache,
      accounts,
      objects: watches.accounts.cache,
      events,
      log,
      clusterId: settings.clusterId,
      now,
      onChange: lookAt,
    }),
    onQueue: lookAt,
    onOutage: (accountId) => accountReconciler.outageChanged(accountId),
    listener: new ChangeEvents({
      links: watches.links.cache,
      accounts,
      machines,
      memory,
      repairBackoff,
      aliases,
      enqueue: ({ metadata }) => linkQueue.add(keyOf(metadata), priority.event),
    }),
  });
  const statusWriter = new StatusWriter({
    client,
    fieldManager: FIELD_MANAGER,
    ownsCondition: (type) => OUR_CONDITIONS.has(type),
  });
  const reporter = new LinkReporter({
    statusWriter,
    events,
    wallClock: () => clock.wallMs(),
    metrics: {
      drift: (link, { object, field, repaired }) => {
        const labels = driftLabels(object, field);
        metrics.driftDetected.inc(labels);
        if (repaired) metrics.driftRepaired.inc(labels);
        metrics.linkSeries.drifted(link, repaired);
      },
      ready: (seconds) => metrics.readySeconds.observe(seconds),
    },
  });
  const deletion = new LinkDeletion({
    client,
    resolver,
    memory,
    finalize,
    proof,
    reporter,
    log,
    now,
    deletionPatienceMs: settings.deletionPatienceMs,
  });
  const linkReconciler = new LinkReconciler({
    client,
    links: watches.links.cache,
    resolver,
    contributors,
    proof,
    basis,
    memory,
    ensure,
    deletion,
    aliases,
    executions,
    reporter,
    enqueue: ({ metadata }) => linkQueue.add(keyOf(metadata), priority.event),
    log,
    now,
    random,
    defaultDriftCheckMs: settings.driftCheckMs,
    readLagMs: readLagMs(settings.propagationPauseMs),
    leadingSince: parts.leadingSince,
  });
  const accountReconciler = new AccountReconciler({
    client,
    objects: watches.accounts.cache,
    accounts,
    connect: (config) => aws.connect(config),
    countLinks: (accountId) => watches.links.cache.byIndex('account', accountId).length,
    enqueueLinks: (accountId) => triggers.enqueueLinksBy('account', accountId),
    enqueue: (name) => accountQueue.add(name, priority.event),
    statusWriter,
    events,
    log,
    wallClock: () => clock.wallMs(),
    random,
  });
  const triggers = new WatchHandlers({
    links: watches.links,
    accounts: watches.accounts,
    namespaces: watches.namespaces,
    linkQueue,
    accountQueue,
    clock,
    linksChanged: () => links.linksChanged(),
    forget: (object) => {
      links.forget(object);
      const { text: machine } = object.link.stateMachine;
      if (watches.links.cache.byIndex('stateMachine', machine).length === 0) executions.forget(machine);
    },
    accountRemoved: (account) => accountReconciler.removed(account),
  });
  const measured = { metrics, log, clock, stretch };
  const controllers = [
    measuredController(measured, 'account', accountQueue, (key) => accountReconciler.reconcile(key), 4),
    measuredController(measured, 'link', linkQueue, (key) => linkReconciler.reconcile(key), settings.workers),
    measuredController(measured, 'alias', aliasQueue, (machine) => aliases.look(machine), 2),
    measuredController(measured, 'execution', executionQueue, (machine) => executions.look(machine), 2),
  ];
  return { aws, events, controllers };
}

interface MeasuredParts extends Pick<AssemblyParts, 'metrics' | 'log' | 'clock'> {
  readonly stretch: Stretch;
}

/** Runs reconciles of one kind, counted and timed. */
function measuredController(
  { metrics, log, clock, stretch }: MeasuredParts,
  name: string,
  queue: WorkQueue,
  reconcile: Reconcile,
  workers: number,
): Controller {
  measureWorkers(metrics, name, queue, workers);
  return new Controller({
    queue,
    reconcile,
    workers,
    clock,
    stretch,
    onReconciled: ({ key, kind, seconds, error }) => {
      metrics.reconciles.inc({ controller: name, result: kind });
      metrics.reconcileSeconds.observe({ controller: name }, seconds);
      if (kind !== 'error') return;
      metrics.reconcileErrors.inc({ controller: name });
      const message = error instanceof Error ? error.message : String(error);
      logFailure(log, error, { [name]: key, error: message }, 'will be tried again');
    },
  });
}

function namespaceInfo(object: KubernetesObject | undefined) {
  return object === undefined ? undefined : { name: object.metadata.name, labels: object.metadata.labels };
}
