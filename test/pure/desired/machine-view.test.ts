/** How many definitions in use are read in, and when something may run that is not known. */
import { expect, it } from '@jest/globals';
import { hasUnreadDefinitions, keepWithinBounds } from '../../../src/desired/machine-view.ts';
import { MOST_IN_USE } from '../../../src/observed/in-use.ts';
import { sendTo, machine } from '../asl/machines.ts';
import { viewOf } from './views.ts';

const { count, characters } = MOST_IN_USE;
const sized = (...lengths: readonly number[]) => lengths.map((length) => ({ length }));

it.each([
  ['none of none', [], 0],
  ['all that are as many as may be', sized(...Array<number>(count).fill(1)), count],
  ['no more than that', sized(...Array<number>(count + 1).fill(1)), count],
  ['all that are as long as may be', sized(1, characters - 1), 2],
  ['the first that are not longer', sized(1, characters, 1), 1],
  ['not one that is too long by itself', sized(characters + 1), 0],
])('of definitions in use are read in: %s', (_, all, kept) => {
  expect(keepWithinBounds(all)).toStrictEqual({ kept: all.slice(0, kept), dropped: all.slice(kept) });
});

it.each([
  ['nothing else', {}, false],
  ['a definition that was not read in', { unreadInUse: true }, true],
  ['an Express execution of one that is not among the recent', { unreadRecentUntil: 1 }, true],
])('besides what is known may run: %s', (_, fields, expected) => {
  const view = viewOf(machine({ A: sendTo('a') }));
  expect(hasUnreadDefinitions({ ...view, ...fields })).toBe(expected);
});
