/** Reconciles one AWSAccount: can the operator act there, and as whom? Its links come back when that changes. */
import type { Logger } from 'pino';
import { AWS_ACCOUNT, type AWSAccount } from '../../api/awsaccount.ts';
import { findCondition } from '../../api/conditions.ts';
import { FINALIZER } from '../../api/metadata.ts';
import type { AccountConfig } from '../../aws/sessions/sessions.ts';
import { isOutdated } from '../../kubernetes/api-error.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { ReconcileResult } from '../../kubernetes/controller.ts';
import type { EventRecorder } from '../../kubernetes/event-recorder.ts';
import { addFinalizer, removeFinalizer } from '../../kubernetes/finalizers.ts';
import { timestamp } from '../../kubernetes/metadata.ts';
import type { StatusWriter } from '../../kubernetes/status-writer.ts';
import type { Cache } from '../../kubernetes/store.ts';
import { accountConfig } from './account-config.ts';
import {
  accountEntry,
  accountFacts,
  lookThrough,
  type Connected,
  type ConnectedAccount,
} from './account-entry.ts';
import {
  accountConditions,
  accountStatus,
  inUseVerdict,
  outageVerdict,
  twinVerdict,
  unheldVerdict,
  unreachableSinceIn,
  verdictOf,
  type AccountVerdict,
} from './account-verdict.ts';
import { ConnectionCheck } from './connection-check.ts';
import { inCharge, isTerminating } from './in-charge.ts';
import type { AccountRegistry } from '../state/account-registry.ts';
import { toJsonObject } from '../../base/json.ts';

interface AccountReconcilerParts {
  readonly client: Pick<KubernetesClient, 'get' | 'patch'>;
  readonly objects: Pick<Cache<AWSAccount>, 'get' | 'values'>;
  /** What is known of the accounts, for links. */
  readonly accounts: AccountRegistry;
  readonly connect: (config: AccountConfig) => ConnectedAccount;
  readonly countLinks: (accountId: string) => number;
  /** Brings every link of an account back to the queue. */
  readonly enqueueLinks: (accountId: string) => void;
  /** Brings the AWSAccount of that name to the queue. */
  readonly enqueue: (name: string) => void;
  readonly statusWriter: Pick<StatusWriter, 'write'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly log: Pick<Logger, 'info'>;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** Between 0 and 1. */
  readonly random: () => number;
}

const TRY_AGAIN_MS = 15_000;
const COUNT_AGAIN_MS = 5_000;
/** Pause after the API server refused a write because the AWSAccount changed meanwhile. */
const AFTER_CONFLICT_MS = 500;
/** Pause before another look whether another AWSAccount has taken over. */
const HAND_OVER_MS = 500;

export class AccountReconciler {
  readonly #parts: AccountReconcilerParts;
  /** By account ID; closed and forgotten when the AWSAccount is gone. */
  readonly #connected = new Map<string, Connected>();

  constructor(parts: AccountReconcilerParts) {
    this.#parts = parts;
  }

  async reconcile(key: string): Promise<ReconcileResult> {
    const object = this.#parts.objects.get(key);
    if (object === undefined) return {};
    try {
      return await this.#reconcile(object);
    } catch (error) {
      if (isOutdated(error)) return { requeueAfterMs: AFTER_CONFLICT_MS };
      const unheld = unheldVerdict(error);
      const { accountID } = object.spec;
      if (unheld !== undefined) await this.#report(object, unheld, this.#parts.countLinks(accountID));
      throw error;
    }
  }

