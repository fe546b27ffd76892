/**
 * Events about objects, as `kubectl describe` shows them. Written as core/v1 Events with `count`, `firstTimestamp` and
 * `lastTimestamp`: every kubectl prints these as "5m (x12 over 3h)", and they are the same objects that
 * events.k8s.io/v1 serves.
 */
import { printable } from '../base/printable.ts';
import { hash } from 'node:crypto';
import { ApiError, isNotFound } from './api-error.ts';
import type { KubernetesClient } from './client.ts';
import type { Clock } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import { RecentMap } from '../base/recent-map.ts';
import { apiVersionOf, timestamp } from './metadata.ts';
import type { ObjectMeta, ResourceType } from './metadata.ts';

const EVENT_RESOURCE: ResourceType = { group: '', version: 'v1', plural: 'events', kind: 'Event' };

export type EventType = 'Normal' | 'Warning';

interface EventRecorderOptions {
  readonly client: Pick<KubernetesClient, 'create' | 'patch'>;
  readonly clock: Clock;
  readonly random?: () => number;
  /** Who reports: the controller's name, e.g. `example.com/controller`. */
  readonly component: string;
  /** Which of them: a host name. */
  readonly instance: string;
  /** Whether this process may still report what happens; always if left out. */
  readonly mayRecord?: () => boolean;
  /** Called for an event that could not be written; it is given up. */
  readonly onError?: (error: unknown) => void;
  /** Called for an event that was dropped because its object had too many, or because too many wait. */
  readonly onDropped?: () => void;
}

/** What an Event says. */
export interface EventContent {
  readonly type: EventType;
  readonly reason: string;
  readonly message: string;
}

/** What happened, and to which object. */
interface Occurrence extends EventContent {
  readonly resource: ResourceType;
  readonly regarding: Pick<ObjectMeta, 'namespace' | 'name' | 'uid' | 'resourceVersion'>;
}

/** One event object and how often it has happened. */
interface Series {
  /** Undefined once it is written: with thousands of series, texts and objects would take most of the memory. */
  occurrence: Occurrence | undefined;
  /** Name of the object in the API; a new one if the first has expired there. */
  name: string;
  count: number;
  /** Zero until the object has been created. */
  writtenCount: number;
  firstMs: number;
  lastMs: number;
}

interface Bucket {
  tokens: number;
  filledMs: number;
}

/** The API server refuses more than this many bytes. */
const LONGEST_MESSAGE = 1024;
/** How many event objects are remembered, so that a repetition is counted up, and how many objects' rates. client-go's number. */
const REMEMBERED = 4096;
/** How many events may wait to be written. */
const LONGEST_BACKLOG = 1000;
/** Events of one object, repetitions included: a burst, then one at an interval. client-go's numbers. */
const BURST = 25;
const REFILL_MS = 300_000;

