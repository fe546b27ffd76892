/**
 * Leader election over a Lease, by the rules of client-go. Times are only ever compared on this process's own
 * clocks, so clocks that differ between machines do no harm; the times in the Lease are for people. How old what this process
 * holds is, the clock says that saw more time pass (`elapsedMs`); how long others have held theirs, the monotonic one: a clock on
 * the wall that is set forward takes nobody's lease away.
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
  /** Another for each process, restarts included: say, a host name and a UUID. */
  readonly identity: string;
  /** Put on the Lease with each write, beside what is there: what a leader publishes about itself. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** How long others leave the lease alone after its last renewal; 15 s when left out. */
  readonly durationMs?: number;
  /** A leader that could not renew for so long gives up; 10 s when left out. */
  readonly renewDeadlineMs?: number;
  /** Time between two attempts; 2 s when left out. */
  readonly retryMs?: number;
  readonly onElected?: () => void;
  readonly onLost?: (reason: string) => void;
  /** An attempt found that another holds the lease. */
  readonly onHeldByOther?: (holder: string) => void;
  /** What went wrong with an attempt; there will be another. */
  readonly onError?: (error: unknown) => void;
}

/** A state of the lease, and when it was first seen. */
interface Observed {
  readonly spec: JsonObject;
  /** Empty when nobody holds it. */
  readonly holder: string;
  readonly sinceMs: number;
  /** How long its holder asked to be left alone. */
  readonly durationMs: number;
}

/** Spread of a standby's attempts, so that several do not stay in step. */
const jitter = 0.25;
/** A standby comes back this long after the lease has run out in its eyes. */
const afterExpiryMs = 50;

export class LeaderElection {
  readonly #options: LeaseOptions;
  readonly #durationMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryMs: number;
  #observed: Observed | undefined;
  /** The whole object as we last wrote it: what the next renewal starts from. Undefined when in doubt. */
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

  /** Identity of the process last seen to hold the lease; empty when none was. */
  get holder(): string {
    return this.#observed?.holder ?? '';
  }

  /** Resource version of the Lease as this process last wrote it: whatever another leader did, it did before. */
  get resourceVersion(): string | undefined {
    return stringAt(objectAt(this.#written ?? {}, 'metadata'), 'resourceVersion');
  }

  /** When the last renewal that succeeded was *begun*; undefined while this process does not lead. */
  lastRenewed(): Moment | undefined {
    return this.#renewedAt;
  }

  /**
   * Takes part until `signal` aborts, as leader or as standby, and after losing as standby again. A leader releases
   * the lease at the end, so that a standby has it with its next attempt: stop first what it guards. Never rejects.
   */
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
      // Of a Lease that somebody deleted, too: its holder goes on for as long as it was given, and puts it back.
      if (this.#isHeldByOther()) {
        this.#lose(`${this.holder} holds the lease`);
        this.#options.onHeldByOther?.(this.holder);
        return undefined;
      }
      const began = momentOf(this.#options.clock);
      await this.#write(lease);
      return began;
    } catch (error) {
      // It may have been written all the same, or be someone else's by now: read before the next write.
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

  /** Makes the lease ours, from its last known state or from nothing. A conflict means that it changed meanwhile. */
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
            { ...lease, metadata: this.#metadata(objectAt(lease, 'metadata')), spec },
            this.#request(),
          );
    this.#observe(this.#written);
  }

  #metadata(before: JsonObject): JsonObject {
    const { annotations } = this.#options;
    if (annotations === undefined) return before;
    return { ...before, annotations: { ...objectAt(before, 'annotations'), ...annotations } };
  }

  /** Nobody holds it from here on: the next attempt of any standby takes it. Done as client-go does. */
  async #release(): Promise<void> {
    const { client, name, identity, onError } = this.#options;
    try {
      const lease = await this.#read();
      if (lease === undefined || this.holder !== identity) return;
      const time = this.#microTime();
      const { holderIdentity: _, ...rest } = objectAt(lease, 'spec');
      const spec = { ...rest, leaseDurationSeconds: 1, acquireTime: time, renewTime: time };
      this.#observe(await client.update(LEASE, name, { ...lease, spec }, this.#request()));
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
      holder: stringAt(spec, 'holderIdentity') ?? '',
      sinceMs: this.#options.clock.monotonicMs(),
      durationMs: seconds === undefined ? this.#durationMs : seconds * 1000,
    };
  }

  #isHeldByOther(): boolean {
    return this.holder !== '' && this.holder !== this.#options.identity && this.#remainingMs() > 0;
  }

  /** Until the lease runs out in our eyes. */
  #remainingMs(): number {
    const { sinceMs, durationMs } = this.#observed ?? { sinceMs: 0, durationMs: 0 };
    return durationMs - (this.#options.clock.monotonicMs() - sinceMs);
  }

  #renewed(began: Moment): void {
    // The process slept between question and answer: what the answer says is history.
    if (this.#ageMs(began) >= this.#renewDeadlineMs) return;
    const elected = this.#renewedAt === undefined;
    this.#renewedAt = began;
    if (elected) this.#options.onElected?.();
  }

  /** Whether a write of ours, if it is taken, says that nobody else has had the lease since the last one. A clock on the wall that
   *  is far ahead may have been set, and costs no lease then; the fence is closed until that is known. */
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
    // A renewal in doubt is made again soon: those that are lost now and then do not add up to a lost lease.
    if (this.#renewedAt !== undefined) return this.#written === undefined ? this.#retryMs / 4 : this.#retryMs;
    const random = this.#options.random ?? Math.random;
    const pauseMs = this.#retryMs * (1 + jitter * random());
    const remainingMs = this.#remainingMs();
    return remainingMs > 0 ? Math.min(pauseMs, remainingMs + afterExpiryMs) : pauseMs;
  }

  /** No request outlives half the renew deadline, nor, for a leader, what is left of it. */
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
