import { describe, expect, it } from '@jest/globals';
import { formerTags, TAGS } from '../../../src/desired/names.ts';
import type { Action } from '../../../src/plan/action.ts';
import { attach, deletePolicy, detach, putPolicy, updateTrust } from '../../../src/plan/role-writes.ts';
import { tag, untag } from '../../../src/plan/role-tags.ts';
import { planTargetRole } from '../../../src/plan/target-role.ts';
import { leavesUnclaimed, reliesOn } from '../../../src/plan/write-dependencies.ts';
import { present } from '../../expectations.ts';
import { ROLE } from '../desired/fixtures.ts';
import { desired, observed, OWN_TRUST, OWNED, parsed } from './fixtures.ts';
import { policyOf } from '../../../src/policy/document.ts';

const FORMER = formerTags('description', 'as it was');

/** Writes to a role that stood before, by what they do. */
const WRITES = {
  'that claims the role': tag(observed({ tags: new Map() }), OWNED, ''),
  'that tags the role': tag(observed(), new Map([['team', 'payments']]), ''),
  'that records a former description': tag(observed(), FORMER, ''),
  'that records attached policies': tag(observed(), new Map([[TAGS.attached, '0a1b2c3d']]), ''),
  'that takes a tag off': untag(observed(), ['team'], ''),
  'that takes off the record of a former description': untag(observed(), [...FORMER.keys()], ''),
  'that attaches a policy': attach(ROLE.text, 'arn:aws:iam::aws:policy/Asked'),
  'that detaches a foreign policy': detach(ROLE.text, 'arn:aws:iam::aws:policy/Foreign', false),
  'that puts the permissions': putPolicy(ROLE.text, 'own', undefined, policyOf([OWN_TRUST])),
  'that deletes a foreign policy': deletePolicy(ROLE.text, 'foreign', parsed(OWN_TRUST)),
  'that lets somebody in': updateTrust(observed({ trust: parsed() }), policyOf([OWN_TRUST]), ''),
  'that sets the description': ofKind('UpdateRoleDescription', planOf('new')),
} satisfies Readonly<Record<string, Action>>;

type Write = keyof typeof WRITES;

function planOf(description: string): readonly Action[] {
  return planTargetRole(desired({ description }), observed(), { records: [observed().roleId] }).actions;
}

function ofKind(operation: Action['operation'], actions: readonly Action[]): Action {
  return present(
    actions.find((one) => one.operation === operation),
    `no ${operation} is planned`,
  );
}

/** Failed write → the writes that wait for it; every other one goes on. */
const WAIT_FOR: Readonly<Record<Write, readonly Write[]>> = {
  'that claims the role': [
    'that claims the role',
    'that tags the role',
    'that records a former description',
    'that records attached policies',
    'that attaches a policy',
    'that puts the permissions',
    'that lets somebody in',
    'that sets the description',
  ],
  'that tags the role': ['that attaches a policy'],
  'that records a former description': ['that attaches a policy', 'that sets the description'],
  'that records attached policies': ['that attaches a policy'],
  'that takes a tag off': [
    'that claims the role',
    'that tags the role',
    'that records a former description',
    'that records attached policies',
    'that takes a tag off',
    'that takes off the record of a former description',
  ],
  'that takes off the record of a former description': [
    'that claims the role',
    'that tags the role',
    'that records a former description',
    'that records attached policies',
    'that takes a tag off',
    'that takes off the record of a former description',
  ],
  'that attaches a policy': [],
  'that detaches a foreign policy': [
    'that claims the role',
    'that tags the role',
    'that records a former description',
    'that records attached policies',
    'that takes a tag off',
    'that takes off the record of a former description',
    'that lets somebody in',
  ],
  'that puts the permissions': [],
  'that deletes a foreign policy': ['that lets somebody in'],
  'that lets somebody in': [],
  'that sets the description': ['that takes off the record of a former description'],
};

const NAMES = Object.keys(WRITES).filter((name): name is Write => name in WRITES);

describe.each(NAMES)('where a write %s fails', (failed) => {
  it.each(NAMES)('the right ones wait: one %s', (next) => {
    expect(reliesOn(WRITES[next], [WRITES[failed]])).toBe(WAIT_FOR[failed].includes(next));
  });
});

it('every write waits for a role that could not be created', () => {
  const [creation, ...others] = planTargetRole(desired(), undefined, {}).actions;
  expect(creation?.operation).toBe('CreateRole');
  expect(others.length).toBeGreaterThan(0);
  for (const next of others) expect(reliesOn(next, creation === undefined ? [] : [creation])).toBe(true);
});

it('one failed write of several is enough to wait for', () => {
  const failed = [WRITES['that puts the permissions'], WRITES['that deletes a foreign policy']];
  expect(reliesOn(WRITES['that lets somebody in'], failed)).toBe(true);
  expect(reliesOn(WRITES['that lets somebody in'], [])).toBe(false);
});

describe('no link may rely on a role', () => {
  it('that was not created, or not claimed', () => {
    const creation = ofKind('CreateRole', planTargetRole(desired(), undefined, {}).actions);
    expect(leavesUnclaimed([creation])).toBe(true);
    expect(leavesUnclaimed([WRITES['that claims the role']])).toBe(true);
  });

  it('and may on one that lacks a policy or a tag', () => {
    expect(leavesUnclaimed([WRITES['that puts the permissions'], WRITES['that tags the role']])).toBe(false);
  });
});
