/** The parts of the operator, joined: caches → queues → controllers, and AWS behind the fence. */
import type { AccountConfig } from './aws/sessions/sessions.ts';
import type { ConnectedAccount } from './controllers/account/account-entry.ts';
import { AccountReconciler } from './controllers/account/account-reconciler.ts';
import { AwsConnections } from './controllers/account/aws-connections.ts';
import { UnlinkedRoles } from './controllers/account/unlinked-roles.ts';
import { LinkDeletion } from './controllers/link/deletion.ts';
import { LinkReconciler } from './controllers/link/link-reconciler.ts';
import { LinkReporter } from './controllers/link/link-reporter.ts';
import { readLagMs } from './controllers/state/iam-propagation.ts';
import { ChangeEvents } from './controllers/triggers/change-events.ts';
import { WatchHandlers } from './controllers/triggers/watch-handlers.ts';
import type { Controller } from './kubernetes/controller.ts';
import type { EventRecorder } from './kubernetes/event-recorder.ts';
import { priority } from './kubernetes/work-queue.ts';
import { SharedParts, type AssemblyParts } from './shared-parts.ts';
import { driftLabels } from './telemetry/drift-labels.ts';

export interface Assembly {
  readonly aws: AwsConnections;
  readonly events: EventRecorder;
  /** Not started yet. */
  readonly controllers: readonly Controller[];
}

/** Makes everything that works, and joins it. Nothing runs until the controllers are started. */
export function assemble(parts: AssemblyParts): Assembly {
  const shared = new SharedParts(parts);
  const { loops, aliases, executions, events } = shared;
  // Connections, accounts and handlers know of each other: none calls another one before all are made.
  const aws: AwsConnections = connectionsOf(shared, {
    doubt: (accountId) => accounts.doubt(accountId),
    outageChanged: (accountId) => accounts.outageChanged(accountId),
  });
  const links = linkReconcilerOf(shared);
  const accounts: AccountReconciler = accountReconcilerOf(shared, {
    connect: (config) => aws.connect(config),
    enqueueLinks: (accountId) => handlers.enqueueLinksBy('account', accountId),
  });
  const handlers = watchHandlersOf(shared, accounts);
  const controllers = loops.controllers({
    account: { reconcile: (name) => accounts.reconcile(name), workers: 4 },
    link: { reconcile: (key) => links.reconcile(key), workers: parts.settings.workers },
    alias: { reconcile: (machine) => aliases.look(machine), workers: 2 },
    execution: { reconcile: (machine) => executions.look(machine), workers: 2 },
  });
  return { aws, events, controllers };
}

/** AWS, with the events that come from there. */
function connectionsOf(
  shared: SharedParts,
  accountChecks: Pick<AccountReconciler, 'doubt' | 'outageChanged'>,
): AwsConnections {
  const { given, stretch, loops, accounts, links, aliases, executions, events, now, lookAtAccount } = shared;
  const { settings, log, metrics, watches, clock, random, fence, isLeader } = given;
  const { machines, memory, repairBackoff } = links;
  const { clusterId } = settings;
  return new AwsConnections({
    clock,
    random,
    stretch,
    log,
    metrics,
    sessions: given.sessions(() => fence.mayWrite()),
    clusterId,
    links: watches.links.cache,
    machines,
    accounts,
    isLeader,
    readLagMs: readLagMs(settings.propagationPauseMs),
    onDoubt: (accountId) => accountChecks.doubt(accountId),
    onOutage: (accountId) => accountChecks.outageChanged(accountId),
    onQueue: lookAtAccount,
    executions,
    unlinkedRoles: new UnlinkedRoles({
      links: watches.links.cache,
      accounts,
      objects: watches.accounts.cache,
      events,
      log,
      clusterId,
      now,
      onChange: lookAtAccount,
    }),
    listener: new ChangeEvents({
      links: watches.links.cache,
      accounts,
      machines,
      memory,
      repairBackoff,
      aliases,
      enqueue: (link) => loops.linkChanged(link),
    }),
  });
}

function linkReconcilerOf(shared: SharedParts): LinkReconciler {
  const { given, loops, aliases, executions, now } = shared;
  const { settings, log, watches, client, random, leadingSince } = given;
  const { resolver, contributors, proof, basis, memory, ensure, finalize } = shared.links;
  const reporter = reporterOf(shared);
  const { deletionPatienceMs, driftCheckMs, propagationPauseMs } = settings;
  return new LinkReconciler({
    client,
    links: watches.links.cache,
    resolver,
    contributors,
    proof,
    basis,
    memory,
    ensure,
    deletion: new LinkDeletion({
      client,
      resolver,
      memory,
      finalize,
      proof,
      reporter,
      log,
      now,
      deletionPatienceMs,
    }),
    aliases,
    executions,
    reporter,
    enqueue: (link) => loops.linkChanged(link),
    log,
    now,
    random,
    defaultDriftCheckMs: driftCheckMs,
    readLagMs: readLagMs(propagationPauseMs),
    leadingSince,
  });
}

function reporterOf({ given, statusWriter, events, wallClock }: SharedParts): LinkReporter {
  const { metrics } = given;
  return new LinkReporter({
    statusWriter,
    events,
    wallClock,
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
}

/** What accounts need of parts that are made after them. */
interface AccountPorts {
  readonly connect: (config: AccountConfig) => ConnectedAccount;
  /** Brings every link of an account back to the queue. */
  readonly enqueueLinks: (accountId: string) => void;
}

function accountReconcilerOf(shared: SharedParts, ports: AccountPorts): AccountReconciler {
  const { given, loops, accounts, statusWriter, events, wallClock } = shared;
  const { client, watches, log, random } = given;
  return new AccountReconciler({
    ...ports,
    client,
    objects: watches.accounts.cache,
    accounts,
    countLinks: (accountId) => watches.links.cache.byIndex('account', accountId).length,
    enqueue: (name) => loops.accounts.add(name, priority.event),
    statusWriter,
    events,
    log,
    wallClock,
    random,
  });
}

/** What changes in the cluster bring to the queues, and take out of memory. */
function watchHandlersOf(
  { given, loops, links, executions }: SharedParts,
  accounts: Pick<AccountReconciler, 'removed'>,
): WatchHandlers {
  const { watches, clock } = given;
  return new WatchHandlers({
    links: watches.links,
    accounts: watches.accounts,
    namespaces: watches.namespaces,
    linkQueue: loops.links,
    accountQueue: loops.accounts,
    clock,
    linksChanged: () => links.linksChanged(),
    forget: (object) => {
      links.forget(object);
      const { text: machine } = object.link.stateMachine;
      if (watches.links.cache.byIndex('stateMachine', machine).length === 0) executions.forget(machine);
    },
    accountRemoved: (account) => accounts.removed(account),
  });
}
