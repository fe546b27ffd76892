/** Names of all metrics that the operator exports, which alerts and dashboards may ask for. */
export const METRICS: ReadonlySet<string> = new Set([
  'controller_runtime_reconcile_total',
  'controller_runtime_reconcile_time_seconds',
  'workqueue_depth',
  'leader_election_master_status',
  'rest_client_requests_total',
  'crossaccountlink_aws_calls_total',
  'crossaccountlink_aws_call_duration_seconds',
  'crossaccountlink_aws_throttles_total',
  'crossaccountlink_lane_depth',
  'crossaccountlink_links',
  'crossaccountlink_drift_detected_total',
  'crossaccountlink_drift_repaired_total',
  'crossaccountlink_snapshot_age_seconds',
  'crossaccountlink_ready_seconds',
  'crossaccountlink_event_queue_lag_seconds',
  'crossaccountlink_watch_age_seconds',
]);

/** The metrics that a PromQL expression asks for, histograms by their own name. */
export function metricsOf(expression: string): readonly string[] {
  const withoutLabels = expression
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\b(by|on|without|ignoring) *\([^)]*\)/g, '');
  return [...withoutLabels.matchAll(/\b[a-z]+(?:_[a-z]+)+\b/g)]
    .map(([name]) => name.replace(/_bucket$/, ''))
    .filter((name) => name !== 'histogram_quantile');
}
