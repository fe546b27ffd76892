/**
 * Executions that ended → what they show about the links of their state machine. An event has no more than an execution's ARN;
 * the execution is read from AWS, once, at the pace of its account. While a Task is denied, the newest executions are read as
 * well: events get lost, and those of successful executions need not be sent.
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
import type { AwsAccount } from '../../aws/aws-account.ts';
import { AwsFailure } from '../../aws/errors/errors.ts';
import type { ExecutionEvent } from '../../aws/events/events.ts';
import type { CallOptions } from '../../aws/pace/lanes.ts';
import type { ReconcileResult } from '../../kubernetes/controller.ts';
import type { Cache } from '../../kubernetes/store.ts';
import type { ObservedExecution } from '../../observed/execution.ts';
import {
  evidenceIn,
  hasNewDenial,
  lastInOrderAt,
  withEvidence,
  type Evidence,
} from '../../report/denied-tasks.ts';
import { handlingOf, requeueFor } from '../objects/failure-handling.ts';
import type { AccountRegistry } from '../state/account-registry.ts';
import type { LinkMemories } from '../state/link-memory.ts';
import type { LinkObject } from '../state/link-object.ts';

interface ExecutionEvidenceParts {
  readonly links: Cache<LinkObject>;
  readonly accounts: AccountRegistry;
  readonly memories: LinkMemories;
  /** Has {@link ExecutionEvidence.look} called for a machine, by its ARN, after this many milliseconds at most. */
  readonly schedule: (stateMachineArn: string, afterMs: number) => void;
  readonly enqueue: (link: LinkObject) => void;
  /** Called if executions cannot be read; then nothing is said about them. */
  readonly onProblem: (failure: AwsFailure) => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** What is to be done for a machine, and what was done. Forgotten when no link names the machine. */
interface Watched {
  /** Executions that events reported, the oldest first: ARN and end → ARN. */
  readonly reported: Map<string, string>;
  /** Executions that were read, by ARN and end, the oldest first. */
  readonly read: Set<string>;
  /** Executions that had already ended when they were found without an event. */
  readonly seen: Set<string>;
  /** Whether the newest executions are to be read. */
  recheck: boolean;
  recheckedAt: number;
  lookedAt: number;
}

/** Anybody who can write to the queue can report executions that do not exist. That costs this many calls and no more. */
const MOST_REPORTED = 10;
const MOST_READ = 200;
const PACE_MS = 1_000;
const RECHECK_PACE_MS = 20_000;
/** Pause after AWS refused to let the operator read: a person has to allow it first. */
const REFUSED_PACE_MS = 60_000;
/** How many of the newest executions are read at a time. */
const MOST_RECHECKED = 3;
const CALL_OPTIONS: CallOptions = { urgency: 'look', tenant: '', maxWaitMs: 0 };

export class ExecutionEvidence {
  readonly #parts: ExecutionEvidenceParts;
  readonly #watched = new Map<string, Watched>();

  constructor(parts: ExecutionEvidenceParts) {
    this.#parts = parts;
  }

