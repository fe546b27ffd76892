/** AWS for the controllers: one connection for each account, its calls paced, fenced, counted and audited. */
import type { Logger } from 'pino';
import { LiveAccount } from '../../aws/live-account.ts';
import type { CallRecord } from '../../aws/calls/attempts.ts';
import { AccountCalls } from '../../aws/calls/calls.ts';
import { AwsFailure } from '../../aws/errors/errors.ts';
import { EventQueues } from '../../aws/events/event-queue.ts';
import { verifyWithBase } from '../../aws/calls/identity.ts';
import { Lanes, type CallOptions } from '../../aws/pace/lanes.ts';
import type { AccountConfig, SessionSource } from '../../aws/sessions/sessions.ts';
import { isTaggedFor, policyName } from '../../desired/names.ts';
import type { Clock } from '../../base/clock.ts';
import type { Stretch } from '../../base/stretch.ts';
import { timestamp } from '../../kubernetes/metadata.ts';
import type { Cache } from '../../kubernetes/store.ts';
import { matchesPattern } from '../../policy/pattern.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { ConnectedAccount } from './account-entry.ts';
import { NamedQueues } from './named-queues.ts';
import type { UnlinkedRoles } from './unlinked-roles.ts';
import { isUnexplained, targetsOf } from '../objects/stray-grants.ts';
import type { AccountRegistry } from '../state/account-registry.ts';
import type { ChangeEvents } from '../triggers/change-events.ts';
import type { ExecutionEvidence } from '../triggers/execution-evidence.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';

interface AwsConnectionsParts {
  readonly clock: Clock;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** Shared by everything that runs at the same time. */
  readonly stretch: Pick<Stretch, 'breathe'>;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly sessions: SessionSource;
  readonly clusterId: string;
  readonly links: Cache<LinkObject>;
  readonly machines: StateMachineCache;
  readonly accounts: AccountRegistry;
  readonly listener: Pick<ChangeEvents, 'changed' | 'differs' | 'isOwn'>;
  readonly executions: Pick<ExecutionEvidence, 'add'>;
  readonly unlinkedRoles: Pick<UnlinkedRoles, 'look' | 'looked' | 'of' | 'forget'>;
  readonly isLeader: () => boolean;
  /** How long after an own write IAM's reads may show the former state, in milliseconds. */
  readonly readLagMs: number;
  /** Called when a call failed in a way that makes the account's connection doubtful. */
  readonly onDoubt: (accountId: string) => void;
  /** Called when a service of the account is out of reach, or answers again. */
  readonly onOutage: (accountId: string) => void;
  /** Called when the account's event queue cannot be read, or can be again. */
  readonly onQueue: (accountId: string) => void;
}

/** Nobody waits for it. */
const LOOK_THROUGH: CallOptions = { urgency: 'look', tenant: '', maxWaitMs: 10_000 };

export class AwsConnections {
  readonly #parts: AwsConnectionsParts;
  readonly #lanes: Lanes;
  readonly #accounts = new Map<string, LiveAccount>();
  readonly #queues: EventQueues;
  readonly #named: NamedQueues;

