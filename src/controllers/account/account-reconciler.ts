/** Reconciles one AWSAccount: whether the operator can act there, and as whom. Its links come back to the queue when
 *  that changes. */
import type { Logger } from 'pino';
import { accountRules } from '../../access/rules.ts';
import { AWS_ACCOUNT, type AWSAccount } from '../../api/awsaccount.ts';
import { findCondition } from '../../api/conditions.ts';
import { parseDuration } from '../../api/duration.ts';
import { FINALIZER } from '../../api/metadata.ts';
import type { AccountAws } from '../../aws/account-aws.ts';
import type { Identity } from '../../aws/identity.ts';
import type { AccountConfig } from '../../aws/sessions.ts';
import { compareText } from '../../base/compare-text.ts';
import { ApiError } from '../../kubernetes/api-error.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { ReconcileResult } from '../../kubernetes/controller.ts';
import type { EventRecorder } from '../../kubernetes/event-recorder.ts';
import { addFinalizer, removeFinalizer } from '../../kubernetes/finalizers.ts';
import { timestamp } from '../../kubernetes/metadata.ts';
import type { StatusWriter } from '../../kubernetes/status-writer.ts';
import type { Cache } from '../../kubernetes/store.ts';
import { accountConfig } from './account-config.ts';
import { accountConditions, verdictOf, type AccountVerdict } from './account-verdict.ts';
import type { Account, AccountRegistry } from '../state/account-registry.ts';
import { toJsonObject } from '../../base/json.ts';

/** An account as the SDK reaches it. */
export interface ConnectedAccount {
  readonly aws: AccountAws;
  verify(): Promise<Identity>;
  /** Polls this queue of change events from now on; none when left out. */
  listen(eventQueueUrl: string | undefined): void;
  /** RFC 3339 of the last snapshot, if there was one. */
  lastCheck(): string | undefined;
  /** Whether this process has worked there with an access key. */
  hasUsed(accessKeyId: string): boolean;
  /** The account is no longer called. */
  close(): void;
}

