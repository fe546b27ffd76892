/**
 * Leader election over a Lease, by the rules of client-go. Times are only compared on this process's own clocks, so it does no
 * harm if the clocks of machines differ; the times in the Lease are for people. The age of this process's own lease is taken
 * from the clock on which more time has passed (`elapsedMs`). The age of another's is taken from the monotonic clock: if the
 * wall clock is set forward, nobody loses a lease.
 */
import { isDeepStrictEqual } from 'node:util';
import { isConflict, isNotFound } from './api-error.ts';
import type { KubernetesClient } from './client.ts';
import { sleep, type Clock } from '../base/clock.ts';
import { elapsedMs, momentOf, type Moment } from '../base/elapsed.ts';
import { numberAt, objectAt, stringAt, type JsonObject } from '../base/json.ts';
import type { ObjectName, ResourceType } from './metadata.ts';

export const LEASE: ResourceType = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
};

export interface LeaseOptions {
  readonly client: Pick<KubernetesClient, 'get' | 'create' | 'update'>;
  readonly clock: Clock;
  readonly random?: () => number;
  readonly name: ObjectName;
  /** Different for each process, restarts included: for example, a host name and a UUID. */
  readonly identity: string;
  /** Added to the Lease with each write: what a leader publishes about itself. Other annotations stay. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** How long others leave the lease alone after its last renewal; 15 s when left out. */
  readonly durationMs?: number;
  /** A leader that could not renew for this long gives up; 10 s if left out. */
  readonly renewDeadlineMs?: number;
  /** Time between two attempts; 2 s when left out. */
  readonly retryMs?: number;
  readonly onElected?: () => void;
  readonly onLost?: (reason: string) => void;
  /** Called when an attempt found that another process holds the lease. */
  readonly onHeldByOther?: (holder: string) => void;
  /** Called when an attempt failed; there will be another. */
  readonly onError?: (error: unknown) => void;
}

/** A state of the lease, and when it was first seen. */
interface Observed {
  readonly spec: JsonObject;
  /** Undefined if nobody holds it. */
  readonly holder: string | undefined;
  readonly sinceMs: number;
  /** How long others have to wait after its renewal, as its holder wrote. */
  readonly durationMs: number;
}

/** Random part of a standby's pauses, so that several do not stay in step. */
const jitter = 0.25;
/** A standby comes back this long after it sees the lease run out. */
const afterExpiryMs = 50;

