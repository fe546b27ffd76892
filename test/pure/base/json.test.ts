import { expect, it } from '@jest/globals';
import { memberOf, membersOf, objectAt, stringAt } from '../../../src/base/json.ts';

it('of an object only its own members are found, whatever they are called', () => {
  expect(memberOf({ constructor: 'mine' }, 'constructor')).toBe('mine');
  expect(memberOf({}, 'constructor')).toBeUndefined();
  expect(memberOf(['a'], '0')).toBeUndefined();
});

it('members are those that would be written', () => {
  const value = { a: 1, b: undefined, c: null };
  expect(membersOf(value)).toStrictEqual(Object.entries(JSON.parse(JSON.stringify(value))));
});

it('what is of another kind is read as what is not there', () => {
  expect([stringAt({ a: 1 }, 'a'), objectAt({ a: [] }, 'a')]).toStrictEqual([undefined, {}]);
});