export interface AccountReconcilerParts {
  readonly client: Pick<KubernetesClient, 'get' | 'patch'>;
  readonly objects: Pick<Cache<AWSAccount>, 'get' | 'values'>;
  /** What is known of the accounts, for links. */
  readonly accounts: AccountRegistry;
  readonly connect: (config: AccountConfig) => ConnectedAccount;
  readonly countLinks: (accountId: string) => number;
  /** Brings every link of an account back to the queue. */
  readonly enqueueLinks: (accountId: string) => void;
  readonly statusWriter: Pick<StatusWriter, 'write'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly log: Pick<Logger, 'info'>;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

/** How often a connection that works is verified again. */
const VERIFY_AGAIN_MS = 600_000;
const TRY_AGAIN_MS = 15_000;
const COUNT_AGAIN_MS = 5_000;
const DEFAULT_DRIFT_FLOOR_MS = 60_000;

interface Connected {
  /** The config that the connection was made from. */
  readonly key: string;
  readonly connection: ConnectedAccount;
  verified: { readonly at: number; readonly verdict: AccountVerdict } | undefined;
}

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
      // Somebody changed the object meanwhile: its new state is on its way here.
      if (error instanceof ApiError && (error.status === 409 || error.status === 404))
        return { requeueAfterMs: 500 };
      throw error;
    }
  }

  async #reconcile(object: AWSAccount): Promise<ReconcileResult> {
    const links = this.#parts.countLinks(object.spec.accountID);
    if (object.metadata.deletionTimestamp !== undefined) return this.#delete(object, links);
    if (this.#olderTwin(object) !== undefined) return this.#refuseTwin(object);
    const updated = await this.#addFinalizerIfUsed(object, links);
    const connected = this.#connect(object);
    const verdict = await this.#verify(connected);
    this.#publish(object, connected.connection, verdict);
    await this.#report(updated, verdict, links, connected.connection.lastCheck());
    return { requeueAfterMs: verdict.status === 'True' ? VERIFY_AGAIN_MS : TRY_AGAIN_MS };
  }

  /** Asks AWS who the operator is there, unless that was verified a short while ago: links that come and go are no
   *  reason to ask. */
  async #verify(connected: Connected): Promise<AccountVerdict> {
    const { verified } = connected;
    const now = this.#parts.wallClock();
    if (verified !== undefined && verified.at <= now && now < verified.at + VERIFY_AGAIN_MS * 0.9)
      return verified.verdict;
    const verdict = verdictOf(await connected.connection.verify());
    connected.verified = verdict.status === 'True' ? { at: now, verdict } : undefined;
    return verdict;
  }

  /** To be called when an AWSAccount is gone: its links come back to the queue. */
  removed(object: AWSAccount): void {
    const { accountID } = object.spec;
    if (this.#parts.accounts.get(accountID)?.name !== object.metadata.name) return;
    this.#connected.get(accountID)?.connection.close();
    this.#parts.accounts.delete(accountID);
    this.#connected.delete(accountID);
    this.#parts.enqueueLinks(accountID);
  }

  async #delete(object: AWSAccount, links: number): Promise<ReconcileResult> {
    if (!object.metadata.finalizers.includes(FINALIZER)) return {};
    const inUse = links > 0 && this.#olderTwin(object) === undefined;
    if (!inUse) {
      await removeFinalizer(this.#parts.client, AWS_ACCOUNT, object.metadata, FINALIZER);
      return {};
    }
    const message = `${links} link${links === 1 ? '' : 's'} still have the account as source or target: delete them first.`;
    await this.#report(object, { status: 'False', reason: 'InUse', message }, links, undefined);
    return { requeueAfterMs: COUNT_AGAIN_MS };
  }

  /** The finalizer comes with the first link, and goes when the account is deleted and no link is left. */
  async #addFinalizerIfUsed(object: AWSAccount, links: number): Promise<AWSAccount> {
    const { metadata } = object;
    const has = metadata.finalizers.includes(FINALIZER);
    if (links > 0 && !has) {
      const { resourceVersion, finalizers } = await addFinalizer(
        this.#parts.client,
        AWS_ACCOUNT,
        metadata,
        FINALIZER,
      );
      return { ...object, metadata: { ...metadata, resourceVersion, finalizers } };
    }
    return object;
  }

  #olderTwin({ metadata, spec }: AWSAccount): AWSAccount | undefined {
    return [...this.#parts.objects.values()].find(
      (other) =>
        other.spec.accountID === spec.accountID &&
        other.metadata.uid !== metadata.uid &&
        (compareText(other.metadata.creationTimestamp, metadata.creationTimestamp) ||
          compareText(other.metadata.name, metadata.name)) < 0,
    );
  }

  async #refuseTwin(object: AWSAccount): Promise<ReconcileResult> {
    const message = `AWSAccount ${this.#olderTwin(object)?.metadata.name} has the same accountID and is older: delete one of the two.`;
    await this.#report(object, { status: 'False', reason: 'DuplicateAccount', message }, 0, undefined);
    return { requeueAfterMs: TRY_AGAIN_MS };
  }

  /** A connection is kept as long as the AWSAccount says the same about it. */
  #connect({ spec }: AWSAccount): Connected {
    const config = accountConfig(spec);
    const key = JSON.stringify(config);
    const known = this.#connected.get(spec.accountID);
    if (known?.key === key) return known;
    const connected: Connected = { key, connection: this.#parts.connect(config), verified: undefined };
    this.#connected.set(spec.accountID, connected);
    return connected;
  }

  /** Lets links see the account, and brings them back to the queue when what they may do there changed. */
  #publish(object: AWSAccount, connection: ConnectedAccount, verdict: AccountVerdict): void {
    const { accounts, enqueueLinks } = this.#parts;
    const { name } = object.metadata;
    const { spec } = object;
    const before = accounts.get(spec.accountID);
    const rules = accountRules(name, spec);
    const operatorRoleArn = spec.assumeRole?.arn ?? verdict.identityArn;
    const account: Account = {
      name,
      accountId: spec.accountID,
      rules: before !== undefined && sameText(before.rules, rules) ? before.rules : rules,
      ...(verdict.status === 'True' ? { aws: connection.aws } : { problem: verdict.message }),
      ...(operatorRoleArn !== undefined && { operatorRoleArn }),
      ...(verdict.identityArn !== undefined && { identityArn: verdict.identityArn }),
      hasUsed: (accessKeyId) => connection.hasUsed(accessKeyId),
      driftFloorMs: parseDuration(spec.driftCheckInterval ?? '') ?? DEFAULT_DRIFT_FLOOR_MS,
    };
    accounts.set(account);
    connection.listen(verdict.status === 'True' ? spec.eventQueueURL : undefined);
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
    lastCheck: string | undefined,
  ): Promise<void> {
    const { metadata, status } = object;
    const before = status.conditions ?? [];
    const conditions = accountConditions(before, verdict, metadata.generation, this.#now());
    const identityARN = verdict.identityArn ?? status.identityARN;
    const lastDriftCheckTime = lastCheck ?? status.lastDriftCheckTime;
    const next = {
      observedGeneration: metadata.generation,
      links,
      ...(identityARN !== undefined && { identityARN }),
      ...(lastDriftCheckTime !== undefined && { lastDriftCheckTime }),
      conditions,
    };
    const wrote = await this.#parts.statusWriter.write(
      AWS_ACCOUNT,
      { metadata, status: toJsonObject(status) },
      toJsonObject(next),
    );
    const was = findCondition(before, 'Ready');
    if (!wrote || (was?.status === verdict.status && was.reason === verdict.reason)) return;
    const type = verdict.status === 'True' ? 'Normal' : 'Warning';
    this.#parts.events.record(AWS_ACCOUNT, metadata, type, verdict.reason, verdict.message);
    this.#parts.log.info(
      { account: object.spec.accountID, name: metadata.name, ready: verdict.status, reason: verdict.reason },
      verdict.message,
    );
  }

  #now(): string {
    return timestamp(this.#parts.wallClock());
  }
}

function sameText(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
