/**
 * Reconciles one AWSAccount: can the operator act there, and as whom? If that changes, the links of the account are reconciled
 * again.
 */
import type { AWSAccount } from '../../api/awsaccount.ts';
import type { AccountConfig } from '../../aws/sessions/sessions.ts';
import { isOutdated } from '../../kubernetes/api-error.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { ReconcileResult } from '../../kubernetes/controller.ts';
import type { Cache } from '../../kubernetes/store.ts';
import type { MissedChanges } from '../../kubernetes/missed-changes.ts';
import { accountConfig } from './account-config.ts';
import { AccountFinalizer } from './account-finalizer.ts';
import { AccountReporter, type AccountReporterParts } from './account-reporter.ts';
import { accountEntry, lookThrough, type Connected, type ConnectedAccount } from './account-entry.ts';
import {
  finalizerVerdict,
  inUseVerdict,
  outageVerdict,
  twinVerdict,
  unreachableSinceIn,
  verdictOf,
  type AccountVerdict,
} from './account-verdict.ts';
import { ConnectionCheck } from './connection-check.ts';
import { inCharge, isTerminating } from './in-charge.ts';
import type { AccountRegistry } from '../state/account-registry.ts';

interface AccountReconcilerParts extends AccountReporterParts {
  readonly client: Pick<KubernetesClient, 'get' | 'patch'>;
  readonly objects: Pick<Cache<AWSAccount>, 'get' | 'byIndex'>;
  /** The accounts as links see them. */
  readonly accounts: AccountRegistry;
  readonly connect: (config: AccountConfig) => ConnectedAccount;
  readonly countLinks: (accountId: string) => number;
  /** Whether checks of links read the account's roles. */
  readonly isChecked: (accountId: string) => boolean;
  /** Brings every link of an account back to the queue. */
  readonly enqueueLinks: (accountId: string) => void;
  /** Brings the AWSAccount of that name to the queue. */
  readonly enqueue: (name: string) => void;
  readonly missedChanges: Pick<MissedChanges, 'refused'>;
  /** Between 0 and 1. */
  readonly random: () => number;
}

const TRY_AGAIN_MS = 15_000;
const COUNT_AGAIN_MS = 5_000;
/** Pause after the API server refused a write because the AWSAccount changed meanwhile. */
const AFTER_CONFLICT_MS = 500;
/** Pause before checking again whether another AWSAccount has taken over. */
const HAND_OVER_MS = 500;

export class AccountReconciler {
  readonly #parts: AccountReconcilerParts;
  readonly #reporter: AccountReporter;
  readonly #finalizer: AccountFinalizer;
  /** By account ID; closed and forgotten when the AWSAccount is gone. */
  readonly #connected = new Map<string, Connected>();

  constructor(parts: AccountReconcilerParts) {
    this.#parts = parts;
    this.#reporter = new AccountReporter(parts);
    this.#finalizer = new AccountFinalizer(parts);
  }

  /** Reconciles the AWSAccount of that name; returns when to come again.
   *  @throws whatever is to be tried again with growing pauses */
  async reconcile(key: string): Promise<ReconcileResult> {
    const object = this.#parts.objects.get(key);
    if (object === undefined) return {};
    try {
      return await this.#reconcile(object);
    } catch (error) {
      if (isOutdated(error)) {
        this.#parts.missedChanges.refused(object);
        return { requeueAfterMs: AFTER_CONFLICT_MS };
      }
      const refused = finalizerVerdict(error);
      if (refused !== undefined) await this.#withoutFinalizer(object, refused);
      throw error;
    }
  }

