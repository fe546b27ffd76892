/**
 * How long the answer to a call is waited for. A small read takes a fraction of a second: if there is no answer in the time
 * that a write may take, it was probably lost, and the read is made again in place. But AWS may also be slow, and a limit that
 * is always shorter than its answers would keep the operator from ever reading anything. So each limit is a multiple of what was
 * waited before it, and of what answers take at present. No I/O, no clock; times are monotonic milliseconds.
 */
import { RecentMap } from '../../base/recent-map.ts';
import type { FailureKind } from '../errors/errors.ts';
import { isWrite } from '../transport/fence.ts';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../transport/transport.ts';
import { MOST_REGIONS, type Service } from './quotas.ts';

/** An answer may well take a few times as long as others do. With this factor the third attempt waits as long as any read may:
 *  4, 12 and 30 seconds. */
const MARGIN = 3;
/** For so long a slow answer says something about the next ones. */
const REMEMBERED_MS = 5 * 60_000;

/** Reads that are slow by their nature, and how long they are waited for at least: pages of a whole account. All links of the
 *  account wait for them. */
const SLOW: ReadonlyMap<string, number> = new Map([['GetAccountAuthorizationDetails', 10_000]]);

/** A call as it is sent. */
export interface SentCall {
  readonly service: Service;
  readonly region: string;
  readonly operation: string;
}

interface Known {
  /** How long the slowest answer of late took, and when it came. */
  readonly slowestMs: number;
  readonly slowestAt: number;
  /** How long the last call was waited for in vain; 0 once another one was answered. */
  readonly silentMs: number;
}

const NOTHING: Known = { slowestMs: 0, slowestAt: Number.NEGATIVE_INFINITY, silentMs: 0 };

/** The limits of one account's calls. */
export class AnswerLimits {
  /** By service and Region; reads that are slow by their nature by themselves. */
  readonly #known = new RecentMap<Known>(MOST_REGIONS);

  /** Milliseconds until the call is given up.
   *  @param waitedMs for answers to the call's earlier attempts */
  limitMs(call: SentCall, now: number, waitedMs: number): number {
    if (isWrite(call.operation)) return WRITE_TIMEOUT_MS;
    if (isLongPoll(call)) return READ_TIMEOUT_MS;
    const { slowestMs, slowestAt, silentMs } = this.#of(call);
    const lately = now - slowestAt < REMEMBERED_MS ? slowestMs : 0;
    return readMs(Math.max(waitedMs, silentMs, lately), SLOW.get(call.operation));
  }

  /** To be called when an attempt has ended.
   *  @param outcome `retryable` if there was no answer, or one of a server in trouble
   *  @param tookMs since it was sent */
  note(call: SentCall, outcome: 'ok' | FailureKind, now: number, tookMs: number): void {
    if (outcome === 'fenced' || outcome === 'laneBusy') return;
    if (isLongPoll(call)) return;
    const known = this.#of(call);
    if (outcome === 'retryable') {
      this.#known.set(nameOf(call), { ...known, silentMs: Math.max(known.silentMs, tookMs) });
      return;
    }
    const isSlowest = tookMs >= known.slowestMs || now - known.slowestAt >= REMEMBERED_MS;
    const slowest = isSlowest ? { slowestMs: tookMs, slowestAt: now } : {};
    this.#known.set(nameOf(call), { ...known, ...slowest, silentMs: 0 });
  }

  #of(call: SentCall): Known {
    return this.#known.get(nameOf(call)) ?? NOTHING;
  }
}

/** Milliseconds until a read is given up.
 *  @param knownMs that an answer may take at least, as far as is known: 0 for a first attempt */
export function readMs(knownMs: number, leastMs = WRITE_TIMEOUT_MS): number {
  return Math.min(Math.max(MARGIN * knownMs, leastMs), READ_TIMEOUT_MS);
}

function isLongPoll({ service }: SentCall): boolean {
  return service === 'sqs';
}

function nameOf({ service, region, operation }: SentCall): string {
  return SLOW.has(operation) ? `${service} ${region} ${operation}` : `${service} ${region}`;
}
