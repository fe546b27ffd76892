/** Which of AWS's services an account can be worked in with at present, by what became of the calls to them. */
import { Breaker } from './breaker.ts';
import type { Clock } from '../base/clock.ts';
import { AwsFailure, type CallSubject } from './errors.ts';
import type { Service } from './quotas.ts';

const NAMES: Readonly<Record<Service, string>> = {
  iam: 'IAM',
  states: 'Step Functions',
  sts: 'STS',
  sqs: 'SQS',
};

/** AWS's code of a call that was refused here. */
export const NOT_SENT = 'NotSent';

export interface HealthParts {
  readonly clock: Clock;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** A service is out of reach, or answers again. */
  readonly onChange: () => void;
}

export class ServiceHealth {
  readonly #parts: HealthParts;
  /** By service and Region, in words. */
  readonly #breakers = new Map<string, Breaker>();
  /** How the last call of each failed. */
  readonly #lastWords = new Map<string, string>();

  constructor(parts: HealthParts) {
    this.#parts = parts;
  }

  /** Makes a call, unless its service has not answered for a while: then one call at a time finds out when it does.
   *  @throws AwsFailure with the code NotSent when it is not made; else what the call throws */
  async run<Answer>(
    service: Service,
    region: string,
    subject: CallSubject,
    call: () => Promise<Answer>,
  ): Promise<Answer> {
    const name = `${NAMES[service]} in ${region}`;
    const breaker = this.#breakerOf(name);
    const admission = breaker.admit(this.#parts.clock.monotonicMs());
    if (admission.kind === 'wait') throw this.#notSent(name, subject, admission.ms);
    try {
      const answer = await call();
      if (breaker.answered()) this.#parts.onChange();
      return answer;
    } catch (error) {
      if (this.#failed(name, breaker, subject, error)) this.#parts.onChange();
      throw error;
    }
  }

  /** What does not answer, in words for a person; undefined where everything does, as far as is known. */
  outage(): string | undefined {
    const now = this.#parts.clock.monotonicMs();
    for (const [name, breaker] of this.#breakers) {
      const outageMs = breaker.outageMs(now);
      if (outageMs === undefined) continue;
      const seconds = Math.ceil(outageMs / 1_000);
      const last = this.#lastWords.get(name) ?? 'no answer';
      return `${name} has not answered for ${seconds} s (last: ${last}); one call at a time finds out when it does`;
    }
    return undefined;
  }

  /** Takes in how a call failed; returns whether that is news. */
  #failed(name: string, breaker: Breaker, { operation }: CallSubject, error: unknown): boolean {
    const failure = error instanceof AwsFailure && error.subject.operation === operation ? error : undefined;
    if (failure === undefined || failure.kind === 'fenced' || failure.kind === 'throttled') {
      breaker.undecided();
      return false;
    }
    if (failure.reason !== 'Unavailable') return breaker.answered();
    this.#lastWords.set(name, failure.sentence);
    return breaker.failed(this.#parts.clock.monotonicMs());
  }

  #breakerOf(name: string): Breaker {
    const breaker = this.#breakers.get(name) ?? new Breaker(this.#parts.random);
    this.#breakers.set(name, breaker);
    return breaker;
  }

  /** Those who were refused are told different times to come back. */
  #notSent(name: string, subject: CallSubject, waitMs: number): AwsFailure {
    const retryAfterMs = Math.ceil(waitMs * (1 + this.#parts.random()));
    const detail = { kind: 'retryable', reason: 'Unavailable', code: NOT_SENT, retryAfterMs } as const;
    return new AwsFailure(
      subject,
      detail,
      `not sent, ${name} has not answered for a while; tried again soon`,
    );
  }
}
