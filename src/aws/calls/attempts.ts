/** One attempt of a call: timed and counted, given up in time, sent again at once if only the session was out of date. */
import type { HttpHandlerOptions } from '@smithy/types';
import type { Clock } from '../../base/clock.ts';
import { AwsFailure, toFailure, type CallSubject, type FailureKind } from '../errors/errors.ts';
import { AnswerLimits, type SentCall } from '../pace/answer-limits.ts';
import type { Service } from '../pace/quotas.ts';
import type { ServiceHealth } from '../pace/service-health.ts';
import { isAboutSession, isOfDeadSession, mayBeRevoked } from '../sessions/dead-sessions.ts';
import type { AwsSession } from '../sessions/sessions.ts';

/** One call that was made, for the metrics. Calls that were never sent (laneBusy) are counted, too. */
export interface CallRecord {
  readonly accountId: string;
  readonly region: string;
  readonly service: Service;
  readonly operation: string;
  readonly outcome: 'ok' | FailureKind;
  readonly durationMs: number;
}

export type Send<Answer> = (session: AwsSession, options: HttpHandlerOptions) => Promise<Answer>;

/** Refusals of the signature or the session: nothing was done, and a second attempt helps. The SDK has set its clock by the
 *  answer. */
const REFUSED_UNREAD: ReadonlySet<string> = new Set(['ExpiredToken', 'RequestTimeTooSkewed']);

interface AttemptsParts {
  readonly session: AwsSession;
  readonly health: ServiceHealth;
  readonly clock: Clock;
  readonly onCall: (call: CallRecord) => void;
}

/** The attempts of all calls into one account. */
export class Attempts {
  readonly #parts: AttemptsParts;
  readonly #limits = new AnswerLimits();

  constructor(parts: AttemptsParts) {
    this.#parts = parts;
  }

  /** Returns what makes the next attempt of a call, and throws AwsFailure if that fails. */
  of<Answer>(call: SentCall, subject: CallSubject, send: Send<Answer>): () => Promise<Answer> {
    const { health, session, clock } = this.#parts;
    let waitedMs = 0;
    const waited = (ms: number) => {
      waitedMs += ms;
    };
    const once = () => {
      const requestTimeout = this.#limits.limitMs(call, clock.monotonicMs(), waitedMs);
      return this.#timed(call, subject, () => send(session, { requestTimeout }), waited);
    };
    const attempt = () => this.#renewing(call, once);
    // Whether STS answers is found out by the probe of the account.
    return call.service === 'sts' ? attempt : () => health.run(call.service, call.region, subject, attempt);
  }

  /** Tells of an attempt, or of a call that was not sent. */
  record(
    { region, service, operation }: SentCall,
    { accountId }: CallSubject,
    outcome: CallRecord['outcome'],
    durationMs: number,
  ): void {
    this.#parts.onCall({ accountId, region, service, operation, outcome, durationMs });
  }

  async #renewing<Answer>(call: SentCall, once: () => Promise<Answer>): Promise<Answer> {
    const { session } = this.#parts;
    const { renewals } = session;
    try {
      return await once();
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error;
      const isDead = isOfDeadSession(error, call);
      const isRefused = !isDead && mayBeRevoked(error, call) && session.renewRefused(renewals);
      if (!isDead && !isRefused && !REFUSED_UNREAD.has(error.code ?? '')) throw error;
      if (isDead || error.code === 'ExpiredToken') session.renew();
      return once();
    }
  }

  /** @param waited called with how long the answer was waited for, in milliseconds */
  async #timed<Answer>(
    call: SentCall,
    subject: CallSubject,
    send: () => Promise<Answer>,
    waited: (ms: number) => void,
  ): Promise<Answer> {
    const { clock, session } = this.#parts;
    const began = clock.monotonicMs();
    const end = (outcome: CallRecord['outcome'], isOfCall: boolean) => {
      const now = clock.monotonicMs();
      // The first call of a session waits until that is open, which says nothing about the service that it calls.
      const tookMs = now - Math.max(began, session.openedAt);
      if (isOfCall) {
        waited(tookMs);
        this.#limits.note(call, outcome, now, tookMs);
      }
      this.record(call, subject, outcome, now - began);
    };
    try {
      const answer = await send();
      end('ok', true);
      return answer;
    } catch (error) {
      const failure = toFailure(error, subject);
      end(failure.kind, !isAboutSession(failure));
      throw failure;
    }
  }
}
