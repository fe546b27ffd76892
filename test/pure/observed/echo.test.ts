import { describe, expect, it } from '@jest/globals';
import { withoutEchoes } from '../../../src/observed/echo.ts';
import type { ObservedRole } from '../../../src/observed/objects.ts';
import { parseObservedPolicy } from '../../../src/policy/parse.ts';

const policy = (action: string) =>
  parseObservedPolicy(
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }],
    }),
  );

const BEFORE: ObservedRole = {
  arn: 'arn:aws:iam::222222222222:role/links/checkout',
  roleId: 'AROA1',
  trust: policy('sts:AssumeRole'),
  inlinePolicies: new Map([['own', policy('sqs:SendMessage')]]),
  managedPolicyArns: ['arn:before'],
  permissionsBoundaryArn: 'arn:boundary:before',
  tags: new Map([
    ['team', 'before'],
    ['surplus', 'x'],
  ]),
  instanceProfiles: ['before'],
  description: 'before',
};

const WRITTEN: ObservedRole = {
  ...BEFORE,
  trust: policy('sts:TagSession'),
  inlinePolicies: new Map([['own', policy('sns:Publish')]]),
  managedPolicyArns: ['arn:written'],
  permissionsBoundaryArn: 'arn:boundary:written',
  tags: new Map([['team', 'written']]),
  instanceProfiles: [],
  description: 'written',
};

const RECENT = { state: WRITTEN, former: [BEFORE] };
const without = ({ permissionsBoundaryArn: _boundary, ...role }: ObservedRole): ObservedRole => role;

describe('a read shortly after own writes', () => {
  it('that shows all that was before shows nothing new', () => {
    expect(withoutEchoes(BEFORE, RECENT)).toStrictEqual({ role: WRITTEN, isEcho: true });
  });

  it.each(Object.keys(WRITTEN).filter((part) => part !== 'arn' && part !== 'roleId'))(
    'that shows only %s as it was before shows nothing new: each part is read by a call of its own',
    (part) => {
      const shown = { ...WRITTEN, [part]: Reflect.get(BEFORE, part) };
      expect(withoutEchoes(shown, RECENT)).toStrictEqual({ role: WRITTEN, isEcho: true });
    },
  );

  it.each<[string, Partial<ObservedRole>]>([
    ['a trust policy', { trust: policy('sts:SetSourceIdentity') }],
    ['an inline policy', { inlinePolicies: new Map([['own', policy('s3:GetObject')]]) }],
    [
      'another inline policy',
      { inlinePolicies: new Map([...WRITTEN.inlinePolicies, ['other', policy('*')]]) },
    ],
    ['an attached policy', { managedPolicyArns: ['arn:written', 'arn:new'] }],
    ['a boundary', { permissionsBoundaryArn: 'arn:boundary:new' }],
    ['the value of a tag', { tags: new Map([['team', 'new']]) }],
    ['a tag that is missing', { tags: new Map() }],
    ['an instance profile', { instanceProfiles: ['new'] }],
    ['a description', { description: 'new' }],
  ])('that shows what neither was before nor was written is believed: %s', (_what, change) => {
    const shown = { ...WRITTEN, ...change };
    expect(withoutEchoes(shown, RECENT)).toStrictEqual({ role: shown, isEcho: false });
  });

  it('is believed in the part that somebody else changed, and not in the one that was before', () => {
    const shown = { ...WRITTEN, trust: BEFORE.trust, description: 'new' };
    expect(withoutEchoes(shown, RECENT)).toStrictEqual({
      role: { ...WRITTEN, description: 'new' },
      isEcho: true,
    });
  });

  it('shows the past in the words of AWS, too: policies are compared by meaning', () => {
    const text =
      '{"Statement": {"Resource": ["*"], "Action": ["sts:AssumeRole"], "Effect": "Allow"}, "Version": "2012-10-17"}';
    const shown = { ...WRITTEN, trust: parseObservedPolicy(text) };
    expect(withoutEchoes(shown, RECENT).role?.trust).toStrictEqual(WRITTEN.trust);
  });

  it.each<
    [
      string,
      ObservedRole | undefined,
      readonly (ObservedRole | undefined)[],
      ObservedRole | undefined,
      boolean,
    ]
  >([
    ['no role yet, of one that was just made', WRITTEN, [undefined], undefined, true],
    ['no role, of one that stood before', WRITTEN, [BEFORE], undefined, false],
    ['a role that was just deleted', undefined, [BEFORE], BEFORE, true],
    [
      'another role than the one that was deleted',
      undefined,
      [BEFORE],
      { ...BEFORE, roleId: 'AROA2' },
      false,
    ],
    ['the former role, of one that was made again', { ...WRITTEN, roleId: 'AROA2' }, [BEFORE], BEFORE, true],
    ['a role that somebody made again', WRITTEN, [BEFORE], { ...BEFORE, roleId: 'AROA2' }, false],
    ['a boundary that is gone, where there was none', WRITTEN, [without(BEFORE)], without(WRITTEN), true],
    ['a boundary that is gone, where there was one', WRITTEN, [BEFORE], without(WRITTEN), false],
    ['what was two writes before', WRITTEN, [BEFORE, { ...BEFORE, trust: policy('*') }], BEFORE, true],
  ])('shows %s', (_what, state, former, shown, isEcho) => {
    expect(withoutEchoes(shown, { state, former })).toStrictEqual({ role: isEcho ? state : shown, isEcho });
  });
});
