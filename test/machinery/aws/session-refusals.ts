/** Too fast, not known to AWS, or AWS's own faults: refusals that are about the account and the sessions in it. */
import {
  BY_BOUNDARY,
  BY_ORGANIZATION,
  NO_IDENTITY_POLICY,
  deniedTo,
  ACCOUNT,
  ROLE,
  STOP,
  THROTTLED,
  USER,
  rows,
  type Refusal,
  type Row,
} from './refusal.ts';

const SLOWER: readonly Row[] = [
  ['GetRole', 'Throttling', 400, 'Rate exceeded'],
  ['PutRolePolicy', 'Throttling', 400, 'Rate exceeded'],
  ['AssumeRole', 'Throttling', 400, 'Rate exceeded'],
  ['DescribeStateMachine', 'ThrottlingException', 400, 'Rate exceeded'],
  ['GetRole', 'RequestLimitExceeded', 503, 'Request limit exceeded.'],
  ['GetRole', 'ThrottledException', 400, 'Rate exceeded'],
  ['GetRole', 'SlowDown', 503, 'Please reduce your request rate.'],
  ['GetRole', 'BandwidthLimitExceeded', 400, 'Bandwidth limit exceeded.'],
  ['DescribeStateMachine', 'TooManyRequestsException', 429, 'Rate exceeded'],
  ['DescribeStateMachine', 'PriorRequestNotComplete', 400, 'The prior request is not complete.'],
  ['DescribeStateMachine', 'TransactionInProgressException', 400, 'A transaction is in progress.'],
  [
    'DescribeStateMachine',
    'ProvisionedThroughputExceededException',
    400,
    'The level of configured provisioned throughput was exceeded.',
  ],
  [
    'DescribeStateMachine',
    'KmsThrottlingException',
    400,
    'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
  ],
  ['ReceiveMessage', 'com.amazonaws.sqs#RequestThrottled', 403, 'Request is throttled.', 'RequestThrottled'],
  [
    'ReceiveMessage',
    'com.amazonaws.sqs#KmsThrottled',
    400,
    'Rate exceeded (Service: Kms, Status Code: 400)',
    'KMS.ThrottlingException',
  ],
  [
    'ReceiveMessage',
    'com.amazonaws.sqs#OverLimit',
    403,
    'Too many messages have been received and not deleted: the queue has its limit of messages in flight.',
    'OverLimit',
  ],
  ['ReceiveMessage', 'com.amazon.coral.availability#ThrottlingException', 400, 'Rate exceeded', 'Throttling'],
];

