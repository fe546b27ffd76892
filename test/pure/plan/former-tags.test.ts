/** What becomes of the tags that a role had when it was adopted, and that a link asks to be otherwise. */
import { describe, expect, test } from '@jest/globals';
import { formerTags } from '../../../src/desired/names.ts';
import { desiredTargetRole } from '../../../src/desired/target-role.ts';
import type { ObservedRole } from '../../../src/observed/objects.ts';
import { isOwnTag } from '../../../src/observed/tags.ts';
import { formerOf } from '../../../src/plan/former-tags.ts';
import { roleAfter } from '../../../src/plan/role-after.ts';
import { planTargetRole } from '../../../src/plan/target-role.ts';
import { CONTEXT, contributes, link, NAMESPACE, ROLE } from '../desired/fixtures.ts';
import { observed } from './fixtures.ts';

type Tags = Readonly<Record<string, string>>;

/** The role once all that is planned for a link with these tags is written; undefined: the link leaves. */
function after(role: ObservedRole, tags: Tags | undefined): ObservedRole {
  const fields = { adopt: true, unmanaged: 'Preserve', ...(tags && { tags }) } as const;
  const contribution = contributes(link('a', fields));
  const asked = desiredTargetRole(ROLE, NAMESPACE, tags === undefined ? [] : [contribution], CONTEXT);
  const { actions } = planTargetRole(asked, role, { excessOf: () => undefined });
  return actions.reduce((state, action) => roleAfter(state, action, undefined) ?? state, role);
}

const foreign = (tags: Tags) => observed({ tags: new Map(Object.entries(tags)) });
const fill = (count: number) =>
  Array.from({ length: count }, (_, index): [string, string] => [`key-${index}`, 'theirs']);
const othersTags = ({ tags }: ObservedRole) =>
  Object.fromEntries([...tags].filter(([key]) => !isOwnTag(key)));

describe('a tag that an adopted role had', () => {
  test.each<[string, Tags, Tags]>([
    ['with another value', { team: 'theirs' }, { team: 'ours' }],
    ['with the same value', { team: 'same' }, { team: 'same' }],
    ['in other letters', { Team: 'theirs' }, { team: 'ours' }],
    ['without a value', { team: '' }, { team: 'ours' }],
    ['beside others', { team: 'theirs', 'cost center': '1' }, { team: 'ours', tier: 'one' }],
  ])('%s is back when the role is given back', (_, had, asked) => {
    const adopted = after(foreign(had), asked);
    expect(othersTags(adopted)).toMatchObject(asked);
    const released = after(adopted, undefined);
    expect(Object.fromEntries(released.tags)).toStrictEqual(had);
  });

  test('is back when the link no longer asks for its key', () => {
    const adopted = after(foreign({ team: 'theirs' }), { team: 'ours', tier: 'one' });
    const dropped = after(adopted, { tier: 'one' });
    expect(othersTags(dropped)).toStrictEqual({ team: 'theirs', tier: 'one' });
    expect(formerOf(dropped)).toStrictEqual(new Map());
  });

  test('is on record as it was at first, however often the link asks for another value', () => {
    const adopted = after(after(foreign({ team: 'theirs' }), { team: 'ours' }), { team: 'other' });
    expect(formerOf(adopted)).toStrictEqual(new Map([['team', 'theirs']]));
  });

  test('and that a link asks for later is recorded then', () => {
    const adopted = after(after(foreign({ team: 'theirs' }), { tier: 'one' }), { team: 'ours' });
    expect(othersTags(after(adopted, undefined))).toStrictEqual({ team: 'theirs' });
  });

  test('is recorded in the write that changes it: a crash in between loses nothing', () => {
    const asked = desiredTargetRole(
      ROLE,
      NAMESPACE,
      [contributes(link('a', { adopt: true, unmanaged: 'Preserve', tags: { team: 'ours' } }))],
      CONTEXT,
    );
    const role = foreign({ team: 'theirs' });
    const { actions } = planTargetRole(asked, role, { excessOf: () => undefined });
    const first = actions.find(({ operation }) => operation === 'TagRole');
    const tagged = first && roleAfter(role, first, undefined);
    expect(tagged && formerOf(tagged)).toStrictEqual(new Map([['team', 'theirs']]));
    expect(tagged?.tags.get('team')).toBe('ours');
  });
});

test.each<[string, string]>([
  ['no JSON', 'team=x'],
  ['no list', '{"team":"x"}'],
  ["the operator's own tags", '[["crossaccountlink.dev/cluster-id","other"],["CrossAccountLink.dev/x","y"]]'],
  ["AWS's own tags", '[["aws:x","y"]]'],
  ['what IAM takes for no tag', '[["a#b","x"],["",""],["k","a*b"],["k",1],[1,"k"],["k"]]'],
])('a record that holds %s gives nothing back', (_, text) => {
  expect(formerOf(observed({ tags: formerTags('tags', text) }))).toStrictEqual(new Map());
});

test('a record that would take more than eight tags names as many as there is room for', () => {
  const had = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`key-${String(index).padStart(2, '0')}`, 'v'.repeat(200)]),
  );
  const asked = Object.fromEntries(Object.keys(had).map((key) => [key, 'ours']));
  const adopted = after(foreign(had), asked);
  const record = [...adopted.tags.keys()].filter((key) => key.startsWith('crossaccountlink.dev/former-tags'));
  expect(record.length).toBeLessThanOrEqual(8);
  expect(formerOf(adopted).size).toBeGreaterThan(5);
});

test('a role that has hardly any room for tags is adopted all the same', () => {
  const had = Object.fromEntries(Array.from({ length: 34 }, (_, index) => [`key-${index}`, 'theirs']));
  const adopted = after(foreign(had), { 'key-0': 'ours' });
  expect(adopted.tags.get('key-0')).toBe('ours');
  expect(adopted.tags.size).toBeLessThanOrEqual(50);
});

describe('the record of the tags that a role had', () => {
  const LONG = 'v'.repeat(200);

  test('keeps what it names, however little room is left for more since', () => {
    const asked = { first: 'ours', second: 'ours' };
    const adopted = after(foreign({ first: LONG, second: LONG }), asked);
    const full = { ...adopted, tags: new Map([...adopted.tags, ...fill(30), ['another', 'x'] as const]) };
    const overwritten = after(full, { another: 'ours', ...asked });
    expect(othersTags(after(overwritten, undefined))).toMatchObject({ first: LONG, second: LONG });
  });

  test('is read where a crash came between the write that shortens it and the one that takes its last tags off', () => {
    const longer = formerTags(
      'tags',
      JSON.stringify([
        ['first', LONG],
        ['second', LONG],
      ]),
    );
    const shorter = formerTags('tags', JSON.stringify([['second', 'short']]));
    const former = formerOf(observed({ tags: new Map([...longer, ...shorter]) }));
    expect(former).toStrictEqual(new Map([['second', 'short']]));
  });

  test('gives back no more tags than one request takes, and none twice', () => {
    const many = formerTags('tags', JSON.stringify([['Team', 'a'], ['team', 'b'], ...fill(60)]));
    const keys = [...formerOf(observed({ tags: many })).keys()];
    expect(keys).toHaveLength(50);
    expect(keys).not.toContain('team');
  });
});
