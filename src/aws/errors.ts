/**
 * What can go wrong between the operator and AWS, sorted once: one table from AWS's error codes to a kind (what the
 * controller does about it), a reason (what the condition says) and a sentence (what a person reads).
 * Codes: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and the error lists of each operation.
 */

export type FailureKind =
  /** No retry helps until a person changes something. */
  | 'terminal'
  /** Not yet: IAM has not caught up. The controller bounds how long it believes that. */
  | 'waiting'
  | 'throttled'
  /** Network, timeouts, AWS's own faults: again, with backoff. */
  | 'retryable'
  /** The object is not as it was read: read again, plan again. */
  | 'conflict'
  | 'notFound'
  /** This process may no longer write (the lease is not certainly ours). */
  | 'fenced'
  /** No token in the lane within the time that the caller would wait. */
  | 'laneBusy';

export type FailureReason =
  | 'AccessDenied'
  | 'AccountNotReady'
  | 'Conflict'
  | 'DefinitionRefused'
  | 'DefinitionTooLarge'
  | 'GrantTooLarge'
  | 'KeyAccessDenied'
  | 'LoggingDenied'
  | 'ManagedRuleDenied'
  | 'NotFound'
  | 'NotLeader'
  | 'PolicyRefused'
  | 'Propagating'
  | 'QuotaExceeded'
  | 'RequestRefused'
  | 'Throttled'
  | 'TrustPolicyTooLarge'
  | 'Unavailable';

