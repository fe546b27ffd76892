/** A link that is being deleted: released at once, finalized, or kept while its status says what it waits for. */
import type { Logger } from 'pino';
import { AwsFailure } from '../../aws/errors/errors.ts';
import { CROSS_ACCOUNT_LINK } from '../../api/crossaccountlink.ts';
import { ANNOTATIONS, FINALIZER } from '../../api/metadata.ts';
import { isRefusal } from '../../kubernetes/api-error.ts';
import { confirm } from '../../kubernetes/confirm.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { ReconcileResult } from '../../kubernetes/controller.ts';
import type { EventType } from '../../kubernetes/event-recorder.ts';
import { FinalizerRefused, removeFinalizer } from '../../kubernetes/finalizers.ts';
import {
  accountAwaited,
  BLOCKED_RECHECK_MS,
  deletionBlocked,
  patienceOf,
  type DeletionAge,
  type DeletionOutcome,
  type DeletionWait,
  leftBehindSentence,
  quotasUsedUp,
  removedSentence,
} from '../../report/deletion-outcome.ts';
import { legState, type ConditionState } from '../../report/condition-states.ts';
import { finalizerStays } from '../../report/finalizer-refused.ts';
import { keptByOthers, letGoSentence, type LetGo } from '../../report/released.ts';
import { keptWarning } from '../../report/warnings.ts';
import type { UnreadLinks } from '../objects/unread-links.ts';
import { interruptionBy } from '../objects/write-failure.ts';
import { hasFinalizer, type LinkObject } from '../state/link-object.ts';
import type { LinkMemories } from '../state/link-memory.ts';
import { isOnRecord } from '../state/on-record.ts';
import type { LinkResolver, ResolvedLink } from '../state/resolved-link.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';
import { handlingOf } from '../objects/failure-handling.ts';
import { callsFor } from './call-options.ts';
import { busyForDeletion } from './deletion-quotas.ts';
import type { FinalizeLink } from './finalize.ts';
import type { DelayedRelease } from './delayed-release.ts';
import { logReconciled } from './link-log.ts';
import type { LinkReporter } from './link-reporter.ts';
import type { LinkProof } from './proof.ts';
import { readStopped, readStoppedAgain } from './read-stopped.ts';
import { ReconcileRecord } from './reconcile-record.ts';
import { statusUpdate } from './status-update.ts';

interface LinkDeletionParts {
  readonly client: Pick<KubernetesClient, 'get' | 'patch'>;
  readonly resolver: Pick<LinkResolver, 'resolve' | 'refuseUnread' | 'knowsNamespaceOf'>;
  readonly memories: Pick<LinkMemories, 'peek'>;
  readonly finalize: FinalizeLink;
  readonly proof: Pick<LinkProof, 'findOut'>;
  readonly unreadLinks: Pick<UnreadLinks, 'readIfStopped'>;
  readonly machines: Pick<StateMachineCache, 'known'>;
  readonly delayedRelease: DelayedRelease;
  /** Has a link reconciled at once. */
  readonly enqueue: (object: LinkObject) => void;
  readonly reporter: LinkReporter;
  readonly log: Logger;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** How long a deletion waits for executions before it says that it is blocked. */
  readonly deletionPatienceMs: number;
}

/** AWS lists neither of these. https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html */
const NOT_WAITED_FOR =
  'Not waited for: callers that start a version by its own ARN, and executions that are redriven within 14 days.';

const NEVER_ADMITTED =
  'The access rules do not admit the link, and nothing was written for it: AWS is left as it is.';

const NEVER_WRITTEN = 'Nothing was written for the link: AWS is left as it is.';

const REMOVED: ConditionState = {
  status: 'Unknown',
  reason: 'Deleting',
  message: 'Nothing is left to remove.',
};

/** No retry: only a change in the cluster helps, and that brings the link back. */
const UNTIL_CHANGED = 0;

/** It takes the other links about a second to take off what a link leaves. */
const OTHERS_RECHECK_MS = 500;

