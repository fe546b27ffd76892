/** Reconciles one link: resolve → ensure or finalize → report. */
import type { Logger } from 'pino';
import { findCondition } from '../../api/conditions.ts';
import { CROSS_ACCOUNT_LINK } from '../../api/crossaccountlink.ts';
import { FINALIZER } from '../../api/metadata.ts';
import type { Refusal } from '../../desired/requirements.ts';
import { writesAnything } from '../../desired/link.ts';
import { ApiError } from '../../kubernetes/api-error.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { ReconcileResult } from '../../kubernetes/controller.ts';
import { addFinalizer, removeFinalizer } from '../../kubernetes/finalizers.ts';
import type { Cache } from '../../kubernetes/store.ts';
import { stalled } from '../../report/outcome.ts';
import type { Contributors } from '../objects/contributors.ts';
import { interruptionBy, type Interruption } from '../objects/write-failure.ts';
import type { LinkMemory } from '../state/link-memory.ts';
import type { LinkObject } from '../state/link-object.ts';
import { hasFinalizer, type LinkResolver, type ResolvedLink } from '../state/resolved-link.ts';
import type { AliasCheck } from '../triggers/alias-check.ts';
import { noteDefinition } from './definition-growth.ts';
import type { LinkDeletion } from './deletion.ts';
import type { EnsureLink } from './ensure.ts';
import { requeueFor } from '../objects/failure-handling.ts';
import { handleFailures, type FailedReconcile } from './failed-reconcile.ts';
import { logReconciled } from './link-log.ts';
import type { LinkReporter } from './link-reporter.ts';
import { nextCheckMs, readPolicyFor, stateMachineRecheckMs, type ReadPolicy } from './read-policy.ts';
import { ReconcileRecord } from './reconcile-record.ts';
import { requestOf, specDigest } from './status-facts.ts';
import { statusUpdate, type Conclusion } from './status-update.ts';

export interface LinkReconcilerParts {
  readonly client: Pick<KubernetesClient, 'get' | 'patch'>;
  readonly links: Cache<LinkObject>;
  readonly resolver: LinkResolver;
  readonly contributors: Contributors;
  readonly memory: LinkMemory;
  readonly ensure: EnsureLink;
  readonly deletion: LinkDeletion;
  readonly aliases: AliasCheck;
  readonly reporter: LinkReporter;
  readonly log: Logger;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly defaultDriftCheckMs: number;
}

