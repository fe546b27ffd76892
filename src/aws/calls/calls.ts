/** The one way to call AWS: through its lane, with failures sorted, and repeated in place if that may help. */
import type { IAMClient } from '@aws-sdk/client-iam';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { HttpHandlerOptions } from '@smithy/types';
import { parseArn } from '../../arn/arn.ts';
import { partitionOfRegion } from '../../arn/partitions.ts';
import { sleep, type Clock } from '../../base/clock.ts';
import { nextTurn } from '../../base/turns.ts';
import { Attempts, type CallRecord, type Send } from './attempts.ts';
import { queueRegion } from './queue-region.ts';
import { isAboutSession } from '../sessions/dead-sessions.ts';
import { invalidArn, toFailure, type AwsFailure, type CallSubject } from '../errors/errors.ts';
import type { Lane, Lanes, CallOptions } from '../pace/lanes.ts';
import type { ComingCall } from '../aws-account.ts';
import type { Service } from '../pace/quotas.ts';
import { mayRepeat, repeatAfterMs } from '../pace/repeats.ts';
import { ServiceHealth } from '../pace/service-health.ts';
import type { AccountConfig, AwsSession, SessionSource } from '../sessions/sessions.ts';

export interface CallHooks {
  readonly onCall: (call: CallRecord) => void;
  /** A call failed because there is no session, or AWS accepts none of ours: the account's connection is in doubt. */
  readonly onDoubt?: (accountId: string) => void;
  /** A service of the account is out of reach, or answers again: see `AccountCalls.outage`. */
  readonly onOutage?: (accountId: string) => void;
  /** Awaited before an answer, or a piece of a long one, is handed on: each begins work, and many may come at once. */
  readonly breathe?: () => Promise<void>;
}

interface CallDetails {
  readonly service: Service;
  readonly region: string;
  readonly operation: string;
  /** ARN of the object of the call, or the account's ID. */
  readonly object: string;
  readonly callOptions: CallOptions;
}

interface AccountCallsParts {
  readonly config: AccountConfig;
  readonly sessions: Pick<SessionSource, 'of'>;
  /** The lanes of all accounts. */
  readonly lanes: Lanes;
  readonly clock: Clock;
  readonly hooks: CallHooks;
  /** Between 0 and 1; `Math.random` when left out. */
  readonly random?: () => number;
}

/** Calls into one account. */
export class AccountCalls {
  readonly config: AccountConfig;
  readonly session: AwsSession;
  readonly #lanes: Lanes;
  readonly #clock: Clock;
  readonly #hooks: CallHooks;
  readonly #random: () => number;
  readonly #health: ServiceHealth;
  readonly #attempts: Attempts;

  constructor({ config, sessions, lanes, clock, hooks, random = Math.random }: AccountCallsParts) {
    this.config = config;
    this.session = sessions.of(config);
    this.#lanes = lanes;
    this.#clock = clock;
    this.#hooks = hooks;
    this.#random = random;
    this.#health = new ServiceHealth({ clock, random, onChange: () => hooks.onOutage?.(config.accountId) });
    const { session } = this;
    this.#attempts = new Attempts({ session, health: this.#health, clock, onCall: hooks.onCall });
  }

  /** What a failure of a call is about. */
  subjectOf(operation: string, object: string): CallSubject {
    return { accountId: this.config.accountId, operation, object };
  }

