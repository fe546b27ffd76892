/** Reconciles one link: gather → build up or take down → report. */
import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { findCondition } from '../../api/conditions.ts';
import { CROSS_ACCOUNT_LINK } from '../../api/crossaccountlink.ts';
import { parseDuration } from '../../api/duration.ts';
import { FINALIZER } from '../../api/metadata.ts';
import type { AwsFailure } from '../../aws/errors.ts';
import type { Refusal } from '../../desired/requirements.ts';
import { writesAnything, type Link } from '../../desired/link.ts';
import { ApiError } from '../../kubernetes/api-error.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { ReconcileResult } from '../../kubernetes/controller.ts';
import { addFinalizer, removeFinalizer } from '../../kubernetes/finalizers.ts';
import type { Cache } from '../../kubernetes/store.ts';
import { reportConditions, reportSuspended } from '../../report/conditions.ts';
import { linkStatus, type LinkFacts } from '../../report/link-status.ts';
import { stalled } from '../../report/outcome.ts';
import type { AliasCheck } from '../triggers/alias-check.ts';
import { reportBuild } from './status-update.ts';
import type { EnsureLink, ReadPolicy } from './ensure.ts';
import { ReconcileRecord } from './reconcile-record.ts';
import { noteDefinition, onlyDefinitionChanged } from './definition-growth.ts';
import { handlingOf, type Retry } from './failure-handling.ts';
import type { LinkDeletion } from './deletion.ts';
import { handledBy, requestOf, wasReady } from './status-facts.ts';
import { logReconciled } from './link-log.ts';
import type { LinkMemory } from '../state/link-memory.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { LinkReporter } from './link-reporter.ts';
import { failureOf, WriteFailure } from '../objects/write-failure.ts';
import type { ResolvedLink, Contributors } from '../objects/contributors.ts';

export interface LinkReconcilerParts {
  readonly client: KubernetesClient;
  readonly links: Cache<LinkObject>;
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

/** A new link has nothing to be compared with: a snapshot of this age will do, and what it gets wrong AWS refuses. */
const SNAPSHOT_FOR_NEW_LINKS_MS = 60_000;
/** Part of the interval after which a check comes at the earliest. A snapshot that old is not used again: else a check
 *  could go by one that its predecessor went by, and drift would be found in the second interval only. */
const EARLIEST = 0.9;
/** How long after one link's read a sibling may use it. */
const MACHINE_REUSE_MS = 2_000;

export class LinkReconciler {
  readonly #parts: LinkReconcilerParts;

  constructor(parts: LinkReconcilerParts) {
    this.#parts = parts;
  }

  /** Throwing means: again, with growing pauses. */
  async reconcile(key: string): Promise<ReconcileResult> {
    const object = this.#parts.links.get(key);
    if (object === undefined) return {};
    const began = this.#parts.now();
    try {
      return await this.#reconcile(object, began);
    } catch (error) {
      // Somebody changed the link meanwhile: the change is on its way here, and is reconciled as it comes.
      if (error instanceof ApiError && (error.status === 409 || error.status === 404))
        return { requeueAfterMs: 1_000 };
      throw error;
    }
  }

