import { expect, test } from '@jest/globals';
import {
  isImplicitDenial,
  nameOrphans,
  toFailure,
  type FailureKind,
  type FailureReason,
} from '../../../src/aws/errors/errors.ts';

interface Given {
  readonly operation?: string;
  readonly name: string;
  readonly message?: string;
  readonly status?: number;
}

function sdkError({ name, message = 'said by AWS', status = 400 }: Given): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

function failureOf(given: Given) {
  const subject = {
    accountId: '222222222222',
    operation: given.operation ?? 'PutRolePolicy',
    object: 'arn:aws:iam::222222222222:role/checkout',
  };
  return toFailure(sdkError(given), subject);
}

const NOT_AUTHORIZED = 'User: arn:aws:sts::1:assumed-role/op/x is not authorized to perform';
const CASES: readonly (Given & { readonly kind: FailureKind; readonly reason: FailureReason })[] = [
  { name: 'Throttling', kind: 'throttled', reason: 'Throttled' },
  { name: 'ThrottlingException', kind: 'throttled', reason: 'Throttled' },
  { name: 'TooManyRequestsException', status: 429, kind: 'throttled', reason: 'Throttled' },
  { name: 'SomethingNew', status: 429, kind: 'throttled', reason: 'Throttled' },
  { name: 'ExpiredToken', status: 403, kind: 'retryable', reason: 'AccountNotReady' },
  { name: 'ExpiredTokenException', status: 403, kind: 'retryable', reason: 'AccountNotReady' },
  { name: 'InvalidClientTokenId', status: 403, kind: 'retryable', reason: 'AccountNotReady' },
  { name: 'CredentialsProviderError', status: 0, kind: 'retryable', reason: 'AccountNotReady' },
  {
    operation: 'AssumeRole',
    name: 'AccessDenied',
    status: 403,
    kind: 'retryable',
    reason: 'AccountNotReady',
  },
  {
    name: 'AccessDenied',
    message: `${NOT_AUTHORIZED}: iam:PutRolePolicy`,
    kind: 'terminal',
    reason: 'AccessDenied',
  },
  { name: 'AccessDeniedException', status: 400, kind: 'terminal', reason: 'AccessDenied' },
  {
    operation: 'UpdateStateMachine',
    name: 'AccessDeniedException',
    message: "'arn:aws:iam::1:role/x' is not authorized to create managed-rule",
    kind: 'terminal',
    reason: 'ManagedRuleDenied',
  },
  {
    operation: 'UpdateStateMachine',
    name: 'AccessDeniedException',
    message: 'The state machine IAM Role is not authorized to access the Log Destination',
    kind: 'terminal',
    reason: 'LoggingDenied',
  },
  {
    operation: 'UpdateStateMachine',
    name: 'InvalidLoggingConfiguration',
    message: 'bad logging',
    kind: 'terminal',
    reason: 'LoggingDenied',
  },
  {
    operation: 'DescribeStateMachine',
    name: 'KmsAccessDeniedException',
    kind: 'terminal',
    reason: 'KeyAccessDenied',
  },
  {
    operation: 'DescribeStateMachine',
    name: 'AccessDeniedException',
    message: `${NOT_AUTHORIZED}: kms:Decrypt`,
    kind: 'terminal',
    reason: 'KeyAccessDenied',
  },
  { name: 'KmsThrottlingException', kind: 'throttled', reason: 'Throttled' },
  {
    name: 'MalformedPolicyDocumentException',
    message: 'Invalid principal in policy: "AWS":"arn:aws:iam::1:role/x"',
    kind: 'waiting',
    reason: 'Propagating',
  },
  {
    name: 'MalformedPolicyDocument',
    message: 'Syntax errors in policy.',
    kind: 'terminal',
    reason: 'PolicyRefused',
  },
  {
    operation: 'UpdateAssumeRolePolicy',
    name: 'LimitExceededException',
    message: 'Cannot exceed quota for ACLSizePerRole: 2048',
    status: 409,
    kind: 'terminal',
    reason: 'TrustPolicyTooLarge',
  },
  {
    operation: 'PutRolePolicy',
    name: 'LimitExceeded',
    message: 'Maximum policy size of 10240 bytes exceeded for role checkout',
    status: 409,
    kind: 'terminal',
    reason: 'GrantTooLarge',
  },
  {
    operation: 'CreateRole',
    name: 'LimitExceeded',
    message: 'Cannot exceed quota for RolesPerAccount: 1000',
    status: 409,
    kind: 'terminal',
    reason: 'QuotaExceeded',
  },
  {
    operation: 'UpdateStateMachine',
    name: 'ServiceQuotaExceededException',
    kind: 'terminal',
    reason: 'QuotaExceeded',
  },
  {
    operation: 'UpdateStateMachine',
    name: 'ValidationException',
    message: "Value at 'definition' failed to satisfy constraint: length less than or equal to 1048576",
    kind: 'terminal',
    reason: 'DefinitionTooLarge',
  },
  {
    operation: 'UpdateStateMachine',
    name: 'InvalidDefinition',
    kind: 'terminal',
    reason: 'DefinitionRefused',
  },
  { name: 'NoSuchEntityException', status: 404, kind: 'notFound', reason: 'NotFound' },
  {
    operation: 'DescribeStateMachine',
    name: 'StateMachineDoesNotExist',
    kind: 'notFound',
    reason: 'NotFound',
  },
  {
    operation: 'CreateRole',
    name: 'EntityAlreadyExistsException',
    status: 409,
    kind: 'conflict',
    reason: 'Conflict',
  },
  { name: 'ConcurrentModificationException', status: 409, kind: 'conflict', reason: 'Conflict' },
  {
    operation: 'DeleteRole',
    name: 'DeleteConflictException',
    status: 409,
    kind: 'conflict',
    reason: 'Conflict',
  },
  { operation: 'UpdateStateMachine', name: 'ConflictException', kind: 'conflict', reason: 'Conflict' },
  { name: 'ServiceFailureException', status: 500, kind: 'retryable', reason: 'Unavailable' },
  { name: 'SomethingNew', status: 503, kind: 'retryable', reason: 'Unavailable' },
  { name: 'SomethingNew', status: 400, kind: 'terminal', reason: 'RequestRefused' },
  { name: 'SomethingNew', status: 408, kind: 'retryable', reason: 'Unavailable' },
  { name: 'SomethingNew', status: 425, kind: 'retryable', reason: 'Unavailable' },
  { name: 'SomethingNew', status: 499, kind: 'terminal', reason: 'RequestRefused' },
  { name: 'SomethingNew', status: 500, kind: 'retryable', reason: 'Unavailable' },
];

