/** Keeps up a link that is to stand: brings it in order and writes its status. The counterpart is deletion.ts. */
import type { Logger } from 'pino';
import type { AwsFailure } from '../../aws/errors/errors.ts';
import { writesAnything } from '../../desired/link.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { ReconcileResult } from '../../kubernetes/controller.ts';
import type { Cache } from '../../kubernetes/store.ts';
import { toleratedOutageMs } from '../../report/outage.ts';
import { isPutOff } from '../objects/failure-handling.ts';
import { interruptionBy, type Interruption } from '../objects/write-failure.ts';
import type { LinkMemories, LinkMemory } from '../state/link-memory.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { RoleNames } from '../state/role-names.ts';
import type { AccountPending, ResolvedLink } from '../state/resolved-link.ts';
import type { AliasCheck } from '../triggers/alias-check.ts';
import type { ExecutionEvidence } from '../triggers/execution-evidence.ts';
import type { CheckBasis } from './check-basis.ts';
import { takesCredentials, type EnsureLink } from './ensure.ts';
import { handleFailures, handleUnreachable, staysSuspect, type FailedReconcile } from './failed-reconcile.ts';
import { logReconciled } from './link-log.ts';
import { LinkWrites } from './link-writes.ts';
import { NOTHING_REPORTED, type LinkReporter } from './link-reporter.ts';
import { nextReconcile, noteReadBack } from './next-reconcile.ts';
import { checkIntervalMs, readPolicyFor, type ReadPolicy } from './read-policy.ts';
import { noteDefinition, noteSuccess } from './remember.ts';
import { Recheck } from './recheck.ts';
import { ReconcileRecord } from './reconcile-record.ts';
import { isEditedBesidesSuspend, requestOf, specDigest, wasReady } from './status-facts.ts';
import type { Conclusion } from './status-update.ts';

interface LinkUpkeepParts {
  readonly client: Pick<KubernetesClient, 'get' | 'patch'>;
  readonly links: Pick<Cache<LinkObject>, 'byIndex'>;
  readonly basis: CheckBasis;
  readonly memories: LinkMemories;
  readonly roleNames: Pick<RoleNames, 'standing' | 'note'>;
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
  /** Milliseconds between two drift checks of a link that sets no interval. */
  readonly defaultDriftCheckMs: number;
  /** How long after an own write AWS may show the former state, in milliseconds. */
  readonly readLagMs: number;
  /** Monotonic milliseconds since when this process leads. */
  readonly leadingSince: () => number;
}

/** One reconcile. */
interface Pass {
  readonly resolved: ResolvedLink;
  /** Monotonic milliseconds. */
  readonly began: number;
  readonly memory: LinkMemory;
  readonly writes: LinkWrites;
  /** Filled as the reconcile goes on. */
  readonly record: ReconcileRecord;
  readonly recheck: Recheck;
  readonly readPolicy: ReadPolicy;
  /** Whether something had happened to the link's objects before this reconcile. */
  readonly wasSuspect: boolean;
}

/** Pause before checking again whether an AWSAccount was reconciled. */
const PENDING_RECHECK_MS = 15_000;

/** After so many checks in a row that could not be finished, another link may have the name that this one waited for. */
const TRIES_FOR_NAME = 3;

export class LinkUpkeep {
  readonly #parts: LinkUpkeepParts;

  constructor(parts: LinkUpkeepParts) {
    this.#parts = parts;
  }

