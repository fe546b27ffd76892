import { describe, expect, it } from '@jest/globals';
import { RecentMap } from '../../../src/base/recent-map.ts';

describe('a map of what was used last', () => {
  it('keeps no more than it is told to, and those that were asked for last', () => {
    const map = new RecentMap<number>(2);
    map.set('a', 1);
    map.set('b', 2);
    expect(map.get('a')).toBe(1);
    map.set('c', 3);
    expect([...map.entries()]).toStrictEqual([
      ['a', 1],
      ['c', 3],
    ]);
    expect(map.get('b')).toBeUndefined();
  });

  it('keeps the last value under a name, which takes no room of others', () => {
    const map = new RecentMap<number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.set('b', 3);
    expect([map.get('a'), map.get('b')]).toStrictEqual([1, 3]);
  });
});