for (const given of CASES) {
  const { operation = 'any call', name, message, status, kind, reason } = given;
  test(`${name} (${status ?? 400}) of ${operation}${message === undefined ? '' : `: ${message.slice(0, 40)}…`} is ${kind}, ${reason}`, () => {
    const failure = failureOf(given);
    expect([failure.kind, failure.reason]).toStrictEqual([kind, reason]);
  });
}

test("node's own errors say that nothing is known about the outcome", () => {
  const subject = { accountId: '1', operation: 'CreateRole', object: 'arn' };
  const failure = toFailure(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }), subject);
  expect([failure.kind, failure.code, failure.outcomeUnknown]).toStrictEqual([
    'retryable',
    'ECONNRESET',
    true,
  ]);
});

test('a refusal says that the call had no effect', () => {
  expect(failureOf({ name: 'AccessDenied' }).outcomeUnknown).toBe(false);
});

test('what is no error at all is retryable', () => {
  expect(toFailure('oops', { accountId: '1', operation: 'GetRole', object: 'arn' }).kind).toBe('retryable');
});

test('the message names the operation, the object, what AWS said and what to do', () => {
  expect(failureOf({ name: 'AccessDenied', message: `${NOT_AUTHORIZED}: iam:PutRolePolicy.` }).message).toBe(
    'PutRolePolicy on arn:aws:iam::222222222222:role/checkout: AccessDenied ' +
      '(User: arn:aws:sts::1:assumed-role/op/x is not authorized to perform: iam:PutRolePolicy); ' +
      "compare the operator's role with `kubectl crossaccountlink bootstrap`",
  );
});

