/**
 * The pace of calls to AWS: a lane for each account, Region and API. p-queue limits concurrency and keeps the order, a token
 * bucket limits the rate. A caller who would wait too long is refused at once, with a time to come back, so that no worker is
 * blocked. Lanes share nothing, so a throttled account slows down no other.
 */
import PQueue from 'p-queue';
import { TokenBucket } from './bucket.ts';
import type { Clock } from '../../base/clock.ts';
import { RecentMap } from '../../base/recent-map.ts';
import { AwsFailure, type CallSubject } from '../errors/errors.ts';
import { FairQueue, type Place, type Urgency } from './fair-queue.ts';
import { MOST_REGIONS, quotaOf, type Rate, type Rates, type Service } from './quotas.ts';
import { Tickets } from './tickets.ts';

/** How a caller wants its call to be treated. */
export interface CallOptions {
  readonly urgency: Urgency;
  readonly tenant: string;
  /** Longest wait for a token; a call that would wait longer is refused at once (`laneBusy`). Infinity waits. */
  readonly maxWaitMs: number;
  /** Whether it is refused while other calls of its tenant, which were told when to come back, have not come back yet: nobody
   *  waits for it. */
  readonly yields?: boolean;
}

const FINISHING_MS = 10_000;

/** Options for the later calls of a read that takes several. If it gave up half-way, its first calls would be wasted, and in a
 *  busy lane no such read would ever end. */
export function toFinish(callOptions: CallOptions): CallOptions {
  return { ...callOptions, maxWaitMs: Math.max(callOptions.maxWaitMs, FINISHING_MS) };
}

/** How many calls of one lane are under way at once: limits sockets, and what is lost when AWS throttles. */
const CONCURRENCY = 16;

/** The calls of one account, Region and API, at a rate that AWS allows. */
export class Lane {
  readonly #clock: Clock;
  readonly #bucket: TokenBucket;
  readonly #order = new FairQueue();
  readonly #queue: PQueue<FairQueue, Place>;
  readonly #tickets = new Tickets();
  #cancelWake: (() => void) | undefined;

