/** The managed policies of one account, and AWS's own, as they were last read. */
import { hash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { RecentMap } from '../../base/recent-map.ts';
import type { ObservedManagedPolicy } from '../../observed/objects.ts';
import type { AccountSnapshot } from '../../observed/snapshot.ts';
import type { Freshness } from '../aws-account.ts';
import type { AccountCalls } from '../calls/calls.ts';
import type { CallOptions } from '../pace/lanes.ts';
import { readManagedPolicy, type PolicyVersions } from './managed-policy.ts';

/** AWS rarely changes its own policies, and announces it. */
const AWS_MANAGED_MAX_AGE_MS = 3_600_000;

/** How many policies are remembered; others are read again. Links and roles can name policies that do not exist. */
const MOST_POLICIES = 2_000;

/** Undefined: there is no such policy. */
interface Known {
  readonly policy: ObservedManagedPolicy | undefined;
}

export class ManagedPolicies {
  readonly #calls: AccountCalls;
  readonly #clock: Clock;
  readonly #lastSnapshot: () => AccountSnapshot | undefined;
  readonly #versions: PolicyVersions = new Map();
  readonly #read = new RecentMap<Known & { readonly readAt: number }>(MOST_POLICIES);
  /** Worked out once for each policy that was read: many roles have the same boundary. */
  readonly #texts = new WeakMap<ObservedManagedPolicy, string>();

  constructor(calls: AccountCalls, clock: Clock, lastSnapshot: () => AccountSnapshot | undefined) {
    this.#calls = calls;
    this.#clock = clock;
    this.#lastSnapshot = lastSnapshot;
  }

  /** Reads a policy. Once somebody has asked for one of the account's own policies, snapshots include them; AWS's are read one
   *  by one. Undefined if there is no such policy.
   *  @throws AwsFailure */
  async read(
    arn: string,
    callOptions: CallOptions,
    freshness: Freshness,
  ): Promise<ObservedManagedPolicy | undefined> {
    const readAt = this.#clock.monotonicMs();
    const known = freshness.kind === 'snapshot' ? this.#known(arn, freshness.maxAgeMs) : undefined;
    if (known !== undefined) return known.policy;
    const reading = await readManagedPolicy(this.#calls, callOptions, arn, this.#versions);
    const policy = reading.kind === 'found' ? reading.policy : undefined;
    this.#read.set(arn, { policy, readAt });
    return policy;
  }

  /** Digest of a policy as it is known; undefined if it would have to be read. */
  textOf(arn: string, maxAgeMs: number): string | undefined {
    const known = this.#known(arn, maxAgeMs);
    if (known?.policy === undefined) return known && `no ${arn}`;
    const text = this.#texts.get(known.policy) ?? hash('sha256', JSON.stringify(known.policy), 'base64');
    this.#texts.set(known.policy, text);
    return text;
  }

  /** Whether it is one of the account itself that somebody asked for: snapshots have to include it. */
  isWanted(arn: string): boolean {
    return !isAwsManaged(arn) && this.#read.get(arn) !== undefined;
  }

  /** Whether there is any such policy. */
  get areWanted(): boolean {
    for (const [arn] of this.#read.entries()) if (!isAwsManaged(arn)) return true;
    return false;
  }

  #known(arn: string, maxAgeMs: number): Known | undefined {
    const shown = this.#lastSnapshot()?.managedPolicies.get(arn);
    if (shown !== undefined) return { policy: shown };
    const known = this.#read.get(arn);
    const oldestMs = isAwsManaged(arn) ? Math.max(maxAgeMs, AWS_MANAGED_MAX_AGE_MS) : maxAgeMs;
    return known !== undefined && this.#clock.monotonicMs() - known.readAt <= oldestMs ? known : undefined;
  }
}

function isAwsManaged(arn: string): boolean {
  return /^arn:[^:]+:iam::aws:policy\//.test(arn);
}
