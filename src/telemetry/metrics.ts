/**
 * The metrics for Prometheus: those that dashboards for controllers know, and our own. The number of labels is limited:
 * accounts, operations and fields, and links only up to a limit.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, type LabelValues } from 'prom-client';
import { systemClock } from '../base/clock.ts';
import { Stretch } from '../base/stretch.ts';
import { ALL_DRIFT_LABELS } from './drift-labels.ts';
import { LinkSeries } from './link-series.ts';
import { LinkStates, type LinkCounting } from './link-states.ts';

export class Metrics {
  readonly registry = new Registry();

  readonly reconciles = this.#counter(
    'controller_runtime_reconcile_total',
    'Reconciles by controller and result.',
    ['controller', 'result'],
  );
  readonly reconcileErrors = this.#counter(
    'controller_runtime_reconcile_errors_total',
    'Reconciles that failed.',
    ['controller'],
  );
  readonly reconcileSeconds = this.#histogram(
    'controller_runtime_reconcile_time_seconds',
    'Length of a reconcile.',
    ['controller'],
  );
  readonly activeWorkers = this.#gauge('controller_runtime_active_workers', 'Reconciles under way.', [
    'controller',
  ]);

  readonly maxWorkers = this.#gauge(
    'controller_runtime_max_concurrent_reconciles',
    'Reconciles that may be under way.',
    ['controller'],
  );

  readonly queueDepth = this.#gauge('workqueue_depth', 'Keys that wait.', ['name']);
  readonly queueAdds = this.#counter('workqueue_adds_total', 'Keys added.', ['name']);
  readonly queueSeconds = this.#histogram(
    'workqueue_queue_duration_seconds',
    'From being added to being worked on.',
    ['name'],
  );
  readonly workSeconds = this.#histogram('workqueue_work_duration_seconds', 'Length of the work on a key.', [
    'name',
  ]);
  readonly queueRetries = this.#counter('workqueue_retries_total', 'Keys that are to come back.', ['name']);

  readonly unfinishedSeconds = this.#gauge(
    'workqueue_unfinished_work_seconds',
    'Time spent so far on keys that are being worked on.',
    ['name'],
  );
  readonly longestSeconds = this.#gauge(
    'workqueue_longest_running_processor_seconds',
    'Time spent so far on the key that is being worked on longest.',
    ['name'],
  );

  readonly leader = this.#gauge('leader_election_master_status', '1 while this process leads.', ['name']);
  readonly restRequests = this.#counter('rest_client_requests_total', 'Requests to the API server.', [
    'code',
    'method',
    'host',
  ]);

  readonly awsCalls = this.#counter('crossaccountlink_aws_calls_total', 'Calls to AWS.', [
    'account',
    'service',
    'operation',
    'outcome',
  ]);
  readonly awsSeconds = this.#histogram(
    'crossaccountlink_aws_call_duration_seconds',
    'Length of a call to AWS.',
    ['service', 'operation'],
  );
  readonly awsThrottles = this.#counter('crossaccountlink_aws_throttles_total', 'Calls that AWS throttled.', [
    'account',
    'service',
    'operation',
  ]);
  readonly laneDepth = this.#gauge('crossaccountlink_lane_depth', 'Calls that wait for their lane.', [
    'lane',
  ]);

  readonly links = this.#gauge('crossaccountlink_links', 'Links by condition.', [
    'condition',
    'status',
    'reason',
  ]);
  readonly readySeconds = this.#histogram(
    'crossaccountlink_ready_seconds',
    'From creating a link to Ready.',
    [],
    [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 900],
  );
  readonly driftDetected = this.#counter(
    'crossaccountlink_drift_detected_total',
    'Fields that somebody else changed.',
    ['object', 'field'],
  );
  readonly driftRepaired = this.#counter(
    'crossaccountlink_drift_repaired_total',
    'Changed fields that the operator repaired.',
    ['object', 'field'],
  );
  readonly snapshotAge = this.#gauge(
    'crossaccountlink_snapshot_age_seconds',
    'Age of the last complete snapshot of an account.',
    ['account'],
  );
  readonly unlinkedRoles = this.#gauge(
    'crossaccountlink_unlinked_roles',
    "Roles with the operator's tags that no link names, 200 at most.",
    ['account'],
  );
  readonly eventQueueLag = this.#gauge(
    'crossaccountlink_event_queue_lag_seconds',
    'Age of the last change event when it arrived.',
    ['account'],
  );
  readonly watchAge = this.#gauge(
    'crossaccountlink_watch_age_seconds',
    'Time since the API server last sent anything.',
    ['kind'],
  );

  readonly linkSeries = new LinkSeries();

  /** A health check that is not answered for seconds ends the pod: this shows how close that came. */
  readonly longestHold = this.#gauge(
    'crossaccountlink_event_loop_longest_hold_seconds',
    'Longest time for which the event loop did nothing else, since the last collection.',
    [],
  );
  readonly #loopDelay = monitorEventLoopDelay({ resolution: 10 });

  readonly #linkStates = new LinkStates();
  readonly #openAccounts = new Set<string>();
  readonly #collectors: (() => void)[] = [];
  /** How links are counted; undefined until `countLinksBy` says. */
  #counting: LinkCounting | undefined;
  readonly #stretch = new Stretch(systemClock);

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.#startAtZero();
    this.#loopDelay.enable();
  }

  /** Labels that are known from the start get a value from the start: a rate needs a first value. */
  #startAtZero(): void {
    for (const controller of ['link', 'account']) {
      for (const result of ['success', 'requeue_after', 'error'])
        this.reconciles.inc({ controller, result }, 0);
      this.reconcileErrors.inc({ controller }, 0);
      this.reconcileSeconds.zero({ controller });
      this.queueDepth.set({ name: controller }, 0);
      this.queueAdds.inc({ name: controller }, 0);
      this.queueSeconds.zero({ name: controller });
      this.workSeconds.zero({ name: controller });
      this.queueRetries.inc({ name: controller }, 0);
    }
    this.leader.set({ name: 'crossaccountlink' }, 0);
    for (const kind of ['links', 'accounts', 'namespaces']) this.watchAge.set({ kind }, 0);
    for (const labels of ALL_DRIFT_LABELS) {
      this.driftDetected.inc({ ...labels }, 0);
      this.driftRepaired.inc({ ...labels }, 0);
    }
    this.links.set({ condition: 'Ready', status: 'True', reason: 'InSync' }, 0);
    this.links.set({ condition: 'Ready', status: 'False', reason: 'AccessDenied' }, 0);
  }

  /** To be called when an account is connected. The first call into it asks who the operator is. */
  openAccount(account: string): void {
    this.#openAccounts.add(account);
    const call = { account, service: 'sts', operation: 'GetCallerIdentity' };
    this.awsCalls.inc({ ...call, outcome: 'ok' }, 0);
    this.awsThrottles.inc(call, 0);
    this.snapshotAge.set({ account }, 0);
    this.unlinkedRoles.set({ account }, 0);
    this.eventQueueLag.set({ account }, 0);
  }

  /** Counts a change event. Whoever can write into a queue may name any account, and each would be a series for good: only
   *  connected accounts have one. */
  eventReceived(account: string, lagSeconds: number): void {
    if (this.#openAccounts.has(account)) this.eventQueueLag.set({ account }, lagSeconds);
  }

  /** To be called when an account is disconnected: its series are removed, or their age would raise an alert some day. */
  async closeAccount(account: string): Promise<void> {
    this.#openAccounts.delete(account);
    await Promise.all([
      removeWhere(this.awsCalls, (labels) => labels.account === account),
      removeWhere(this.awsThrottles, (labels) => labels.account === account),
      removeWhere(this.snapshotAge, (labels) => labels.account === account),
      removeWhere(this.unlinkedRoles, (labels) => labels.account === account),
      removeWhere(this.eventQueueLag, (labels) => labels.account === account),
      removeWhere(this.laneDepth, ({ lane }) => String(lane).startsWith(`${account}/`)),
    ]);
  }

  /** Adds a function that is called before each collection, to set gauges that are worked out on demand. */
  onCollect(collector: () => void): void {
    this.#collectors.push(collector);
  }

  /** Sets how links are counted at each collection. */
  countLinksBy(counting: LinkCounting): void {
    this.#counting = counting;
  }

  /** All metrics in Prometheus' text format. Other work gets its turn in between: there may be tens of thousands of links. */
  async collect(): Promise<string> {
    const breathe = () => this.#stretch.breathe();
    for (const collector of this.#collectors) collector();
    this.longestHold.set(this.#loopDelay.max / 1e9);
    this.#loopDelay.reset();
    for (const { labels, count } of await this.#linkStates.count(this.#counting?.states() ?? [], breathe))
      this.links.set({ ...labels }, count);
    const texts: string[] = [];
    for (const metric of this.registry.getMetricsAsArray()) {
      texts.push(await this.registry.getSingleMetricAsString(metric.name), '\n\n');
      await breathe();
    }
    if (this.#counting === undefined) return texts.join('');
    for (const line of this.linkSeries.lines(this.#counting.single())) {
      texts.push(line, '\n');
      await breathe();
    }
    return texts.join('');
  }

  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Gauge<Label> {
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  #histogram<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    buckets = SECONDS,
  ): Histogram<Label> {
    return new Histogram({ name, help, labelNames: [...labelNames], buckets, registers: [this.registry] });
  }
}

async function removeWhere<Label extends string>(
  metric: Counter<Label> | Gauge<Label>,
  match: (labels: LabelValues<Label>) => boolean,
): Promise<void> {
  for (const { labels } of (await metric.get()).values) if (match(labels)) metric.remove(labels);
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
