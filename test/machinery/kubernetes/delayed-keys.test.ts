/** Keys that are due later come when they are due, in that order, whatever is added and taken out meanwhile, by one timer. */
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { DelayedKeys } from '../../../src/kubernetes/delayed-keys.ts';
import { FakeClock } from './fake-clock.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('add'),
      key: fc.constantFrom(...KEYS),
      ms: fc.integer({ min: 1, max: 99 }),
    }),
    fc.record({ kind: fc.constant('take'), key: fc.constantFrom(...KEYS), ms: fc.constant(0) }),
    fc.record({ kind: fc.constant('wait'), key: fc.constant(''), ms: fc.integer({ min: 1, max: 40 }) }),
  ),
  { maxLength: 200 },
);

test('each key comes when it is due, the soonest first, and none that was taken out', () => {
  fc.assert(
    fc.property(steps, (history) => {
      const clock = new FakeClock();
      const came: { key: string; atMs: number }[] = [];
      const delayed = new DelayedKeys(clock, ({ key }) => {
        came.push({ key, atMs: clock.monotonicMs() });
      });
      /** Key → when it is due. */
      const model = new Map<string, number>();
      const expected: number[] = [];
      for (const { kind, key, ms } of history) {
        const now = clock.monotonicMs();
        if (kind === 'add' && !model.has(key)) {
          model.set(key, now + ms);
          delayed.add(key, now + ms, 0);
        } else if (kind === 'take') {
          expect(delayed.take(key)?.dueMs).toBe(model.get(key));
          model.delete(key);
        } else if (kind === 'wait') {
          const due = [...model].filter(([, dueMs]) => dueMs <= now + ms);
          expected.push(...due.map(([, dueMs]) => dueMs).toSorted((a, b) => a - b));
          for (const [one] of due) model.delete(one);
          clock.advance(ms);
        }
        for (const one of KEYS) expect(delayed.get(one)?.dueMs).toBe(model.get(one));
        expect(clock.pending).toStrictEqual(
          model.size === 0 ? [] : [Math.min(...model.values()) - clock.monotonicMs()],
        );
      }
      expect(came.map(({ atMs }) => atMs)).toStrictEqual(expected);
    }),
  );
});

test('what fell due while the process did not run comes at once', () => {
  const clock = new FakeClock();
  const came: string[] = [];
  const delayed = new DelayedKeys(clock, ({ key }) => {
    came.push(key);
  });
  delayed.add('a', clock.monotonicMs() + 300, 0);
  delayed.add('b', clock.monotonicMs() + 100, 0);
  delayed.add('c', clock.monotonicMs() + 900, 0);
  clock.freeze(500);
  clock.advance(0);
  expect(came).toStrictEqual(['b', 'a']);
});

test('none comes once all are cleared', () => {
  const clock = new FakeClock();
  const came: string[] = [];
  const delayed = new DelayedKeys(clock, ({ key }) => {
    came.push(key);
  });
  delayed.add('a', clock.monotonicMs() + 100, 0);
  delayed.clear();
  expect([clock.pending, delayed.get('a')]).toStrictEqual([[], undefined]);
  clock.advance(200);
  expect(came).toStrictEqual([]);
});
