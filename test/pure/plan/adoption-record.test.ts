/** The tags that record an adoption are put right before anything else is written to the role. */
import { expect, test } from '@jest/globals';
import { formerTags, TAGS } from '../../../src/desired/names.ts';
import type { Link } from '../../../src/desired/link.ts';
import type { ObservedRole } from '../../../src/observed/objects.ts';
import { planTargetRole } from '../../../src/plan/target-role.ts';
import { desired, FACTS, FOREIGN_TRUST, leaving, observed, OWNED, parsed, ROLE_ID } from './fixtures.ts';

const ADOPTED = { [TAGS.adopted]: 'true' };
const FORMER = Object.fromEntries(formerTags('description', 'theirs'));

/** What is written to a role whose record this process knows: each write with the keys of the tags in it. */
function writes(
  tags: Readonly<Record<string, string>>,
  fields: Partial<Link> = {},
  role: Partial<ObservedRole> = {},
  wish = desired(fields),
): readonly string[] {
  const adoption = { records: [{ roleID: ROLE_ID, tags: ADOPTED }], isCertain: true };
  const found = observed({ tags: new Map([...OWNED, ...Object.entries(tags)]), ...role });
  return planTargetRole(wish, found, { ...FACTS, adoption }).actions.map((action) => {
    if (action.operation === 'TagRole') return `TagRole ${[...action.tags.keys()].join(' ')}`;
    return action.operation === 'UntagRole' ? `UntagRole ${action.keys.join(' ')}` : action.operation;
  });
}

test('a role whose record is right gets nothing', () => {
  expect(writes(ADOPTED)).toStrictEqual([]);
});

test('what was taken off comes back', () => {
  expect(writes({})).toStrictEqual([`TagRole ${TAGS.adopted}`]);
});

test('what was taken off comes back first, in one write with the tags that come first', () => {
  expect(writes({}, { tags: { team: 'blue' } })).toStrictEqual([
    `TagRole ${TAGS.adopted} team crossaccountlink.dev/tag-keys`,
  ]);
});

test('what was taken off comes back before any other write', () => {
  const elsewhere = { trust: parsed(FOREIGN_TRUST) };
  expect(writes({}, {}, elsewhere)).toStrictEqual([`TagRole ${TAGS.adopted}`, 'UpdateAssumeRolePolicy']);
});

test('what was forged goes before any other write, and after the tags that come first', () => {
  const [key] = Object.keys(FORMER);
  const elsewhere = { trust: parsed(FOREIGN_TRUST) };
  expect(writes({ ...ADOPTED, ...FORMER }, {}, elsewhere)).toStrictEqual([
    `UntagRole ${key}`,
    'UpdateAssumeRolePolicy',
  ]);
  expect(writes(FORMER, { tags: { team: 'blue' } })).toStrictEqual([
    `TagRole ${TAGS.adopted} team crossaccountlink.dev/tag-keys`,
    `UntagRole ${key}`,
  ]);
});

test('a role is given back by its record, whatever was taken off its tags', () => {
  const [first, ...others] = writes({}, {}, {}, leaving());
  expect(first).toBe(`TagRole ${TAGS.adopted}`);
  expect(others).not.toContain('DeleteRole');
});
