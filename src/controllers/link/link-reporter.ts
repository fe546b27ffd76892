/** Writes the outcome of a reconcile: status, Events and metrics. Writes nothing that is already written. */
import { isDeepStrictEqual } from 'node:util';
import { CROSS_ACCOUNT_LINK } from '../../api/crossaccountlink.ts';
import { findCondition } from '../../api/conditions.ts';
import type { CrossAccountLinkStatus } from '../../api/generated.ts';
import type { EventRecorder, EventType } from '../../kubernetes/event-recorder.ts';
import { timestamp } from '../../kubernetes/metadata.ts';
import type { StatusWriter } from '../../kubernetes/status-writer.ts';
import { driftSentence, notYetShown, type Drift } from '../../report/drift.ts';
import type { Link } from '../../desired/link.ts';
import type { Warning } from '../../report/warnings.ts';
import { toJsonObject } from '../../base/json.ts';
import type { LinkMemory } from '../state/link-memory.ts';
import type { LinkObject } from '../state/link-object.ts';
import { statusUpdate, type Conclusion, type StatusUpdate } from './status-update.ts';

interface LinkMetrics {
  drift(link: Link, drift: Drift): void;
  ready(secondsSinceCreation: number): void;
}

/** A status keeps no more records of drift than this. */
const MOST_UNRECORDED = 10;

export interface Reported {
  readonly drift: readonly Drift[];
  /** Whether there was nothing to report or to write. */
  readonly isQuiet: boolean;
}

export const NOTHING_REPORTED: Reported = { drift: [], isQuiet: true };

interface LinkReporterParts {
  readonly statusWriter: Pick<StatusWriter, 'write' | 'writeAhead'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly metrics: LinkMetrics;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

export class LinkReporter {
  readonly #parts: LinkReporterParts;

  constructor(parts: LinkReporterParts) {
    this.#parts = parts;
  }

  /** The time now, as RFC 3339 in whole seconds, as in the API. */
  now(): string {
    return timestamp(this.#parts.wallClock());
  }

  /** Reports the outcome of a reconcile, and keeps in `memory` what the status does not show yet.
   *  @throws ApiError 409 when the link changed meanwhile */
  async conclude(object: LinkObject, conclusion: Conclusion, memory: LinkMemory): Promise<Reported> {
    const { unrecordedDrift, reportedRepairs } = memory;
    const update = statusUpdate(object, conclusion, this.now(), memory);
    memory.reportedRepairs = notYetShown(object.status.drift, [...reportedRepairs, ...update.drift]);
    // If the status cannot be written now, because the link changed meanwhile, the next one reports it.
    memory.unrecordedDrift = [...unrecordedDrift, ...update.drift].slice(-MOST_UNRECORDED);
    const wrote = await this.report(object, update);
    memory.unrecordedDrift = [];
    return { drift: update.drift, isQuiet: !wrote && update.drift.length + update.warnings.length === 0 };
  }

  /** Reports drift and warnings before the status, so that they are reported even if the status cannot be written. Returns
   *  whether the status was written.
   *  @throws ApiError 409 when the link changed meanwhile */
  async report(object: LinkObject, { status, drift, warnings }: StatusUpdate): Promise<boolean> {
    this.#drift(object, drift);
    this.warn(object, warnings);
    return this.status(object, status);
  }

  /** Emits a Warning Event for each. */
  warn(object: LinkObject, warnings: readonly Warning[]): void {
    for (const { reason, message } of warnings) this.event(object, 'Warning', reason, message);
  }

  event(object: LinkObject, type: EventType, reason: string, message: string): void {
    this.#parts.events.record(CROSS_ACCOUNT_LINK, object.metadata, { type, reason, message });
  }

  #drift(object: LinkObject, all: readonly Drift[]): void {
    for (const drift of all) {
      this.#parts.metrics.drift(object.link, drift);
      this.event(object, 'Warning', 'DriftDetected', driftSentence(drift));
      if (drift.repaired)
        this.event(
          object,
          'Normal',
          'DriftRepaired',
          `${drift.field} of ${drift.object} is as it should be.`,
        );
    }
  }

  /** Writes the status if it differs, with an Event if Ready changed. Returns whether it wrote.
   *  @throws ApiError 409 when the link changed meanwhile */
  async status(object: LinkObject, status: CrossAccountLinkStatus): Promise<boolean> {
    // The outcome of most checks; comparing needs no JSON text of either.
    if (isDeepStrictEqual(object.status, status)) return false;
    const seen = { metadata: object.metadata, status: toJsonObject(object.status) };
    const wrote = await this.#parts.statusWriter.write(CROSS_ACCOUNT_LINK, seen, toJsonObject(status));
    if (wrote) this.#recordReady(object, status);
    return wrote;
  }

  /** Writes a status that only says what is about to be written to AWS, without an Event. Returns the link as it is then.
   *  @throws as {@link status} */
  async statusAhead(object: LinkObject, status: CrossAccountLinkStatus): Promise<LinkObject> {
    const { statusWriter } = this.#parts;
    const seen = { metadata: object.metadata, status: toJsonObject(object.status) };
    const after = await statusWriter.writeAhead(CROSS_ACCOUNT_LINK, seen, toJsonObject(status));
    const metadata = { ...object.metadata, resourceVersion: after.resourceVersion };
    return { ...object, metadata, status };
  }

  #recordReady(object: LinkObject, status: CrossAccountLinkStatus): void {
    const before = findCondition(object.status.conditions, 'Ready');
    const after = findCondition(status.conditions, 'Ready');
    if (after === undefined || (before?.status === after.status && before.reason === after.reason)) return;
    if (after.status === 'True') {
      const created = Date.parse(object.metadata.creationTimestamp);
      // A link has a revision in its status from the first time that it was in sync.
      if (object.status.stateMachineRevisionID === undefined) {
        this.#parts.metrics.ready((this.#parts.wallClock() - created) / 1000);
      }
      this.event(object, 'Normal', after.reason, after.message);
    } else {
      this.event(object, after.status === 'False' ? 'Warning' : 'Normal', after.reason, after.message);
    }
  }
}
