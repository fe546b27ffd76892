/** Whether the API server still sends something to each watch. */
import type { Metrics } from './metrics.ts';

/** One watched kind of object: its reflector, with a name for people. */
export interface Watched {
  readonly kind: string;
  readonly watch: { readonly hasSynced: boolean; sinceLastAnswerMs(): number };
}

/** What is not in order, one sentence each.
 *  @param silenceMs from when on silence counts as a broken watch; a healthy server sends something about once a minute */
export function watchProblems(watched: readonly Watched[], silenceMs: number): readonly string[] {
  return watched.flatMap(({ kind, watch }) => {
    if (!watch.hasSynced) return [`the cache of ${kind} is not filled yet`];
    const ageMs = watch.sinceLastAnswerMs();
    return ageMs > silenceMs
      ? [`the API server has sent nothing about ${kind} for ${Math.round(ageMs / 1000)} s`]
      : [];
  });
}

/** Before anything was received, the age is that of the process. */
export function measureWatches(metrics: Metrics, watched: readonly Watched[]): void {
  metrics.onCollect(() => {
    for (const { kind, watch } of watched)
      metrics.watchAge.set({ kind }, Math.min(watch.sinceLastAnswerMs() / 1000, process.uptime()));
  });
}