export class LeaderElection {
  readonly #options: LeaseOptions;
  readonly #durationMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryMs: number;
  #observed: Observed | undefined;
  /** The whole object as this process last wrote it: the next renewal starts from it. Undefined if in doubt. */
  #written: JsonObject | undefined;
  /** When the last renewal that succeeded was begun. */
  #renewedAt: Moment | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#durationMs = options.durationMs ?? 15_000;
    this.#renewDeadlineMs = options.renewDeadlineMs ?? 10_000;
    this.#retryMs = options.retryMs ?? 2_000;
  }

  /** False as soon as the lease has run out, even before that is noticed and `onLost` is called. */
  get isLeader(): boolean {
    return this.#renewedAt !== undefined && this.#ageMs(this.#renewedAt) < this.#durationMs;
  }

  /** Identity of the process last seen to hold the lease; empty if there was none. */
  get holder(): string {
    return this.#observed?.holder ?? '';
  }

  /** Resource version of the Lease as this process last wrote it. Another leader did everything before it. */
  get resourceVersion(): string | undefined {
    return stringAt(objectAt(this.#written ?? {}, 'metadata'), 'resourceVersion');
  }

  /** When the last renewal that succeeded was *begun*; undefined while this process does not lead. */
  lastRenewed(): Moment | undefined {
    return this.#renewedAt;
  }

  /** Takes part until `signal` aborts: as leader or standby, and as standby again after losing the lease. At the end a leader
   *  releases the lease, so that a standby gets it with its next attempt: first stop whatever the lease guards. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (!this.#isOnRecord()) this.#giveUpWhenOverdue();
      const began = await this.#attempt();
      if (began !== undefined && !signal.aborted) this.#renewed(began);
      this.#giveUpWhenOverdue();
      await sleep(this.#options.clock, this.#pauseMs(), signal);
    }
    this.#lose('released');
    if (this.holder === this.#options.identity) await this.#release();
  }

  /** Acquires or renews. Returns when the successful write was begun, or undefined when there was none. */
  async #attempt(): Promise<Moment | undefined> {
    try {
      const lease = this.#written ?? (await this.#read());
      // That includes a Lease that somebody deleted: its holder goes on for the time it was given, and writes it again.
      if (this.#isHeldByOther()) {
        this.#lose(`${this.holder} holds the lease`);
        this.#options.onHeldByOther?.(this.holder);
        return undefined;
      }
      const began = momentOf(this.#options.clock);
      await this.#write(lease);
      return began;
    } catch (error) {
      // The write may have been made all the same, or another process may hold the lease by now: read before the next write.
      this.#written = undefined;
      if (!isConflict(error)) this.#options.onError?.(error);
      return undefined;
    }
  }

  async #read(): Promise<JsonObject | undefined> {
    const { client, name } = this.#options;
    try {
      const lease = await client.get(LEASE, name, this.#request());
      this.#observe(lease);
      return lease;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Takes the lease, from its last known state or from nothing. A conflict means that it changed meanwhile. */
  async #write(lease: JsonObject | undefined): Promise<void> {
    const { client, name, identity } = this.#options;
    const before = objectAt(lease ?? {}, 'spec');
    const isOurs = stringAt(before, 'holderIdentity') === identity;
    const time = this.#microTime();
    const spec = {
      ...before,
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(this.#durationMs / 1000),
      acquireTime: isOurs ? before['acquireTime'] : time,
      renewTime: time,
      leaseTransitions: (numberAt(before, 'leaseTransitions') ?? 0) + (isOurs || lease === undefined ? 0 : 1),
    };
    this.#written =
      lease === undefined
        ? await client.create(LEASE, { metadata: this.#metadata({ ...name }), spec }, this.#request())
        : await client.update(
            LEASE,
            name,
            { metadata: this.#metadata(objectAt(lease, 'metadata')), spec },
            this.#request(),
          );
    this.#observe(this.#written);
  }

  #metadata(before: JsonObject): JsonObject {
    const { annotations } = this.#options;
    return { ...before, annotations: { ...objectAt(before, 'annotations'), ...annotations } };
  }

  /** Writes that nobody holds the lease, as client-go does: the next attempt of any standby takes it. */
  async #release(): Promise<void> {
    const { client, name, identity, onError } = this.#options;
    try {
      const lease = await this.#read();
      if (lease === undefined || this.holder !== identity) return;
      const time = this.#microTime();
      const { holderIdentity: _, ...rest } = objectAt(lease, 'spec');
      const spec = { ...rest, leaseDurationSeconds: 1, acquireTime: time, renewTime: time };
      const metadata = objectAt(lease, 'metadata');
      this.#observe(await client.update(LEASE, name, { metadata, spec }, this.#request()));
    } catch (error) {
      onError?.(error);
    }
  }

  #observe(lease: JsonObject): void {
    const spec = objectAt(lease, 'spec');
    if (this.#observed !== undefined && isDeepStrictEqual(spec, this.#observed.spec)) return;
    const seconds = numberAt(spec, 'leaseDurationSeconds');
    this.#observed = {
      spec,
      holder: stringAt(spec, 'holderIdentity'),
      sinceMs: this.#options.clock.monotonicMs(),
      durationMs: seconds === undefined ? this.#durationMs : seconds * 1000,
    };
  }

  #isHeldByOther(): boolean {
    return this.holder !== '' && this.holder !== this.#options.identity && this.#remainingMs() > 0;
  }

  /** Milliseconds until the lease runs out, as this process sees it. */
  #remainingMs(): number {
    const { sinceMs, durationMs } = this.#observed ?? { sinceMs: 0, durationMs: 0 };
    return durationMs - (this.#options.clock.monotonicMs() - sinceMs);
  }

  #renewed(began: Moment): void {
    // The process slept between question and answer: the answer is too old.
    if (this.#ageMs(began) >= this.#renewDeadlineMs) return;
    const elected = this.#renewedAt === undefined;
    this.#renewedAt = began;
    if (elected) this.#options.onElected?.();
  }

  /** Whether a successful write of ours proves that nobody else has had the lease since the last one. If the wall clock is far
   *  ahead, it may have been set, and that costs no lease; the fence is closed until this is known. */
  #isOnRecord(): boolean {
    if (this.#renewedAt === undefined || this.#written === undefined) return false;
    return this.#options.clock.monotonicMs() - this.#renewedAt.monotonicMs < this.#renewDeadlineMs;
  }

  #giveUpWhenOverdue(): void {
    if (this.#renewedAt === undefined || this.#ageMs(this.#renewedAt) < this.#renewDeadlineMs) return;
    this.#lose(`could not renew the lease for ${this.#renewDeadlineMs} ms`);
  }

  #lose(reason: string): void {
    if (this.#renewedAt === undefined) return;
    this.#renewedAt = undefined;
    this.#written = undefined;
    this.#options.onLost?.(reason);
  }

  #pauseMs(): number {
    // A renewal in doubt is repeated soon, so that occasional losses do not add up to a lost lease.
    if (this.#renewedAt !== undefined) return this.#written === undefined ? this.#retryMs / 4 : this.#retryMs;
    const random = this.#options.random ?? Math.random;
    const pauseMs = this.#retryMs * (1 + jitter * random());
    const remainingMs = this.#remainingMs();
    return remainingMs > 0 ? Math.min(pauseMs, remainingMs + afterExpiryMs) : pauseMs;
  }

  /** Limits for a request: it ends within half the renew deadline and, for a leader, within what is left of it. */
  #request(): { timeoutMs: number; retries: number } {
    const limitMs = this.#renewDeadlineMs / 2;
    if (this.#renewedAt === undefined) return { timeoutMs: limitMs, retries: 0 };
    const leftMs = this.#renewDeadlineMs - (this.#options.clock.monotonicMs() - this.#renewedAt.monotonicMs);
    return { timeoutMs: Math.max(1, Math.min(limitMs, leftMs)), retries: 0 };
  }

  #ageMs(then: Moment): number {
    return elapsedMs(then, this.#options.clock);
  }

  /** The API wants exactly six decimals. */
  #microTime(): string {
    return new Date(this.#options.clock.wallMs()).toISOString().replace('Z', '000Z');
  }
}