  async #reconcile(object: AWSAccount): Promise<ReconcileResult> {
    const links = this.#parts.countLinks(object.spec.accountID);
    const holder = this.#inCharge(object);
    const isGoing = isTerminating(object);
    if (holder.metadata.uid !== object.metadata.uid)
      return isGoing ? this.#handOver(object) : this.#refuseTwin(object, holder);
    if (isGoing && links === 0) return this.#release(object);
    const updated = isGoing ? object : await this.#addFinalizerIfUsed(object, links);
    const connected = this.#connect(object);
    const verdict = await this.#verify(connected);
    if (!this.#isStill(object)) return {};
    this.#publish(object, connected, verdict);
    const outage = connected.connection.outage();
    const reach = outageVerdict(verdict, outage, connected.connection.queueProblem());
    const outcome = isGoing ? inUseVerdict(links, reach) : reach;
    if (links === 0 && verdict.status === 'True') lookThrough(object, connected);
    await this.#report(updated, outcome, links, connected.connection);
    const againMs = connected.check.againMs(this.#parts.wallClock());
    const outageMs = outage === undefined ? Infinity : TRY_AGAIN_MS;
    return { requeueAfterMs: Math.min(isGoing ? COUNT_AGAIN_MS : outageMs, againMs) };
  }

  /** Asks AWS who the operator is there, unless that was answered a short while ago: links that come and go are no
   *  reason to ask, and where the last answer was no, each of them would ask again. */
  async #verify({ connection, check }: Connected): Promise<AccountVerdict> {
    const known = check.known(this.#parts.wallClock());
    if (known !== undefined) return known;
    const verdict = verdictOf(await connection.verify());
    check.note(verdict, this.#parts.wallClock());
    return verdict;
  }

  /** To be called when a call into an account failed in a way that makes the connection doubtful. */
  doubt(accountId: string): void {
    const name = this.#parts.accounts.get(accountId)?.name;
    const isNews = this.#connected.get(accountId)?.check.doubt() ?? false;
    if (isNews && name !== undefined) this.#parts.enqueue(name);
  }

  /** To be called when a service of an account is out of reach, or answers again: then its links need not wait. */
  outageChanged(accountId: string): void {
    const { accounts, enqueue, enqueueLinks } = this.#parts;
    const account = accounts.get(accountId);
    if (account === undefined) return;
    enqueue(account.name);
    if (this.#connected.get(accountId)?.connection.outage() === undefined) enqueueLinks(accountId);
  }

  /** To be called when an AWSAccount is gone: its links come back to the queue. Another of the same ID finds the
   *  connection as it is. */
  removed(object: AWSAccount): void {
    const { accountID } = object.spec;
    if (this.#parts.accounts.get(accountID)?.name !== object.metadata.name) return;
    this.#parts.accounts.delete(accountID);
    const heirs = this.#sameAccount(object).filter(({ metadata }) => metadata.uid !== object.metadata.uid);
    if (heirs.length === 0) {
      this.#connected.get(accountID)?.connection.close();
      this.#connected.delete(accountID);
    }
    this.#parts.enqueueLinks(accountID);
  }

  async #release(object: AWSAccount): Promise<ReconcileResult> {
    if (object.metadata.finalizers.includes(FINALIZER))
      await removeFinalizer(this.#parts.client, AWS_ACCOUNT, object.metadata, FINALIZER);
    return {};
  }

  /** Goes as soon as the AWSAccount that takes its place speaks for the account: no link is without one in between. */
  #handOver(object: AWSAccount): Promise<ReconcileResult> {
    const { accountID } = object.spec;
    return this.#parts.accounts.get(accountID)?.name === object.metadata.name
      ? Promise.resolve({ requeueAfterMs: HAND_OVER_MS })
      : this.#release(object);
  }

  /** The finalizer comes with the first link, and goes when the account is deleted and no link is left. */
  async #addFinalizerIfUsed(object: AWSAccount, links: number): Promise<AWSAccount> {
    const { metadata } = object;
    if (links === 0 || metadata.finalizers.includes(FINALIZER)) return object;
    const { resourceVersion, finalizers } = await addFinalizer(this.#parts.client, AWS_ACCOUNT, metadata, {
      finalizer: FINALIZER,
    });
    return { ...object, metadata: { ...metadata, resourceVersion, finalizers } };
  }

  #inCharge(object: AWSAccount): AWSAccount {
    return inCharge(this.#sameAccount(object)) ?? object;
  }

  #sameAccount({ spec }: AWSAccount): readonly AWSAccount[] {
    return [...this.#parts.objects.values()].filter((other) => other.spec.accountID === spec.accountID);
  }

  /** Whether the AWSAccount still speaks for the account: AWS may have taken its time. */
  #isStill(object: AWSAccount): boolean {
    const current = this.#parts.objects.get(object.metadata.name);
    const { uid } = object.metadata;
    return current?.metadata.uid === uid && this.#inCharge(current).metadata.uid === uid;
  }

  async #refuseTwin(object: AWSAccount, holder: AWSAccount): Promise<ReconcileResult> {
    await this.#report(object, twinVerdict(holder.metadata.name), 0);
    return { requeueAfterMs: TRY_AGAIN_MS };
  }

  /** A connection is kept as long as the AWSAccount says the same about it. */
  #connect({ spec, status }: AWSAccount): Connected {
    const config = accountConfig(spec);
    const key = JSON.stringify(config);
    const known = this.#connected.get(spec.accountID);
    if (known?.key === key) return known;
    const since = known?.check.unreachableSince ?? unreachableSinceIn(status.conditions ?? []);
    const check = new ConnectionCheck(since, this.#parts.random);
    const connected: Connected = { key, connection: this.#parts.connect(config), check };
    this.#connected.set(spec.accountID, connected);
    return connected;
  }

  /** Lets links see the account, and brings them back to the queue when what they may do there changed. */
  #publish(object: AWSAccount, connected: Connected, verdict: AccountVerdict): void {
    const { accounts, enqueueLinks } = this.#parts;
    const { spec } = object;
    const before = accounts.get(spec.accountID);
    const account = accountEntry(object, connected, verdict, before);
    accounts.set(account);
    connected.connection.listen(verdict.status === 'True' ? spec.eventQueueURL : undefined);
    if (
      before?.rules !== account.rules ||
      before.aws !== account.aws ||
      before.driftFloorMs !== account.driftFloorMs
    ) {
      enqueueLinks(spec.accountID);
    }
  }

  async #report(
    object: AWSAccount,
    verdict: AccountVerdict,
    links: number,
    connection?: ConnectedAccount,
  ): Promise<void> {
    const { metadata, status } = object;
    const before = status.conditions ?? [];
    const now = timestamp(this.#parts.wallClock());
    const conditions = accountConditions(before, verdict, metadata.generation, now);
    const next = accountStatus(object, verdict, conditions, accountFacts(links, connection));
    const wrote = await this.#parts.statusWriter.write(
      AWS_ACCOUNT,
      { metadata, status: toJsonObject(status) },
      toJsonObject(next),
    );
    const was = findCondition(before, 'Ready');
    if (!wrote || (was?.status === verdict.status && was.reason === verdict.reason)) return;
    const type = verdict.status === 'True' ? 'Normal' : 'Warning';
    this.#parts.events.record(AWS_ACCOUNT, metadata, { ...verdict, type });
    this.#parts.log.info(
      { account: object.spec.accountID, name: metadata.name, ready: verdict.status, reason: verdict.reason },
      verdict.message,
    );
  }
}
