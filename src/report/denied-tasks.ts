/**
 * Executions as evidence that AWS denied a call of one of the link's Tasks although every policy that was read allows it. That
 * reveals organization policies, resource policies and key policies, which the operator does not read.
 */
import { findCondition } from '../api/conditions.ts';
import type { CrossAccountLinkStatus, DeniedTask } from '../api/generated.ts';
import { parseRoleArn, lastPartOf } from '../arn/arn.ts';
import { compareText } from '../base/compare-text.ts';
import { cut } from '../base/cut.ts';
import type { ExecutionStep, ObservedExecution } from '../observed/execution.ts';
import { classifyFailure } from './denial-wording.ts';

/** What the last execution that reached a Task shows about it. */
interface TaskEvidence {
  readonly executionArn: string;
  /** When the execution began, in milliseconds since 1970. */
  readonly startedAt: number;
  /** When the call was denied or accepted, in milliseconds since 1970. */
  readonly at: number;
  /** Left out: the call was accepted. */
  readonly denied?: { readonly call: string; readonly words: string };
}

export type Evidence = ReadonlyMap<string, TaskEvidence>;

/** How many of them a status names. */
const MOST_DENIED = 10;
/** How many Tasks of a link are remembered. */
const MOST_REMEMBERED = 500;
const MAX_WORDS = 256;
const MAX_CALL = 128;
/** Longest name of a state in Amazon States Language. */
const MAX_TASK = 80;

/** What an execution shows about the Tasks that used the role. If a Task was entered several times, by a Map or a loop, one
 *  denied time is enough. If it was retried, the last attempt counts. */
export function evidenceIn(execution: ObservedExecution, roleArn: string): Evidence {
  const found = new Map<string, TaskEvidence>();
  const role = parseRoleArn(roleArn);
  if (role === undefined) return found;
  for (const { task, attempt, last } of lastAttempts(execution.steps)) {
    if (attempt.roleArn !== roleArn) continue;
    const evidence = evidenceOf(execution, last, () =>
      last.step.kind === 'failed'
        ? classifyFailure({ ...last.step, call: attempt.call, submitted: last.submitted }, role)
        : { kind: 'reached' },
    );
    if (evidence === undefined) continue;
    const before = found.get(task);
    if (before?.denied === undefined || (evidence.denied !== undefined && evidence.at > before.at))
      found.set(task, evidence);
  }
  return found;
}

type Attempt = Extract<ExecutionStep, { kind: 'scheduled' }>;
interface LastStep {
  readonly step: ExecutionStep;
  readonly submitted: boolean;
}

function evidenceOf(
  { arn, startedAt }: ObservedExecution,
  { step }: LastStep,
  classify: () => ReturnType<typeof classifyFailure>,
): TaskEvidence | undefined {
  const failure = classify();
  const of = { executionArn: arn, startedAt, at: step.at };
  if (failure.kind === 'reached') return of;
  if (failure.kind === 'other' || step.kind !== 'failed') return undefined;
  const words = oneLine(step.cause === '' ? step.error : step.cause, MAX_WORDS);
  return { ...of, denied: { call: oneLine(failure.call, MAX_CALL), words } };
}

/** For each time that a Task was entered: its last attempt, and how far that came. */
function lastAttempts(
  steps: readonly ExecutionStep[],
): Iterable<{ readonly task: string; readonly attempt: Attempt; readonly last: LastStep }> {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const last = new Map<number, { task: string; attempt: Attempt; last: LastStep }>();
  for (const step of steps.toSorted((a, b) => a.id - b.id)) {
    if (step.kind !== 'failed' && step.kind !== 'submitted' && step.kind !== 'succeeded') continue;
    const { attempt, entered, submitted } = originOf(step, byId);
    // If its beginning was not read, nothing is known of a step.
    if (attempt === undefined || entered === undefined) continue;
    if (entered.task.length > MAX_TASK) continue;
    last.set(entered.id, { task: entered.task, attempt, last: { step, submitted } });
  }
  return last.values();
}

