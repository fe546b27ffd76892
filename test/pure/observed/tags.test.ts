import { describe, expect, it } from '@jest/globals';
import {
  isOwnTag,
  observedTags,
  resemblesOwnTag,
  tagValue,
  withoutTags,
  withTags,
} from '../../../src/observed/tags.ts';

const TAGS = new Map([
  ['Team', 'payments'],
  ['cost', '1'],
]);

describe('tags of a role', () => {
  it('are found in whatever letters their key is written', () => {
    expect(tagValue(TAGS, 'team')).toBe('payments');
    expect(tagValue(TAGS, 'COST')).toBe('1');
    expect(tagValue(TAGS, 'owner')).toBeUndefined();
  });

  it('are one when their keys differ in case alone: the newer spelling stands', () => {
    expect([...withTags(TAGS, new Map([['team', 'billing']]))]).toStrictEqual([
      ['cost', '1'],
      ['team', 'billing'],
    ]);
  });

  it('go by either spelling', () => {
    expect([...withoutTags(TAGS, ['TEAM'])]).toStrictEqual([['cost', '1']]);
  });

  it("of the operator's own are read in small letters, as they are looked for", () => {
    const list = [
      { key: 'CrossAccountLink.dev/Cluster-ID', value: 'production' },
      { key: 'Team', value: 'x' },
    ];
    expect([...observedTags(list)]).toStrictEqual([
      ['crossaccountlink.dev/cluster-id', 'production'],
      ['Team', 'x'],
    ]);
  });

  it.each(['crossaccountlin\u212a.dev/namespace', 'cro\u017fsaccountlink.dev/namespace'])(
    "are not the operator's when their key only resembles its own: %s",
    (key) => {
      const list = [
        { key: 'crossaccountlink.dev/namespace', value: 'payments' },
        { key, value: 'orders' },
      ];
      expect(observedTags(list).get('crossaccountlink.dev/namespace')).toBe('payments');
      expect([isOwnTag(key), resemblesOwnTag(key)]).toStrictEqual([false, true]);
    },
  );
});
