/** Counts how many links are in which state, and gives links series of their own, whenever the metrics are scraped. */
import { findCondition } from '../../api/conditions.ts';
import type { Condition } from '../../api/generated.ts';
import { REASONS } from '../../api/reasons.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { Cache } from '../../kubernetes/store.ts';
import type { LinkReadiness } from '../../telemetry/link-series.ts';
import type { LinkLabels } from '../../telemetry/link-states.ts';
import type { Metrics } from '../../telemetry/metrics.ts';

const COUNTED = ['Ready', 'Effective'] as const;

/** The reason as a label. Anybody who may write a status can put any reason into it, and each would be a new series for good. */
function labelOf(condition: Condition | undefined): string {
  if (condition === undefined) return 'Pending';
  return Object.hasOwn(REASONS, condition.reason) ? condition.reason : 'Other';
}

/** Registers the gauges.
 *  @param limit up to how many links have metrics of their own */
export function countLinks(metrics: Metrics, links: Cache<LinkObject>, limit: number): void {
  metrics.countLinksBy({
    states: () => statesOf(links),
    single: () => (limit === 0 || links.size > limit ? undefined : [...links.values()].map(readinessOf)),
  });
}

function* statesOf(links: Cache<LinkObject>): Generator<LinkLabels> {
  for (const { status } of links.values()) {
    for (const condition of COUNTED) {
      const found = findCondition(status.conditions, condition);
      yield { condition, status: found?.status ?? 'Unknown', reason: labelOf(found) };
    }
  }
}

function readinessOf({ link: { namespace, name }, status }: LinkObject): LinkReadiness {
  const ready = findCondition(status.conditions, 'Ready');
  return { namespace, name, ready: ready?.status === 'True', reason: labelOf(ready) };
}
