import { describe, expect, it } from '@jest/globals';
import { parseAWSAccount } from '../../../src/api/awsaccount.ts';
import { parseCrossAccountLink } from '../../../src/api/crossaccountlink.ts';

const metadata = {
  name: 'checkout',
  namespace: 'payments',
  uid: '1b7bcb7e-589d-49da-83dd-d110aa6b13a6',
  resourceVersion: '244',
  generation: 1,
  creationTimestamp: '2026-01-31T12:00:00Z',
};
const spec = {
  stateMachineARN: 'arn:aws:states:us-east-1:111111111111:stateMachine:checkout',
  targetRole: { arn: 'arn:aws:iam::222222222222:role/crossaccountlink/payments/checkout' },
};
const condition = {
  type: 'Ready',
  status: 'True',
  reason: 'InSync',
  message: '',
  lastTransitionTime: '2026-01-31T12:00:00Z',
};

describe('parseCrossAccountLink', () => {
  it('reads a link, with labels, annotations and finalizers that are always there', () => {
    expect(parseCrossAccountLink({ kind: 'CrossAccountLink', metadata, spec })).toStrictEqual({
      metadata: { ...metadata, labels: {}, annotations: {}, finalizers: [] },
      spec,
      status: {},
    });
  });

  it('lets fields through that this version does not know', () => {
    const link = parseCrossAccountLink({ metadata, spec: { ...spec, fromTheFuture: 1 } });
    expect(Object.hasOwn(link.spec, 'fromTheFuture')).toBe(true);
  });

  for (const [what, value, problem] of [
    ['no object', [], /^CrossAccountLink: expected an object, found a list$/],
    [
      'no namespace',
      { metadata: { ...metadata, namespace: undefined }, spec },
      /metadata\.namespace is missing/,
    ],
    ['no generation', { metadata: { ...metadata, generation: undefined }, spec }, /metadata\.generation/],
    ['no spec', { metadata }, /^spec: expected an object, found a value of type undefined$/],
    ['no role ARN', { metadata, spec: { ...spec, targetRole: {} } }, /^spec\.targetRole\.arn: is missing$/],
    [
      'a number for a role ARN',
      { metadata, spec: { ...spec, targetRole: { arn: 7 } } },
      /^spec\.targetRole\.arn: expected a string, found a value of type number$/,
    ],
    [
      'an unknown policy',
      { metadata, spec: { ...spec, deletionPolicy: 'Burn' } },
      /^spec\.deletionPolicy: expected one of Delete, Retain$/,
    ],
    [
      'null in a list',
      { metadata, spec: { ...spec, stateMachineCredentials: { tasks: ['a', null] } } },
      /^spec\.stateMachineCredentials\.tasks\[1\]: expected a string, found null$/,
    ],
    [
      'a number in a map',
      { metadata, spec: { ...spec, targetRole: { ...spec.targetRole, tags: { team: 7 } } } },
      /^spec\.targetRole\.tags\.team: expected a string/,
    ],
    [
      'a broken status',
      { metadata, spec, status: { taskCount: 1.5 } },
      /^status\.taskCount: expected an integer/,
    ],
    [
      'an unknown condition status',
      { metadata, spec, status: { conditions: [{ ...condition, status: 'Maybe' }] } },
      /^status\.conditions\[0\]\.status: expected one of True, False, Unknown$/,
    ],
  ] as const) {
    it(`refuses ${what}, naming the field`, () => {
      expect(() => parseCrossAccountLink(value)).toThrow(
        expect.objectContaining({ name: 'UnexpectedStructure', message: expect.stringMatching(problem) }),
      );
    });
  }

  it('is not misled by names that every JavaScript object has', () => {
    const tags = JSON.parse('{"constructor": "x", "__proto__": "y"}');
    expect(
      Object.keys(
        parseCrossAccountLink({ metadata, spec: { ...spec, targetRole: { ...spec.targetRole, tags } } }).spec
          .targetRole.tags ?? {},
      ),
    ).toStrictEqual(['constructor', '__proto__']);
    expect(() => parseCrossAccountLink({ metadata, spec: { ...spec, constructor: {} } })).not.toThrow();
  });
});

describe('parseAWSAccount', () => {
  const account = {
    metadata: { ...metadata, namespace: undefined },
    spec: { accountID: '222222222222', rates: { iam: { burst: 50, perSecond: 0.5 } } },
  };

  it('reads an account', () => {
    expect(parseAWSAccount(account).spec).toStrictEqual(account.spec);
  });

  it('refuses an account ID that YAML took for a number', () => {
    expect(() => parseAWSAccount({ ...account, spec: { accountID: 222222222222 } })).toThrow(
      expect.objectContaining({
        message: 'spec.accountID: expected a string, found a value of type number',
      }),
    );
  });
});
