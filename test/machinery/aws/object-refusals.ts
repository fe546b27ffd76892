/** Refusals that are about the role, state machine or queue that a call names. */
import {
  EXECUTION_ROLE,
  MACHINE,
  NO_IDENTITY_POLICY,
  STOP,
  USER,
  deniedTo,
  rows,
  type Refusal,
} from './refusal.ts';

export const OBJECT_REFUSALS: readonly Refusal[] = [
  ...rows({ ...STOP, reason: 'ManagedRuleDenied', advice: /events:PutRule, events:PutTargets/ }, [
    [
      'UpdateStateMachine',
      'AccessDeniedException',
      400,
      `'${EXECUTION_ROLE}' is not authorized to create managed-rule.`,
    ],
  ]),
  ...rows(
    { ...STOP, reason: 'KeyAccessDenied', advice: /the queue's KMS key, or encrypt the queue with SSE-SQS/ },
    [
      [
        'ReceiveMessage',
        'com.amazonaws.sqs#KmsAccessDenied',
        400,
        'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are ' +
          'not allowed to access.',
        'KMS.AccessDeniedException',
      ],
      [
        'ReceiveMessage',
        'com.amazonaws.sqs#KmsInvalidState',
        400,
        'arn:aws:kms:us-east-1:222222222222:key/x is pending deletion.',
        'KMS.InvalidStateException',
      ],
      [
        'ReceiveMessage',
        'com.amazonaws.sqs#KmsDisabled',
        400,
        'arn:aws:kms:us-east-1:222222222222:key/x is disabled.',
        'KMS.DisabledException',
      ],
      [
        'ReceiveMessage',
        'com.amazonaws.sqs#KmsNotFound',
        400,
        "Key 'arn:aws:kms:us-east-1:222222222222:key/x' does not exist",
        'KMS.NotFoundException',
      ],
      [
        'ReceiveMessage',
        'com.amazonaws.sqs#KmsInvalidKeyUsage',
        400,
        'The key usage is not ENCRYPT_DECRYPT.',
        'KMS.InvalidKeyUsageException',
      ],
      [
        'ReceiveMessage',
        'com.amazonaws.sqs#KmsOptInRequired',
        403,
        'The AWS Access Key Id needs a subscription for the service',
        'KMS.OptInRequired',
      ],
    ],
  ),
  ...rows({ ...STOP, reason: 'KeyAccessDenied', advice: /the state machine's KMS key/ }, [
    [
      'DescribeStateMachine',
      'KmsAccessDeniedException',
      400,
      `${USER} is not authorized to perform: kms:Decrypt on this resource because no resource-based policy allows the kms:Decrypt action`,
    ],
    [
      'DescribeStateMachine',
      'KmsInvalidStateException',
      400,
      'arn:aws:kms:us-east-1:111111111111:key/x is pending deletion.',
    ],
    [
      'UpdateStateMachine',
      'InvalidEncryptionConfiguration',
      400,
      "Invalid Encryption Configuration: 'The KMS key is not valid.'",
    ],
    [
      'UpdateStateMachine',
      'AccessDeniedException',
      400,
      deniedTo(
        'kms:GenerateDataKey',
        NO_IDENTITY_POLICY('kms:GenerateDataKey'),
        'arn:aws:kms:us-east-1:1:key/x',
      ),
    ],
  ]),
  ...rows({ ...STOP, reason: 'LoggingDenied', advice: /deliver the state machine's logs/ }, [
    [
      'UpdateStateMachine',
      'AccessDeniedException',
      400,
      'The state machine IAM Role is not authorized to access the Log Destination',
    ],
    [
      'UpdateStateMachine',
      'InvalidLoggingConfiguration',
      400,
      'Invalid Logging Configuration: Must specify exactly one Log Destination.',
    ],
  ]),
  ...rows({ kind: 'waiting', reason: 'Propagating', advice: /or not yet; tried again/, again: false }, [
    [
      'UpdateAssumeRolePolicy',
      'MalformedPolicyDocument',
      400,
      `Invalid principal in policy: "AWS":"${EXECUTION_ROLE}"`,
    ],
    ['CreateRole', 'MalformedPolicyDocument', 400, `Invalid principal in policy: "AWS":"${EXECUTION_ROLE}"`],
  ]),
  ...rows({ ...STOP, reason: 'PolicyRefused', advice: /correct the link's permissions/ }, [
    ['PutRolePolicy', 'MalformedPolicyDocument', 400, 'Syntax errors in policy.'],
    ['PutRolePolicy', 'MalformedPolicyDocument', 400, 'The policy failed legacy parsing'],
    [
      'PutRolePolicy',
      'MalformedPolicyDocument',
      400,
      'Partition "aws-moon" is not valid for resource "arn:aws-moon:sqs:us-east-1:1:x".',
    ],
    ['UpdateAssumeRolePolicy', 'MalformedPolicyDocument', 400, 'Has prohibited field Resource'],
    [
      'AttachRolePolicy',
      'PolicyNotAttachable',
      400,
      'Cannot attach a Service Role Policy to a Customer Role.',
    ],
    ['PutRolePolicy', 'PolicyEvaluation', 500, 'The policy could not be evaluated.'],
  ]),

  ...rows({ ...STOP, reason: 'TrustPolicyTooLarge', advice: /quota "Role trust policy length" raised/ }, [
    ['UpdateAssumeRolePolicy', 'LimitExceeded', 409, 'Cannot exceed quota for ACLSizePerRole: 2048'],
    ['UpdateAssumeRolePolicy', 'LimitExceeded', 409, 'Cannot exceed quota for ACLSizePerRole: 8192'],
    ['CreateRole', 'LimitExceeded', 409, 'Cannot exceed quota for ACLSizePerRole: 4096'],
  ]),
  ...rows({ ...STOP, reason: 'QuotaExceeded', advice: /remove some, or set fewer/ }, [
    ['TagRole', 'LimitExceeded', 409, 'Cannot exceed quota for TagsPerRole: 50'],
    ['TagRole', 'LimitExceeded', 409, 'The number of tags has reached the maximum limit.'],
    ['CreateRole', 'LimitExceeded', 409, 'The number of tags has reached the maximum limit.'],
  ]),
  ...rows({ ...STOP, reason: 'QuotaExceeded', advice: /quota "Managed policies per role" raised/ }, [
    ['AttachRolePolicy', 'LimitExceeded', 409, 'Cannot exceed quota for PoliciesPerRole: 10'],
    ['AttachRolePolicy', 'LimitExceeded', 409, 'Cannot exceed quota for PoliciesPerRole: 20'],
  ]),
  ...rows({ ...STOP, reason: 'GrantTooLarge', advice: /inline policies have reached their quota/ }, [
    ['PutRolePolicy', 'LimitExceeded', 409, 'Maximum policy size of 10240 bytes exceeded for role checkout'],
  ]),
  ...rows({ ...STOP, reason: 'QuotaExceeded', advice: /raise the account's quota/ }, [
    ['CreateRole', 'LimitExceeded', 409, 'Cannot exceed quota for RolesPerAccount: 1000'],
    ['UpdateStateMachine', 'ServiceQuotaExceededException', 402, 'Exceeded limit of 1000 versions.'],
    [
      'UpdateStateMachine',
      'StateMachineLimitExceeded',
      400,
      'The maximum number of state machines has been reached.',
    ],
    ['UpdateStateMachine', 'TooManyTags', 400, "You've exceeded the number of tags allowed for a resource."],
  ]),

  ...rows({ ...STOP, reason: 'DefinitionTooLarge', advice: /1,048,576 characters: make it smaller/ }, [
    [
      'UpdateStateMachine',
      'ValidationException',
      400,
      "1 validation error detected: Value at 'definition' failed to satisfy constraint: Member must have length less than or equal to 1048576",
    ],
    [
      'UpdateStateMachine',
      'InvalidDefinition',
      400,
      "Invalid State Machine Definition: 'DEFINITION_SIZE_EXCEEDED: the definition exceeds the maximum size of 1048576 bytes'",
    ],
    ['UpdateStateMachine', 'RequestEntityTooLargeException', 413, 'Request is too large.'],
    ['UpdateStateMachine', 'SizeLimitExceeded', 400, 'The definition exceeds the limit.'],
    ['UpdateStateMachine', 'ValidationError', 400, 'Member must have length less than or equal to 1048576'],
  ]),
  ...rows({ ...STOP, reason: 'DefinitionRefused', advice: /correct the definition/ }, [
    [
      'UpdateStateMachine',
      'InvalidDefinition',
      400,
      "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: Nowhere at /States/Start/Next'",
    ],
  ]),

  ...rows({ kind: 'notFound', reason: 'NotFound', advice: /no such object/, again: false }, [
    ['GetRole', 'NoSuchEntity', 404, 'The role with name checkout cannot be found.'],
    [
      'DescribeStateMachine',
      'com.amazonaws.swf.service.v2.model#StateMachineDoesNotExist',
      400,
      `State Machine Does Not Exist: '${MACHINE}'`,
    ],
    ['DescribeExecution', 'ExecutionDoesNotExist', 400, `Execution Does Not Exist: '${MACHINE}:1'`],
    ['ListExecutions', 'ResourceNotFound', 400, `Resource not found: '${MACHINE}'`],
    [
      'ReceiveMessage',
      'com.amazonaws.sqs#QueueDoesNotExist',
      400,
      'The specified queue does not exist.',
      'AWS.SimpleQueueService.NonExistentQueue',
    ],
    // Without the envelope of the model, as gateways in between pass it on.
    ['ReceiveMessage', 'AWS.SimpleQueueService.NonExistentQueue', 400, 'The specified queue does not exist.'],
  ]),
  ...rows(
    { kind: 'notFound', reason: 'NotFound', advice: /create that policy, or name another/, again: false },
    [
      [
        'AttachRolePolicy',
        'NoSuchEntity',
        404,
        'Policy arn:aws:iam::222222222222:policy/audit does not exist or is not attachable.',
      ],
      [
        'CreateRole',
        'NoSuchEntity',
        404,
        'Scope ARN: arn:aws:iam::222222222222:policy/boundary does not exist or is not attachable.',
      ],
      [
        'PutRolePermissionsBoundary',
        'NoSuchEntity',
        404,
        'Scope ARN: arn:aws:iam::222222222222:policy/boundary does not exist or is not attachable.',
      ],
    ],
  ),

  ...rows({ kind: 'conflict', reason: 'Conflict', advice: /read again and planned again/, again: false }, [
    ['CreateRole', 'EntityAlreadyExists', 409, 'Role with name checkout already exists.'],
    ['DeleteRole', 'DeleteConflict', 409, 'Cannot delete entity, must detach all policies first.'],
    [
      'DeleteRole',
      'DeleteConflict',
      409,
      'Cannot delete entity, must remove roles from instance profile first.',
    ],
    [
      'CreateRole',
      'ConcurrentModification',
      409,
      'The request was rejected because multiple requests to change this object were submitted simultaneously.',
    ],
    [
      'PutRolePolicy',
      'EntityTemporarilyUnmodifiable',
      409,
      'Role checkout cannot be modified while it is being created.',
    ],
    [
      'UpdateStateMachine',
      'ConflictException',
      400,
      'Updating or deleting a resource can cause an inconsistent state.',
    ],
    ['UpdateStateMachine', 'StateMachineDeleting', 400, `State Machine is being deleted: '${MACHINE}'`],
    ['ListExecutions', 'InvalidToken', 400, "Invalid Token: 'Invalid token'"],
  ]),

  ...rows({ ...STOP, reason: 'RequestRefused', advice: /correct the link's tags, or have .*tag policy/ }, [
    [
      'CreateRole',
      'InvalidInput',
      400,
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    ],
    [
      'TagRole',
      'InvalidInput',
      400,
      "The tag policy does not allow the specified value for the following tag key: 'team'.",
    ],
  ]),
  ...rows({ ...STOP, reason: 'RequestRefused', advice: /use another one/ }, [
    [
      'DeleteRole',
      'UnmodifiableEntity',
      400,
      "Cannot perform the operation on the protected role 'AWSServiceRoleForTrustedAdvisor' - this role is only modifiable by AWS",
    ],
  ]),
  ...rows({ ...STOP, reason: 'RequestRefused', advice: /does not accept this request/ }, [
    [
      'GetRole',
      'ValidationError',
      400,
      "1 validation error detected: Value 'a b' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+",
    ],
    [
      'ListExecutions',
      'ValidationException',
      400,
      "1 validation error detected: Value at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000",
    ],
    ['DescribeStateMachine', 'InvalidArn', 400, "Invalid Arn: 'Invalid ARN prefix: x'"],
    ['UpdateStateMachine', 'InvalidName', 400, "Invalid Name: 'a b'"],
    ['UpdateStateMachine', 'InvalidTracingConfiguration', 400, "Invalid Tracing Configuration: 'x'"],
    [
      'UpdateStateMachine',
      'MissingRequiredParameter',
      400,
      'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
    ],
    [
      'ListExecutions',
      'StateMachineTypeNotSupported',
      400,
      'This operation is not supported by this type of state machine',
    ],
    ['AssumeRole', 'InvalidContextAssertion', 400, 'The provided context assertion is not valid.'],
    ['GetRole', 'InvalidParameterValue', 400, 'An invalid or out-of-range value was supplied.'],
    [
      'ReceiveMessage',
      'com.amazonaws.sqs#InvalidAddress',
      404,
      'The address x is not valid.',
      'InvalidAddress',
    ],
    [
      'ReceiveMessage',
      'com.amazonaws.sqs#InvalidSecurity',
      403,
      'The request was not made over HTTPS or did not use SigV4 for signing.',
      'InvalidSecurity',
    ],
    [
      'ReceiveMessage',
      'com.amazonaws.sqs#UnsupportedOperation',
      400,
      'Unsupported operation.',
      'AWS.SimpleQueueService.UnsupportedOperation',
    ],
    [
      'DeleteMessage',
      'com.amazonaws.sqs#ReceiptHandleIsInvalid',
      404,
      'The input receipt handle "x" is not a valid receipt handle.',
      'ReceiptHandleIsInvalid',
    ],
    [
      'DeleteMessage',
      'com.amazonaws.sqs#InvalidIdFormat',
      400,
      "The specified receipt handle isn't valid for the current version.",
      'InvalidIdFormat',
    ],
  ]),
];
