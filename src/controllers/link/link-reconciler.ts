/** Reconciles one link according to its state: deleted, suspended, refused, waiting for its accounts, or to be kept up. */
import type { Logger } from 'pino';
import { CROSS_ACCOUNT_LINK } from '../../api/crossaccountlink.ts';
import { FINALIZER } from '../../api/metadata.ts';
import { AwsFailure } from '../../aws/errors/errors.ts';
import type { Refusal } from '../../desired/refusals.ts';
import { writesAnything } from '../../desired/link.ts';
import { isOutdated } from '../../kubernetes/api-error.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { ReconcileResult } from '../../kubernetes/controller.ts';
import { addFinalizer, FinalizerRefused, removeFinalizer } from '../../kubernetes/finalizers.ts';
import type { Cache } from '../../kubernetes/store.ts';
import type { MissedChanges } from '../../kubernetes/missed-changes.ts';
import { finalizerRefused } from '../../report/finalizer-refused.ts';
import { stalled } from '../../report/outcome.ts';
import type { UnreadLinks } from '../objects/unread-links.ts';
import type { LinkMemories } from '../state/link-memory.ts';
import { hasFinalizer, type LinkObject } from '../state/link-object.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';
import type { LinkResolver } from '../state/resolved-link.ts';
import type { LinkDeletion } from './deletion.ts';
import { recordedRoles, roleRecord } from './inventory.ts';
import { logReconciled } from './link-log.ts';
import type { LinkReporter } from './link-reporter.ts';
import type { LinkProof } from './proof.ts';
import { readStopped, readStoppedAgain } from './read-stopped.ts';
import { ReconcileRecord } from './reconcile-record.ts';
import { isEditedBesidesSuspend, specDigest } from './status-facts.ts';
import type { Conclusion } from './status-update.ts';
import type { LinkUpkeep } from './upkeep.ts';

interface LinkReconcilerParts {
  readonly client: Pick<KubernetesClient, 'get' | 'patch'>;
  readonly links: Pick<Cache<LinkObject>, 'get'>;
  readonly resolver: Pick<LinkResolver, 'resolve'>;
  readonly unreadLinks: Pick<UnreadLinks, 'readIfStopped'>;
  readonly proof: Pick<LinkProof, 'findOut'>;
  readonly memories: LinkMemories;
  readonly machines: Pick<StateMachineCache, 'rolesOf'>;
  readonly upkeep: LinkUpkeep;
  readonly deletion: LinkDeletion;
  readonly reporter: Pick<LinkReporter, 'conclude'>;
  readonly missedChanges: Pick<MissedChanges, 'refused'>;
  readonly log: Logger;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Pause after the API server refused a write because the link changed meanwhile. */
const AFTER_CONFLICT_MS = 1_000;

export class LinkReconciler {
  readonly #parts: LinkReconcilerParts;

  constructor(parts: LinkReconcilerParts) {
    this.#parts = parts;
  }

  /** Returns when to come again. @throws whatever is to be tried again with growing pauses */
  async reconcile(key: string): Promise<ReconcileResult> {
    const object = this.#parts.links.get(key);
    if (object === undefined) return {};
    const began = this.#parts.now();
    try {
      return await this.#reconcile(object, began);
    } catch (error) {
      if (isOutdated(error)) {
        this.#parts.missedChanges.refused(object);
        return { requeueAfterMs: AFTER_CONFLICT_MS };
      }
      if (error instanceof FinalizerRefused && error.change === 'added')
        await this.#reportRefusedFinalizer(object, error);
      throw error;
    }
  }

