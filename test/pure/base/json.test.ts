import { isDeepStrictEqual } from 'node:util';
import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { memberOf, membersOf, objectAt, stringAt, toJsonObject } from '../../../src/base/json.ts';

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

it('an object of ours is copied as it would be written and read again', () => {
  const values = [fc.string(), fc.double(), fc.boolean(), fc.constantFrom(null, undefined, Number.NaN)];
  const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '1'));
  const anything = fc.dictionary(key, fc.anything({ key, values }));
  fc.assert(
    fc.property(anything, (value) =>
      isDeepStrictEqual(toJsonObject(value), JSON.parse(JSON.stringify(value))),
    ),
  );
});

it('a list is no object', () => {
  expect(() => toJsonObject([])).toThrow(TypeError);
});