/** A status keeps no more records of drift than this. */
const MOST_UNRECORDED = 10;

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
      // Somebody changed the link meanwhile: the watch brings the change.
      if (error instanceof ApiError && (error.status === 409 || error.status === 404))
        return { requeueAfterMs: AFTER_CONFLICT_MS };
      throw error;
    }
  }

  async #reconcile(object: LinkObject, began: number): Promise<ReconcileResult> {
    const { contributors, deletion, resolver, client } = this.#parts;
    const { link } = object;
    if (link.deleting) return deletion.run(object, began);
    await contributors.readIfIdle(object, { urgency: 'make', tenant: link.namespace, maxWaitMs: 500 });
    if (link.suspended) return this.#suspend(object);
    const resolved = resolver.resolve(object);
    if ('kind' in resolved)
      return resolved.kind === 'accountPending' ? {} : this.#refuse(object, resolved, began);
    const result = await this.#ensure(resolved, began);
    // A link that only observes has written nothing, or has nothing to remove any more.
    if (!writesAnything(link) && hasFinalizer(object))
      await removeFinalizer(client, CROSS_ACCOUNT_LINK, object.metadata, FINALIZER);
    return result;
  }

  async #ensure(resolved: ResolvedLink, began: number): Promise<ReconcileResult> {
    const { link } = resolved;
    const { log, now } = this.#parts;
    const current = { object: resolved.object };
    const memory = this.#parts.memory.of(link.uid);
    // Reset before anything is read: an event that comes while it is being read makes the link suspect again.
    const { suspect } = memory;
    memory.suspect = false;
    const record = new ReconcileRecord();
    const interruption = await this.#run(resolved, this.#readPolicyFor(resolved, current, suspect), record);
    if (interruption?.failure.kind === 'fenced') throw interruption.failure;
    const failed = handleFailures(record, interruption, memory, now());
    const failure = failed?.failure;
    if (failed === undefined) {
      // Somebody may have taken the finalizer off a link that has written to AWS.
      if (record.onTrack && writesAnything(link)) current.object = await this.#addFinalizer(current.object);
      this.#noteAliases(resolved, record);
      memory.failures = 0;
      memory.waitingSince = undefined;
      memory.pausing = record.pausing;
      memory.context = resolved.context;
    } else {
      memory.suspect ||= suspect;
    }
    const { object } = current;
    const drift = await this.#report(object, { kind: 'reconciled', record, failure });
    memory.specDigest = specDigest(object);
    noteDefinition(object, memory, record, failure);
    logReconciled(log, { object, record, durationMs: now() - began, drift, failure });
    return this.#next(resolved, record, failed);
  }

  /** Returns what broke it off, if anything did. */
  async #run(
    resolved: ResolvedLink,
    readPolicy: ReadPolicy,
    record: ReconcileRecord,
  ): Promise<Interruption | undefined> {
    try {
      await this.#parts.ensure.run(resolved, readPolicy, record);
      return undefined;
    } catch (error) {
      const interruption = interruptionBy(error);
      record.addInterrupted(interruption);
      return interruption;
    }
  }

  /** @param current the link as it is after the operator's own writes to it */
  #readPolicyFor(resolved: ResolvedLink, current: { object: LinkObject }, suspect: boolean): ReadPolicy {
    const { memory, defaultDriftCheckMs } = this.#parts;
    const beforeWrites = {
      addFinalizer: async () => {
        current.object = await this.#addFinalizer(current.object);
      },
      forgetRoleId: async () => {
        current.object = await this.#forgetRoleId(current.object);
      },
    };
    return readPolicyFor(resolved, {
      memory: memory.seen(resolved.link.uid),
      suspect,
      defaultDriftCheckMs,
      beforeWrites,
    });
  }

  /** The finalizer is there before the first write to AWS, and not earlier. */
  async #addFinalizer(object: LinkObject): Promise<LinkObject> {
    const { metadata } = object;
    if (hasFinalizer(object)) {
      this.#parts.memory.of(metadata.uid).finalizerPresent = true;
      return object;
    }
    const after = await addFinalizer(this.#parts.client, CROSS_ACCOUNT_LINK, metadata, FINALIZER);
    this.#parts.memory.of(metadata.uid).finalizerPresent = true;
    const { resourceVersion, finalizers } = after;
    return { ...object, metadata: { ...metadata, resourceVersion, finalizers } };
  }

  /** A role is created under a name for which another RoleId is on record. The record goes first: after a crash in
   *  between, the operator would otherwise take its own role for somebody else's. */
  async #forgetRoleId(object: LinkObject): Promise<LinkObject> {
    const { targetRoleID, ...status } = object.status;
    if (targetRoleID === undefined) return object;
    await this.#parts.reporter.status(object, status);
    return { ...object, status };
  }

  #noteAliases({ link, object }: ResolvedLink, record: ReconcileRecord): void {
    const { aliases } = this.#parts;
    const arn = link.stateMachine.text;
    if (record.view === undefined || record.tasks === undefined) return;
    aliases.seen(arn);
    if (record.applied.some(({ operation }) => operation === 'UpdateStateMachine')) aliases.changed(arn);
    else if (requestOf(object) !== undefined) aliases.suspected(arn);
    record.aliasesWithout = aliases.without(arn, link.targetRole.text, record.tasks);
  }

  #next(
    resolved: ResolvedLink,
    record: ReconcileRecord,
    failed: FailedReconcile | undefined,
  ): ReconcileResult {
    const { defaultDriftCheckMs, random } = this.#parts;
    const checkMs = nextCheckMs(resolved, defaultDriftCheckMs, random);
    const afterMs = record.againAfterMs ?? Math.min(checkMs, this.#stateMachineRecheckMs(resolved, record));
    return failed === undefined
      ? { requeueAfterMs: afterMs }
      : requeueFor(failed.retry, failed.failure, afterMs);
  }

  #stateMachineRecheckMs({ object }: ResolvedLink, { legs }: ReconcileRecord): number {
    const leg = legs.stateMachineCredentials;
    if (leg?.kind !== 'stalled' || leg.reason !== 'StateMachineNotFound') return Infinity;
    const ageMs = Date.parse(this.#parts.reporter.now()) - Date.parse(object.metadata.creationTimestamp);
    return stateMachineRecheckMs(ageMs);
  }

  async #refuse(object: LinkObject, refusal: Refusal, began: number): Promise<ReconcileResult> {
    const { log, memory, now } = this.#parts;
    const record = new ReconcileRecord();
    record.legs[refusal.leg] = stalled(refusal.reason, refusal.message);
    await this.#report(object, { kind: 'refused', refusal });
    memory.of(object.link.uid).specDigest = specDigest(object);
    logReconciled(log, { object, record, durationMs: now() - began, drift: [] });
    // An AWSAccount that is created or changed brings the link back at once.
    return {};
  }

  async #suspend(object: LinkObject): Promise<ReconcileResult> {
    await this.#report(object, { kind: 'suspended', specEdited: this.#editedBesidesSuspend(object) });
    return {};
  }

  async #report(object: LinkObject, conclusion: Conclusion) {
    const { reporter } = this.#parts;
    const memory = this.#parts.memory.of(object.link.uid);
    const { unrecordedDrift } = memory;
    const update = statusUpdate(object, conclusion, reporter.now(), unrecordedDrift);
    // A status that cannot be written now, because the link changed meanwhile, tells of it the next time.
    memory.unrecordedDrift = [...unrecordedDrift, ...update.drift].slice(-MOST_UNRECORDED);
    await reporter.report(object, update);
    memory.unrecordedDrift = [];
    return update.drift;
  }

  /** Whether the spec says something else than what Ready speaks of. Suspending is a change of the spec, too, and
   *  counts one generation; without a memory of the spec that is all there is to go by. */
  #editedBesidesSuspend(object: LinkObject): boolean {
    const known = this.#parts.memory.seen(object.link.uid).specDigest;
    if (known !== undefined) return known !== specDigest(object);
    const ready = findCondition(object.status.conditions ?? [], 'Ready')?.observedGeneration;
    return ready === undefined || object.metadata.generation > ready + 1;
  }
}
