/** The order of service: whatever is added and lifted, no key is passed over for good. */
import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ReadyKeys } from '../../../src/kubernetes/ready-keys.ts';

const PRIORITIES = [-10, 0, 10] as const;
const key = fc.constantFrom('a/1', 'a/2', 'b/1', 'c/1');
const priority = fc.constantFrom(...PRIORITIES);
const step = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), key, to: priority }),
  fc.record({ kind: fc.constant('move' as const), key, to: priority }),
  fc.record({ kind: fc.constant('next' as const) }),
);

const groupOf = (of: string) => of.slice(0, 1);

/** Adds the key, or lifts it if it is there. */
function put(ready: ReadyKeys, held: Map<string, number>, of: string, to: number): void {
  const from = held.get(of);
  if (from === undefined) ready.add(of, groupOf(of), to);
  else ready.move(of, groupOf(of), from, to);
  held.set(of, to);
}

it('gives out each key that is held once, and nothing only where none is', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const ready = new ReadyKeys();
      const held = new Map<string, number>();
      const takeOne = () => {
        const next = ready.next();
        expect(next === undefined).toBe(held.size === 0);
        if (next !== undefined) expect(held.delete(next)).toBe(true);
      };
      for (const one of steps) {
        if (one.kind === 'next') takeOne();
        else if (one.kind === 'add' || held.has(one.key)) put(ready, held, one.key, one.to);
      }
      while (held.size > 0) takeOne();
      takeOne();
    }),
  );
});

it('moves nothing that is not held', () => {
  const ready = new ReadyKeys();
  ready.move('a/1', 'a', 0, 10);
  expect(ready.next()).toBeUndefined();
});
