/** What is known of a value when two ways meet, and when it grows. */
import { expect, it } from '@jest/globals';
import { fromJson, fromNumeral, join, memberOf, put } from '../../../src/asl/expressions/known.ts';

it('a member that only one of two ways sets may be there', () => {
  const without = fromJson({ table: 'orders' });
  const withKey = fromJson({ table: 'orders', key: 'k' });
  expect(memberOf(join(without, withKey), 'key', '')).toStrictEqual({ kind: 'unknown', from: '' });
  expect(memberOf(join(withKey, without), 'key', '')).toStrictEqual({ kind: 'unknown', from: '' });
});

it('a member may be there that one of two ways leaves open', () => {
  const closed = fromJson({ table: 'orders' });
  const open = { kind: 'object', members: new Map([['table', fromJson('orders')]]), open: true } as const;
  expect(memberOf(join(closed, open), 'key', '')).toStrictEqual({ kind: 'unknown', from: '' });
});

it('nothing is known of a list that is longer on one of two ways', () => {
  expect(join(fromJson(['a', 'b']), fromJson(['a'])).kind).toBe('unknown');
  expect(join(fromJson(['a']), fromJson(['a', 'b'])).kind).toBe('unknown');
});

it('a member beyond those that are kept track of may be there', () => {
  const full = fromJson(Object.fromEntries(Array.from({ length: 64 }, (_, at) => [`m${at}`, at])));
  expect(memberOf(put(full, ['more'], fromJson(1)), 'more', '')).toStrictEqual({ kind: 'unknown', from: '' });
});

it('a fraction of zero is spelled in a few ways', () => {
  expect(fromNumeral('0.0').kind).toBe('oneOf');
});