test('Retry-After is heard', () => {
  const error = Object.assign(sdkError({ name: 'SlowDown', status: 503 }), {
    $response: { headers: { 'retry-after': '7' } },
  });
  const subject = { accountId: '1', operation: 'GetRole', object: 'arn' };
  expect(toFailure(error, subject).retryAfterMs).toBe(7_000);
});

test('but no account rests for longer than five minutes on the word of whoever answers', () => {
  const error = Object.assign(sdkError({ name: 'SlowDown', status: 503 }), {
    $response: { headers: { 'retry-after': '99999999999' } },
  });
  expect(toFailure(error, { accountId: '1', operation: 'GetRole', object: 'arn' }).retryAfterMs).toBe(
    300_000,
  );
});

const SECRETS = [
  {
    what: 'an access key',
    name: 'InvalidClientTokenId',
    message: 'key ASIAIOSFODNN7EXAMPLE is no key',
    secret: 'ASIAIOSFODNN7',
  },
  {
    what: 'a signed request',
    name: 'SignatureDoesNotMatch',
    message: 'x-amz-security-token:IQoJb3',
    secret: 'IQoJb3',
  },
  {
    what: 'an encoded blob',
    name: 'AccessDenied',
    message: `Encoded message: ${'aB3_'.repeat(60)}`,
    secret: 'aB3_aB3_',
  },
];

for (const { what, name, message, secret } of SECRETS) {
  test(`the message never holds ${what}`, () => {
    expect(failureOf({ name, message }).message).not.toContain(secret);
  });
}

test('a long text of AWS is cut, and stays on one line', () => {
  const { message } = failureOf({ name: 'AccessDenied', message: 'too long\n'.repeat(1_000) });
  expect(message.length).toBeLessThan(700);
  expect(message).not.toContain('\n');
});

test('of a long text the end stays, where AWS says which policy denies', () => {
  const resource = `arn:aws:iam::2:role/${'a.b/'.repeat(120)}x`;
  const message = `${NOT_AUTHORIZED}: iam:TagRole on resource: ${resource} with an explicit deny in an identity-based policy`;
  const failure = failureOf({ name: 'AccessDenied', message });
  expect(failure.message).toMatch(/User: .* explicit deny in an identity-based policy\); remove that Deny/);
  expect(isImplicitDenial(failure)).toBe(false);
  expect(failure.message.length).toBeLessThan(700);
});

const HOSTILE = '\u001b[2J\u0000\u009b31m\u202Egone\u2028';

test('neither code nor words reach anybody unescaped, or at any length', () => {
  const failure = failureOf({
    name: `${HOSTILE}${'X'.repeat(262_144)}`,
    message: `${HOSTILE}${'word '.repeat(60_000)}${HOSTILE}`,
  });
  expect(failure.message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(failure.message).toContain(String.raw`\u001b[2J\u0000`);
  expect(failure.message.length).toBeLessThan(900);
  expect(failure.code?.length).toBeLessThanOrEqual(64);
});

test('an error without a name is reported in words all the same', () => {
  expect(failureOf({ name: '', message: '' }).message).toMatch(/: UnknownError; /);
});

const INVALID_PRINCIPAL = { name: 'MalformedPolicyDocument', message: 'Invalid principal in policy' };

test("a deleted role's ID in the trust policy is named, with what to do", () => {
  const failure = nameOrphans(failureOf(INVALID_PRINCIPAL), [
    'arn:aws:iam::1:role/x',
    'AROAEXAMPLEEXAMPLE123',
  ]);
  expect(failure.message).toMatch(/names AROAEXAMPLEEXAMPLE123, .*remove that statement/);
  expect(failure.kind).toBe('waiting');
});

test('no ID is named when all principals are ARNs', () => {
  const failure = failureOf(INVALID_PRINCIPAL);
  expect(nameOrphans(failure, ['arn:aws:iam::1:role/x'])).toBe(failure);
});
