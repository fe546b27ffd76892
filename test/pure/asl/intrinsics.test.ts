/** Intrinsic functions of JSONPath states, on values that are known. */
import { expect, it } from '@jest/globals';
import type { Json } from '../../../src/base/json.ts';
import { callIntrinsic } from '../../../src/asl/expressions/intrinsics.ts';
import { fromJson, memberOf } from '../../../src/asl/expressions/known.ts';

const call = (name: string, ...values: readonly Json[]) =>
  callIntrinsic(
    name,
    values.map((value) => fromJson(value)),
  );

it('two objects become one, of whose members the second counts', () => {
  const merged = call('States.JsonMerge', { a: 1, b: 1 }, { b: 2 }, false);
  expect([memberOf(merged, 'a', ''), memberOf(merged, 'b', '')]).toStrictEqual([fromJson(1), fromJson(2)]);
});

it.each<[name: string, ...values: Json[]]>([
  // Step Functions has no deep merge, and fails.
  ['States.JsonMerge', { a: { b: 1 } }, { a: { c: 2 } }, true],
  ['States.JsonMerge', { a: { b: 1 } }, { a: { c: 2 } }],
  ['States.ArrayGetItem', ['a', 'b'], -1],
  ['States.ArrayGetItem', ['a', 'b'], 2],
  ['States.ArrayGetItem', ['a', 'b'], 0.5],
  ['States.StringSplit', 'a,,b', ','],
  ['States.StringSplit', 'a', ''],
  ['States.MathAdd', 1, 0.5],
  ['States.Hash', 'a', 'SHA-1'],
])('nothing is known of what %s makes of %j, %j', (name, ...values) => {
  expect(call(name, ...values).kind).toBe('unknown');
});
