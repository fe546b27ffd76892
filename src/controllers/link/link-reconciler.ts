/** Reconciles one link: resolve → ensure or finalize → report. */
import type { Logger } from 'pino';
import { CROSS_ACCOUNT_LINK } from '../../api/crossaccountlink.ts';
import { FINALIZER } from '../../api/metadata.ts';
import { AwsFailure } from '../../aws/errors/errors.ts';
import type { Refusal } from '../../desired/refusals.ts';
import { writesAnything } from '../../desired/link.ts';
import { isOutdated } from '../../kubernetes/api-error.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { ReconcileResult } from '../../kubernetes/controller.ts';
import { FinalizerRefused, removeFinalizer } from '../../kubernetes/finalizers.ts';
import type { Cache } from '../../kubernetes/store.ts';
import { finalizerRefused } from '../../report/finalizer-refused.ts';
import { toleratedOutageMs } from '../../report/outage.ts';
import { notYetShown, type Drift } from '../../report/drift.ts';
import { stalled } from '../../report/outcome.ts';
import type { Contributors } from '../objects/contributors.ts';
import { handlingOf } from '../objects/failure-handling.ts';
import { interruptionBy, type Interruption } from '../objects/write-failure.ts';
import type { LinkMemory, LinkRecollection } from '../state/link-memory.ts';
import { hasFinalizer, type LinkObject } from '../state/link-object.ts';
import { type AccountPending, type LinkResolver, type ResolvedLink } from '../state/resolved-link.ts';
import type { AliasCheck } from '../triggers/alias-check.ts';
import type { ExecutionEvidence } from '../triggers/execution-evidence.ts';
import { firstCallFor } from './call-options.ts';
import { noteDefinition } from './note-definition.ts';
import type { CheckBasis } from './check-basis.ts';
import type { LinkDeletion } from './deletion.ts';
import { takesCredentials, type EnsureLink } from './ensure.ts';
import { handleFailures, handleUnreachable, staysSuspect } from './failed-reconcile.ts';
import { logReconciled } from './link-log.ts';
import { LinkWrites } from './link-writes.ts';
import type { LinkReporter } from './link-reporter.ts';
import { nextReconcile, noteReadBack } from './next-reconcile.ts';
import { checkIntervalMs, readPolicyFor, type ReadPolicy } from './read-policy.ts';
import type { LinkProof } from './proof.ts';
import { Recheck } from './recheck.ts';
import { ReconcileRecord } from './reconcile-record.ts';
import { isEditedBesidesSuspend, requestOf, specDigest, wasReady } from './status-facts.ts';
import { statusUpdate, type Conclusion } from './status-update.ts';

interface LinkReconcilerParts {
  readonly client: Pick<KubernetesClient, 'get' | 'patch'>;
  readonly links: Cache<LinkObject>;
  readonly resolver: LinkResolver;
  readonly contributors: Contributors;
  readonly proof: Pick<LinkProof, 'findOut'>;
  readonly basis: CheckBasis;
  readonly memory: LinkMemory;
  readonly ensure: EnsureLink;
  readonly deletion: LinkDeletion;
  readonly aliases: AliasCheck;
  readonly executions: Pick<ExecutionEvidence, 'doubted'>;
  readonly reporter: LinkReporter;
  /** Brings a link back to the queue. */
  readonly enqueue: (object: LinkObject) => void;
  readonly log: Logger;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly defaultDriftCheckMs: number;
  /** For so long after an own write AWS may show what was before, in milliseconds. */
  readonly readLagMs: number;
  /** Monotonic milliseconds since when this process leads. */
  readonly leadingSince: () => number;
}

interface Reported {
  readonly drift: readonly Drift[];
  readonly isQuiet: boolean;
}

const NOTHING_NEW: Reported = { drift: [], isQuiet: true };

/** A status keeps no more records of drift than this. */
const MOST_UNRECORDED = 10;

/** Pause after the API server refused a write because the link changed meanwhile. */
const AFTER_CONFLICT_MS = 1_000;