  /** Handles an AWSAccount whose finalizer is refused: its links wait, and what its rules say by now applies to them all the
   *  same. */
  async #withoutFinalizer(object: AWSAccount, refused: AccountVerdict): Promise<void> {
    if (!isTerminating(object)) this.#publish(object, this.#connect(object), refused);
    await this.#reporter.report(object, refused, { links: this.#parts.countLinks(object.spec.accountID) });
  }

  async #reconcile(object: AWSAccount): Promise<ReconcileResult> {
    const links = this.#parts.countLinks(object.spec.accountID);
    const holder = this.#inCharge(object);
    const isGoing = isTerminating(object);
    if (holder.metadata.uid !== object.metadata.uid)
      return isGoing ? this.#handOver(object) : this.#refuseTwin(object, holder);
    if (isGoing && links === 0) return this.#release(object);
    const updated = isGoing ? object : await this.#finalizer.keep(object, links);
    const connected = this.#connect(object);
    const verdict = await this.#verify(connected);
    if (!this.#isStill(object)) return {};
    this.#publish(object, connected, verdict);
    const outage = connected.connection.outage();
    const reach = outageVerdict(verdict, outage, connected.connection.queueProblem());
    const outcome = isGoing ? inUseVerdict(links, reach) : reach;
    if (!this.#parts.isChecked(object.spec.accountID) && verdict.status === 'True')
      lookThrough(object, connected);
    const { connection, check } = connected;
    const countMs = this.#finalizer.countWaitsMs(object);
    const isTold = await this.#reporter.report(updated, outcome, {
      links,
      connection,
      countWaits: countMs > 0,
    });
    const countAgainMs = countMs === 0 || (isTold && links > 0) ? Infinity : countMs;
    const outageMs = outage === undefined ? Infinity : TRY_AGAIN_MS;
    const dueMs = check.againMs(this.#parts.wallClock());
    return { requeueAfterMs: Math.min(isGoing ? COUNT_AGAIN_MS : outageMs, countAgainMs, dueMs) };
  }

  /** Asks AWS who the operator is in the account, unless it has answered a short while ago. Links that come and go are no
   *  reason to ask again; if the last answer was no, each of them would. */
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

  /** To be called when a service of an account is out of reach, or answers again: in the second case its links need not wait
   *  any longer. */
  outageChanged(accountId: string): void {
    const { accounts, enqueue, enqueueLinks } = this.#parts;
    const account = accounts.get(accountId);
    if (account === undefined) return;
    enqueue(account.name);
    if (this.#connected.get(accountId)?.connection.outage() === undefined) enqueueLinks(accountId);
  }

  /** To be called when an AWSAccount is gone: its links come back to the queue. Another AWSAccount of the same ID keeps the
   *  connection. */
  removed(object: AWSAccount): void {
    const { accountID } = object.spec;
    this.#finalizer.forget(object);
    if (this.#parts.accounts.get(accountID)?.name !== object.metadata.name) return;
    this.#parts.accounts.delete(accountID);
    const others = this.#parts.objects.byIndex('accountId', accountID);
    if (others.every(({ metadata }) => metadata.uid === object.metadata.uid)) {
      this.#connected.get(accountID)?.connection.close();
      this.#connected.delete(accountID);
    }
    this.#parts.enqueueLinks(accountID);
  }

  async #release(object: AWSAccount): Promise<ReconcileResult> {
    await this.#finalizer.removeFrom(object);
    return {};
  }

  /** Releases an AWSAccount as soon as another one speaks for the account, so that no link is without one in between. */
  #handOver(object: AWSAccount): Promise<ReconcileResult> {
    const { accountID } = object.spec;
    return this.#parts.accounts.get(accountID)?.name === object.metadata.name
      ? Promise.resolve({ requeueAfterMs: HAND_OVER_MS })
      : this.#release(object);
  }

  #inCharge(object: AWSAccount): AWSAccount {
    return inCharge(this.#parts.objects.byIndex('accountId', object.spec.accountID)) ?? object;
  }

  /** Whether the AWSAccount still speaks for the account. AWS may have taken its time to answer. */
  #isStill(object: AWSAccount): boolean {
    const current = this.#parts.objects.get(object.metadata.name);
    const { uid } = object.metadata;
    return current?.metadata.uid === uid && this.#inCharge(current).metadata.uid === uid;
  }

  /** A twin that spoke for the account before may have the finalizer: what has links is the other one, once it speaks. */
  async #refuseTwin(object: AWSAccount, holder: AWSAccount): Promise<ReconcileResult> {
    const speaks = this.#parts.accounts.get(object.spec.accountID)?.name === object.metadata.name;
    const updated = speaks ? object : await this.#finalizer.keep(object, 0);
    await this.#reporter.report(updated, twinVerdict(holder.metadata.name), { links: 0 });
    return { requeueAfterMs: TRY_AGAIN_MS };
  }

  /** Returns the connection. It is kept as long as the AWSAccount says the same about it. */
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

  /** Shows the account to links, and brings these back to the queue if what they may do there has changed. */
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
}
