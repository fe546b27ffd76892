/** A link that is to stand: brought in order, and its status says what came of it. Its counterpart is deletion.ts. */
import type { Logger } from 'pino';
import type { AwsFailure } from '../../aws/errors/errors.ts';
import { writesAnything } from '../../desired/link.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { ReconcileResult } from '../../kubernetes/controller.ts';
import type { Cache } from '../../kubernetes/store.ts';
import { toleratedOutageMs } from '../../report/outage.ts';
import { isPutOff } from '../objects/failure-handling.ts';
import { interruptionBy, type Interruption } from '../objects/write-failure.ts';
import type { LinkMemory } from '../state/link-memory.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { AccountPending, ResolvedLink } from '../state/resolved-link.ts';
import type { AliasCheck } from '../triggers/alias-check.ts';
import type { ExecutionEvidence } from '../triggers/execution-evidence.ts';
import type { CheckBasis } from './check-basis.ts';
import { takesCredentials, type EnsureLink } from './ensure.ts';
import { handleFailures, handleUnreachable, staysSuspect } from './failed-reconcile.ts';
import { logReconciled } from './link-log.ts';
import { LinkWrites } from './link-writes.ts';
import { NOTHING_REPORTED, type LinkReporter } from './link-reporter.ts';
import { nextReconcile, noteReadBack } from './next-reconcile.ts';
import { checkIntervalMs, readPolicyFor, type ReadPolicy } from './read-policy.ts';
import { noteDefinition, noteSuccess } from './recollect.ts';
import { Recheck } from './recheck.ts';
import { ReconcileRecord } from './reconcile-record.ts';
import { isEditedBesidesSuspend, requestOf, specDigest, wasReady } from './status-facts.ts';
import type { Conclusion } from './status-update.ts';

interface LinkUpkeepParts {
  readonly client: Pick<KubernetesClient, 'get' | 'patch'>;
  readonly links: Pick<Cache<LinkObject>, 'byIndex'>;
  readonly basis: CheckBasis;
  readonly memory: LinkMemory;
  readonly ensure: EnsureLink;
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
  /** Between two drift checks of a link that does not say. */
  readonly defaultDriftCheckMs: number;
  /** For so long after an own write AWS may show what was before, in milliseconds. */
  readonly readLagMs: number;
  /** Monotonic milliseconds since when this process leads. */
  readonly leadingSince: () => number;
}

/** Pause before another look whether an AWSAccount has been looked at. */
const PENDING_RECHECK_MS = 15_000;

export class LinkUpkeep {
  readonly #parts: LinkUpkeepParts;

  constructor(parts: LinkUpkeepParts) {
    this.#parts = parts;
  }

  /** Returns when to come again.
   *  @param began monotonic milliseconds at which the reconcile began
   *  @throws AwsFailure where the queue is to try again with growing pauses, or nothing may be written any more */
  async run(resolved: ResolvedLink, began: number): Promise<ReconcileResult> {
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
    const interruption = await this.#ensure(resolved, readPolicy, record).catch((error: unknown) => {
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
      await this.#afterSuccess(resolved, record, writes);
    this.#callThoseThatGaveWay(resolved, record);
    const { object } = writes;
    const { drift, isQuiet } = record.isAsBefore
      ? NOTHING_REPORTED
      : await this.#parts.reporter.conclude(object, conclusionOf(record, failure), memory);
    recheck.conclude(record, readPolicy, isQuiet && failed === undefined);
    const wasLookedAt = interruption === undefined || !isPutOff(interruption.failure);
    if (record.unreachable === undefined && !record.isAsBefore && wasLookedAt)
      memory.specDigest = specDigest(object);
    noteDefinition(object, memory, record, failure);
    logReconciled(log, { object, record, durationMs: now() - began, drift, failure });
    const timing = { random, defaultDriftCheckMs, memory, wallMs: this.#wallMs(), now: now() };
    noteReadBack(record, memory, timing);
    return nextReconcile(resolved, record, failed, timing);
  }

  /** Returns what broke it off, if anything did. */
  async #ensure(
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

  async #afterSuccess(resolved: ResolvedLink, record: ReconcileRecord, writes: LinkWrites): Promise<void> {
    const { link } = resolved;
    // Somebody may have taken it off, or other links have made what this one needs: nothing else would remove it.
    if (record.standsInAws && writesAnything(link))
      await writes.addFinalizer(record.view?.executionRole.text);
    this.#noteAliases(resolved, record);
    if ((record.deniedTasks ?? []).length > 0) this.#parts.executions.doubted(link.stateMachine.text);
    noteSuccess(resolved, this.#parts.memory.of(link.uid), record);
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
   *  reconcile brings the link back. What the status says of this spec stays for now, whether that is good or bad: at each
   *  start the link would say something else in between, and its Events. */
  async awaitAccount(object: LinkObject, pending: AccountPending, began: number): Promise<ReconcileResult> {
    const { log, memory, now, reporter } = this.#parts;
    const record = new ReconcileRecord();
    record.unreachable = { leg: pending.leg, message: pending.message, since: undefined };
    const isSaid = !isEditedBesidesSuspend(object, memory.of(object.link.uid).specDigest);
    handleUnreachable(record, this.#failureContext({ object }), isSaid || wasReady(object));
    // It stays as it was for now. At a start that is most links, and there may be tens of thousands.
    if (record.continueAfterMs !== undefined && requestOf(object) === undefined)
      return { requeueAfterMs: PENDING_RECHECK_MS };
    await reporter.conclude(object, conclusionOf(record, undefined), memory.of(object.link.uid));
    logReconciled(log, { object, record, durationMs: now() - began, drift: [] });
    return { requeueAfterMs: PENDING_RECHECK_MS };
  }
}

function conclusionOf(record: ReconcileRecord, failure: AwsFailure | undefined): Conclusion {
  if (record.unreachable === undefined) return { kind: 'reconciled', record, failure };
  return { kind: 'waiting', ...(record.continueAfterMs === undefined && { unread: record.legs }) };
}
