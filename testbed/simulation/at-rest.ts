/** What must hold once everything has calmed down. */
import { findCondition } from '../../src/api/conditions.ts';
import { keyOf } from '../../src/kubernetes/metadata.ts';
import type { Violation } from './laws.ts';
import type { Truth } from './truth.ts';

/** What is wrong once everything has calmed down. */
export function problemsAtRest(truth: Truth, nowMs: number): readonly Violation[] {
  const violations: Violation[] = [];
  const violated = (law: string, message: string) => violations.push({ law, atMs: nowMs, message });
  for (const object of truth.links()) {
    const { link, status, metadata } = object;
    const key = keyOf(metadata);
    if (link.deleting) {
      violated('every deletion ends', `${key} is still there`);
      continue;
    }
    const ready = findCondition(status.conditions, 'Ready');
    const problem = truth.problem(object);
    if (ready?.status === 'True' && problem !== undefined)
      violated('Ready is not True while the access fails', `${key}: ${problem}`);
    if (ready?.status === 'Unknown' || ready === undefined)
      violated(
        'everything comes to rest',
        `${key}: Ready ${ready?.status} ${ready?.reason}: ${ready?.message}`,
      );
  }
  return violations;
}
