/** Joins the parts of the operator: caches → queues → controllers, and AWS behind the fence. */
import { AccountReconciler } from './controllers/account/account-reconciler.ts';
import { AwsConnections } from './controllers/account/aws-connections.ts';
import { UnlinkedRoles } from './controllers/account/unlinked-roles.ts';
import { LinkDeletion } from './controllers/link/deletion.ts';
import { LinkReconciler } from './controllers/link/link-reconciler.ts';
import { LinkReporter } from './controllers/link/link-reporter.ts';
import { LinkUpkeep } from './controllers/link/upkeep.ts';
import { ChangeEvents } from './controllers/triggers/change-events.ts';
import { WatchHandlers } from './controllers/triggers/watch-handlers.ts';
import type { Controller } from './kubernetes/controller.ts';
import type { EventRecorder } from './kubernetes/event-recorder.ts';
import type { Reflector } from './kubernetes/reflector.ts';
import { MissedChanges } from './kubernetes/missed-changes.ts';
import { priority } from './kubernetes/work-queue.ts';
import { sharedParts, type AssemblyParts, type SharedParts } from './shared-parts.ts';
import { driftLabels } from './telemetry/drift-labels.ts';

export interface Assembly {
  readonly aws: AwsConnections;
  readonly events: EventRecorder;
  /** Not started yet. */
  readonly controllers: readonly Controller[];
}

/** Makes all parts and joins them. Nothing runs until the controllers are started. */
export function assemble(parts: AssemblyParts): Assembly {
  const shared = sharedParts(parts);
  const { loops, aliases, executions, events, links: cache } = shared;
  // Connections, accounts and handlers refer to each other; none calls another one before all are made.
  const aws: AwsConnections = connectionsOf(shared, {
    doubt: (accountId) => accounts.doubt(accountId),
    outageChanged: (accountId) => accounts.outageChanged(accountId),
  });
  const links = linkReconcilerOf(shared);
  const accounts: AccountReconciler = new AccountReconciler({
    ...shared,
    objects: parts.watches.accounts.cache,
    connect: (config) => aws.connect(config),
    countLinks: (accountId) => cache.byIndex('account', accountId).length,
    isChecked: (accountId) =>
      cache.byIndex('account', accountId).some(({ metadata }) => !parts.watches.removals.isHeld(metadata)),
    enqueueLinks: (accountId) => handlers.enqueueLinksBy('account', accountId),
    enqueue: (name) => loops.accounts.add(name, priority.event),
    missedChanges: missedChangesOf(shared, parts.watches.accounts),
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
  const { loops, accounts, watches, fence, sessions } = shared;
  /** Has the AWSAccount that speaks for an account report its news. */
  const lookAtAccount = (accountId: string) => {
    const account = accounts.get(accountId);
    if (account !== undefined) loops.accounts.add(account.name, priority.resync);
  };
  return new AwsConnections({
    ...shared,
    sessions: sessions(() => fence.mayWrite()),
    onDoubt: (accountId) => accountChecks.doubt(accountId),
    onOutage: (accountId) => accountChecks.outageChanged(accountId),
    onQueue: lookAtAccount,
    unlinkedRoles: new UnlinkedRoles({
      ...shared,
      objects: watches.accounts.cache,
      isRemoved: ({ metadata }) => watches.removals.isHeld(metadata),
      onChange: lookAtAccount,
    }),
    listener: new ChangeEvents({ ...shared, enqueue: (link) => loops.linkChanged(link) }),
  });
}

function linkReconcilerOf(shared: SharedParts): LinkReconciler {
  const { loops, settings, watches } = shared;
  const parts = { ...shared, reporter: reporterOf(shared) };
  return new LinkReconciler({
    ...parts,
    missedChanges: missedChangesOf(shared, watches.links),
    upkeep: new LinkUpkeep({
      ...parts,
      enqueue: (link) => loops.linkChanged(link),
      defaultDriftCheckMs: settings.driftCheckMs,
    }),
    deletion: new LinkDeletion({
      ...parts,
      enqueue: (link) => loops.linkChanged(link),
      deletionPatienceMs: settings.deletionPatienceMs,
    }),
  });
}

function missedChangesOf(
  { now }: Pick<SharedParts, 'now'>,
  watch: { readonly doubt: Reflector<never>['doubt'] },
): MissedChanges {
  return new MissedChanges({ now, doubt: () => watch.doubt() });
}

function reporterOf(shared: SharedParts): LinkReporter {
  const { metrics } = shared;
  return new LinkReporter({
    ...shared,
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

/** Feeds the queues with changes in the cluster, and clears memory of what is gone. */
function watchHandlersOf(shared: SharedParts, accounts: Pick<AccountReconciler, 'removed'>): WatchHandlers {
  const { watches, loops, executions, clock, links, linksChanged, memories, roleNames } = shared;
  return new WatchHandlers({
    links: watches.links,
    accounts: watches.accounts,
    namespaces: watches.namespaces,
    linkQueue: loops.links,
    accountQueue: loops.accounts,
    clock,
    linksChanged,
    roleNames,
    forget: (object) => {
      shared.forget(object);
      const { text: machine } = object.link.stateMachine;
      if (links.byIndex('stateMachine', machine).length === 0) executions.forget(machine);
    },
    wroteFor: (uid) => memories.peek(uid).wroteForLink,
    accountRemoved: (account) => accounts.removed(account),
  });
}