/** Thrown in a client's stack instead of sending a write. */
export class Fenced extends Error {
  constructor() {
    super('not sent, this process no longer certainly holds the lease');
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
  /** True when the call may have taken effect although no answer came: read before writing again. */
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

  constructor(subject: CallSubject, detail: FailureDetail, sentence: string, options?: ErrorOptions) {
    super(`${subject.operation} on ${subject.object}: ${sentence}`, options);
    this.name = 'AwsFailure';
    this.subject = subject;
    this.kind = detail.kind;
    this.reason = detail.reason;
    this.code = detail.code;
    this.retryAfterMs = detail.retryAfterMs;
    this.outcomeUnknown = detail.outcomeUnknown ?? false;
  }
}

interface Row {
  readonly codes: readonly string[];
  /** Narrows the row to some operations, or to some of AWS's wordings. */
  readonly operations?: readonly string[];
  readonly wording?: RegExp;
  readonly kind: FailureKind;
  readonly reason: FailureReason;
  /** What to do, as the end of the sentence. */
  readonly advice: string;
  /** Left out of the message: AWS's own words hold parts of the signed request. */
  readonly hideWording?: boolean;
}

const ACCESS_DENIED = ['AccessDenied', 'UnauthorizedOperation', 'NotAuthorized', 'AuthorizationError'];

/** The first row that fits decides. */
const TABLE: readonly Row[] = [
  {
    codes: ['Fenced'],
    kind: 'fenced',
    reason: 'NotLeader',
    advice: 'the new leader goes on',
  },
  {
    codes: [
      'Throttling',
      'Throttled',
      'RequestThrottled',
      'RequestLimitExceeded',
      'TooManyRequests',
      'PriorRequestNotComplete',
      'SlowDown',
      'KmsThrottling',
      'BandwidthLimitExceeded',
    ],
    kind: 'throttled',
    reason: 'Throttled',
    advice: "the account's calls are slowed down and tried again",
  },
  {
    codes: ['ExpiredToken', 'TokenRefreshRequired', 'RequestExpired', 'RequestTimeTooSkewed'],
    kind: 'retryable',
    reason: 'AccountNotReady',
    advice: 'the session is renewed',
  },
  {
    codes: [
      'InvalidClientTokenId',
      'UnrecognizedClient',
      'AuthFailure',
      'InvalidIdentityToken',
      'OptInRequired',
    ],
    kind: 'retryable',
    reason: 'AccountNotReady',
    advice: "check the operator's credentials for this account",
  },
  {
    codes: ['SignatureDoesNotMatch', 'IncompleteSignature', 'MissingAuthenticationToken'],
    kind: 'retryable',
    reason: 'AccountNotReady',
    advice: "check the operator's credentials and this machine's clock",
    hideWording: true,
  },
  {
    codes: ['CredentialsProviderError'],
    kind: 'retryable',
    reason: 'AccountNotReady',
    advice: 'give the operator AWS credentials (IRSA, Pod Identity or environment)',
  },
  {
    codes: ACCESS_DENIED,
    operations: ['AssumeRole'],
    kind: 'retryable',
    reason: 'AccountNotReady',
    advice: "let the role's trust policy name the operator, with the AWSAccount's externalID",
  },
  {
    codes: ACCESS_DENIED,
    wording: /managed-rule/i,
    kind: 'terminal',
    reason: 'ManagedRuleDenied',
    advice: 'grant the execution role events:PutRule, events:PutTargets and events:DescribeRule on that rule',
  },
  {
    codes: ['KmsAccessDenied', 'KmsInvalidState', 'InvalidEncryptionConfiguration'],
    kind: 'terminal',
    reason: 'KeyAccessDenied',
    advice: "let the operator's role use the state machine's KMS key",
  },
  {
    codes: ACCESS_DENIED,
    wording: /\bkms:|\bKMS\b/,
    kind: 'terminal',
    reason: 'KeyAccessDenied',
    advice: "let the operator's role use the state machine's KMS key",
  },
  {
    codes: [...ACCESS_DENIED, 'InvalidLoggingConfiguration'],
    operations: ['UpdateStateMachine'],
    wording: /log (group|destination|delivery)|\blogs:|logging/i,
    kind: 'terminal',
    reason: 'LoggingDenied',
    advice: "let the execution role deliver the state machine's logs",
  },
  {
    codes: ACCESS_DENIED,
    kind: 'terminal',
    reason: 'AccessDenied',
    advice: "compare the operator's role with `kubectl crossaccountlink bootstrap`",
  },
  {
    codes: ['MalformedPolicyDocument'],
    wording: /invalid principal/i,
    kind: 'waiting',
    reason: 'Propagating',
    advice: 'IAM does not know the principal, or not yet; tried again',
  },
  {
    codes: ['MalformedPolicyDocument', 'PolicyEvaluation', 'PolicyNotAttachable'],
    kind: 'terminal',
    reason: 'PolicyRefused',
    advice: "correct the link's permissions",
  },
  {
    codes: ['LimitExceeded'],
    operations: ['UpdateAssumeRolePolicy', 'CreateRole'],
    wording: /ACLSizePerRole|trust|assume ?role ?policy/i,
    kind: 'terminal',
    reason: 'TrustPolicyTooLarge',
    advice: 'use a role for fewer state machines, or raise the quota "Role trust policy length"',
  },
  {
    codes: ['LimitExceeded'],
    operations: ['PutRolePolicy'],
    kind: 'terminal',
    reason: 'GrantTooLarge',
    advice: "a role's inline policies hold 10,240 characters: spread the links over more roles",
  },
  {
    codes: ['LimitExceeded', 'ServiceQuotaExceeded', 'StateMachineLimitExceeded', 'TooManyTags'],
    kind: 'terminal',
    reason: 'QuotaExceeded',
    advice: "raise the account's quota or remove what is no longer used",
  },
  {
    codes: [
      'InvalidDefinition',
      'Validation',
      'ValidationError',
      'RequestEntityTooLarge',
      'SizeLimitExceeded',
    ],
    operations: ['UpdateStateMachine'],
    wording: /1048576|too large|exceed|maximum (length|size)|less than or equal to/i,
    kind: 'terminal',
    reason: 'DefinitionTooLarge',
    advice: 'a definition holds 1,048,576 characters: make it smaller',
  },
  {
    codes: ['InvalidDefinition'],
    kind: 'terminal',
    reason: 'DefinitionRefused',
    advice: 'correct the definition',
  },
  {
    codes: [
      'NoSuchEntity',
      'StateMachineDoesNotExist',
      'ExecutionDoesNotExist',
      'ResourceNotFound',
      'NonExistentQueue',
      'QueueDoesNotExist',
    ],
    kind: 'notFound',
    reason: 'NotFound',
    advice: 'there is no such object',
  },
  {
    codes: [
      'EntityAlreadyExists',
      'ConcurrentModification',
      'DeleteConflict',
      'EntityTemporarilyUnmodifiable',
      'Conflict',
      'StateMachineDeleting',
    ],
    kind: 'conflict',
    reason: 'Conflict',
    advice: 'it is read again and planned again',
  },
  {
    codes: [
      'ServiceFailure',
      'InternalFailure',
      'InternalError',
      'InternalServerError',
      'ServiceUnavailable',
      'RequestTimeout',
    ],
    kind: 'retryable',
    reason: 'Unavailable',
    advice: 'tried again',
  },
];

/** Sorts what an AWS call threw. A failure that is sorted already comes back as it is. */
export function toFailure(error: unknown, subject: CallSubject): AwsFailure {
  if (error instanceof AwsFailure) return error;
  const { code, wording, status, retryAfterMs } = readError(error);
  const row =
    TABLE.find((candidate) => fits(candidate, code, wording, subject.operation)) ?? byStatus(status);
  const outcomeUnknown = row.reason === 'Unavailable';
  const detail = {
    kind: row.kind,
    reason: row.reason,
    code,
    outcomeUnknown,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  return new AwsFailure(subject, detail, explain(row, code, wording), { cause: code });
}

/** A sentence for `waiting`, which says which principals of the document IAM will never know again.
 *  A deleted role's ID in a foreign statement makes every write of that trust policy fail.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
export function nameOrphans(failure: AwsFailure, principals: readonly string[]): AwsFailure {
  const orphans = principals.filter((principal) => /^A(ROA|IDA)[A-Z0-9]{10,}$/.test(principal));
  if (failure.reason !== 'Propagating' || orphans.length === 0) return failure;
  const sentence =
    `the trust policy names ${orphans.join(', ')}, the ID of a role or user that was deleted; ` +
    'remove that statement, IAM refuses every change until then';
  const detail = { kind: failure.kind, reason: failure.reason, ...(failure.code && { code: failure.code }) };
  return new AwsFailure(failure.subject, detail, sentence, { cause: failure.cause });
}

/** The object changed between two calls of one read. */
export function changedMeanwhile(failure: AwsFailure): AwsFailure {
  return new AwsFailure(
    failure.subject,
    { kind: 'conflict', reason: 'Conflict', ...(failure.code !== undefined && { code: failure.code }) },
    'it changed while it was read; it is read again',
  );
}

/** Not sent: the name of the object is none. */
export function invalidArn(accountId: string, operation: string, object: string): AwsFailure {
  return new AwsFailure(
    { accountId, operation, object },
    { kind: 'terminal', reason: 'RequestRefused' },
    'not sent, this is not the ARN of such an object; correct it',
  );
}

function fits(row: Row, code: string, wording: string, operation: string): boolean {
  return (
    row.codes.includes(code) &&
    (row.operations?.includes(operation) ?? true) &&
    (row.wording?.test(wording) ?? true)
  );
}

type Verdict = Pick<Row, 'kind' | 'reason' | 'advice' | 'hideWording'>;

function byStatus(status: number | undefined): Verdict {
  if (status === 429) return { kind: 'throttled', reason: 'Throttled', advice: 'tried again more slowly' };
  if (status !== undefined && status >= 400 && status < 500) {
    return { kind: 'terminal', reason: 'RequestRefused', advice: 'AWS does not take this request' };
  }
  return { kind: 'retryable', reason: 'Unavailable', advice: 'tried again' };
}

function explain(row: Verdict, code: string, wording: string): string {
  const said = row.hideWording === true || wording === '' ? code : `${code} (${wording})`;
  return `${said}; ${row.advice}`;
}

interface ReadError {
  readonly code: string;
  readonly wording: string;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
}

/** Takes from an unknown thing what the SDK's and node's errors carry. */
function readError(error: unknown): ReadError {
  if (!(error instanceof Error)) {
    return { code: 'UnknownError', wording: '', status: undefined, retryAfterMs: undefined };
  }
  const metadata = field(error, '$metadata');
  const status = field(metadata, 'httpStatusCode');
  const node = field(error, 'code');
  const code = status === undefined && typeof node === 'string' ? node : plainCode(error.name);
  return {
    code,
    wording: harmless(error.message),
    status: typeof status === 'number' ? status : undefined,
    retryAfterMs: retryAfter(error),
  };
}

/** The SDK says `NoSuchEntityException` where the wire said `NoSuchEntity`; some services say it on the wire, too. */
function plainCode(name: string): string {
  return name.replace(/^(?:.*[#.:])?(.+?)(?:Exception)?$/, '$1');
}

function retryAfter(error: Error): number | undefined {
  const headers = field(field(error, '$response'), 'headers');
  const seconds = Number(field(headers, 'retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

const MAX_WORDING = 400;

/** AWS's words in one line, cut, without access keys and encoded blobs. */
function harmless(message: string): string {
  const text = message
    .replace(/\s+/g, ' ')
    .replace(/\b(AKIA|ASIA)[A-Z0-9]{12,}/g, '$1…')
    .replace(/[A-Za-z0-9+/_=-]{120,}/g, '…')
    .trim()
    .replace(/\.$/, '');
  return text.length > MAX_WORDING ? `${text.slice(0, MAX_WORDING)}…` : text;
}
