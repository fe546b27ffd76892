/** Makes a failing history short: as few steps as still break the same law. */
import { isJsonObject } from '../../src/base/json.ts';
import type { History, Step } from './history.ts';

/**
 * Leaves out steps, and then what makes the others complicated, as long as the same law is broken.
 * @param breaks whether a history still breaks the law
 * @param attempts how many histories are tried at most
 */
export async function shrink(
  history: History,
  breaks: (candidate: History) => Promise<boolean>,
  attempts = 200,
): Promise<History> {
  let left = attempts;
  const fails = async (candidate: History) => {
    left -= 1;
    return left >= 0 && breaks(candidate);
  };
  let best = await withoutSteps(history, fails);
  if (best.replicas > 1 && (await fails({ ...best, replicas: 1 }))) best = { ...best, replicas: 1 };
  for (let at = 0; at < best.steps.length; at += 1) {
    for (const simpler of simplerSteps(best.steps[at])) {
      const candidate = { ...best, steps: best.steps.with(at, simpler) };
      if (await fails(candidate)) best = candidate;
    }
  }
  return withoutSteps(best, fails);
}

/** Cuts out halves, quarters and so on, down to single steps. */
async function withoutSteps(
  history: History,
  fails: (candidate: History) => Promise<boolean>,
): Promise<History> {
  let best = history;
  for (let size = Math.ceil(best.steps.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = best.steps.length - size; from >= 0; from -= size) {
      const candidate = { ...best, steps: cut(best.steps, from, size) };
      if (await fails(candidate)) best = candidate;
    }
  }
  return best;
}

/** The time of the steps that were cut out passes before the next step. */
function cut(steps: readonly Step[], from: number, size: number): readonly Step[] {
  const gone = steps.slice(from, from + size).reduce((sum, { afterMs }) => sum + afterMs, 0);
  return steps.flatMap((step, at) => {
    if (at >= from && at < from + size) return [];
    return [at === from + size ? { ...step, afterMs: step.afterMs + gone } : step];
  });
}

function simplerSteps(step: Step | undefined): readonly Step[] {
  if (step === undefined) return [];
  const later: Step[] = [
    { ...step, afterMs: 60_000 },
    { ...step, afterMs: 1_000 },
  ];
  if (step.do !== 'apply') return later;
  const { stateMachineARN = '', targetRole } = step.spec;
  const arn = isJsonObject(targetRole) ? targetRole['arn'] : undefined;
  return [
    ...later,
    { ...step, spec: { stateMachineARN, targetRole: { arn } } },
    { ...step, spec: { ...step.spec, targetRole: { arn } } },
  ];
}
