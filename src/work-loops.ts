/** A queue for each kind of object to be reconciled, and the loops that work on it, counted and timed. */
import type { Logger } from 'pino';
import { logFailure } from './api/crd-advice.ts';
import type { Clock } from './base/clock.ts';
import type { Stretch } from './base/stretch.ts';
import type { LinkObject } from './controllers/state/link-object.ts';
import { Controller, type Reconcile } from './kubernetes/controller.ts';
import { keyOf, namespaceOfKey } from './kubernetes/metadata.ts';
import { priority, WorkQueue } from './kubernetes/work-queue.ts';
import type { Metrics } from './telemetry/metrics.ts';
import { measureWorkers, queueMetrics } from './telemetry/queues.ts';

/** A minute at most, so that after an outage nobody waits longer. */
const LINK_BACKOFF = { minMs: 250, maxMs: 60_000 };

interface WorkLoopParts {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** Shared by everything that runs at the same time. */
  readonly stretch: Stretch;
}

/** A kind of work, as metrics and log lines name it. */
type WorkKind = 'account' | 'link' | 'alias' | 'execution';

/** The work of one kind: who does it, and how many at a time. */
interface Work {
  readonly reconcile: Reconcile;
  readonly workers: number;
}

export class WorkLoops {
  /** Links, by namespace and name; namespaces take turns. */
  readonly links: WorkQueue;
  /** AWSAccounts, by name. */
  readonly accounts: WorkQueue;
  /** State machines, by ARN, whose aliases are to be read. */
  readonly aliases: WorkQueue;
  /** State machines, by ARN, whose executions are to be read. */
  readonly executions: WorkQueue;
  readonly #parts: WorkLoopParts;

  constructor(parts: WorkLoopParts) {
    const { clock, random, metrics } = parts;
    this.#parts = parts;
    this.links = new WorkQueue({
      clock,
      random,
      groupOf: namespaceOfKey,
      backoff: LINK_BACKOFF,
      metrics: queueMetrics(metrics, 'link'),
    });
    this.accounts = new WorkQueue({ clock, random, metrics: queueMetrics(metrics, 'account') });
    this.aliases = new WorkQueue({ clock, random, metrics: queueMetrics(metrics, 'alias') });
    this.executions = new WorkQueue({ clock, random, metrics: queueMetrics(metrics, 'execution') });
  }

  /** To be called when something happened to a link: it goes before links that are only due. */
  linkChanged({ metadata }: LinkObject): void {
    this.links.add(keyOf(metadata), priority.event);
  }

  /** To be called when a link has something new to report, and nobody waits for it. */
  linkDue({ metadata }: LinkObject): void {
    this.links.add(keyOf(metadata), priority.resync);
  }

  /** The loops, not started yet. */
  controllers(work: Readonly<Record<WorkKind, Work>>): readonly Controller[] {
    return [
      this.#controller('account', this.accounts, work.account),
      this.#controller('link', this.links, work.link),
      this.#controller('alias', this.aliases, work.alias),
      this.#controller('execution', this.executions, work.execution),
    ];
  }

  #controller(kind: WorkKind, queue: WorkQueue, { reconcile, workers }: Work): Controller {
    const { metrics, log, clock, stretch } = this.#parts;
    measureWorkers(metrics, kind, queue, workers);
    return new Controller({
      queue,
      reconcile,
      workers,
      clock,
      stretch,
      onReconciled: ({ key, kind: result, seconds, error }) => {
        metrics.reconciles.inc({ controller: kind, result });
        metrics.reconcileSeconds.observe({ controller: kind }, seconds);
        if (result !== 'error') return;
        metrics.reconcileErrors.inc({ controller: kind });
        const message = error instanceof Error ? error.message : String(error);
        logFailure(log, error, { [kind]: key, error: message }, 'will be tried again');
      },
    });
  }
}