  constructor(rate: Rate, clock: Clock) {
    const order = this.#order;
    this.#clock = clock;
    this.#bucket = new TokenBucket(rate, clock.monotonicMs());
    this.#queue = new PQueue({
      concurrency: CONCURRENCY,
      // p-queue makes its own; the lane has to see into it.
      queueClass: class extends FairQueue {
        constructor() {
          super();
          return order;
        }
      },
    });
  }

  /** Calls that wait for a token. */
  get depth(): number {
    return this.#order.size;
  }

  /** Makes the call as soon as the lane allows it.
   *  @throws AwsFailure `laneBusy`, with the time to come back, if that is not within `maxWaitMs`; otherwise whatever the call
   *  throws */
  async run<Result>(
    callOptions: CallOptions,
    subject: CallSubject,
    call: () => Promise<Result>,
  ): Promise<Result> {
    const now = this.#clock.monotonicMs();
    const expectedMs = this.#bucket.waitMs(now, this.#order.ahead(callOptions) + 1);
    const { urgency, tenant, maxWaitMs, yields = false } = callOptions;
    if (expectedMs > maxWaitMs || (yields && this.#tickets.comesTooSoon(tenant, subject.object, now)))
      throw this.#busy(callOptions, subject, expectedMs);

    this.#tickets.used(tenant, subject.object, now);
    this.#pace();
    const take = () => {
      this.#bucket.take(this.#clock.monotonicMs());
      this.#pace();
      return call();
    };
    // Most calls go out at once: then there is no need to watch how long they wait.
    if (expectedMs === 0 && this.#isFree()) return this.#queue.add(take, { urgency, tenant });
    const patience = new AbortController();
    const stopWaiting = this.#whenImpatient(callOptions, () =>
      patience.abort(this.#busy(callOptions, subject, 0)),
    );
    const place = { urgency, tenant, signal: patience.signal };
    return this.#queue.add(() => {
      stopWaiting();
      return take();
    }, place);
  }

  /** The refusal that such a call would meet now, or that it meets because calls of its tenant that were told when to come back
   *  have not come yet; undefined if there is none. To be asked before work that ends in such a call. Otherwise work that comes
   *  again every few seconds would take each token as it comes in, and the others would never find one. */
  busyFor(callOptions: CallOptions, subject: CallSubject): AwsFailure | undefined {
    const now = this.#clock.monotonicMs();
    const expectedMs = this.#bucket.waitMs(now, this.#order.ahead(callOptions) + 1);
    const isBusy =
      expectedMs > callOptions.maxWaitMs ||
      this.#tickets.comesTooSoon(callOptions.tenant, subject.object, now);
    return isBusy ? this.#busy(callOptions, subject, expectedMs) : undefined;
  }

  /** Whether the next call goes out at once. */
  #isFree(): boolean {
    return this.#order.size === 0 && this.#queue.pending < CONCURRENCY && !this.#queue.isPaused;
  }

  /** To be called when AWS accepted a call. */
  answered(): void {
    this.#bucket.answered();
  }

  /** To be called when AWS throttled a call: if that happens often, the whole lane slows down for a while. */
  throttled(retryAfterMs?: number): void {
    this.#bucket.throttled(this.#clock.monotonicMs(), retryAfterMs);
    this.#pace();
  }

  #whenImpatient({ maxWaitMs }: CallOptions, giveUp: () => void): () => void {
    return Number.isFinite(maxWaitMs) ? this.#clock.after(maxWaitMs, giveUp) : () => undefined;
  }

  /** Lets p-queue start calls while there are tokens, and wakes it when the next comes in. */
  #pace(): void {
    const waitMs = this.#bucket.waitMs(this.#clock.monotonicMs(), 1);
    if (waitMs === 0) {
      this.#queue.start();
      return;
    }
    this.#queue.pause();
    this.#cancelWake?.();
    this.#cancelWake = this.#clock.after(Math.ceil(waitMs), () => {
      this.#cancelWake = undefined;
      this.#pace();
    });
  }

  #busy({ tenant }: CallOptions, subject: CallSubject, expectedMs: number): AwsFailure {
    const now = this.#clock.monotonicMs();
    const earliest = now + Math.max(expectedMs, this.#bucket.waitMs(now, 1));
    const tokenMs = 1 / this.#bucket.perMs(now);
    const retryAfterMs = Math.ceil(
      this.#tickets.give({ tenant, object: subject.object, now, earliest, tokenMs }) - now,
    );
    return new AwsFailure(
      subject,
      { kind: 'laneBusy', reason: 'Throttled', retryAfterMs },
      "the account's quota for this call is used up; it is made as soon as that allows",
    );
  }
}

/** Which lane a call belongs to. */
interface LaneKey {
  readonly accountId: string;
  readonly region: string;
  readonly service: Service;
  readonly operation: string;
}

/** How many lanes an account has: at most ten for each Region. */
const MOST_LANES = 10 * MOST_REGIONS;

/** The lanes of all accounts, made when they are first asked for. */
export class Lanes {
  readonly #clock: Clock;
  readonly #accounts = new Map<string, RecentMap<{ readonly lane: Lane; readonly rate: Rate }>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The lane of a call. If the rates have changed, because an AWSAccount was edited, there is a new lane. */
  laneOf(key: LaneKey, rates?: Rates): Lane {
    const quota = quotaOf(key.service, key.operation, rates);
    const lanes = this.#accounts.get(key.accountId) ?? new RecentMap(MOST_LANES);
    this.#accounts.set(key.accountId, lanes);
    const name = `${key.region}/${quota.lane}`;
    const known = lanes.get(name);
    const { burst, perSecond } = quota.rate;
    if (known?.rate.burst === burst && known.rate.perSecond === perSecond) return known.lane;
    const lane = new Lane(quota.rate, this.#clock);
    lanes.set(name, { lane, rate: quota.rate });
    return lane;
  }

  /** Drops an account's lanes. Calls under way end normally. */
  forget(accountId: string): void {
    this.#accounts.delete(accountId);
  }

  /** How many calls wait in each lane, by `account/region/API`, for the metrics. */
  depths(): ReadonlyMap<string, number> {
    const depths = new Map<string, number>();
    for (const [accountId, lanes] of this.#accounts)
      for (const [name, { lane }] of lanes.entries()) depths.set(`${accountId}/${name}`, lane.depth);
    return depths;
  }
}