function originOf(step: ExecutionStep, byId: ReadonlyMap<number, ExecutionStep>) {
  let attempt: Attempt | undefined;
  let submitted = false;
  let current: ExecutionStep | undefined = step;
  while (current !== undefined && current.kind !== 'entered') {
    if (current.kind === 'scheduled') attempt ??= current;
    if (current.kind === 'submitted' && attempt === undefined) submitted = true;
    // Steps only lead forwards; a history that says otherwise must not cause an endless loop.
    const previous: ExecutionStep | undefined = byId.get(current.previousId);
    current = previous !== undefined && previous.id < current.id ? previous : undefined;
  }
  return { attempt, submitted, entered: current };
}

/** The known evidence with that of another execution added: for each Task, the execution that began last counts. */
export function withEvidence(known: Evidence, found: Evidence): Evidence {
  const all = new Map(known);
  for (const [task, evidence] of found) {
    const before = all.get(task);
    if (before === undefined ? all.size < MOST_REMEMBERED : before.startedAt <= evidence.startedAt)
      all.set(task, evidence);
  }
  return all;
}

/** The known evidence without denials. To be used after a write that may allow what was denied. */
export function withoutDenials(known: Evidence): Evidence {
  return new Map([...known].filter(([, { denied }]) => denied === undefined));
}

/** Whether an execution shows a denial that neither the status nor an earlier execution shows. */
export function hasNewDenial(onRecord: readonly DeniedTask[], known: Evidence, found: Evidence): boolean {
  return [...found].some(
    ([task, { denied }]) =>
      denied !== undefined &&
      known.get(task)?.denied === undefined &&
      !onRecord.some((record) => record.task === task),
  );
}

/** When a link was last brought in order, according to its status, in milliseconds since 1970; 0 if the status does not say.
 *  What was denied before may be allowed by now. */
export function lastInOrderAt({ conditions = [], drift }: CrossAccountLinkStatus): number {
  const ready = findCondition(conditions, 'Ready');
  const times = [ready?.status === 'True' ? ready.lastTransitionTime : undefined, drift?.lastRepairedTime];
  return Math.max(0, ...times.flatMap((time) => (time === undefined ? [] : [Date.parse(time)])));
}

/** The denied Tasks: those on record that no later execution has passed, and those that a later execution was denied. A record
 *  does not count if it is of another spec, or of a Task that is no longer the link's.
 *  @param onRecord from the status */
export function deniedTasks(
  onRecord: readonly DeniedTask[],
  evidence: Evidence,
  { tasks, generation }: { readonly tasks: readonly string[]; readonly generation: number },
): readonly DeniedTask[] {
  const recorded = new Map(
    onRecord
      .filter(({ observedGeneration }) => observedGeneration === generation)
      .map((each) => [each.task, each]),
  );
  return tasks
    .flatMap((task) => deniedTask(task, recorded.get(task), evidence.get(task), generation) ?? [])
    .toSorted((a, b) => compareText(a.task, b.task))
    .slice(0, MOST_DENIED);
}

/** While the same call is denied the record stays as it is, so that a machine that fails all day causes one write. */
function deniedTask(
  task: string,
  record: DeniedTask | undefined,
  evidence: TaskEvidence | undefined,
  observedGeneration: number,
): DeniedTask | undefined {
  if (evidence === undefined) return record;
  const { executionArn: executionARN, startedAt, denied } = evidence;
  if (record !== undefined && startedAt <= Date.parse(record.startTime)) return record;
  if (denied === undefined) return undefined;
  if (record?.call === denied.call) return record;
  const startTime = new Date(startedAt).toISOString();
  return { task, call: denied.call, message: denied.words, executionARN, startTime, observedGeneration };
}

/** What Effective says about denied Tasks. */
export function deniedMessage([first, ...others]: readonly [DeniedTask, ...DeniedTask[]]): string {
  const { call, executionARN, message } = first;
  const run = lastPartOf(executionARN);
  const more = others.length === 0 ? '' : ` Denied, too: ${others.map((each) => nameOf(each)).join(', ')}.`;
  return (
    `AWS denied Task ${nameOf(first)} the call ${call} in execution ${run}: "${message}".${more} ` +
    `Change the policy that denies it, perhaps of the organization, the resource or the key, then run the state machine: ` +
    `an execution that began later and passes the Task clears this.`
  );
}

function nameOf({ task }: DeniedTask): string {
  return `"${oneLine(task, MAX_TASK)}"`;
}

/** A text from outside in one line, cut, and without anything that a terminal would interpret. */
function oneLine(text: string, length: number): string {
  return cut(text.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').trim(), length);
}
