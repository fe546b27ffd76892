/** What IAM takes for one tag, and the quotas that an account may have raised. */
import { describe, expect, test } from '@jest/globals';
import { managedKeyTags } from '../../../src/desired/names.ts';
import { desiredTargetRole } from '../../../src/desired/target-role.ts';
import { CONTEXT, contributes, link, NAMESPACE, permitting, ROLE } from '../desired/fixtures.ts';
import { observed, operations, OWNED, plan } from './fixtures.ts';

const MANAGED = 'arn:aws:iam::222222222222:policy/audit';

const tagged = (tags: Record<string, string>, keys: readonly string[]) =>
  observed({ tags: new Map([...OWNED, ...Object.entries(tags), ...managedKeyTags(keys)]) });

describe('tag keys that differ in case alone are one to IAM', () => {
  test('a tag in other letters is the wanted one', () => {
    expect(plan({ tags: { Team: 'x' } }, tagged({ team: 'x' }, ['Team']))).toStrictEqual([]);
  });

  test('its value is put right, and nothing is taken off', () => {
    const actions = plan({ tags: { Team: 'x' } }, tagged({ team: 'y' }, ['Team']));
    expect(operations(actions)).toStrictEqual(['TagRole']);
  });

  test('a spec that spells its key otherwise takes no tag off: both spellings are that tag', () => {
    const actions = plan({ tags: { team: 'x' } }, tagged({ Team: 'x' }, ['Team']));
    expect(operations(actions)).not.toContain('UntagRole');
  });

  test('a key that the spec drops goes in whatever letters the role has it', () => {
    const actions = plan({}, tagged({ team: 'x' }, ['Team']));
    expect(operations(actions)).toContain('UntagRole');
  });

  test('two links that spell a key differently and want other values have a conflict', () => {
    const { conflicts, tags } = desiredTargetRole(
      ROLE,
      NAMESPACE,
      [
        contributes(link('old', { createdAt: '2026-01-01T00:00:00Z', tags: { Team: 'a' } })),
        contributes(link('new', { createdAt: '2026-02-01T00:00:00Z', tags: { team: 'b' } })),
      ],
      CONTEXT,
    );
    expect([...tags]).toStrictEqual([['Team', 'a']]);
    expect(conflicts).toMatchObject([{ linkKey: `${NAMESPACE}/new`, reason: 'Conflict' }]);
  });
});

describe('quotas that an account had raised', () => {
  const policies = Array.from({ length: 12 }, (_, index) => `${MANAGED}-${index}`);
  const attaching = permitting({ managedPolicyArns: policies });
  const conflictsWith = (quotas?: { inlineTotal: number; trust: number; attached: number }) =>
    desiredTargetRole(ROLE, NAMESPACE, [contributes(link('a', { permissions: attaching }))], {
      ...CONTEXT,
      ...(quotas && { quotas }),
    }).conflicts;

  test("are AWS's defaults unless the AWSAccount says otherwise", () => {
    expect(conflictsWith()).toMatchObject([{ reason: 'QuotaExceeded', leg: 'permissions' }]);
    expect(conflictsWith({ inlineTotal: 10_240, trust: 2_048, attached: 20 })).toStrictEqual([]);
  });

  test('hold for the trust policy and the inline policies, too', () => {
    const small = { inlineTotal: 10_240, trust: 10, attached: 20 };
    expect(conflictsWith(small)).toMatchObject([{ reason: 'TrustPolicyTooLarge' }]);
    expect(conflictsWith({ ...small, trust: 8_192, inlineTotal: 1 })).toMatchObject([
      { reason: 'GrantTooLarge' },
    ]);
  });
});
