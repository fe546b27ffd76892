import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ChangeLog } from '../../../src/base/change-log.ts';

const LIMIT = 3;

it('whoever asks now and then misses nothing: what came is told item by item, or it is told that more came than is known', () => {
  const happenings = fc.array(fc.oneof(fc.nat(), fc.constantFrom('untold', 'ask')), { maxLength: 40 });
  fc.assert(
    fc.property(happenings, (all) => {
      const changes = new ChangeLog<number>(LIMIT);
      let asked = changes.count;
      let missed: number[] = [];
      let isUntold = false;
      for (const one of [...all, 'ask']) {
        if (typeof one === 'number') {
          changes.add(one);
          missed.push(one);
        } else if (one === 'untold') {
          changes.addUntold();
          isUntold = true;
        } else {
          const told = changes.since(asked);
          const mayBeMissed = isUntold || missed.length > LIMIT;
          if (!mayBeMissed || told !== undefined) expect(told).toStrictEqual(missed);
          if (isUntold) expect(told).toBeUndefined();
          [asked, missed, isUntold] = [changes.count, [], false];
        }
      }
    }),
  );
});

it('no more is kept than twice the limit', () => {
  const changes = new ChangeLog<number>(LIMIT);
  for (let at = 0; at < 100; at += 1) changes.add(at);
  expect([changes.count, changes.since(100 - LIMIT), changes.since(100 - 2 * LIMIT - 1)]).toStrictEqual([
    100,
    [97, 98, 99],
    undefined,
  ]);
});