  /** Makes a call when its lane allows it.
   *  @throws AwsFailure and nothing else */
  async call<Answer>(details: CallDetails, send: Send<Answer>): Promise<Answer> {
    const subject = this.subjectOf(details.operation, details.object);
    const key = { ...subject, region: details.region, service: details.service };
    const lane = this.#lanes.laneOf(key, this.config.rates);
    const began = this.#clock.monotonicMs();
    const once = this.#attempts.of(details, subject, send);
    let sentAt = Number.POSITIVE_INFINITY;
    // The wait for a turn says nothing about how slow AWS is.
    const attempt = () => {
      sentAt = Math.min(sentAt, this.#clock.monotonicMs());
      return once();
    };
    let lost: AwsFailure | undefined;
    for (let count = 1; ; count += 1) {
      try {
        const answer = await lane.run(details.callOptions, subject, attempt);
        lane.answered();
        await this.#hooks.breathe?.();
        return answer;
      } catch (error) {
        const failure = toFailure(error, subject);
        judgeLane(lane, failure);
        if (failure.kind === 'laneBusy')
          this.#attempts.record(details, subject, 'laneBusy', this.#clock.monotonicMs() - began);
        const pauseMs = this.#repeatAfterMs(details, failure, count, sentAt);
        // However a repetition ended, an earlier attempt may have taken effect.
        if (failure.outcomeUnknown) lost = failure;
        if (pauseMs === undefined) {
          if (isAboutSession(failure)) this.#hooks.onDoubt?.(this.config.accountId);
          throw lost !== undefined && isSilent(failure) ? lost : failure;
        }
        await sleep(this.#clock, pauseMs);
      }
    }
  }

  /** @see Lane.busyFor */
  busyFor({ service, operation, object }: ComingCall, callOptions: CallOptions): AwsFailure | undefined {
    const subject = this.subjectOf(operation, object);
    const region = service === 'iam' ? this.session.iamRegion : (parseArn(object)?.region ?? '');
    const lane = this.#lanes.laneOf({ ...subject, region, service }, this.config.rates);
    return lane.busyFor(callOptions, subject);
  }

  /** To be awaited between two pieces of a long answer, so that other work gets its turn. */
  breathe(): Promise<void> {
    return this.#hooks.breathe?.() ?? nextTurn();
  }

  /** Monotonic milliseconds. */
  nowMs(): number {
    return this.#clock.monotonicMs();
  }

  /** Which service of the account does not answer, in words for a person; undefined while none is known not to. */
  outage(): string | undefined {
    return this.#health.outage();
  }

  /** `call` for IAM. @throws AwsFailure */
  iam<Answer>(
    operation: string,
    object: string,
    callOptions: CallOptions,
    send: (iam: IAMClient, options: HttpHandlerOptions) => Promise<Answer>,
  ): Promise<Answer> {
    const details = {
      service: 'iam',
      region: this.session.iamRegion,
      operation,
      object,
      callOptions,
    } as const;
    return this.call(details, (session, options) => send(session.iam, options));
  }

  /** `call` for Step Functions, in the Region of the object's ARN. @throws AwsFailure */
  async states<Answer>(
    operation: string,
    object: string,
    callOptions: CallOptions,
    send: (states: SFNClient, options: HttpHandlerOptions) => Promise<Answer>,
  ): Promise<Answer> {
    const arn = parseArn(object);
    // The SDK would send the request, and the ID of the access key, to a Region of another partition all the same.
    const isHere = arn !== undefined && partitionOfRegion(arn.region) === this.config.partition;
    if (arn?.service !== 'states' || !isHere) throw invalidArn(this.config.accountId, operation, object);
    const details = { service: 'states', region: arn.region, operation, object, callOptions } as const;
    return this.call(details, (session, options) => send(session.states(arn.region), options));
  }

  /** `call` for a queue, in the Region of its URL. Waits for its lane as long as necessary.
   *  @throws AwsFailure */
  sqs<Answer>(
    operation: string,
    queueUrl: string,
    send: (sqs: SQSClient, options: HttpHandlerOptions) => Promise<Answer>,
  ): Promise<Answer> {
    const region = queueRegion(queueUrl) ?? this.session.iamRegion;
    const callOptions = { urgency: 'repair', tenant: '', maxWaitMs: Number.POSITIVE_INFINITY } as const;
    const details = { service: 'sqs', region, operation, object: queueUrl, callOptions } as const;
    return this.call(details, (session, options) => send(session.sqs(region), options));
  }

  /** Long polls of a queue are not repeated here: they have a rhythm of their own. */
  #repeatAfterMs(
    { service, operation }: CallDetails,
    failure: AwsFailure,
    attempt: number,
    sentAt: number,
  ): number | undefined {
    if (service === 'sqs' || !mayRepeat(operation, failure)) return undefined;
    return repeatAfterMs(failure, attempt, this.#clock.monotonicMs() - sentAt, this.#random);
  }
}

/** Tells the lane how AWS took a call that failed. Most failures are answers, such as that there is no such role. */
function judgeLane(lane: Lane, failure: AwsFailure): void {
  // Another lane's quota may be used up, and then the call was not sent.
  if (isAboutSession(failure)) return;
  if (failure.kind === 'throttled') lane.throttled(failure.retryAfterMs);
  else if (!isSilent(failure)) lane.answered();
}

/** Whether the failure says nothing about how an earlier attempt ended. */
function isSilent({ kind }: AwsFailure): boolean {
  return kind === 'throttled' || kind === 'laneBusy' || kind === 'fenced' || kind === 'retryable';
}
