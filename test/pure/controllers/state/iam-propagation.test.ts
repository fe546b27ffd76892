import { expect, test } from '@jest/globals';
import { IamPropagation } from '../../../../src/controllers/state/iam-propagation.ts';

/** A pause of ten seconds, in a process that leads since zero. */
function started(pauseMs = 10_000, leadingSince = 0) {
  const clock = { now: 0 };
  const propagation = new IamPropagation(
    pauseMs,
    () => clock.now,
    () => leadingSince,
  );
  const at = (ms: number) => {
    clock.now = ms;
    return propagation;
  };
  return { at };
}

test('the pause is counted from the last write to any of the roles', () => {
  const { at } = started();
  at(20_000).written('target');
  at(23_000).written('execution');
  expect(at(25_000).remainingMs(['target', 'execution'], true)).toBe(8_000);
  expect(at(25_000).remainingMs(['target'], true)).toBe(5_000);
});

test('a later write to the same role begins the pause again', () => {
  const { at } = started();
  at(20_000).written('target');
  at(29_000).written('target');
  expect(at(31_000).remainingMs(['target'], true)).toBe(8_000);
});

test('when it is over nothing remains, and never less than nothing', () => {
  const { at } = started();
  at(20_000).written('target');
  expect(at(30_000).remainingMs(['target'], true)).toBe(0);
  expect(at(99_000).remainingMs(['target'], true)).toBe(0);
});

test('roles that nobody wrote and that were relied on before need no pause', () => {
  expect(started().at(0).remainingMs(['target'], true)).toBe(0);
});

test('roles that were not relied on before may have been written by a process that died: they wait from the start', () => {
  const { at } = started();
  expect(at(4_000).remainingMs(['target'], false)).toBe(6_000);
  expect(at(10_000).remainingMs(['target'], false)).toBe(0);
});

test('a standby that takes over late counts from then, and not from when it began', () => {
  const { at } = started(10_000, 3_600_000);
  expect(at(3_604_000).remainingMs(['target'], false)).toBe(6_000);
});

test('writes to other roles are no reason to wait', () => {
  const { at } = started();
  at(20_000).written('other');
  expect(at(20_000).remainingMs(['target'], true)).toBe(0);
});

test('a pause of 0 waits for nothing', () => {
  const { at } = started(0);
  at(5).written('target');
  expect(at(5).remainingMs(['target'], false)).toBe(0);
});
