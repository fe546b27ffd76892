import { describe, expect, it } from '@jest/globals';
import { updateTrust } from '../../../src/plan/role-writes.ts';
import { newPolicyVersions, obstacle, readmitted, remadeRole } from '../../../src/report/external-changes.ts';
import { EXECUTION_ROLE, ROLE } from '../desired/fixtures.ts';
import { observed, OWN_TRUST, parsed, ROLE_ID } from '../plan/fixtures.ts';
import { policyOf } from '../../../src/policy/document.ts';

const BOUNDARY = 'arn:aws:iam::222222222222:policy/boundary';

describe('a role is reported as made again', () => {
  it('where it has another RoleId than on record', () => {
    expect(remadeRole(observed(), 'AROABEFORE')).toStrictEqual([
      { object: ROLE.text, field: 'roleId', expected: 'AROABEFORE', found: ROLE_ID, repaired: false },
    ]);
  });

  it.each([
    ['it is the one on record', observed(), ROLE_ID],
    ['nothing is on record', observed(), undefined],
    ['it was not read', undefined, ROLE_ID],
  ])('and not where %s', (_why, role, known) => {
    expect(remadeRole(role, known)).toStrictEqual([]);
  });
});

describe('a managed policy is reported as changed', () => {
  const policy = { arn: BOUNDARY, versionId: 'v3', document: parsed() };

  it.each([
    ['v2', [{ object: BOUNDARY, field: 'defaultVersion', expected: 'v2', found: 'v3', repaired: false }]],
    ['v3', []],
    [undefined, []],
  ])('where the version seen before was %s: %j', (before, expected) => {
    const known = new Map(before === undefined ? [] : [[BOUNDARY, before]]);
    expect(newPolicyVersions(known, [policy])).toStrictEqual(expected);
  });
});

it('only a denial is an obstacle', () => {
  const cause = { object: ROLE.text, field: 'permissionsBoundary', found: BOUNDARY };
  expect(obstacle({ kind: 'denied', reason: 'NotGranted', message: 'x', cause })).toStrictEqual([
    { ...cause, repaired: false },
  ]);
  expect(obstacle({ kind: 'effective' })).toStrictEqual([]);
  expect(obstacle(undefined)).toStrictEqual([]);
});

describe('whoever lets in an execution role that was made again is warned', () => {
  const executionRole = observed({ arn: EXECUTION_ROLE, roleId: 'AROANEW0000000' });
  const gone = {
    ...OWN_TRUST,
    principals: { negated: false, anyone: false, byType: { AWS: ['AROAGONE0000000'] } },
  };

  it('with both IDs, where the trust policy showed the ID of the role that is gone', () => {
    const warning = readmitted(trustWritten(gone), executionRole);
    expect(warning).toMatch(/RoleId was AROAGONE0000000, is AROANEW0000000/);
    expect(warning).toContain(ROLE.text);
  });

  it.each([
    ['the trust policy showed nobody', { ...gone, principals: { ...gone.principals, byType: { AWS: [] } } }],
    ['it let in somebody else', { ...gone, principals: { ...gone.principals, byType: { AWS: ['*'] } } }],
  ])('and not where %s', (_why, before) => {
    expect(readmitted(trustWritten(before), executionRole)).toBeUndefined();
  });

  it('and not where the role is not known', () => {
    expect(readmitted(trustWritten(gone), undefined)).toBeUndefined();
  });
});

function trustWritten(before: typeof OWN_TRUST) {
  return [updateTrust(observed({ trust: parsed(before) }), policyOf([OWN_TRUST]), 'differs')];
}
