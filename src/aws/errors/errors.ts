/** A failed call to AWS as the rest of the program sees it: its kind, its reason, and a sentence without secrets. */
import { printable } from '../../base/printable.ts';
import { EXPLICIT_DENY } from './error-rows.ts';
import { judge } from './error-lookup.ts';
import type { FailureKind, FailureReason, Verdict } from './error-verdict.ts';

export type { FailureKind, FailureReason };

/** Thrown within a client instead of sending a write. */
export class Fenced extends Error {
  constructor() {
    super('not sent: this process may no longer hold the Lease');
    this.name = 'Fenced';
  }
}

/** Which call on which object it was about; `object` is an ARN or, for a whole account, its ID. */
export interface CallSubject {
  readonly accountId: string;
  /** Name of the API operation: `UpdateAssumeRolePolicy`. */
  readonly operation: string;
  readonly object: string;
}

interface FailureDetail {
  readonly kind: FailureKind;
  readonly reason: FailureReason;
  /** AWS's error code, without the SDK's `Exception` ending. */
  readonly code?: string;
  readonly retryAfterMs?: number;
  /** True if the call may have taken effect although no answer came: read before writing again. */
  readonly outcomeUnknown?: boolean;
}

/** A failed call. The message names the operation, the object, what is wrong and what to do; it holds no secret. */
export class AwsFailure extends Error {
  readonly kind: FailureKind;
  readonly reason: FailureReason;
  readonly subject: CallSubject;
  readonly code: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly outcomeUnknown: boolean;
  /** The message without operation and object, for people who may not know of the object. */
  readonly sentence: string;

  constructor(subject: CallSubject, detail: FailureDetail, sentence: string) {
    super(`${subject.operation} on ${subject.object}: ${sentence}`);
    this.name = 'AwsFailure';
    this.sentence = sentence;
    this.subject = subject;
    this.kind = detail.kind;
    this.reason = detail.reason;
    this.code = detail.code;
    this.retryAfterMs = detail.retryAfterMs;
    this.outcomeUnknown = detail.outcomeUnknown ?? false;
  }
}