export class LinkDeletion {
  readonly #parts: LinkDeletionParts;

  constructor(parts: LinkDeletionParts) {
    this.#parts = parts;
  }

  /** Goes one step on the way down; returns when to come again.
   *  @param began monotonic milliseconds at which the reconcile began */
  async run(object: LinkObject, began: number): Promise<ReconcileResult> {
    const { metadata, link } = object;
    if (!hasFinalizer(object)) return {};
    if (metadata.annotations[ANNOTATIONS.abandon] === 'true') return this.#letGo(object, 'Abandoned');
    if (link.retain) return this.#letGo(object, 'Retained');
    this.#parts.delayedRelease.end(object);
    const isOurs = isOnRecord(object, this.#parts.memories.peek(link.uid));
    if (!isOurs && this.#isRefused(object)) return this.#release(object, 'Deleted', NEVER_ADMITTED);
    if (link.suspended) {
      if (!(await this.#mayHaveWritten(object))) return this.#release(object, 'Deleted', NEVER_WRITTEN);
      const message = 'spec.suspend is true: resume the link, or abandon it.';
      // Whether the operator wrote for the link may still be found out later.
      return this.#stop(object, deletionBlocked(message, isOurs ? UNTIL_CHANGED : BLOCKED_RECHECK_MS));
    }
    const resolved = this.#parts.resolver.resolve(object);
    if ('kind' in resolved) {
      if (resolved.kind === 'accountPending')
        return this.#report(object, accountAwaited(resolved.message, patienceOf(this.#ageOf(object))));
      const message = `${resolved.message} Without it the link's objects in AWS cannot be removed; to leave them, abandon the link.`;
      return this.#stop(object, deletionBlocked(message, UNTIL_CHANGED));
    }
    const busy = busyForDeletion(resolved, this.#parts.machines, callsFor(link.namespace, 'make'));
    if (busy?.retryAfterMs !== undefined) return this.#report(object, quotasUsedUp(busy.retryAfterMs));
    // A cache may lag: by now another link may have this one's name, and its objects.
    await confirm(this.#parts, CROSS_ACCOUNT_LINK, object);
    const record = new ReconcileRecord();
    const result = await this.#finalize(resolved, record);
    const { reporter, log, now } = this.#parts;
    const outcome = result.kind === 'waits' ? legState('targetRole', result.outcome) : REMOVED;
    logReconciled(log, { object, record, durationMs: now() - began, drift: [], outcome });
    reporter.warn(object, keptWarning(record.kept, link.stateMachine.name));
    if (result.kind === 'waits') return this.#report(object, result);
    const kept = record.kept.map((task) => `Credentials of "${task}" in ${link.stateMachine.name}`);
    return this.#finished(object, [...record.leftBehind, ...kept]);
  }

  #finished(object: LinkObject, left: readonly string[]): Promise<ReconcileResult> {
    if (left.length === 0) {
      const removed = removedSentence(object.link, object.status.executionRoleARN, NOT_WAITED_FOR);
      return this.#release(object, 'Deleted', removed);
    }
    const message = leftBehindSentence(left);
    this.#parts.log.warn({ link: object.link.key, leftBehind: left }, message);
    return this.#release(object, 'LeftBehind', message, 'Warning');
  }

  /** If AWS cannot be asked, it may have written. */
  async #mayHaveWritten(object: LinkObject): Promise<boolean> {
    try {
      return await this.#parts.proof.findOut(object);
    } catch (error) {
      if (error instanceof AwsFailure) return true;
      throw error;
    }
  }

  #isRefused(object: LinkObject): boolean {
    const { resolver } = this.#parts;
    const resolved = resolver.resolve(object);
    if ('kind' in resolved) return resolved.kind === 'refused';
    return resolver.knowsNamespaceOf(object.link) && resolver.refuseUnread(resolved) !== undefined;
  }

  async #finalize(resolved: ResolvedLink, record: ReconcileRecord): Promise<DeletionOutcome> {
    const { object, link } = resolved;
    const options = { callOptions: callsFor(link.namespace, 'make'), ...this.#ageOf(object) };
    try {
      return await this.#parts.finalize.run(resolved, options, record);
    } catch (error) {
      const interruption = interruptionBy(error);
      record.addInterrupted(interruption);
      const { failure } = interruption;
      const isOverdue = patienceOf(options) === 'overdue';
      const { outcome, retry } = handlingOf(failure, { kind: 'finalize', isOverdue });
      if (outcome === undefined) throw failure;
      if (retry.kind === 'after') return { kind: 'waits', outcome, afterMs: retry.ms };
      await this.#report(object, { kind: 'waits', outcome, afterMs: UNTIL_CHANGED });
      throw failure;
    }
  }

  #ageOf({ metadata }: LinkObject): DeletionAge {
    const { reporter, deletionPatienceMs } = this.#parts;
    const deletingForMs = Date.parse(reporter.now()) - Date.parse(metadata.deletionTimestamp ?? '');
    return { deletingForMs, patienceMs: deletionPatienceMs };
  }

  /** Reports a link that goes no further until somebody changes something. Its state machine is read all the same, so that the
   *  link does not hold up others meanwhile. */
  async #stop(object: LinkObject, wait: DeletionWait): Promise<ReconcileResult> {
    const result = await this.#report(object, wait);
    const failure = await readStopped(this.#parts.unreadLinks, object);
    return failure === undefined ? result : readStoppedAgain(failure);
  }

  async #report(object: LinkObject, wait: DeletionWait): Promise<ReconcileResult> {
    const { reporter } = this.#parts;
    await reporter.report(object, statusUpdate(object, { kind: 'deleting', wait }, reporter.now()));
    return wait.afterMs > 0 ? { requeueAfterMs: wait.afterMs } : {};
  }

  /** Leaves AWS as it is, once the other links have taken off what only this one wanted of shared objects. */
  async #letGo(object: LinkObject, reason: LetGo): Promise<ReconcileResult> {
    const { delayedRelease, enqueue } = this.#parts;
    for (const other of delayedRelease.begin(object)) enqueue(other);
    if (delayedRelease.isAwaited(object)) return { requeueAfterMs: OTHERS_RECHECK_MS };
    return this.#release(object, reason, letGoSentence(object, reason, delayedRelease.rolesShared(object)));
  }