/** Pause before another look whether an AWSAccount has been looked at. */
const PENDING_RECHECK_MS = 15_000;

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
      if (isOutdated(error)) return { requeueAfterMs: AFTER_CONFLICT_MS };
      if (error instanceof FinalizerRefused && error.change === 'added')
        await this.#report(object, {
          kind: 'refused',
          refusal: { ...finalizerRefused(error.message), kind: 'refused', leg: 'targetRole' },
        });
      throw error;
    }
  }

  async #reconcile(object: LinkObject, began: number): Promise<ReconcileResult> {
    if (object.link.deleting) return this.#parts.deletion.run(object, began);
    const unread = await this.#readIfStopped(object);
    const result = await this.#toState(object, began);
    if (unread === undefined) return result;
    // Its status is reported all the same, and a request answered.
    const { retry } = handlingOf(unread, { kind: 'backgroundRead' });
    if (retry.kind !== 'after') throw unread;
    return { requeueAfterMs: retry.ms };
  }

  async #toState(object: LinkObject, began: number): Promise<ReconcileResult> {
    const { resolver, client } = this.#parts;
    const { link } = object;
    if (link.suspended) return this.#suspend(object);
    const resolved = resolver.resolve(object);
    if ('kind' in resolved) {
      return resolved.kind === 'accountPending'
        ? this.#await(object, resolved, began)
        : this.#refuse(object, resolved, began);
    }
    const result = await this.#ensure(resolved, began);
    // A link that only observes has written nothing, or has nothing to remove any more.
    if (!writesAnything(link) && hasFinalizer(object))
      await removeFinalizer(client, CROSS_ACCOUNT_LINK, object.metadata, FINALIZER);
    return result;
  }

  async #ensure(resolved: ResolvedLink, began: number): Promise<ReconcileResult> {
    const { log, now, random, defaultDriftCheckMs } = this.#parts;
    const memory = this.#parts.memory.of(resolved.link.uid);
    const writes = new LinkWrites(resolved.object, this.#parts);
    const record = new ReconcileRecord();
    // Reset before anything is read: an event that comes while it is being read makes the link suspect again.
    const { suspect } = memory;
    memory.suspect = false;
    const recheck = new Recheck(resolved, memory, this.#parts);
    const readPolicy: ReadPolicy = readPolicyFor(resolved, {
      memory,
      suspect,
      defaultDriftCheckMs,
      shownUntilMs: this.#wallMs() - this.#parts.readLagMs,
      beforeWrites: (coming) => writes.before(coming, record.view?.executionRole.text),
      isAsBefore: (needed) => recheck.isAsBefore(needed, readPolicy),
    });
    const interruption = await this.#run(resolved, readPolicy, record).catch((error: unknown) => {
      memory.suspect ||= suspect;
      throw error;
    });
    if (interruption?.failure.kind === 'fenced') throw interruption.failure;
    if (record.applied.length > 0) memory.lastWriteAt = this.#wallMs();
    const context = this.#failureContext(resolved);
    const failed = handleFailures(record, interruption, context);
    handleUnreachable(record, context);
    const failure = failed?.failure;
    memory.suspect ||= staysSuspect(record, failed, suspect);
    if (record.unreachable === undefined && failed === undefined)
      await this.#noteSuccess(resolved, record, memory, writes);
    this.#callThoseThatGaveWay(resolved, record);
    const { object } = writes;
    const { drift, isQuiet } = record.isAsBefore
      ? NOTHING_NEW
      : await this.#report(object, conclusionOf(record, failure));
    recheck.conclude(record, readPolicy, isQuiet && failed === undefined);
    if (record.unreachable === undefined && !record.isAsBefore) memory.specDigest = specDigest(object);
    noteDefinition(object, memory, record, failure);
    logReconciled(log, { object, record, durationMs: now() - began, drift, failure });
    const timing = { random, defaultDriftCheckMs, memory, wallMs: this.#wallMs(), now: now() };
    noteReadBack(record, memory, timing);
    return nextReconcile(resolved, record, failed, timing);
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

  /** Where nothing failed: what an earlier failure left in memory goes. */
  async #noteSuccess(
    resolved: ResolvedLink,
    record: ReconcileRecord,
    memory: LinkRecollection,
    writes: LinkWrites,
  ): Promise<void> {
    const { link, context } = resolved;
    // Somebody may have taken it off, or other links have made what this one needs: nothing else would remove it.
    if (record.standsInAws && writesAnything(link)) await writes.addFinalizer();
    this.#noteAliases(resolved, record);
    if ((record.deniedTasks ?? []).length > 0) this.#parts.executions.doubted(link.stateMachine.text);
    memory.failures = 0;
    memory.failingSince = undefined;
    memory.legsInSync = undefined;
    memory.waitingSince = undefined;
    memory.pausing = record.pausing;
    memory.context = context;
  }

  /** A Task that came to name another role is lost to a younger link, which still says that it has it. */
  #callThoseThatGaveWay({ link }: ResolvedLink, { applied }: ReconcileRecord): void {
    if (!applied.some(takesCredentials)) return;
    const { links, enqueue } = this.#parts;
    for (const other of links.byIndex('stateMachine', link.stateMachine.text))
      if (other.link.uid !== link.uid && wasReady(other)) enqueue(other);
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

  #failureContext({ object, ...accounts }: Pick<ResolvedLink, 'object'> & Partial<ResolvedLink>) {
    const { memory, now, leadingSince, defaultDriftCheckMs } = this.#parts;
    return {
      leadingSince: leadingSince(),
      wallMs: this.#wallMs(),
      object,
      memory: memory.of(object.link.uid),
      toleratedMs: toleratedOutageMs(checkIntervalMs({ object, ...accounts }, defaultDriftCheckMs)),
      now: now(),
    };
  }

  #wallMs(): number {
    return Date.parse(this.#parts.reporter.now());
  }

  /** An AWSAccount that was not looked at yet is reported like one out of reach, and nothing of the link was looked at. Its first
   *  reconcile brings the link back. */
  async #await(object: LinkObject, pending: AccountPending, began: number): Promise<ReconcileResult> {
    const { log, now } = this.#parts;
    const record = new ReconcileRecord();
    record.unreachable = { leg: pending.leg, message: pending.message, since: undefined };
    handleUnreachable(record, this.#failureContext({ object }));
    // It stays as it was for now. At a start that is most links, and there may be tens of thousands.
    if (record.continueAfterMs !== undefined && requestOf(object) === undefined)
      return { requeueAfterMs: PENDING_RECHECK_MS };
    await this.#report(object, conclusionOf(record, undefined));
    logReconciled(log, { object, record, durationMs: now() - began, drift: [] });
    return { requeueAfterMs: PENDING_RECHECK_MS };
  }

  async #readIfStopped(object: LinkObject): Promise<AwsFailure | undefined> {
    const { namespace } = object.link;
    try {
      await this.#parts.contributors.unread.readIfStopped(object, firstCallFor(namespace, 'make'));
      // Suspended, it would hold up others for ever on the word of its finalizer.
      if (object.link.suspended) await this.#parts.proof.findOut(object);
      return undefined;
    } catch (error) {
      if (error instanceof AwsFailure) return error;
      throw error;
    }
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
    const known = this.#parts.memory.seen(object.link.uid).specDigest;
    const specEdited = isEditedBesidesSuspend(object, known);
    await this.#report(object, { kind: 'suspended', specEdited });
    return {};
  }

  /** Returns the drift that was reported, and whether there was nothing to report or to write. */
  async #report(object: LinkObject, conclusion: Conclusion): Promise<Reported> {
    const { reporter } = this.#parts;
    const memory = this.#parts.memory.of(object.link.uid);
    const { unrecordedDrift, reportedRepairs } = memory;
    const update = statusUpdate(object, conclusion, reporter.now(), memory);
    memory.reportedRepairs = notYetShown(object.status.drift, [...reportedRepairs, ...update.drift]);
    // A status that cannot be written now, because the link changed meanwhile, reports it the next time.
    memory.unrecordedDrift = [...unrecordedDrift, ...update.drift].slice(-MOST_UNRECORDED);
    const wrote = await reporter.report(object, update);
    memory.unrecordedDrift = [];
    return { drift: update.drift, isQuiet: !wrote && update.drift.length + update.warnings.length === 0 };
  }
}

function conclusionOf(record: ReconcileRecord, failure: AwsFailure | undefined): Conclusion {
  if (record.unreachable === undefined) return { kind: 'reconciled', record, failure };
  return { kind: 'waiting', ...(record.continueAfterMs === undefined && { unread: record.legs }) };
}