  constructor(parts: AwsConnectionsParts) {
    const { clock, metrics } = parts;
    this.#parts = parts;
    this.#lanes = new Lanes(clock);
    this.#named = new NamedQueues(parts.onQueue);
    this.#queues = this.#openQueues();
    metrics.onCollect(() => this.#collect());
  }

  /** Returns the connection to an account. It is not verified yet. */
  connect(config: AccountConfig): ConnectedAccount {
    const { clock, random, log, sessions } = this.#parts;
    const hooks = {
      onCall: (call: CallRecord) => this.#count(call),
      onDoubt: this.#parts.onDoubt,
      onOutage: this.#parts.onOutage,
      breathe: () => this.#parts.stretch.breathe(),
    };
    const calls = new AccountCalls({ config, sessions, lanes: this.#lanes, clock, hooks, random });
    const aws: LiveAccount = new LiveAccount({
      calls,
      clock,
      readLagMs: this.#parts.readLagMs,
      audit: (record) => log.info({ audit: true, ...record }, `${record.operation} ${record.outcome}`),
      interest: {
        isOwn: (tags) => isTaggedFor(this.#parts.clusterId, tags),
        visitRole: (arn, bearsTags) => {
          this.#parts.unlinkedRoles.look(config.accountId, arn, bearsTags);
          return keepsRole(this.#parts, config.accountId, arn, bearsTags);
        },
        mayStray: (arn) => isUnexplained(arn, this.#parts.links, this.#parts.machines),
        looked: (keeps) => this.#parts.unlinkedRoles.looked(config.accountId, keeps),
        strayGrant: (arn, name, policy) => (isStrayGrant(this.#parts, arn, name) ? targetsOf(policy()) : []),
        keepsPolicy: (arn) => aws.wantsPolicy(arn),
        policies: () => aws.wantsPolicies,
        differs: (arn) => void this.#parts.listener.differs(config.accountId, arn),
      },
    });
    this.#accounts.set(config.accountId, aws);
    this.#parts.metrics.openAccount(config.accountId);
    return {
      aws,
      verify: () => verifyWithBase(calls),
      outage: () => calls.outage(),
      listen: (url) => this.#listen(config.accountId, url),
      hasUsed: (accessKeyId) => calls.session.hasUsed(accessKeyId),
      lastCheck: () => this.#lastCheck(aws),
      queueProblem: () => this.#named.problemOf(config.accountId),
      unlinkedRoles: () => this.#parts.unlinkedRoles.of(config.accountId),
      lookThrough: (maxAgeMs) => this.#lookThrough(aws, maxAgeMs),
      close: () => this.#disconnect(config.accountId),
    };
  }

  async close(): Promise<void> {
    await this.#queues.close();
    this.#parts.sessions.close();
  }

  #disconnect(accountId: string): void {
    this.#listen(accountId, undefined);
    this.#accounts.delete(accountId);
    this.#lanes.forget(accountId);
    this.#parts.unlinkedRoles.forget(accountId);
    void this.#parts.metrics.closeAccount(accountId);
  }

  #openQueues(): EventQueues {
    const { listener, executions, log, metrics, clock, isLeader } = this.#parts;
    return new EventQueues(
      {
        isLeader,
        isOwn: (event) => listener.isOwn(event),
        onChange: (event) => {
          const lagSeconds = (clock.wallMs() - Date.parse(event.time)) / 1000;
          if (Number.isFinite(lagSeconds)) metrics.eventReceived(event.accountId, lagSeconds);
          void listener.changed(event);
        },
        onExecution: (event) => executions.add(event),
        onJunk: (queue, message, problem) => log.warn({ queue, message, problem }, 'a message is no event'),
        onRead: (queue) => this.#named.couldRead(queue),
        onProblem: (queue, failure) => {
          log.warn({ queue, error: failure.message }, 'the event queue cannot be read');
          this.#named.couldNotRead(queue, failure);
        },
      },
      clock,
    );
  }

  #listen(accountId: string, url: string | undefined): void {
    if (this.#named.name(accountId, url))
      this.#queues.setQueues(queueReaders(this.#named.urls, (account) => this.#accounts.get(account)?.calls));
  }

  #count({ accountId, service, operation, outcome, durationMs }: CallRecord): void {
    const { metrics } = this.#parts;
    metrics.awsCalls.inc({ account: accountId, service, operation, outcome });
    if (outcome !== 'laneBusy') metrics.awsSeconds.observe({ service, operation }, durationMs / 1000);
    const throttles = outcome === 'throttled' ? 1 : 0;
    metrics.awsThrottles.inc({ account: accountId, service, operation }, throttles);
  }

  #collect(): void {
    const { metrics, clock, links, unlinkedRoles } = this.#parts;
    // Lanes that nobody has used for long are gone: so are their series.
    metrics.laneDepth.reset();
    for (const [lane, depth] of this.#lanes.depths()) metrics.laneDepth.set({ lane }, depth);
    for (const [account, { snapshots }] of this.#accounts) {
      // If an account has no links, or all are suspended, nobody reads it, and its snapshot does not count as stale.
      const isUsed = links.byIndex('account', account).some(({ link }) => !link.suspended);
      const now = clock.monotonicMs();
      const startedAt = isUsed ? (snapshots.last?.startedAt ?? now) : now;
      metrics.snapshotAge.set({ account }, (now - startedAt) / 1000);
      metrics.unlinkedRoles.set({ account }, unlinkedRoles.of(account)?.total ?? 0);
    }
  }

  /** Reads an account without links: if it had any, their checks would read it. */
  async #lookThrough({ calls, snapshots }: LiveAccount, maxAgeMs: number): Promise<void> {
    const { clock, log } = this.#parts;
    if (calls.config.roleReads === 'PerRole') return;
    try {
      await snapshots.startedSince(clock.monotonicMs() - maxAgeMs, LOOK_THROUGH);
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error;
      log.debug({ account: calls.config.accountId, error: error.message }, 'the roles cannot be read');
    }
  }

  #lastCheck({ snapshots }: LiveAccount): string | undefined {
    const { clock } = this.#parts;
    if (snapshots.last === undefined) return undefined;
    const ageMs = clock.monotonicMs() - snapshots.last.startedAt;
    return timestamp(clock.wallMs() - ageMs);
  }
}

/** Who reads which queue. One queue may serve many accounts, and is read once: with the session of the account in which it lies
 *  if that is connected, otherwise with that of the account that named it first.
 *  @param urls account → URL of the queue that it names */
export function queueReaders<Calls>(
  urls: ReadonlyMap<string, string>,
  callsOf: (accountId: string) => Calls | undefined,
): ReadonlyMap<string, Calls> {
  const readers = new Map<string, Calls>();
  for (const [account, url] of urls) {
    const owner = /\/(\d{12})\/[^/]+$/.exec(url)?.[1];
    const calls = callsOf(owner ?? account) ?? callsOf(account);
    if (calls !== undefined && !readers.has(url)) readers.set(url, calls);
  }
  return readers;
}

/** Whether a role has a policy of the operator's name that nothing explains. Before the state machines are read, that applies
 *  to every grant: each is checked again when it matters. */
export function isStrayGrant(
  { links, machines, clusterId }: Pick<AwsConnectionsParts, 'links' | 'machines' | 'clusterId'>,
  arn: string,
  name: string,
): boolean {
  return name === policyName(clusterId) && isUnexplained(arn, links, machines);
}

/** Whether snapshots keep a role: links use it, or may use it once their state machines are read. */
export function keepsRole(
  { links, machines, accounts }: Pick<AwsConnectionsParts, 'links' | 'machines' | 'accounts'>,
  accountId: string,
  arn: string,
  bearsTags: boolean,
): boolean {
  return (
    bearsTags ||
    links.byIndex('targetRole', arn).length > 0 ||
    machines.under(arn).length > 0 ||
    (accounts.get(accountId)?.rules.entries ?? []).some((entry) =>
      (entry.source?.executionRoles ?? []).some((pattern) => matchesPattern(pattern, arn)),
    )
  );
}
