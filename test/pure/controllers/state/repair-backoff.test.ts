import { expect, test } from '@jest/globals';
import { RepairBackoff } from '../../../../src/controllers/state/repair-backoff.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function arena() {
  const clock = { now: 0 };
  const repairBackoff = new RepairBackoff(() => clock.now);
  const repaired = (object: string, times: number) => {
    for (let round = 0; round < times; round += 1) repairBackoff.repaired(object);
  };
  return { clock, repairBackoff, repaired };
}

test('three repairs are made at once, then a pause is kept that doubles with each round', () => {
  const { clock, repairBackoff, repaired } = arena();
  repaired('role', 2);
  expect([repairBackoff.isOn('role'), repairBackoff.pause('role')]).toStrictEqual([false, undefined]);
  repaired('role', 1);
  expect(repairBackoff.pause('role')?.remainingMs).toBe(15_000);
  clock.now += 15_000;
  expect(repairBackoff.pause('role')).toBeUndefined();
  repaired('role', 1);
  expect(repairBackoff.pause('role')?.remainingMs).toBe(30_000);
});

test('who was blamed last is named until the fight is over', () => {
  const { clock, repairBackoff, repaired } = arena();
  repaired('role', 3);
  repairBackoff.blame('role', 'terraform');
  repaired('role', 1);
  expect(repairBackoff.pause('role')?.who).toBe('terraform');
  clock.now += HOUR_MS;
  repaired('role', 3);
  expect(repairBackoff.pause('role')?.who).toBeUndefined();
});

test('an object that stayed as it should for ten minutes beyond its pause is at peace', () => {
  const { clock, repairBackoff, repaired } = arena();
  repaired('role', 3);
  clock.now += 10 * MINUTE_MS + 15_000;
  expect(repairBackoff.isOn('role')).toBe(true);
  clock.now += 1;
  expect(repairBackoff.isOn('role')).toBe(false);
});

test('a fight that is over is forgotten when another object is repaired, one that is on is not', () => {
  const { clock, repairBackoff, repaired } = arena();
  repaired('over', 3);
  clock.now += 10 * MINUTE_MS;
  repaired('on', 3);
  clock.now += MINUTE_MS;
  repaired('another', 1);
  expect([repairBackoff.isOn('over'), repairBackoff.isOn('on')]).toStrictEqual([false, true]);
});