  /** Reports that the API server refuses the finalizer. Then nothing is written to AWS for the link, and no other link has to
   *  wait for it. */
  async #reportRefusedFinalizer(object: LinkObject, { message }: FinalizerRefused): Promise<void> {
    await this.#report(object, {
      kind: 'refused',
      refusal: { ...finalizerRefused(message), kind: 'refused', leg: 'targetRole' },
    });
    this.#parts.memories.of(object.link.uid).specDigest = specDigest(object);
  }

  async #reconcile(object: LinkObject, began: number): Promise<ReconcileResult> {
    if (object.link.deleting) return this.#parts.deletion.run(object, began);
    const unread = await this.#readIfStopped(object);
    const lacksFinalizer = this.#lacksFinalizer(object);
    const result = await this.#byState(object, began);
    if (lacksFinalizer) {
      const annotations = roleRecord(this.#executionRoles(object));
      const finalizer = { finalizer: FINALIZER, annotations };
      await addFinalizer(this.#parts.client, CROSS_ACCOUNT_LINK, object.metadata, finalizer);
    }
    // The status is reported and a request answered even if the state machine could not be read.
    return unread === undefined ? result : readStoppedAgain(unread);
  }

  async #byState(object: LinkObject, began: number): Promise<ReconcileResult> {
    const { resolver, client, upkeep } = this.#parts;
    const { link } = object;
    if (link.suspended) return this.#suspend(object);
    const resolved = resolver.resolve(object);
    if ('kind' in resolved) {
      return resolved.kind === 'accountPending'
        ? upkeep.awaitAccount(object, resolved, began)
        : this.#refuse(object, resolved, began);
    }
    const result = await upkeep.run(resolved, began);
    // A link that only observes has written nothing, or has nothing left to remove.
    if (!writesAnything(link) && hasFinalizer(object))
      await removeFinalizer(client, CROSS_ACCOUNT_LINK, object.metadata, FINALIZER);
    return result;
  }

  /** Whether the operator wrote for a link that has no finalizer, as after a restore from a backup. If it were deleted like
   *  that, what was made for it would stay. The next write for the link would add the finalizer, but there may be none: the
   *  link is suspended, refused or in sync. */
  #lacksFinalizer(object: LinkObject): boolean {
    const { link } = object;
    return !hasFinalizer(object) && writesAnything(link) && this.#parts.memories.peek(link.uid).wroteForLink;
  }

  /** Execution roles that may have the link's grant, as far as is known. */
  #executionRoles(object: LinkObject): readonly string[] {
    const { link, status } = object;
    const current = this.#parts.machines.rolesOf(link.stateMachine.text);
    const reported = status.executionRoleARN === undefined ? [] : [status.executionRoleARN];
    return [...new Set([...current, ...reported, ...recordedRoles(object)])];
  }

  /** Reads the state machine of a link that gets no further than its status. Returns why it could not be read; undefined if it
   *  was.
   *  @throws any error but AwsFailure */
  async #readIfStopped(object: LinkObject): Promise<AwsFailure | undefined> {
    const unread = await readStopped(this.#parts.unreadLinks, object);
    if (unread !== undefined) return unread;
    try {
      // A suspended link would otherwise hold up others for good, with nothing but its finalizer to say that it wrote.
      if (object.link.suspended) await this.#parts.proof.findOut(object);
      return undefined;
    } catch (error) {
      if (error instanceof AwsFailure) return error;
      throw error;
    }
  }

  async #refuse(object: LinkObject, refusal: Refusal, began: number): Promise<ReconcileResult> {
    const { log, memories, now } = this.#parts;
    const record = new ReconcileRecord();
    record.legs[refusal.leg] = stalled(refusal.reason, refusal.message);
    await this.#report(object, { kind: 'refused', refusal });
    memories.of(object.link.uid).specDigest = specDigest(object);
    logReconciled(log, { object, record, durationMs: now() - began, drift: [] });
    // An AWSAccount that is created or changed brings the link back at once.
    return {};
  }

  async #suspend(object: LinkObject): Promise<ReconcileResult> {
    const known = this.#parts.memories.peek(object.link.uid).specDigest;
    const specEdited = isEditedBesidesSuspend(object, known);
    await this.#report(object, { kind: 'suspended', specEdited });
    return {};
  }

  async #report(object: LinkObject, conclusion: Conclusion): Promise<void> {
    const { memories, reporter } = this.#parts;
    await reporter.conclude(object, conclusion, memories.of(object.link.uid));
  }
}
