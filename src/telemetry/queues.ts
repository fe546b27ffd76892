/** A work queue's figures, and whose turn a key counts as. */
import type { WorkQueueMetrics } from '../kubernetes/work-queue.ts';
import type { Metrics } from './metrics.ts';

export function queueMetrics(metrics: Metrics, name: string): WorkQueueMetrics {
  return {
    depth: (keys) => metrics.queueDepth.set({ name }, keys),
    added: () => metrics.queueAdds.inc({ name }),
    queueDuration: (seconds) => metrics.queueSeconds.observe({ name }, seconds),
    workDuration: (seconds) => metrics.workSeconds.observe({ name }, seconds),
    retried: () => metrics.queueRetries.inc({ name }),
  };
}

/** Namespaces are served in turn. */
export function namespaceOfKey(key: string): string {
  return key.slice(0, key.indexOf('/'));
}
