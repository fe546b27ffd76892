/** What happens when the operator dies at a write: every one of a history, right before it and right after it. */
import { isWrite } from '../../src/aws/transport/fence.ts';
import type { History, Step } from './history.ts';
import type { Violation } from './laws.ts';
import { simulate } from './simulation.ts';

export interface CrashPoint {
  /** The write, as traces have it. */
  readonly call: string;
  /** Among all calls of the process. */
  readonly number: number;
  /** Whether the write still takes effect; its answer comes to nobody. */
  readonly sent: boolean;
}

export interface CrashFailure {
  readonly point: CrashPoint;
  readonly violation: Violation;
  readonly history: History;
}

/** Until the next process starts. */
const DOWN_MS = 2_000;

/** The points of a history with one replica, in order. What is written after its last step is none of them. */
export async function crashPointsOf(history: History): Promise<readonly CrashPoint[]> {
  const endMs = history.steps.reduce((sum, { afterMs }) => sum + afterMs, 0);
  const calls: string[] = [];
  const { violations } = await simulate(history, undefined, (call, atMs) => {
    if (atMs <= endMs) calls.push(call);
  });
  const [violation] = violations;
  if (violation !== undefined) throw new Error(`undisturbed: ${violation.law}: ${violation.message}`);
  return calls.flatMap((call, index) =>
    changesSomething(call) ? [false, true].map((sent) => ({ call, number: index + 1, sent })) : [],
  );
}

/** Has the process die at each point, in a run of its own.
 *  @param points those of `crashPointsOf`, or some of them */
export async function crashFailures(
  history: History,
  points: readonly CrashPoint[],
): Promise<readonly CrashFailure[]> {
  const failures: CrashFailure[] = [];
  for (const point of points) {
    const crashed = withCrash(history, point);
    const [violation] = (await simulate(crashed)).violations;
    if (violation !== undefined) failures.push({ point, violation, history: crashed });
  }
  return failures;
}

/** The crash is decided on before anything happens: until then all goes as in the undisturbed history. */
function withCrash(history: History, { number, sent }: CrashPoint): History {
  const crash: Step = { afterMs: 0, do: 'crash', replica: 0, calls: number, sent, downMs: DOWN_MS };
  return { ...history, steps: [crash, ...history.steps] };
}

/** A write to AWS, or to an object of the cluster. */
function changesSomething(call: string): boolean {
  const [verb = ''] = call.split(' ');
  return isWrite(verb) || ['create', 'update', 'patch', 'status', 'delete'].includes(verb);
}
