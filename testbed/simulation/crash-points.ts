/** What happens if the operator dies at a write: tried at every write of a history, right before it and right after it. */
import { isWrite } from '../../src/aws/transport/fence.ts';
import type { History, Step } from './history.ts';
import type { Violation } from './laws.ts';
import { simulate } from './simulation.ts';

export interface CrashPoint {
  /** The write, as traces have it. */
  readonly call: string;
  /** Its number among all calls of the process. */
  readonly number: number;
  /** Whether the write still takes effect; its answer reaches nobody. */
  readonly sent: boolean;
}

export interface CrashFailure {
  readonly point: CrashPoint;
  readonly violation: Violation;
  readonly history: History;
}

/** How long until the next process starts. */
const DOWN_MS = 2_000;

/** The points of a history with one replica, in order. Writes after the last step are not among them. */
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

/** Lets the process die at each point, in a separate run for each.
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

/** The crash is set up before anything happens: until then, everything goes as in the undisturbed history. */
function withCrash(history: History, { number, sent }: CrashPoint): History {
  const crash: Step = { afterMs: 0, do: 'crash', replica: 0, calls: number, sent, downMs: DOWN_MS };
  return { ...history, steps: [crash, ...history.steps] };
}

/** Whether a call is a write to AWS, or to an object of the cluster. */
function changesSomething(call: string): boolean {
  const [verb = ''] = call.split(' ');
  return isWrite(verb) || ['create', 'update', 'patch', 'status', 'delete'].includes(verb);
}
