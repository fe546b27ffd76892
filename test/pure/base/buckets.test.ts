import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Buckets } from '../../../src/base/buckets.ts';

describe('Buckets', () => {
  const step = fc.record({
    adds: fc.boolean(),
    key: fc.constantFrom('a', 'b', '__proto__'),
    item: fc.constantFrom('1', '2', '3'),
  });

  it('holds under each key what was added to it and not taken out again, in the order in which it came', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const buckets = new Buckets<string>();
        const model = new Map<string, Set<string>>();
        for (const { adds, key, item } of steps) {
          const items = model.get(key) ?? new Set();
          model.set(key, items);
          if (adds) {
            buckets.add(key, item);
            items.add(item);
          } else {
            buckets.delete(key, item);
            items.delete(item);
          }
        }
        for (const [key, items] of model) expect(buckets.of(key)).toStrictEqual([...items]);
        const filled = [...model].filter(([, items]) => items.size > 0).map(([key]) => key);
        expect([...buckets.keys()].toSorted()).toStrictEqual(filled.toSorted());
      }),
    );
  });
});
