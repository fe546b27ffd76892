/**
 * What can go wrong between the operator and AWS, sorted once: from AWS's error codes to what follows.
 * Codes: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and the error lists of each operation.
 */

import type { Verdict } from './error-verdict.ts';

export interface ErrorRow extends Verdict {
  readonly codes: readonly string[];
  /** Narrows the row to some operations, or to some of AWS's wordings. */
  readonly operations?: readonly string[];
  readonly wording?: RegExp;
}

const ACCESS_DENIED = ['AccessDenied', 'UnauthorizedOperation', 'NotAuthorized', 'AuthorizationError'];

/** How AWS words a denial by a policy, whatever others allow. */
export const EXPLICIT_DENY = /explicit deny/i;

/** AWS says which kind of policy denies a call; across accounts, only whether one does explicitly.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
const DENIED_BY: readonly (Pick<ErrorRow, 'advice'> & { readonly wording: RegExp })[] = [
  {
    wording: /(service|resource) control policy/i,
    advice:
      "a policy of the organization denies it, whatever the operator's role allows: exempt the operator's role from that policy",
  },
  {
    wording: /permissions boundary/i,
    advice: "widen the permissions boundary of the operator's own role",
  },
  {
    wording: /VPC endpoint policy/i,
    advice: 'allow it in the policy of the VPC endpoint through which the operator reaches AWS',
  },
  {
    wording: /session policy/i,
    advice: "allow it in the session policy that limits the operator's credentials",
  },
  {
    wording: EXPLICIT_DENY,
    advice: "remove that Deny, or exempt the operator's role from it: no Allow overrides it",
  },
];

/** The first row that fits decides. */
export const ERROR_ROWS: readonly ErrorRow[] = [
  {
    codes: ['Fenced'],
    kind: 'fenced',
    reason: 'NotLeader',
    advice: 'the new leader continues',
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
      'BandwidthLimitExceeded',
      'ProvisionedThroughputExceeded',
      'TransactionInProgress',
      // The codes of Step Functions and of SQS.
      'KmsThrottling',
      'KmsThrottled',
      // SQS: too many messages are in flight already.
      'OverLimit',
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
    codes: ['InvalidClientTokenId', 'UnrecognizedClient', 'AuthFailure'],
    kind: 'retryable',
    reason: 'AccountNotReady',
    // AWS answers the same for a key that it does not know and for a Region that is not enabled.
    advice:
      `either the operator's credentials are no longer valid (then "aws sts get-caller-identity" fails with them, too) ` +
      `or the Region is not enabled in the account ("aws account list-regions" there shows it): fix whichever it is`,
  },
  {
    codes: ['OptInRequired', 'SubscriptionRequired'],
    kind: 'retryable',
    reason: 'AccountNotReady',
    advice: 'sign the account up for the service, and enable the Region in it',
  },
  {
    codes: ['SignatureDoesNotMatch', 'InvalidSignature', 'IncompleteSignature', 'MissingAuthenticationToken'],
    kind: 'retryable',
    reason: 'AccountNotReady',
    advice: "check the operator's credentials and this machine's clock",
    hideWording: true,
  },
  {
    codes: ['RegionDisabled'],
    kind: 'retryable',
    reason: 'AccountNotReady',
    advice: "enable the Region in the role's account and the operator's, or name another in spec.region",
  },
  {
    // STS could not reach the issuer of the web identity's token.
    codes: ['IDPCommunicationError'],
    kind: 'retryable',
    reason: 'Unavailable',
    advice: 'tried again',
  },
  {
    // IAM answers the second code if it does not know the cluster's OIDC provider.
    codes: ['IDPRejectedClaim', 'InvalidIdentityToken'],
    kind: 'retryable',
    reason: 'AccountNotReady',
    advice: "check the OIDC provider and the token of the operator's ServiceAccount",
  },
  {
    codes: ACCESS_DENIED,
    wording: /sts:AssumeRoleWithWebIdentity/,
    kind: 'retryable',
    reason: 'AccountNotReady',
    advice:
      "let the trust policy of the operator's own role name the cluster's OIDC provider and the operator's ServiceAccount",
  },
  {
    codes: ['CredentialsProviderError'],
    kind: 'retryable',
    reason: 'AccountNotReady',
    advice: 'give the operator AWS credentials (IRSA, Pod Identity or environment)',
  },
  {
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
    codes: ACCESS_DENIED,
    wording: /sts:TagSession/,
    kind: 'retryable',
    reason: 'AccountNotReady',
    advice:
      'EKS Pod Identity passes session tags on: allow sts:TagSession, in a statement without the external ID, in the ' +
      "role's trust policy, and in the operator's own policy, or set disableSessionTags on the pod identity association",
  },
  {
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
    codes: ACCESS_DENIED,
    wording: /sts:(SetSourceIdentity|SetContext)/,
    kind: 'retryable',
    reason: 'AccountNotReady',
    advice:
      "the operator's own session passes its source identity or context on: allow that action in the role's trust policy, " +
      "and in the operator's own policy",
  },
  {
    codes: ['PackedPolicyTooLarge'],
    kind: 'retryable',
    reason: 'AccountNotReady',
    advice: 'the session tags are too long: set disableSessionTags on the pod identity association',
  },
  ...DENIED_BY.map(({ wording, advice }): ErrorRow => ({
    codes: ACCESS_DENIED,
    operations: ['AssumeRole'],
    wording,
    kind: 'retryable',
    reason: 'AccountNotReady',
    advice,
  })),
  {
    codes: ACCESS_DENIED,
    operations: ['AssumeRole'],
    wording: /by root accounts/,
    kind: 'retryable',
    reason: 'AccountNotReady',
    advice:
      'give the operator credentials of a role or a user: AWS does not let the root user of an account assume a role',
  },
  {
    codes: ACCESS_DENIED,
    operations: ['AssumeRole'],
    wording: /no identity-based policy allows/,
    kind: 'retryable',
    reason: 'AccountNotReady',
    advice:
      "allow sts:AssumeRole on that role in the operator's own policy, and let the role's trust policy name the " +
      "operator, with the AWSAccount's externalID",
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
    codes: [
      'KmsAccessDenied',
      'KmsInvalidState',
      'KmsDisabled',
      'KmsNotFound',
      'KmsInvalidKeyUsage',
      'KmsOptInRequired',
    ],
    operations: ['ReceiveMessage', 'DeleteMessage'],
    kind: 'terminal',
    reason: 'KeyAccessDenied',
    advice: "allow the operator's role to use the queue's KMS key, or encrypt the queue with SSE-SQS",
  },
  {
    codes: ['KmsAccessDenied', 'KmsInvalidState', 'InvalidEncryptionConfiguration'],
    kind: 'terminal',
    reason: 'KeyAccessDenied',
    advice: "allow the operator's role to use the state machine's KMS key",
  },
  {
    codes: ACCESS_DENIED,
    wording: /\bkms:|\bKMS\b/,
    kind: 'terminal',
    reason: 'KeyAccessDenied',
    advice: "allow the operator's role to use the state machine's KMS key",
  },
  {
    codes: [...ACCESS_DENIED, 'InvalidLoggingConfiguration'],
    operations: ['UpdateStateMachine'],
    wording: /log (group|destination|delivery)|\blogs:|logging/i,
    kind: 'terminal',
    reason: 'LoggingDenied',
    advice: "allow the execution role to deliver the state machine's logs",
  },
  ...DENIED_BY.map(({ wording, advice }): ErrorRow => ({
    codes: ACCESS_DENIED,
    wording,
    kind: 'terminal',
    reason: 'AccessDenied',
    advice,
  })),
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
    advice: 'use a role for fewer state machines, or have the quota "Role trust policy length" raised',
  },
  {
    codes: ['LimitExceeded'],
    operations: ['AttachRolePolicy'],
    wording: /PoliciesPerRole|attached/i,
    kind: 'terminal',
    reason: 'QuotaExceeded',
    advice: 'attach fewer policies, or have the quota "Managed policies per role" raised',
  },
  {
    codes: ['LimitExceeded'],
    operations: ['TagRole', 'CreateRole'],
    wording: /tags/i,
    kind: 'terminal',
    reason: 'QuotaExceeded',
    advice:
      'a role can have 50 tags, and AWS does not raise this limit: remove some, or set fewer in targetRole.tags',
  },
  {
    codes: ['LimitExceeded'],
    operations: ['PutRolePolicy'],
    kind: 'terminal',
    reason: 'GrantTooLarge',
    advice:
      "the role's inline policies have reached their quota: spread the links over more roles, or have the quota raised",
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
    advice: 'a definition can have 1,048,576 characters: make it smaller',
  },
  {
    codes: ['InvalidDefinition'],
    kind: 'terminal',
    reason: 'DefinitionRefused',
    advice: 'correct the definition',
  },
  {
    codes: ['NoSuchEntity'],
    wording: /not attachable/,
    kind: 'notFound',
    reason: 'NotFound',
    advice:
      'create that policy, or name another (a boundary may come from the AWSAccount: permissionsBoundaryARN)',
  },
  {
    codes: [
      'NoSuchEntity',
      'StateMachineDoesNotExist',
      'ExecutionDoesNotExist',
      'ResourceNotFound',
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
      // For a page: the list is read again from its beginning.
      'InvalidToken',
    ],
    kind: 'conflict',
    reason: 'Conflict',
    advice: 'it is read again and planned again',
  },
  {
    // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_tag-policies.html
    codes: ['InvalidInput', 'Validation', 'ValidationError'],
    operations: ['CreateRole', 'TagRole'],
    wording: /\btags?\b/i,
    kind: 'terminal',
    reason: 'RequestRefused',
    advice: "correct the link's tags, or have the organization's tag policy allow them",
  },
  {
    codes: ['UnmodifiableEntity'],
    kind: 'terminal',
    reason: 'RequestRefused',
    advice: 'the role is reserved for an AWS service: use another one',
  },
  {
    codes: [
      // Step Functions and SQS have these for requests that the operator does not make; IAM has them for what a link says.
      'InvalidArn',
      'InvalidInput',
      'InvalidName',
      'InvalidParameterValue',
      'InvalidTracingConfiguration',
      'MissingRequiredParameter',
      'StateMachineTypeNotSupported',
      'InvalidContextAssertion',
      'InvalidAddress',
      'InvalidIdFormat',
      'InvalidSecurity',
      'ReceiptHandleIsInvalid',
      'UnsupportedOperation',
      'Validation',
      'ValidationError',
    ],
    kind: 'terminal',
    reason: 'RequestRefused',
    advice: 'AWS does not accept this request',
  },
  {
    codes: [
      'ServiceFailure',
      'InternalFailure',
      'InternalError',
      'InternalServerError',
      'ServiceUnavailable',
      'RequestTimeout',
      'TimeoutError',
    ],
    kind: 'retryable',
    reason: 'Unavailable',
    advice: 'tried again',
  },
  {
    codes: ['ForeignAnswer'],
    kind: 'retryable',
    reason: 'Unavailable',
    advice: 'this answer is not from AWS: check the proxies and firewalls on the way; tried again',
  },
  {
    codes: ['ERR_PROXY_TUNNEL'],
    kind: 'retryable',
    reason: 'Unavailable',
    advice: 'check HTTPS_PROXY and NO_PROXY, and what the proxy allows; tried again',
  },
  {
    // Answers that the SDK could not read, whatever their status. Its message is for programmers.
    codes: ['Error', 'SyntaxError'],
    wording: /Deserialization error/,
    kind: 'retryable',
    reason: 'Unavailable',
    advice: 'the answer could not be read; tried again',
    hideWording: true,
  },
];