  /** Takes in an execution that ended, as an event reported it. One that succeeded matters only while a Task is denied. */
  add({ accountId, executionArn, stateMachineArn, succeeded, stopDate }: ExecutionEvent): void {
    if (this.#parts.accounts.get(accountId)?.hasEventQueue !== true) return;
    const links = this.#parts.links.byIndex('stateMachine', stateMachineArn).filter(isLookedAt);
    if (links.length === 0 || (succeeded && !links.some((object) => this.#isDenied(object)))) return;
    const watched = this.#watch(stateMachineArn);
    const key = `${executionArn} ${stopDate}`;
    if (watched.read.has(key) || watched.reported.has(key) || watched.reported.size >= MOST_REPORTED) return;
    watched.reported.set(key, executionArn);
    this.#schedule(stateMachineArn, watched);
  }

  /** To be called when a Task of one of the machine's links is denied: the newest executions are read some time later. */
  doubted(stateMachineArn: string): void {
    const watched = this.#watch(stateMachineArn);
    if (watched.recheck || this.#parts.now() - watched.recheckedAt < RECHECK_PACE_MS) return;
    watched.recheck = true;
    this.#schedule(stateMachineArn, watched);
  }

  /** Reads what there is to read of a machine's executions, and brings back the links for which they show something new. */
  async look(stateMachineArn: string): Promise<ReconcileResult> {
    const watched = this.#watched.get(stateMachineArn);
    const links = this.#parts.links.byIndex('stateMachine', stateMachineArn);
    const aws = this.#parts.accounts.get(links[0]?.link.stateMachine.accountId ?? '')?.aws;
    if (watched === undefined || links.length === 0) {
      this.#watched.delete(stateMachineArn);
      return {};
    }
    if (aws === undefined) return { requeueAfterMs: RECHECK_PACE_MS };
    watched.lookedAt = this.#parts.now();
    try {
      await this.#lookAtNext(aws, stateMachineArn, watched);
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error;
      const { retry } = handlingOf(error, { kind: 'backgroundRead' });
      if (retry.kind !== 'atNextCheck' && retry.kind !== 'never')
        return requeueFor(retry, error, REFUSED_PACE_MS);
      if (retry.kind === 'atNextCheck') this.#parts.onProblem(error);
      // Whatever was reported until then is old.
      watched.reported.clear();
      watched.recheck = false;
      watched.lookedAt += REFUSED_PACE_MS;
    }
    return watched.reported.size > 0 || watched.recheck ? { requeueAfterMs: PACE_MS } : {};
  }

  /** Reads one execution at a time, so that a machine with many does not hold up the others. */
  async #lookAtNext(aws: AwsAccount, stateMachineArn: string, watched: Watched): Promise<void> {
    const [key, executionArn] = watched.reported.entries().next().value ?? [];
    if (key !== undefined && executionArn !== undefined) {
      await this.#read(aws, stateMachineArn, executionArn);
      watched.reported.delete(key);
      remember(watched.read, key);
    } else if (watched.recheck) {
      await this.#recheck(aws, stateMachineArn, watched);
      watched.recheck = false;
      watched.recheckedAt = this.#parts.now();
    }
  }

  /** Whether a Task of the link is denied, as its status says or will say. */
  #isDenied(object: LinkObject): boolean {
    const { byTask } = this.#parts.memories.peek(object.link.uid).evidence;
    return hasDeniedTask(object) || byTask.values().some(({ denied }) => denied !== undefined);
  }

  #watch(stateMachineArn: string): Watched {
    const known = this.#watched.get(stateMachineArn);
    if (known !== undefined) return known;
    const watched: Watched = {
      reported: new Map(),
      read: new Set(),
      seen: new Set(),
      recheck: false,
      recheckedAt: Number.NEGATIVE_INFINITY,
      lookedAt: Number.NEGATIVE_INFINITY,
    };
    this.#watched.set(stateMachineArn, watched);
    return watched;
  }

  /** To be called when no link names the machine any more. */
  forget(stateMachineArn: string): void {
    this.#watched.delete(stateMachineArn);
  }

  #schedule(stateMachineArn: string, { lookedAt }: Watched): void {
    this.#parts.schedule(stateMachineArn, Math.max(0, lookedAt + PACE_MS - this.#parts.now()));
  }

  async #recheck(aws: AwsAccount, stateMachineArn: string, watched: Watched): Promise<void> {
    const recent = await aws.recentExecutions(stateMachineArn, CALL_OPTIONS);
    const doubted = this.#parts.links.byIndex('stateMachine', stateMachineArn).filter(hasDeniedTask);
    const since = Math.min(...doubted.map(earliestDenial));
    const later = recent.filter(({ arn, startedAt }) => startedAt > since && !watched.seen.has(arn));
    for (const { arn, ended } of later.slice(0, MOST_RECHECKED)) {
      await this.#read(aws, stateMachineArn, arn);
      if (ended) remember(watched.seen, arn);
    }
  }

  /** Reads an execution. What the event says about it is not relied on: AWS says to whom it belongs and how it ended. */
  async #read(aws: AwsAccount, stateMachineArn: string, executionArn: string): Promise<void> {
    const execution = await aws.execution(executionArn, CALL_OPTIONS);
    if (execution === undefined || execution.stateMachineArn !== stateMachineArn) return;
    for (const object of this.#parts.links.byIndex('stateMachine', stateMachineArn))
      if (isLookedAt(object) && this.#note(object, execution)) this.#parts.enqueue(object);
  }

  /** Returns whether the execution shows anything about the link. */
  #note({ link, metadata, status }: LinkObject, execution: ObservedExecution): boolean {
    const memory = this.#parts.memories.of(link.uid);
    const since = memory.lastWriteAt ?? lastInOrderAt(status);
    const found = new Map(
      [...evidenceIn(execution, link.targetRole.text)].filter(([, { at }]) => at >= since),
    );
    if (found.size === 0) return false;
    const { generation } = metadata;
    const known: Evidence = memory.evidence.generation === generation ? memory.evidence.byTask : new Map();
    // Somebody may have removed what allowed the call: the objects are read afresh before the denial is blamed on anything
    // else.
    memory.suspect ||= hasNewDenial(status.deniedTasks ?? [], known, found);
    memory.evidence = { generation, byTask: withEvidence(known, found) };
    return true;
  }
}

/** Whether executions are read for the link: not while it is suspended or being deleted. */
function isLookedAt({ link }: LinkObject): boolean {
  return !link.deleting && !link.suspended;
}

function hasDeniedTask({ status }: LinkObject): boolean {
  return (status.deniedTasks ?? []).length > 0;
}

function earliestDenial({ status }: LinkObject): number {
  return Math.min(...(status.deniedTasks ?? []).map(({ startTime }) => Date.parse(startTime)));
}

function remember(keys: Set<string>, key: string): void {
  keys.add(key);
  for (const oldest of keys) {
    if (keys.size <= MOST_READ) return;
    keys.delete(oldest);
  }
}
