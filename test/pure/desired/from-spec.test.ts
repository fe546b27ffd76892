import { describe, expect, test } from '@jest/globals';
import type { CrossAccountLink } from '../../../src/api/crossaccountlink.ts';
import { linkFromSpec } from '../../../src/desired/from-spec.ts';
import { machine } from '../access/fixtures.ts';
import { link, OBSERVE, ROLE } from './fixtures.ts';

type Spec = CrossAccountLink['spec'];

function object(
  spec: Partial<Spec> = {},
  metadata: Partial<CrossAccountLink['metadata']> = {},
): CrossAccountLink {
  return {
    metadata: {
      namespace: 'payments',
      name: 'a',
      uid: 'uid-payments-a',
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: {},
      annotations: {},
      finalizers: [],
      ...metadata,
    },
    spec: { stateMachineARN: machine('checkout').text, targetRole: { arn: ROLE.text }, ...spec },
    status: {},
  };
}

test('a spec with nothing but its two ARNs gets every default of the contract', () => {
  expect(linkFromSpec(object())).toStrictEqual(link('a'));
});

describe('managementPolicy', () => {
  test('of the link holds for every leg', () => {
    expect(linkFromSpec(object({ managementPolicy: 'Observe' })).legs).toStrictEqual(OBSERVE);
  });

  test('of a leg goes before that of the link', () => {
    const { legs } = linkFromSpec(
      object({
        managementPolicy: 'Observe',
        targetRole: { arn: ROLE.text, managementPolicy: 'Enforce' },
        executionRoleGrant: { managementPolicy: 'Enforce' },
        stateMachineCredentials: {},
      }),
    );
    expect(legs).toStrictEqual({
      targetRole: 'Enforce',
      executionRoleGrant: 'Enforce',
      stateMachineCredentials: 'Observe',
    });
  });
});

test('what the spec says of the role is taken over', () => {
  const { adopt, unmanaged, permissionsBoundaryArn, description, tags, permissions } = linkFromSpec(
    object({
      targetRole: {
        arn: ROLE.text,
        adoptionPolicy: 'Adopt',
        unmanaged: 'Preserve',
        permissionsBoundaryARN: 'boundary',
        description: 'x',
        tags: { team: 'payments', 'CrossAccountLin\u212a.dev/Namespace': 'orders' },
        permissions: {
          derive: false,
          resources: [{ task: 'Notify', arns: ['t'] }],
          statements: [{ actions: ['kms:Decrypt'], resources: ['k'] }],
          managedPolicyARNs: ['p'],
        },
      },
    }),
  );
  expect({ adopt, unmanaged, permissionsBoundaryArn, description, tags, permissions }).toStrictEqual({
    adopt: true,
    unmanaged: 'Preserve',
    permissionsBoundaryArn: 'boundary',
    description: 'x',
    tags: { team: 'payments' },
    permissions: {
      derive: false,
      resources: [{ task: 'Notify', arns: ['t'] }],
      statements: [{ actions: ['kms:Decrypt'], resources: ['k'], conditions: {} }],
      managedPolicyArns: ['p'],
    },
  });
});

test.each([' \n ', '\n', ' ', ''])(
  'a description of blanks alone (%j) is an empty one, as IAM tells it',
  (description) => {
    expect(linkFromSpec(object({ targetRole: { arn: ROLE.text, description } })).description).toBe('');
  },
);

test('a list of Tasks, however short, is not the same as none', () => {
  expect(linkFromSpec(object()).tasks).toBeUndefined();
  expect(linkFromSpec(object({ stateMachineCredentials: { tasks: [] } })).tasks).toStrictEqual([]);
});

test('suspension, deletion and what is to become of AWS then are taken over', () => {
  const { suspended, retain, deleting, publishVersion } = linkFromSpec(
    object(
      { suspend: true, deletionPolicy: 'Retain', stateMachineCredentials: { publishVersion: true } },
      { deletionTimestamp: '2026-01-02T00:00:00Z' },
    ),
  );
  expect([suspended, retain, deleting, publishVersion]).toStrictEqual([true, true, true, true]);
});

for (const [field, spec] of [
  ['spec.stateMachineARN', { stateMachineARN: 'arn:aws:states:us-east-1:111111111111:activity:x' }],
  ['spec.targetRole.arn', { targetRole: { arn: 'arn:aws:iam::222222222222:user/x' } }],
] as const) {
  test(`an ARN of another kind in ${field} is no link`, () => {
    expect(() => linkFromSpec(object(spec))).toThrow(
      expect.objectContaining({ name: 'UnexpectedStructure', message: expect.stringContaining(field) }),
    );
  });
}