  async #release(
    object: LinkObject,
    reason: string,
    message: string,
    type: EventType = 'Normal',
  ): Promise<ReconcileResult> {
    const updated = await this.#reportKept(object, message);
    this.#parts.reporter.event(object, type, reason, message);
    await this.#removeFinalizer(updated);
    if (reason === 'Abandoned') {
      const { link, status } = object;
      this.#parts.log.info({ audit: true, link: link.key, inventory: status.inventory }, message);
    }
    return {};
  }

  /** Writes the last status of a link that finalizers of others keep: once the operator's finalizer is gone, the operator does
   *  not touch it again. Returns the link as it is then. */
  async #reportKept(object: LinkObject, message: string): Promise<LinkObject> {
    const wait = keptByOthers(object.metadata, message);
    if (wait === undefined) return object;
    const { reporter } = this.#parts;
    const { status } = statusUpdate(object, { kind: 'deleting', wait }, reporter.now());
    try {
      return await reporter.statusAhead(object, status);
    } catch (error) {
      // A policy of the cluster that refuses the status must not keep the deletion from going on.
      if (isRefusal(error)) return object;
      throw error;
    }
  }

  async #removeFinalizer(object: LinkObject): Promise<void> {
    try {
      await removeFinalizer(this.#parts.client, CROSS_ACCOUNT_LINK, object.metadata, FINALIZER);
    } catch (error) {
      if (error instanceof FinalizerRefused) {
        const outcome = finalizerStays(error.message);
        await this.#report(object, { kind: 'waits', outcome, afterMs: UNTIL_CHANGED });
      }
      throw error;
    }
  }
}