  async #reconcile(object: LinkObject, began: number): Promise<ReconcileResult> {
    if (object.link.deleting) return this.#parts.deletion.run(object, began);
    await this.#parts.contributors.readIfIdle(object, {
      urgency: 'make',
      tenant: object.link.namespace,
      maxWaitMs: 500,
    });
    if (object.link.suspended) return this.#suspend(object);
    const resolved = this.#parts.contributors.resolve(object);
    if ('kind' in resolved) return resolved.kind === 'notYet' ? {} : this.#refuse(object, resolved, began);
    const result = await this.#build(resolved, began);
    // Turned to Observe, the link has no hand in anything any more, as its status now says.
    if (!writesAnything(object.link) && object.metadata.finalizers.includes(FINALIZER))
      await removeFinalizer(this.#parts.client, CROSS_ACCOUNT_LINK, object.metadata, FINALIZER);
    return result;
  }

  /** A finalizer is there before the first write to AWS, and only then. */
  async #hold(object: LinkObject): Promise<LinkObject> {
    const { metadata } = object;
    if (metadata.finalizers.includes(FINALIZER)) return object;
    const held = await addFinalizer(this.#parts.client, CROSS_ACCOUNT_LINK, metadata, FINALIZER);
    this.#parts.memory.of(metadata.uid).held = true;
    return {
      ...object,
      metadata: { ...metadata, resourceVersion: held.resourceVersion, finalizers: held.finalizers },
    };
  }

  async #build(gathered: ResolvedLink, began: number): Promise<ReconcileResult> {
    const { link } = gathered;
    const tracked = { object: gathered.object };
    const memory = this.#parts.memory.of(link.uid);
    // Taken before the look: what happens during it calls for another one.
    const { suspect } = memory;
    memory.suspect = false;
    const record = new ReconcileRecord();
    let retry: Retry = { kind: 'atNextCheck' };
    let failure: AwsFailure | undefined;
    try {
      await this.#parts.ensure.run(gathered, this.#lookAt(gathered, tracked, suspect), record);
      // Somebody may have taken the finalizer away from a link that has its hand in AWS.
      if (record.onTrack && writesAnything(link)) tracked.object = await this.#hold(tracked.object);
      this.#watchAliases(gathered, record);
      memory.failures = 0;
      memory.waitingSince = undefined;
      memory.pausing = record.pausing;
      memory.context = gathered.context;
    } catch (error) {
      memory.suspect ||= suspect;
      failure = failureOf(error, record);
      retry = this.#handle(failure, error, link, record);
    }
    if (failure?.kind === 'fenced') throw failure;
    const resolved = { ...gathered, object: tracked.object };
    const { object } = resolved;
    const drift = await reportBuild(this.#parts.reporter, resolved, record, failure);
    memory.specDigest = specDigest(object);
    noteDefinition(object, memory, record, failure);
    logReconciled(this.#parts.log, { object, record, durationMs: this.#parts.now() - began, drift, failure });
    return this.#next(resolved, record, retry, failure);
  }

  #watchAliases({ link, object }: ResolvedLink, record: ReconcileRecord): void {
    const { aliases } = this.#parts;
    const arn = link.stateMachine.text;
    if (record.view === undefined || record.tasks === undefined) return;
    aliases.seen(arn);
    if (record.applied.some(({ operation }) => operation === 'UpdateStateMachine')) aliases.changed(arn);
    else if (requestOf(object) !== undefined) aliases.suspected(arn);
    record.aliasesWithout = aliases.without(arn, link.targetRole.text, record.tasks);
  }

  /** How closely to look: a new spec, a request or a suspicion calls for fresh reads; a routine check does not. */
  #lookAt(
    { object, link, source, target, context }: ResolvedLink,
    tracked: { object: LinkObject },
    suspect: boolean,
  ): ReadPolicy {
    const { status, metadata } = object;
    const memory = this.#parts.memory.of(link.uid);
    const sameRules = memory.context === undefined || memory.context === context;
    const wasInSync = wasReady(object) && status.observedGeneration === metadata.generation && sameRules;
    const edited = (status.observedGeneration ?? -1) > 0 && status.observedGeneration !== metadata.generation;
    const fresh = edited || suspect || requestOf(object) !== undefined;
    const intervalMs = this.#checkIntervalMs({ object, source, target });
    const maxAgeMs = wasInSync ? intervalMs * EARLIEST : SNAPSHOT_FOR_NEW_LINKS_MS;
    return {
      callOptions: { urgency: wasInSync ? 'repair' : 'make', tenant: link.namespace, maxWaitMs: 500 },
      freshness: fresh ? { kind: 'fresh' } : { kind: 'snapshot', maxAgeMs },
      machineMaxAgeMs: fresh ? 0 : MACHINE_REUSE_MS,
      asIfReady: false,
      wasInSync,
      onlyDefinitionChanged: (view) => onlyDefinitionChanged(object, memory, view),
      reliedOnBefore:
        findCondition(status.conditions ?? [], 'StateMachineCredentialsReady')?.status === 'True',
      knownRoleId: status.targetRoleID,
      hold: async () => {
        tracked.object = await this.#hold(tracked.object);
      },
      forgetRoleId: async () => {
        tracked.object = await this.#forgetRoleId(tracked.object);
      },
    };
  }

  /** A role is made anew under a name whose former RoleId is on record: the record goes first, so that a crash in
   *  between does not leave the operator taking its own role for somebody else's. */
  async #forgetRoleId(object: LinkObject): Promise<LinkObject> {
    const { targetRoleID, ...status } = object.status;
    if (targetRoleID === undefined) return object;
    await this.#parts.reporter.status(object, status);
    return { ...object, status };
  }

  #handle(failure: AwsFailure, error: unknown, link: Link, record: ReconcileRecord): Retry {
    const memory = this.#parts.memory.of(link.uid);
    memory.failures += 1;
    if (failure.kind === 'waiting') memory.waitingSince ??= this.#parts.now();
    const waitedMs = memory.waitingSince === undefined ? 0 : this.#parts.now() - memory.waitingSince;
    const handling = handlingOf(failure, waitedMs, memory.failures);
    if (handling.retry.kind === 'readAgain') memory.suspect = true;
    const leg = error instanceof WriteFailure ? error.action.leg : 'targetRole';
    if (handling.outcome !== undefined) record.legs[leg] = handling.outcome;
    return handling.retry;
  }

  #next(
    resolved: ResolvedLink,
    record: ReconcileRecord,
    retry: Retry,
    failure: AwsFailure | undefined,
  ): ReconcileResult {
    if (retry.kind === 'after') return { requeueAfterMs: retry.ms };
    if (failure !== undefined && retry.kind !== 'atNextCheck') throw failure;
    if (record.againAfterMs !== undefined) return { requeueAfterMs: record.againAfterMs };
    return { requeueAfterMs: this.#spread(this.#checkIntervalMs(resolved)) };
  }

  /** Checks are spread, so that links made together are not checked together for ever. */
  #spread(intervalMs: number): number {
    return Math.round(intervalMs * (EARLIEST + (1 - EARLIEST) * this.#parts.random()));
  }

  #checkIntervalMs({ object, source, target }: Pick<ResolvedLink, 'object' | 'source' | 'target'>): number {
    const own = parseDuration(object.spec.driftCheckInterval ?? '') ?? this.#parts.defaultDriftCheckMs;
    return Math.max(own, source.driftFloorMs, target.driftFloorMs);
  }

  async #refuse(object: LinkObject, refusal: Refusal, began: number): Promise<ReconcileResult> {
    const record = new ReconcileRecord();
    record.legs[refusal.leg] = stalled(refusal.reason, refusal.message);
    const { reporter } = this.#parts;
    const now = reporter.now();
    const conditions = reportConditions(
      object.status.conditions ?? [],
      { legs: record.legs },
      object.metadata.generation,
      now,
    );
    const facts: LinkFacts = {
      drift: [],
      conditions,
      observedGeneration: object.metadata.generation,
      ...handledBy(object),
    };
    await reporter.status(object, linkStatus(object.status, object.link, facts, now));
    this.#parts.memory.of(object.link.uid).specDigest = specDigest(object);
    logReconciled(this.#parts.log, { object, record, durationMs: this.#parts.now() - began, drift: [] });
    // An AWSAccount that comes, or changes, brings the link back at once.
    return {};
  }

  async #suspend(object: LinkObject): Promise<ReconcileResult> {
    const { reporter } = this.#parts;
    const now = reporter.now();
    const before = object.status.conditions ?? [];
    const conditions = this.#editedBesidesSuspend(object)
      ? reportSuspended(before, object.metadata.generation, now)
      : before;
    const facts: LinkFacts = {
      drift: [],
      conditions,
      observedGeneration: object.metadata.generation,
      ...handledBy(object),
    };
    await reporter.status(object, linkStatus(object.status, object.link, facts, now));
    return {};
  }

  /** Whether the spec says something else than when Ready was last told. Suspending is a change of the spec, too, and
   *  counts one generation; without a memory of the spec that is all there is to go by. */
  #editedBesidesSuspend(object: LinkObject): boolean {
    const known = this.#parts.memory.of(object.link.uid).specDigest;
    if (known !== undefined) return known !== specDigest(object);
    const told = findCondition(object.status.conditions ?? [], 'Ready')?.observedGeneration;
    return told === undefined || object.metadata.generation > told + 1;
  }
}

/** Of the spec, `suspend` left out. */
function specDigest({ spec }: LinkObject): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...spec, suspend: false }))
    .digest('base64');
}
