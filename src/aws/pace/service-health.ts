/** Which of AWS's services answer in an account at present, judged by how the calls to them ended. */
import { Breaker } from './breaker.ts';
import type { Clock } from '../../base/clock.ts';
import { RecentMap } from '../../base/recent-map.ts';
import { AwsFailure, type CallSubject } from '../errors/errors.ts';
import { MOST_REGIONS, type Service } from './quotas.ts';

const NAMES: Readonly<Record<Service, string>> = {
  iam: 'IAM',
  states: 'Step Functions',
  sts: 'STS',
  sqs: 'SQS',
};

/** Code of a call that was refused here and not sent. */
export const NOT_SENT = 'NotSent';

interface HealthParts {
  readonly clock: Clock;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** A service is out of reach, or answers again. */
  readonly onChange: () => void;
}

/** Links name Regions, and may name some that do not exist: if a service has never answered in a Region, that is not an outage of
 *  the account. */
interface Known {
  readonly breaker: Breaker;
  /** Whether it has ever answered. */
  exists: boolean;
  /** How its last call failed. */
  lastWords: string;
}

export class ServiceHealth {
  readonly #parts: HealthParts;
  /** By service and Region, in words. */
  readonly #known = new RecentMap<Known>(MOST_REGIONS);

  constructor(parts: HealthParts) {
    this.#parts = parts;
  }

  /** Makes a call, unless its service has not answered for a while: then one call at a time finds out when it answers again.
   *  @throws AwsFailure with the code NotSent if the call is not made; otherwise whatever the call throws */
  async run<Answer>(
    service: Service,
    region: string,
    subject: CallSubject,
    call: () => Promise<Answer>,
  ): Promise<Answer> {
    const name = `${NAMES[service]} in ${region}`;
    const known = this.#knownAs(name, service);
    const admission = known.breaker.admit(this.#parts.clock.monotonicMs());
    if (admission.kind === 'wait') throw this.#notSent(name, subject, admission.ms);
    try {
      const answer = await call();
      this.#answered(known);
      return answer;
    } catch (error) {
      this.#failed(known, subject, error);
      throw error;
    }
  }

  /** Which service does not answer, in words for a person; undefined while none is known not to. */
  outage(): string | undefined {
    const now = this.#parts.clock.monotonicMs();
    for (const [name, { breaker, exists, lastWords }] of this.#known.entries()) {
      const outageMs = exists ? breaker.outageMs(now) : undefined;
      if (outageMs === undefined) continue;
      const seconds = Math.ceil(outageMs / 1_000);
      return `${name} has not answered for ${seconds} s (last: ${lastWords}); one call at a time finds out when it does`;
    }
    return undefined;
  }

  #answered(known: Known): void {
    known.exists = true;
    if (known.breaker.answered()) this.#parts.onChange();
  }

  #failed(known: Known, { operation }: CallSubject, error: unknown): void {
    const failure = error instanceof AwsFailure && error.subject.operation === operation ? error : undefined;
    if (failure === undefined || failure.kind === 'fenced' || failure.kind === 'throttled')
      return known.breaker.undecided();
    if (failure.reason !== 'Unavailable') return this.#answered(known);
    known.lastWords = failure.sentence;
    if (known.breaker.failed(this.#parts.clock.monotonicMs()) && known.exists) this.#parts.onChange();
  }

  #knownAs(name: string, service: Service): Known {
    const before = this.#known.get(name);
    if (before !== undefined) return before;
    const known = {
      breaker: new Breaker(this.#parts.random),
      exists: service !== 'states',
      lastWords: 'no answer',
    };
    this.#known.set(name, known);
    return known;
  }

  /** Refused callers are told different times to come back. */
  #notSent(name: string, subject: CallSubject, waitMs: number): AwsFailure {
    const retryAfterMs = Math.ceil(waitMs * (1 + this.#parts.random()));
    const detail = { kind: 'retryable', reason: 'Unavailable', code: NOT_SENT, retryAfterMs } as const;
    return new AwsFailure(
      subject,
      detail,
      `not sent: ${name} has not answered for a while; tried again soon`,
    );
  }
}
