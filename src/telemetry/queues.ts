/** The metrics of a work queue. */
import type { WorkQueue, WorkQueueMetrics } from '../kubernetes/work-queue.ts';
import type { Metrics } from './metrics.ts';

/** The metrics of one work queue. @param name value of the label `name` */
export function queueMetrics(metrics: Metrics, name: string): WorkQueueMetrics {
  return {
    depth: (keys) => metrics.queueDepth.set({ name }, keys),
    added: () => metrics.queueAdds.inc({ name }),
    queueDuration: (seconds) => metrics.queueSeconds.observe({ name }, seconds),
    workDuration: (seconds) => metrics.workSeconds.observe({ name }, seconds),
    retried: () => metrics.queueRetries.inc({ name }),
  };
}

/** How long a queue's workers have been busy, worked out whenever metrics are collected. */
export function measureWorkers(
  metrics: Metrics,
  name: string,
  queue: Pick<WorkQueue, 'runningMs'>,
  workers: number,
): void {
  metrics.maxWorkers.set({ controller: name }, workers);
  metrics.onCollect(() => {
    const seconds = queue.runningMs().map((ms) => ms / 1000);
    metrics.activeWorkers.set({ controller: name }, seconds.length);
    metrics.unfinishedSeconds.set(
      { name },
      seconds.reduce((sum, each) => sum + each, 0),
    );
    metrics.longestSeconds.set({ name }, Math.max(0, ...seconds));
  });
}
