/** The input from which the operator is assembled, and the parts that several others use. */
import type { Logger } from 'pino';
import { CONDITION_TYPES } from './api/conditions.ts';
import type { SessionSource } from './aws/sessions/sessions.ts';
import type { Clock } from './base/clock.ts';
import { Stretch } from './base/stretch.ts';
import { assembleLinks, type LinkAssembly } from './controllers/link/assembly.ts';
import { AccountRegistry } from './controllers/state/account-registry.ts';
import { readLagMs } from './controllers/state/iam-propagation.ts';
import type { LinkObject } from './controllers/state/link-object.ts';
import { liveLinksOf } from './controllers/state/live-links.ts';
import { AliasCheck } from './controllers/triggers/alias-check.ts';
import { ExecutionEvidence } from './controllers/triggers/execution-evidence.ts';
import type { KubernetesApi } from './kubernetes/client.ts';
import { EventRecorder } from './kubernetes/event-recorder.ts';
import { fencedClient } from './kubernetes/fenced-client.ts';
import type { Fence } from './kubernetes/fence.ts';
import type { KubernetesObject } from './kubernetes/metadata.ts';
import { StatusWriter } from './kubernetes/status-writer.ts';
import type { Cache } from './kubernetes/store.ts';
import type { Settings } from './settings.ts';
import type { Metrics } from './telemetry/metrics.ts';
import type { Watches } from './watches.ts';
import { WorkLoops } from './work-loops.ts';

const FIELD_MANAGER = 'crossaccountlink';
const OUR_CONDITIONS: ReadonlySet<string> = new Set(CONDITION_TYPES);

/** What the operator is given. */
export interface AssemblyParts {
  readonly settings: Settings;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly client: KubernetesApi;
  readonly watches: Watches;
  readonly clock: Clock;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** Name of the machine, for Events. */
  readonly host: string;
  /** The accounts as the SDK reaches them; `mayWrite` is asked before each write. */
  readonly sessions: (mayWrite: () => boolean) => SessionSource;
  /** Asked before each write, to AWS and to the cluster. */
  readonly fence: Fence;
  readonly isLeader: () => boolean;
  /** Monotonic milliseconds. */
  readonly leadingSince: () => number;
}

/** Parts that are made once and used by several others, with the input of the operator. Only `assemble` sees all of it: it
 *  passes the whole to each part, and the part's own interface names what it uses. */
export interface SharedParts extends AssemblyParts, LinkAssembly {
  /** From the watches. */
  readonly links: Cache<LinkObject>;
  readonly accounts: AccountRegistry;
  readonly loops: WorkLoops;
  readonly stretch: Stretch;
  readonly aliases: AliasCheck;
  readonly executions: ExecutionEvidence;
  readonly events: EventRecorder;
  readonly statusWriter: StatusWriter;
  readonly clusterId: string;
  /** How long after an own write IAM's reads may show the former state, in milliseconds. */
  readonly readLagMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

/** Makes these parts. None of them runs yet. */
export function sharedParts(given: AssemblyParts): SharedParts {
  const { clock, random, host, log, settings, watches, fence } = given;
  const client = watches.removals.over(fencedClient(given.client, fence));
  const stretch = new Stretch(clock);
  const accounts = new AccountRegistry();
  const base = {
    ...given,
    client,
    accounts,
    stretch,
    links: watches.links.cache,
    loops: new WorkLoops({ ...given, stretch }),
    now: () => clock.monotonicMs(),
    wallClock: () => clock.wallMs(),
  };
  const assembly = linksOf(given, accounts);
  return {
    ...base,
    ...assembly,
    clusterId: settings.clusterId,
    readLagMs: readLagMs(settings.propagationPauseMs),
    aliases: aliasesOf(base),
    executions: executionsOf({ ...base, memories: assembly.memories }),
    events: new EventRecorder({
      // Without the fence: what was recorded is written to the end, even if another process leads. It is history, and decides
      // nothing.
      client: given.client,
      mayRecord: () => fence.mayWrite(),
      clock,
      random,
      component: 'crossaccountlink',
      instance: host,
      onError: (error) => log.debug({ error: String(error) }, 'an Event could not be written'),
    }),
    statusWriter: new StatusWriter({
      client,
      fieldManager: FIELD_MANAGER,
      ownsCondition: (type) => OUR_CONDITIONS.has(type),
    }),
  };
}

function aliasesOf(shared: Pick<SharedParts, 'links' | 'accounts' | 'random' | 'loops' | 'log'>): AliasCheck {
  const { loops, log } = shared;
  return new AliasCheck({
    ...shared,
    schedule: (machine, afterMs) => loops.aliases.addAfter(machine, afterMs),
    enqueue: (link) => loops.linkDue(link),
    onProblem: ({ message }) => log.warn({ error: message }, 'aliases cannot be read'),
  });
}

function executionsOf(
  shared: Pick<SharedParts, 'links' | 'accounts' | 'memories' | 'now' | 'loops' | 'log'>,
): ExecutionEvidence {
  const { loops, log } = shared;
  return new ExecutionEvidence({
    ...shared,
    schedule: (machine, afterMs) => loops.executions.addAfter(machine, afterMs),
    enqueue: (link) => loops.linkChanged(link),
    onProblem: ({ message }) => log.warn({ error: message }, 'executions cannot be read'),
  });
}

/** Everything that reconciles links, on the caches of the watches. */
function linksOf(
  { client, watches, settings, clock, leadingSince }: AssemblyParts,
  accounts: AccountRegistry,
): LinkAssembly {
  return assembleLinks({
    links: watches.links.cache,
    liveLinks: liveLinksOf(client),
    namespaceOf: (name) => namespaceInfo(watches.namespaces.cache.get(name)),
    complete: () => watches.links.hasSynced && watches.links.refused.size === 0,
    accounts,
    isRegistered: (accountId) => watches.accounts.cache.byIndex('accountId', accountId).length > 0,
    clusterId: settings.clusterId,
    propagationPauseMs: settings.propagationPauseMs,
    now: () => clock.monotonicMs(),
    leadingSince,
  });
}

function namespaceInfo(object: KubernetesObject | undefined) {
  return object === undefined ? undefined : { name: object.metadata.name, labels: object.metadata.labels };
}