  /** Returns when to come again.
   *  @param began monotonic milliseconds at which the reconcile began
   *  @throws AwsFailure if the queue is to try again with growing pauses, or nothing may be written any more */
  async run(resolved: ResolvedLink, began: number): Promise<ReconcileResult> {
    const pass = this.#begin(resolved, began);
    const { record, memory } = pass;
    const interruption = await this.#ensure(pass).catch((error: unknown) => {
      memory.suspect ||= pass.wasSuspect;
      throw error;
    });
    if (interruption?.failure.kind === 'fenced') throw interruption.failure;

    if (record.applied.length > 0) memory.lastWriteAt = this.#wallMs();
    const context = this.#failureContext(resolved);
    const failed = handleFailures(record, interruption, context);
    handleUnreachable(record, context);
    memory.suspect ||= staysSuspect(record, failed, pass.wasSuspect);
    if (record.unreachable === undefined && failed === undefined) await this.#afterSuccess(pass);
    this.#callThoseThatGaveWay(resolved, record);
    this.#callForName(pass, failed);

    await this.#report(pass, failed?.failure);
    const isPostponed = interruption !== undefined && isPutOff(interruption.failure);
    if (record.unreachable === undefined && !record.isAsBefore && !isPostponed)
      memory.specDigest = specDigest(pass.writes.object);
    noteDefinition(pass.writes.object, memory, record, failed?.failure);

    const { now, random, defaultDriftCheckMs } = this.#parts;
    const timing = { random, defaultDriftCheckMs, memory, wallMs: this.#wallMs(), now: now() };
    noteReadBack(record, memory, timing);
    return nextReconcile(resolved, record, failed, timing);
  }

  #begin(resolved: ResolvedLink, began: number): Pass {
    const memory = this.#parts.memories.of(resolved.link.uid);
    const writes = new LinkWrites(resolved.object, this.#parts);
    const record = new ReconcileRecord();
    // Reset before anything is read: an event that comes during the reads marks the link as suspect again.
    const wasSuspect = memory.suspect;
    memory.suspect = false;
    const recheck = new Recheck(resolved, memory, this.#parts);
    const readPolicy: ReadPolicy = readPolicyFor(resolved, {
      memory,
      suspect: wasSuspect,
      defaultDriftCheckMs: this.#parts.defaultDriftCheckMs,
      shownUntilMs: this.#wallMs() - this.#parts.readLagMs,
      beforeWrites: (coming) => writes.before(coming, record.view?.executionRole.text),
      isAsBefore: (needed) => recheck.isAsBefore(needed, readPolicy),
    });
    return { resolved, began, memory, writes, record, wasSuspect, recheck, readPolicy };
  }

  /** Returns what broke it off, if anything did. */
  async #ensure({ resolved, readPolicy, record }: Pass): Promise<Interruption | undefined> {
    try {
      await this.#parts.ensure.run(resolved, readPolicy, record);
      return undefined;
    } catch (error) {
      const interruption = interruptionBy(error);
      record.addInterrupted(interruption);
      return interruption;
    }
  }

  async #report(pass: Pass, failure: AwsFailure | undefined): Promise<void> {
    const { writes, record, memory, recheck, readPolicy, began } = pass;
    const { log, now, reporter } = this.#parts;
    const { object } = writes;
    const { drift, isQuiet } = record.isAsBefore
      ? NOTHING_REPORTED
      : await reporter.conclude(object, conclusionOf(record, failure), memory);
    recheck.conclude(record, readPolicy, isQuiet && failure === undefined);
    logReconciled(log, { object, record, durationMs: now() - began, drift, failure });
  }

  async #afterSuccess({ resolved, record, writes, memory }: Pass): Promise<void> {
    const { link } = resolved;
    // Somebody may have removed it, or other links may have made what this one needs: without it nothing would clean up.
    if (record.standsInAws && writesAnything(link))
      await writes.addFinalizer(record.view?.executionRole.text);
    this.#noteAliases(resolved, record);
    if ((record.deniedTasks ?? []).length > 0) this.#parts.executions.doubted(link.stateMachine.text);
    noteSuccess(resolved, memory, record);
  }

  /** Brings back younger links that lost a Task to this one: their statuses still say that they have it. */
  #callThoseThatGaveWay({ link }: ResolvedLink, { applied }: ReconcileRecord): void {
    if (!applied.some(takesCredentials)) return;
    const { links, enqueue } = this.#parts;
    for (const other of links.byIndex('stateMachine', link.stateMachine.text))
      if (other.link.uid !== link.uid && wasReady(other)) enqueue(other);
  }

  /** Notes how the link stands to its role's name now, and brings back those that may take it. A link that failed comes again by
   *  itself, so its turn is not over yet, and one that had its role keeps its turn while it can do nothing. */
  #callForName({ resolved, record, memory }: Pass, failed: FailedReconcile | undefined): void {
    const { isAsBefore, unreachable, pausing, targetRole, awaitsName } = record;
    const { roleNames, enqueue } = this.#parts;
    const foundNothing = targetRole === undefined && (unreachable !== undefined || pausing);
    const comesAgain =
      failed !== undefined && failed.retry.kind !== 'atNextCheck' && memory.failures < TRIES_FOR_NAME;
    const keepsTurn = foundNothing && roleNames.standing(resolved.object) === 'has';
    if (isAsBefore || comesAgain || keepsTurn) return;
    for (const other of roleNames.note(resolved.object, { awaitsName, targetRole })) enqueue(other);
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
    const { memories, now, leadingSince, defaultDriftCheckMs } = this.#parts;
    return {
      leadingSince: leadingSince(),
      wallMs: this.#wallMs(),
      object,
      memory: memories.of(object.link.uid),
      toleratedMs: toleratedOutageMs(checkIntervalMs({ object, ...accounts }, defaultDriftCheckMs)),
      now: now(),
    };
  }

  #wallMs(): number {
    return Date.parse(this.#parts.reporter.now());
  }

  /** Reports a link whose AWSAccount was not reconciled yet like one whose account cannot be reached: nothing of the link was
   *  checked. The first reconcile of the account brings the link back. Until then the status keeps what it says about this
   *  spec, good or bad: otherwise every link would report something else for a moment at each start, with Events. */
  async awaitAccount(object: LinkObject, pending: AccountPending, began: number): Promise<ReconcileResult> {
    const { log, memories, now, reporter } = this.#parts;
    const record = new ReconcileRecord();
    record.unreachable = { leg: pending.leg, message: pending.message, since: undefined };
    const isSaid = !isEditedBesidesSuspend(object, memories.of(object.link.uid).specDigest);
    handleUnreachable(record, this.#failureContext({ object }), isSaid || wasReady(object));
    // Stays as it was for now. At a start that applies to most links, and there may be tens of thousands.
    if (record.continueAfterMs !== undefined && requestOf(object) === undefined)
      return { requeueAfterMs: PENDING_RECHECK_MS };
    await reporter.conclude(object, conclusionOf(record, undefined), memories.of(object.link.uid));
    logReconciled(log, { object, record, durationMs: now() - began, drift: [] });
    return { requeueAfterMs: PENDING_RECHECK_MS };
  }
}

function conclusionOf(record: ReconcileRecord, failure: AwsFailure | undefined): Conclusion {
  if (record.unreachable === undefined) return { kind: 'reconciled', record, failure };
  return { kind: 'waiting', ...(record.continueAfterMs === undefined && { legs: record.legs }) };
}