export const SESSION_REFUSALS: readonly Refusal[] = [
  ...rows({ ...THROTTLED, again: true }, SLOWER),
  // What it overwrites has to be read again first.
  ...rows({ ...THROTTLED, again: false }, [
    ['UpdateStateMachine', 'ThrottlingException', 400, 'Rate exceeded'],
  ]),

  ...rows({ ...ACCOUNT, advice: /session is renewed/ }, [
    ['GetRole', 'ExpiredToken', 403, 'The security token included in the request is expired'],
    ['AssumeRole', 'ExpiredToken', 403, 'The security token included in the request is expired'],
    [
      'AssumeRole',
      'ExpiredTokenException',
      400,
      'Token expired: current date/time 1767225600 must be before the expiration date/time 1767222000',
    ],
    [
      'DescribeStateMachine',
      'ExpiredTokenException',
      400,
      'The security token included in the request is expired',
    ],
    [
      'ReceiveMessage',
      'com.amazon.coral.service#ExpiredTokenException',
      403,
      'The security token included in the request is expired',
      'ExpiredToken',
    ],
    ['GetRole', 'TokenRefreshRequired', 400, 'The provided token must be refreshed.'],
  ]),
  ...rows({ ...ACCOUNT, advice: /set this machine's clock/ }, [
    [
      'GetRole',
      'RequestTimeTooSkewed',
      403,
      'The difference between the request time and the current time is too large.',
    ],
    ['GetRole', 'RequestExpired', 400, 'Request has expired.'],
    ['GetRole', 'RequestInTheFuture', 403, 'The request is in the future.'],
  ]),
  ...rows(
    { ...ACCOUNT, advice: /credentials are no longer valid .* or the Region is not enabled in the account/ },
    [
      ['GetRole', 'InvalidClientTokenId', 403, 'The security token included in the request is invalid.'],
      ['GetRole', 'AuthFailure', 401, 'AWS was not able to validate the provided access credentials'],
      [
        'DescribeStateMachine',
        'UnrecognizedClientException',
        400,
        'The security token included in the request is invalid.',
      ],
      [
        'ReceiveMessage',
        'com.amazon.coral.service#UnrecognizedClientException',
        403,
        'The security token included in the request is invalid.',
        'InvalidClientTokenId',
      ],
    ],
  ),
  ...rows({ ...ACCOUNT, advice: /sign the account up for the service, and enable the Region/ }, [
    [
      'DescribeStateMachine',
      'SubscriptionRequiredException',
      400,
      'The AWS Access Key Id needs a subscription for the service',
    ],
    ['GetRole', 'OptInRequired', 403, 'The AWS Access Key Id needs a subscription for the service'],
    [
      'DescribeStateMachine',
      'OptInRequired',
      403,
      'The AWS Access Key Id needs a subscription for the service',
    ],
  ]),
  ...rows({ ...ACCOUNT, advice: /credentials and this machine's clock/ }, [
    [
      'GetRole',
      'SignatureDoesNotMatch',
      403,
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access ' +
        'Key and signing method. Consult the service documentation for details.',
    ],
    [
      'GetRole',
      'IncompleteSignature',
      403,
      "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter.",
    ],
    ['GetRole', 'MissingAuthenticationToken', 403, 'Request is missing Authentication Token'],
    [
      'DescribeStateMachine',
      'InvalidSignatureException',
      400,
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access ' +
        'Key and signing method. Consult the service documentation for details.',
    ],
    ['DescribeStateMachine', 'MissingAuthenticationTokenException', 400, 'Missing Authentication Token'],
    [
      'DescribeStateMachine',
      'IncompleteSignatureException',
      400,
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'x'",
    ],
  ]),
  ...rows({ ...ACCOUNT, advice: /enable the Region .* or name another in spec.region/ }, [
    [
      'AssumeRole',
      'RegionDisabledException',
      403,
      'STS is not activated in this region for account:222222222222. Your account administrator can activate STS in ' +
        'this region using the IAM Console.',
    ],
  ]),
  ...rows({ kind: 'retryable', reason: 'Unavailable', advice: /tried again/, again: true }, [
    [
      'AssumeRole',
      'IDPCommunicationError',
      400,
      "Couldn't retrieve verification key from your identity provider",
    ],
  ]),
  ...rows({ ...ACCOUNT, advice: /OIDC provider and the token/ }, [
    [
      'AssumeRole',
      'InvalidIdentityToken',
      400,
      'No OpenIDConnect provider found in your account for https://oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE',
    ],
    ['AssumeRole', 'InvalidIdentityToken', 400, 'Incorrect token audience'],
    ['AssumeRole', 'IDPRejectedClaim', 403, 'The identity token has been rejected.'],
  ]),
  ...rows({ ...ACCOUNT, advice: /name the cluster's OIDC provider and the operator's ServiceAccount/ }, [
    ['AssumeRole', 'AccessDenied', 403, 'Not authorized to perform sts:AssumeRoleWithWebIdentity'],
  ]),
  ...rows({ ...ACCOUNT, advice: /allow sts:TagSession, in a statement without the external ID/ }, [
    [
      'AssumeRole',
      'AccessDenied',
      403,
      `${USER} is not authorized to perform: sts:TagSession on resource: ${ROLE}`,
    ],
  ]),
  ...rows({ ...ACCOUNT, advice: /disableSessionTags/ }, [
    [
      'AssumeRole',
      'PackedPolicyTooLarge',
      400,
      'Packed size of session tags consumes 112% of allotted space.',
    ],
  ]),
  ...rows({ ...ACCOUNT, advice: /policy of the organization denies it/ }, [
    ['AssumeRole', 'AccessDenied', 403, deniedTo('sts:AssumeRole', BY_ORGANIZATION, ROLE)],
  ]),
  ...rows({ ...ACCOUNT, advice: /policy of the VPC endpoint/ }, [
    [
      'AssumeRole',
      'AccessDenied',
      403,
      deniedTo('sts:AssumeRole', 'with an explicit deny in a VPC endpoint policy', ROLE),
    ],
    [
      'AssumeRole',
      'AccessDenied',
      403,
      deniedTo('sts:AssumeRole', 'because no VPC endpoint policy allows the sts:AssumeRole action', ROLE),
    ],
  ]),
  ...rows({ ...ACCOUNT, advice: /in the session policy that limits the operator's/ }, [
    [
      'AssumeRole',
      'AccessDenied',
      403,
      deniedTo('sts:AssumeRole', 'because no session policy allows the sts:AssumeRole action', ROLE),
    ],
  ]),
  ...rows({ ...ACCOUNT, advice: /remove that Deny/ }, [
    [
      'AssumeRole',
      'AccessDenied',
      403,
      deniedTo('sts:AssumeRole', 'with an explicit deny in a resource-based policy', ROLE),
    ],
    [
      'AssumeRole',
      'AccessDenied',
      403,
      deniedTo('sts:AssumeRole', 'with an explicit deny in an identity-based policy', ROLE),
    ],
    ['AssumeRole', 'AccessDenied', 403, deniedTo('sts:AssumeRole', 'with an explicit deny', ROLE)],
  ]),
  ...rows({ ...ACCOUNT, advice: /passes its source identity or context on/ }, [
    ['AssumeRole', 'AccessDenied', 403, deniedTo('sts:SetSourceIdentity', '', ROLE)],
    [
      'AssumeRole',
      'AccessDenied',
      403,
      deniedTo('sts:SetContext', NO_IDENTITY_POLICY('sts:SetContext'), ROLE),
    ],
  ]),
  ...rows({ ...ACCOUNT, advice: /credentials of a role or a user/ }, [
    ['AssumeRole', 'AccessDenied', 403, 'Roles may not be assumed by root accounts.'],
  ]),
  ...rows({ ...ACCOUNT, advice: /widen the permissions boundary of the operator's own role/ }, [
    ['AssumeRole', 'AccessDenied', 403, deniedTo('sts:AssumeRole', BY_BOUNDARY('sts:AssumeRole'), ROLE)],
  ]),
  ...rows({ ...ACCOUNT, advice: /in the operator's own policy, and let the role's trust policy name/ }, [
    [
      'AssumeRole',
      'AccessDenied',
      403,
      deniedTo('sts:AssumeRole', NO_IDENTITY_POLICY('sts:AssumeRole'), ROLE),
    ],
  ]),
  ...rows({ ...ACCOUNT, advice: /trust policy name the operator, with the AWSAccount's externalID/ }, [
    [
      'AssumeRole',
      'AccessDenied',
      403,
      `${USER} is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
    ],
  ]),

  ...rows({ kind: 'retryable', reason: 'Unavailable', advice: /tried again/, again: true }, [
    ['GetRole', 'ServiceFailure', 500, 'The request processing has failed because of an unknown error.'],
    ['GetRole', 'ServiceUnavailable', 503, 'Service is unable to handle request.'],
    ['GetRole', 'InternalFailure', 500, 'An internal failure has occurred.'],
    ['AssumeRole', 'InternalFailure', 500, 'An internal failure has occurred.'],
    ['GetRole', 'InternalError', 500, 'We encountered an internal error. Please try again.'],
    ['DescribeStateMachine', 'InternalServerError', 500, 'An internal server error occurred.'],
    [
      'GetRole',
      'RequestTimeout',
      400,
      'Your socket connection to the server was not read from or written to.',
    ],
    ['DescribeStateMachine', 'ServiceUnavailableException', 503, 'The service is unavailable.'],
    [
      'ReceiveMessage',
      'com.amazonaws.sqs#InternalFailure',
      500,
      'An internal failure occurred.',
      'InternalFailure',
    ],
    // A code that nobody has heard of.
    ['DescribeStateMachine', 'SomethingNewException', 503, 'said nowhere yet'],
  ]),
  // Making it twice is not making it once.
  ...rows({ kind: 'retryable', reason: 'Unavailable', advice: /tried again/, again: false }, [
    ['CreateRole', 'ServiceFailure', 500, 'The request processing has failed because of an unknown error.'],
    ['UpdateStateMachine', 'InternalServerError', 500, 'An internal server error occurred.'],
  ]),
  ...rows({ ...STOP, reason: 'RequestRefused', advice: /does not accept this request/ }, [
    ['DescribeStateMachine', 'SomethingNewException', 400, 'said nowhere yet'],
  ]),
];