export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #series = new RecentMap<Series>(REMEMBERED);
  readonly #buckets = new RecentMap<Bucket>(REMEMBERED);
  readonly #unwritten = new Set<Series>();
  #writing: Promise<void> | undefined;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  /** Records something that happened to an object. Returns at once and never throws. The same event again (type, reason and
   *  message) is counted up instead of added. The message is made printable, and cut to 1,024 bytes. A process that may no
   *  longer report records nothing. */
  record(resource: ResourceType, regarding: ObjectMeta, { type, reason, message }: EventContent): void {
    if (this.#options.mayRecord?.() === false) return;
    if (!this.#takeToken(regarding.uid)) return this.#options.onDropped?.();
    const note = cutToBytes(printable(message), LONGEST_MESSAGE);
    const { namespace, name, uid, resourceVersion } = regarding;
    const series = this.#seriesFor({
      resource,
      regarding: { name, uid, resourceVersion, ...(namespace !== undefined && { namespace }) },
      type,
      reason,
      message: note,
    });
    if (!this.#unwritten.has(series) && this.#unwritten.size >= LONGEST_BACKLOG)
      return this.#options.onDropped?.();
    series.count += 1;
    series.lastMs = this.#options.clock.wallMs();
    this.#unwritten.add(series);
    this.#writing ??= this.#writeAll();
  }

  /** Resolves once everything recorded so far has been written or given up. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  #seriesFor(occurrence: Occurrence): Series {
    const { regarding, type, reason, message } = occurrence;
    const key = hash('sha256', JSON.stringify([regarding.uid, type, reason, message]), 'base64');
    const nowMs = this.#options.clock.wallMs();
    const series = recall(this.#series, key, () => ({
      occurrence,
      name: this.#nameFor(regarding.name),
      count: 0,
      writtenCount: 0,
      firstMs: nowMs,
      lastMs: nowMs,
    }));
    series.occurrence = occurrence;
    return series;
  }

  /** Takes from the object's allowance; false if it is used up. */
  #takeToken(uid: string): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    const bucket = recall(this.#buckets, uid, () => ({ tokens: BURST, filledMs: nowMs }));
    bucket.tokens = Math.min(BURST, bucket.tokens + (nowMs - bucket.filledMs) / REFILL_MS);
    bucket.filledMs = nowMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** Writes one after another; what is recorded meanwhile is added at the end. */
  async #writeAll(): Promise<void> {
    for (const series of this.#unwritten) {
      this.#unwritten.delete(series);
      try {
        await this.#write(series);
      } catch (error) {
        if (!isGoing(error)) this.#options.onError?.(error);
      }
      if (!this.#unwritten.has(series)) series.occurrence = undefined;
    }
    this.#writing = undefined;
  }

  async #write(series: Series): Promise<void> {
    const { occurrence } = series;
    if (occurrence === undefined) return;
    if (series.writtenCount > 0 && (await this.#countUp(series, occurrence))) return;
    const { count } = series;
    await this.#options.client.create(EVENT_RESOURCE, this.#body(series, occurrence));
    series.writtenCount = count;
  }

  /** False if the event has expired in the API (after an hour, by default): then it begins again. */
  async #countUp(series: Series, { regarding }: Occurrence): Promise<boolean> {
    const { count, lastMs, name, writtenCount } = series;
    const where = { namespace: eventNamespace(regarding), name };
    try {
      await this.#options.client.patch(EVENT_RESOURCE, where, { count, lastTimestamp: timestamp(lastMs) });
      series.writtenCount = count;
      return true;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    Object.assign(series, {
      name: this.#nameFor(regarding.name),
      count: count - writtenCount,
      firstMs: lastMs,
    });
    return false;
  }

  #body({ name, count, firstMs, lastMs }: Series, occurrence: Occurrence): JsonObject {
    const { component, instance } = this.#options;
    const { resource, regarding, type, reason, message } = occurrence;
    return {
      metadata: { name, namespace: eventNamespace(regarding) },
      involvedObject: {
        apiVersion: apiVersionOf(resource),
        kind: resource.kind,
        namespace: regarding.namespace,
        name: regarding.name,
        uid: regarding.uid,
        resourceVersion: regarding.resourceVersion,
      },
      type,
      reason,
      message,
      count,
      firstTimestamp: timestamp(firstMs),
      lastTimestamp: timestamp(lastMs),
      source: { component, host: instance },
      reportingComponent: component,
      reportingInstance: instance,
    };
  }

  /** A unique name without asking anybody, valid however long the object's name is. */
  #nameFor(regarded: string): string {
    const { clock, random = Math.random } = this.#options;
    const suffix = clock.wallMs().toString(16) + Math.floor(random() * 2 ** 32).toString(16);
    return `${regarded.slice(0, 230).replace(/[.-]{1,230}$/, '')}.${suffix}`;
  }
}

/** No Event can be written in a namespace that is being deleted or gone. */
function isGoing(error: unknown): boolean {
  return isNotFound(error) || (error instanceof ApiError && error.causes.includes('NamespaceTerminating'));
}

/** Events about cluster-scoped objects live in `default`. */
function eventNamespace(regarding: Occurrence['regarding']): string {
  return regarding.namespace ?? 'default';
}

/** The entry under `key`, made if it is missing. */
function recall<V>(memory: RecentMap<V>, key: string, make: () => V): V {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const value = make();
  memory.set(key, value);
  return value;
}

/** The text, or as much of its beginning as fits in this many bytes of UTF-8, with an ellipsis. */
function cutToBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(limit - Buffer.byteLength('…')));
  return `${text.slice(0, read)}…`;
}
