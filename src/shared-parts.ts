/** What the operator is assembled from, and what several of its parts work with. */
import type { Logger } from 'pino';
import { CONDITION_TYPES } from './api/conditions.ts';
import type { SessionSource } from './aws/sessions/sessions.ts';
import type { Clock } from './base/clock.ts';
import { Stretch } from './base/stretch.ts';
import { assembleLinks, type LinkAssembly } from './controllers/link/assembly.ts';
import { AccountRegistry } from './controllers/state/account-registry.ts';
import { AliasCheck } from './controllers/triggers/alias-check.ts';
import { ExecutionEvidence } from './controllers/triggers/execution-evidence.ts';
import type { KubernetesApi } from './kubernetes/client.ts';
import { EventRecorder } from './kubernetes/event-recorder.ts';
import type { Fence } from './kubernetes/fence.ts';
import type { KubernetesObject } from './kubernetes/metadata.ts';
import { StatusWriter } from './kubernetes/status-writer.ts';
import { priority } from './kubernetes/work-queue.ts';
import type { Settings } from './settings.ts';
import type { Metrics } from './telemetry/metrics.ts';
import type { Watches } from './watches.ts';
import { WorkLoops } from './work-loops.ts';

const FIELD_MANAGER = 'crossaccountlink';
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

/** Made once, and used by several. */
export class SharedParts {
  /** What the operator was given. */
  readonly given: AssemblyParts;
  readonly stretch: Stretch;
  readonly loops: WorkLoops;
  readonly accounts = new AccountRegistry();
  readonly links: LinkAssembly;
  readonly aliases: AliasCheck;
  readonly executions: ExecutionEvidence;
  readonly events: EventRecorder;
  readonly statusWriter: StatusWriter;

  /** Monotonic milliseconds. */
  readonly now = () => this.given.clock.monotonicMs();

  /** Milliseconds since 1970. */
  readonly wallClock = () => this.given.clock.wallMs();

  /** Has the AWSAccount that speaks for an account say what is new of it. */
  readonly lookAtAccount = (accountId: string) => {
    const account = this.accounts.get(accountId);
    if (account !== undefined) this.loops.accounts.add(account.name, priority.resync);
  };

  constructor(given: AssemblyParts) {
    const { client, clock, random, host, log } = given;
    this.given = given;
    this.stretch = new Stretch(clock);
    this.loops = new WorkLoops({ ...given, stretch: this.stretch });
    this.links = linksOf(given, this.accounts);
    this.aliases = this.#aliases();
    this.executions = this.#executions();
    this.events = new EventRecorder({
      client,
      clock,
      random,
      component: 'crossaccountlink',
      instance: host,
      onError: (error) => log.debug({ error: String(error) }, 'an Event could not be written'),
    });
    this.statusWriter = new StatusWriter({
      client,
      fieldManager: FIELD_MANAGER,
      ownsCondition: (type) => OUR_CONDITIONS.has(type),
    });
  }

  #aliases(): AliasCheck {
    const { watches, log, random } = this.given;
    const { accounts, loops } = this;
    return new AliasCheck({
      links: watches.links.cache,
      accounts,
      schedule: (machine, afterMs) => loops.aliases.addAfter(machine, afterMs),
      enqueue: (link) => loops.linkDue(link),
      onProblem: ({ message }) => log.warn({ error: message }, 'aliases cannot be read'),
      random,
    });
  }

  #executions(): ExecutionEvidence {
    const { watches, log } = this.given;
    const { accounts, links, loops, now } = this;
    return new ExecutionEvidence({
      links: watches.links.cache,
      accounts,
      memory: links.memory,
      schedule: (machine, afterMs) => loops.executions.addAfter(machine, afterMs),
      enqueue: (link) => loops.linkChanged(link),
      onProblem: ({ message }) => log.warn({ error: message }, 'executions cannot be read'),
      now,
    });
  }
}

/** What reconciles links, on what the watches hold. */
function linksOf(
  { watches, settings, clock, leadingSince }: AssemblyParts,
  accounts: AccountRegistry,
): LinkAssembly {
  return assembleLinks({
    links: watches.links.cache,
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
