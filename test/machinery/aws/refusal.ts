/**
 * AWS's refusals, written down by hand: on which call, in which code, status and words they come, and what is to follow
 * from them. The codes and their statuses are those of each service's API reference, of
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and of the SDK's list of throttling errors; the
 * words are those that users report (`Rate exceeded`), or the reference's own where none of them has met the error.
 */
import type { FailureKind, FailureReason } from '../../../src/aws/errors/errors.ts';
import type { CallName } from './sdk-calls.ts';

export interface Refusal {
  readonly call: CallName;
  /** As AWS writes it on the wire, namespace and all. */
  readonly code: string;
  readonly status: number;
  readonly words: string;
  /** Of `x-amzn-query-error`, by which SQS names an error as it did before it spoke JSON.
   *  https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-api-responses.html */
  readonly queryCode?: string;
  readonly kind: FailureKind;
  readonly reason: FailureReason;
  /** What a person is told to do. */
  readonly advice: RegExp;
  /** Whether the very call is made again in place. */
  readonly again: boolean;
}

export type Row = readonly [call: CallName, code: string, status: number, words: string, queryCode?: string];
type Consequence = Omit<Refusal, 'call' | 'code' | 'status' | 'words' | 'queryCode'>;

export const USER = 'User: arn:aws:sts::222222222222:assumed-role/crossaccountlink-operator/crossaccountlink';
export const ROLE = 'arn:aws:iam::222222222222:role/crossaccountlink/payments/checkout';
export const MACHINE = 'arn:aws:states:us-east-1:111111111111:stateMachine:checkout';
export const EXECUTION_ROLE = 'arn:aws:iam::111111111111:role/checkout';
export const deniedTo = (action: string, because: string, resource = `role ${ROLE}`) =>
  `${USER} is not authorized to perform: ${action} on resource: ${resource} ${because}`;
export const NO_IDENTITY_POLICY = (action: string) =>
  `because no identity-based policy allows the ${action} action`;

export const BY_ORGANIZATION = 'with an explicit deny in a service control policy';
export const BY_BOUNDARY = (action: string) => `because no permissions boundary allows the ${action} action`;

export const rows = (consequence: Consequence, list: readonly Row[]): readonly Refusal[] =>
  list.map(([call, code, status, words, queryCode]) => ({
    call,
    code,
    status,
    words,
    ...(queryCode !== undefined && { queryCode }),
    ...consequence,
  }));

export const THROTTLED = {
  kind: 'throttled',
  reason: 'Throttled',
  advice: /slowed down and tried again/,
} as const;
export const ACCOUNT = { kind: 'retryable', reason: 'AccountNotReady', again: false } as const;
export const STOP = { kind: 'terminal', again: false } as const;