/** Sorts whatever an AWS call threw. A failure that is already sorted is returned as it is. */
export function toFailure(error: unknown, subject: CallSubject): AwsFailure {
  if (error instanceof AwsFailure) return error;
  const { code, wording, status, retryAfterMs } = readError(error);
  const verdict = judge(code, wording, subject.operation, status);
  const detail = {
    kind: verdict.kind,
    reason: verdict.reason,
    code,
    outcomeUnknown: verdict.reason === 'Unavailable',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  return new AwsFailure(subject, detail, explain(verdict, code, wording));
}

/** The failure with a sentence that says which principals of the policy IAM will never know again. A deleted role's ID in a
 *  foreign statement makes every write of that trust policy fail.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
export function nameOrphans(failure: AwsFailure, principals: readonly string[]): AwsFailure {
  const orphans = principals.filter((principal) => /^A(ROA|IDA)[A-Z0-9]{10,}$/.test(principal));
  if (failure.reason !== 'Propagating' || orphans.length === 0) return failure;
  const sentence =
    `the trust policy names ${orphans.join(', ')}, the ID of a role or user that was deleted; ` +
    'remove that statement: IAM refuses every change until then';
  return reworded(failure, failure, sentence);
}

/** Whether a policy denies the call, by AWS's words for a denial.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
export function saysExplicitDeny(words: string): boolean {
  return EXPLICIT_DENY.test(words);
}

/** Whether the call certainly had no effect, and would have had to wait: it was never sent, or AWS refused it for its pace. */
export function wasNotTried({ kind }: AwsFailure): boolean {
  return NOT_TRIED.has(kind);
}

const NOT_TRIED: ReadonlySet<FailureKind> = new Set(['laneBusy', 'throttled', 'fenced']);

/** Whether the call failed because no policy allows it. If a policy denies it, a person has to change that. */
export function isImplicitDenial({ kind, reason, message }: AwsFailure): boolean {
  return kind === 'terminal' && reason === 'AccessDenied' && !saysExplicitDeny(message);
}

/** The same failure as one that may pass by itself.
 *  @param why in words for a person */
export function notYet(failure: AwsFailure, why: string): AwsFailure {
  return reworded(failure, { kind: 'waiting', reason: 'Propagating' }, `${why}; tried again for two minutes`);
}

/** The same failure, by its code, as something else. */
function reworded(
  { subject, code }: AwsFailure,
  { kind, reason }: Pick<FailureDetail, 'kind' | 'reason'>,
  sentence: string,
): AwsFailure {
  return new AwsFailure(subject, { kind, reason, ...(code !== undefined && { code }) }, sentence);
}

/** The object changed between two calls of one read. */
export function changedMeanwhile(failure: AwsFailure): AwsFailure {
  return reworded(
    failure,
    { kind: 'conflict', reason: 'Conflict' },
    'it changed while it was read; it is read again',
  );
}

/** The failure if not all running executions could be read: nothing can be removed that they may need. */
export function tooManyExecutions(accountId: string, object: string): AwsFailure {
  return new AwsFailure(
    { accountId, operation: 'ListExecutions', object },
    { kind: 'retryable', reason: 'Unavailable' },
    'more executions run on old definitions than can be read; tried again when some have ended',
  );
}

/** The failure if a list could not be read to its end. */
export function endlessList(subject: CallSubject): AwsFailure {
  return new AwsFailure(
    subject,
    { kind: 'retryable', reason: 'Unavailable' },
    'the pages of the list do not end; tried again',
  );
}

/** The failure if an answer lacks something that every such answer has: it may well exist. */
export function incompleteAnswer(subject: CallSubject, lacking: string): AwsFailure {
  return new AwsFailure(
    subject,
    { kind: 'retryable', reason: 'Unavailable' },
    `the answer lacks ${lacking}, so it may be cut; tried again`,
  );
}

/** The failure of a call that was not sent, because the object's name is not an ARN. */
export function invalidArn(accountId: string, operation: string, object: string): AwsFailure {
  return new AwsFailure(
    { accountId, operation, object },
    { kind: 'terminal', reason: 'RequestRefused' },
    'not sent: this is not the ARN of such an object; correct it',
  );
}

function explain({ hideWording, advice }: Verdict, code: string, wording: string): string {
  const said = hideWording === true || wording === '' ? code : `${code} (${cut(wording)})`;
  return `${said}; ${advice}`;
}

interface ReadError {
  readonly code: string;
  /** Longer than what is shown, because AWS says at the end which policy denies a call. */
  readonly wording: string;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
}

/** AWS's codes for a wrong clock, most of which have other causes, too. The SDK compares the times, and says of every error,
 *  whatever it is about, that the clock is wrong. https://github.com/smithy-lang/smithy-typescript (CLOCK_SKEW_ERROR_CODES) */
const MAY_BE_THE_CLOCK: ReadonlySet<string> = new Set([
  'AuthFailure',
  'InvalidSignature',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);

/** Reads from an unknown thrown value what the SDK's and node's errors have. */
function readError(error: unknown): ReadError {
  if (!(error instanceof Error)) {
    return { code: 'UnknownError', wording: '', status: undefined, retryAfterMs: undefined };
  }
  const metadata = field(error, '$metadata');
  const status = field(metadata, 'httpStatusCode');
  const node = field(error, 'code');
  const code = status === undefined && typeof node === 'string' ? node : plainCode(error.name);
  const wrongClock = MAY_BE_THE_CLOCK.has(code) && field(metadata, 'clockSkewCorrected') === true;
  return {
    code: wrongClock ? 'RequestTimeTooSkewed' : harmless(code).slice(0, MAX_CODE) || 'UnknownError',
    wording: harmless(error.message),
    status: typeof status === 'number' ? status : undefined,
    retryAfterMs: retryAfter(error),
  };
}

/** The SDK says `NoSuchEntityException` for the `NoSuchEntity` of the answer; some services answer with the ending, too. */
function plainCode(name: string): string {
  const bare = name.slice(Math.max(...['#', '.', ':'].map((separator) => name.lastIndexOf(separator))) + 1);
  return bare.replace(/Exception$/, '') || bare || name;
}

function retryAfter(error: Error): number | undefined {
  const headers = field(field(error, '$response'), 'headers');
  const seconds = Number(field(headers, 'retry-after') ?? Number.NaN);
  return seconds >= 0 ? Math.min(seconds * 1000, LONGEST_RETRY_AFTER_MS) : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Anything between the operator and AWS can write this header, so no account pauses for longer because of it. */
const LONGEST_RETRY_AFTER_MS = 300_000;
const MAX_CODE = 64;
const MAX_READ = 4_096;
const MAX_WORDING = 400;
const LONGEST_WORD = 160;

/** AWS's words in one line, limited in length, without access keys, encoded blobs and anything that a terminal would interpret. */
function harmless(message: string): string {
  return printable(
    cut(message, MAX_READ)
      .replace(/\s+/g, ' ')
      .replace(/\b(AKIA|ASIA)[A-Z0-9]{12,}/g, '$1…')
      .replace(/[A-Za-z0-9+/_=-]{120,}/g, '…')
      .trim()
      .replace(/\.$/, ''),
  );
}

/** The beginning and the end of a text, and of its long words: the reason is usually at the end, and a plain cut would lose it. */
function cut(text: string, most = MAX_WORDING): string {
  const words = text.length > most ? text.replace(/\S+/g, (word) => middleOut(word, LONGEST_WORD)) : text;
  return middleOut(words, most);
}

function middleOut(text: string, most: number): string {
  const half = Math.floor(most / 2);
  return text.length > most ? `${text.slice(0, half)}…${text.slice(-half)}`.toWellFormed() : text;
}
