/** A link that is being deleted: let go at once, taken down, or held with the reason told. */
import type { Logger } from 'pino';
import { CROSS_ACCOUNT_LINK } from '../../api/crossaccountlink.ts';
import { ANNOTATIONS, FINALIZER } from '../../api/metadata.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { ReconcileResult } from '../../kubernetes/controller.ts';
import { removeFinalizer } from '../../kubernetes/finalizers.ts';
import { readyVerdict, reportReady } from '../../report/conditions.ts';
import { linkStatus, type LinkFacts } from '../../report/link-status.ts';
import { progressing, stalled } from '../../report/outcome.ts';
import { ReconcileRecord } from './reconcile-record.ts';
import { keptSentence } from './status-facts.ts';
import { logReconciled } from './link-log.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { LinkReporter } from './link-reporter.ts';
import { failureOf } from '../objects/write-failure.ts';
import { blockedBy, type FinalizeLink, type FinalizeResult } from './finalize.ts';
import type { ResolvedLink, Contributors } from '../objects/contributors.ts';

export interface LinkDeletionParts {
  readonly client: KubernetesClient;
  readonly contributors: Contributors;
  readonly finalize: FinalizeLink;
  readonly reporter: LinkReporter;
  readonly log: Logger;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** How long a deletion waits for executions before it says that it is blocked. */
  readonly deletionPatienceMs: number;
}

export class LinkDeletion {
  readonly #parts: LinkDeletionParts;

  constructor(parts: LinkDeletionParts) {
    this.#parts = parts;
  }

  async run(object: LinkObject, began: number): Promise<ReconcileResult> {
    const { metadata, link } = object;
    if (!metadata.finalizers.includes(FINALIZER)) return {};
    if (metadata.annotations[ANNOTATIONS.abandon] === 'true')
      return this.#letGo(object, 'Abandoned', abandonedSentence(object));
    if (link.retain)
      return this.#letGo(object, 'Retained', 'deletionPolicy is Retain: AWS is left as it is.');
    if (link.suspended) {
      const message = 'spec.suspend is true: resume the link, or abandon it.';
      return this.#reportDeletion(object, { kind: 'waits', reason: 'DeletionBlocked', message, afterMs: 0 });
    }
    const resolved = this.#parts.contributors.resolve(object);
    if ('kind' in resolved) {
      if (resolved.kind === 'notYet') return {};
      const message = `${resolved.message} Without it the link's objects in AWS cannot be removed; to leave them, abandon the link.`;
      return this.#reportDeletion(object, { kind: 'waits', reason: 'DeletionBlocked', message, afterMs: 0 });
    }
    const record = new ReconcileRecord();
    const result = await this.#finalize(resolved, record);
    logReconciled(this.#parts.log, { object, record, durationMs: this.#parts.now() - began, drift: [] });
    if (record.kept.length > 0) {
      this.#parts.reporter.event(
        object,
        'Warning',
        'CredentialsKept',
        keptSentence(record.kept, link.stateMachine.name),
      );
    }
    if (result.kind === 'waits') return this.#reportDeletion(object, result);
    return this.#letGo(object, 'Deleted', 'What the link added in AWS is removed.');
  }

  async #finalize(resolved: ResolvedLink, record: ReconcileRecord): Promise<FinalizeResult> {
    const { object, link } = resolved;
    const deletedAt = Date.parse(object.metadata.deletionTimestamp ?? '');
    const options = {
      callOptions: { urgency: 'make', tenant: link.namespace, maxWaitMs: 500 },
      deletingForMs: Date.parse(this.#parts.reporter.now()) - deletedAt,
      patienceMs: this.#parts.deletionPatienceMs,
      knownRoleId: object.status.targetRoleID,
    } as const;
    try {
      return await this.#parts.finalize.run(resolved, options, record);
    } catch (error) {
      const failure = failureOf(error, record);
      if (failure.kind === 'terminal') return blockedBy(failure);
      if (failure.kind === 'laneBusy' && failure.retryAfterMs !== undefined) {
        return {
          kind: 'waits',
          reason: 'Deleting',
          message: `${failure.message}.`,
          afterMs: failure.retryAfterMs,
        };
      }
      throw failure;
    }
  }

  async #reportDeletion(
    object: LinkObject,
    result: Extract<FinalizeResult, { kind: 'waits' }>,
  ): Promise<ReconcileResult> {
    const { reporter } = this.#parts;
    const now = reporter.now();
    const { reason, message } = result;
    const outcome = reason === 'DeletionBlocked' ? stalled(reason, message) : progressing(reason, message);
    const ready = readyVerdict({ legs: { targetRole: outcome } });
    const conditions = reportReady(object.status.conditions ?? [], ready, object.metadata.generation, now);
    const facts: LinkFacts = { drift: [], conditions, observedGeneration: object.metadata.generation };
    await reporter.status(object, linkStatus(object.status, object.link, facts, now));
    return result.afterMs > 0 ? { requeueAfterMs: result.afterMs } : {};
  }

  async #letGo(object: LinkObject, reason: string, message: string): Promise<ReconcileResult> {
    this.#parts.reporter.event(object, 'Normal', reason, message);
    await removeFinalizer(this.#parts.client, CROSS_ACCOUNT_LINK, object.metadata, FINALIZER);
    if (reason === 'Abandoned')
      this.#parts.log.info(
        { audit: true, link: object.link.key, inventory: object.status.inventory },
        message,
      );
    return {};
  }
}

function abandonedSentence({ status }: LinkObject): string {
  const arns = (status.inventory ?? []).map(({ arn }) => arn);
  return `The link is abandoned; AWS is not touched. What may stay: ${arns.length === 0 ? 'nothing known' : arns.join(', ')}.`;
}
