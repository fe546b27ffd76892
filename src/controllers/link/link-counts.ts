/** How many links are in which state, and which, counted when the metrics are scraped. */
import { findCondition } from '../../api/conditions.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { Cache } from '../../kubernetes/store.ts';
import type { LinkStanding } from '../../telemetry/link-series.ts';
import type { Metrics } from '../../telemetry/metrics.ts';

const COUNTED = ['Ready', 'Effective'] as const;

/** @param limit up to how many links have metrics of their own */
export function countLinks(metrics: Metrics, links: Cache<LinkObject>, limit: number): void {
  metrics.onCollect(() => {
    const seen = new Map<string, number>();
    for (const { status } of links.values()) {
      for (const condition of COUNTED) {
        const found = findCondition(status.conditions ?? [], condition);
        const key = JSON.stringify([condition, found?.status ?? 'Unknown', found?.reason ?? 'Pending']);
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
    }
    metrics.setLinks([...seen].map(([key, count]) => ({ labels: readKey(key), count })));
    metrics.linkSeries.show(
      limit === 0 || links.size > limit ? undefined : [...links.values()].map(standingOf),
    );
  });
}

function standingOf({ link: { namespace, name }, status }: LinkObject): LinkStanding {
  const ready = findCondition(status.conditions ?? [], 'Ready');
  return { namespace, name, ready: ready?.status === 'True', reason: ready?.reason ?? 'Pending' };
}

function readKey(key: string): { condition: string; status: string; reason: string } {
  const parts: unknown = JSON.parse(key);
  const [condition, status, reason] = Array.isArray(parts) ? parts.map(String) : [];
  return { condition: condition ?? '', status: status ?? '', reason: reason ?? '' };
}
