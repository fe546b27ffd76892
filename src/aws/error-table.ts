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

/** What follows from an error. */
export interface Verdict {
  readonly kind: FailureKind;
  readonly reason: FailureReason;
  /** What to do, as the end of the sentence. */
  readonly advice: string;
  /** Left out of the message: AWS's own words hold parts of the signed request. */
  readonly hideWording?: boolean;
}

interface Row extends Verdict {
  readonly codes: readonly string[];
  /** Narrows the row to some operations, or to some of AWS's wordings. */
  readonly operations?: readonly string[];
  readonly wording?: RegExp;
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
    codes: ['ExpiredToken', 'TokenRefreshRequired'],
    kind: 'retryable',
    reason: 'AccountNotReady',
    advice: 'the session is renewed',
  },
  {
    codes: ['RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture'],
    kind: 'retryable',
    reason: 'AccountNotReady',
    advice: "set this machine's clock; AWS's time is used until then",
    hideWording: true,
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
    codes: ['SignatureDoesNotMatch', 'InvalidSignature', 'IncompleteSignature', 'MissingAuthenticationToken'],
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

/**
 * Looks an error up.
 * @param code AWS's, without the SDK's `Exception` ending; or node's, or an error's name
 * @param status of the HTTP answer, when there was one
 */
export function judge(code: string, wording: string, operation: string, status: number | undefined): Verdict {
  return TABLE.find((row) => fits(row, code, wording, operation)) ?? byStatus(status);
}

function fits(row: Row, code: string, wording: string, operation: string): boolean {
  return (
    row.codes.includes(code) &&
    (row.operations?.includes(operation) ?? true) &&
    (row.wording?.test(wording) ?? true)
  );
}

function byStatus(status: number | undefined): Verdict {
  if (status === 429) return { kind: 'throttled', reason: 'Throttled', advice: 'tried again more slowly' };
  if (status !== undefined && status >= 400 && status < 500) {
    return { kind: 'terminal', reason: 'RequestRefused', advice: 'AWS does not take this request' };
  }
  return { kind: 'retryable', reason: 'Unavailable', advice: 'tried again' };
}
