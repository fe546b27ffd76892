import { expect, jest, test } from '@jest/globals';
import { driftAmong, type OnRecord } from '../../../src/plan/drift.ts';

test('what is on record is not worked out where nothing differs', () => {
  const onRecord = jest.fn<() => OnRecord>();
  expect(
    driftAmong([], { wanted: 'wanted', last: undefined, onRecord, unfinished: new Set() }),
  ).toStrictEqual([]);
  expect(onRecord).not.toHaveBeenCalled();
});
