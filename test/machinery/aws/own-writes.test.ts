/** IAM's delay covers tags and boundaries: what the operator may do because of one is denied for a while after it set that. */
import { describe, expect, it } from '@jest/globals';
import { toFailure, type AwsFailure } from '../../../src/aws/errors/errors.ts';
import { OwnWrites } from '../../../src/aws/writes/own-writes.ts';
import type { Action } from '../../../src/plan/action.ts';
import { FakeClock } from '../kubernetes/fake-clock.ts';

const ROLE = 'arn:aws:iam::222222222222:role/crossaccountlink/checkout';
const base = { leg: 'targetRole', object: ROLE, reason: 'x', changes: [] } as const;
const TAG: Action = { ...base, operation: 'TagRole', tags: new Map() };
const CREATE: Action = {
  ...base,
  operation: 'CreateRole',
  trust: { version: '2012-10-17', statements: [] },
  tags: new Map(),
};
const BOUND: Action = {
  ...base,
  operation: 'PutRolePermissionsBoundary',
  boundaryArn: 'arn:aws:iam::222222222222:policy/boundary',
};
const DELETE: Action = { ...base, operation: 'DeleteRole' };
const UNTAG: Action = { ...base, operation: 'UntagRole', keys: [] };

const denied = (message: string, name = 'AccessDenied', object = ROLE) =>
  toFailure(Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 403 } }), {
    accountId: '222222222222',
    operation: 'PutRolePolicy',
    object,
  });
const DENIED = denied(
  `User: arn:aws:sts::222222222222:assumed-role/op/crossaccountlink is not authorized to perform: iam:PutRolePolicy on resource: role ${ROLE} because no identity-based policy allows the iam:PutRolePolicy action`,
);

const PUT: Action = {
  ...base,
  operation: 'PutRolePolicy',
  policyName: 'grant',
  document: { version: '2012-10-17', statements: [] },
};
const TAKE: Action = { ...base, operation: 'DeleteRolePolicy', policyName: 'grant' };
const ATTACH: Action = { ...base, operation: 'AttachRolePolicy', policyArn: 'arn:aws:iam::aws:policy/x' };
const DETACH: Action = { ...base, operation: 'DetachRolePolicy', policyArn: 'arn:aws:iam::aws:policy/x' };

const kindAfter = (
  action: Action,
  waitedMs: number,
  failure: AwsFailure = DENIED,
  failed: Action = { ...PUT, object: failure.subject.object },
) => {
  const clock = new FakeClock();
  const tags = new OwnWrites(() => clock.monotonicMs());
  tags.written(action);
  clock.advance(waitedMs);
  const { kind, reason } = tags.judge(failure, failed);
  return `${kind} ${reason}`;
};

describe('a denial on a role that the operator tagged or bounded', () => {
  it.each([
    ['CreateRole', CREATE],
    ['TagRole, as in an adoption', TAG],
    ['PutRolePermissionsBoundary, without which bootstrap lets nothing be put on the role', BOUND],
  ])('waits for two minutes after %s, and is then reported as it is', (_what, action) => {
    expect(kindAfter(action, 0)).toBe('waiting Propagating');
    expect(kindAfter(action, 119_999)).toBe('waiting Propagating');
    expect(kindAfter(action, 120_000)).toBe('terminal AccessDenied');
  });

  it('is reported at once where another write came before it', () => {
    expect(kindAfter(UNTAG, 0)).toBe('terminal AccessDenied');
  });

  it('is reported at once where it is about another role', () => {
    expect(kindAfter(TAG, 0, denied('no', 'AccessDenied', `${ROLE}-2`))).toBe('terminal AccessDenied');
  });

  it('is reported at once where it is explicit: nothing that spreads takes it back', () => {
    expect(kindAfter(TAG, 0, denied('… with an explicit deny in an identity-based policy'))).toBe(
      'terminal AccessDenied',
    );
  });

  it('is no reason to wait where something else went wrong', () => {
    expect(kindAfter(TAG, 0, denied('Syntax errors in policy.', 'MalformedPolicyDocument'))).toBe(
      'terminal PolicyRefused',
    );
  });
});

describe('a role that the operator has just made', () => {
  // https://github.com/hashicorp/terraform-provider-aws/issues/2449
  const MISSING = denied('The role with name checkout cannot be found.', 'NoSuchEntity');

  it('is waited for while IAM does not find it, for two minutes', () => {
    expect(kindAfter(CREATE, 0, MISSING)).toBe('waiting Propagating');
    expect(kindAfter(CREATE, 119_999, MISSING)).toBe('waiting Propagating');
    expect(kindAfter(CREATE, 120_000, MISSING)).toBe('notFound NotFound');
  });

  it('is not waited for once it was deleted', () => {
    const tags = new OwnWrites(() => 0);
    tags.written(CREATE);
    tags.written(DELETE);
    expect(tags.judge(MISSING, PUT).kind).toBe('notFound');
  });

  it('is no reason to wait for one that stood before, nor for a managed policy that does not exist', () => {
    expect(kindAfter(TAG, 0, MISSING)).toBe('notFound NotFound');
    const policy = denied(
      'Policy arn:aws:iam::2:policy/x does not exist or is not attachable.',
      'NoSuchEntity',
    );
    expect(kindAfter(CREATE, 0, policy)).toBe('notFound NotFound');
  });
});

describe('what the operator has just put on a role', () => {
  const MISSING = denied('The role policy with name grant cannot be found.', 'NoSuchEntity');
  const PAIRS: readonly (readonly [put: Action, removal: Action])[] = [
    [CREATE, DELETE],
    [PUT, TAKE],
    [ATTACH, DETACH],
  ];

  it.each(PAIRS)('is not taken for gone by its removal, for two minutes: %j, %j', (put, removal) => {
    expect(kindAfter(put, 119_999, MISSING, removal)).toBe('waiting Propagating');
    expect(kindAfter(put, 120_000, MISSING, removal)).toBe('notFound NotFound');
  });

  it('is gone once it was taken off, and so is what somebody else put there', () => {
    const own = new OwnWrites(() => 0);
    for (const action of [PUT, TAKE, ATTACH]) own.written(action);
    expect(
      [TAKE, { ...DETACH, policyArn: 'arn:aws:iam::aws:policy/y' }].map((one) => own.isUnspread(one)),
    ).toStrictEqual([false, false]);
    expect(own.isUnspread(DETACH)).toBe(true);
  });
});
