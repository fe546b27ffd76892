import { expect, test } from '@jest/globals';
import { RepairBackoff } from '../../../../src/controllers/state/repair-backoff.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function bench() {
  const clock = { now: 0 };
  const repairBackoff = new RepairBackoff(() => clock.now);
  const repaired = (object: string, times: number) => {
    for (let round = 0; round < times; round += 1) repairBackoff.repaired(object);
  };
  return { clock, repairBackoff, repaired };
}

test('three repairs are made at once, then a pause is kept that doubles with each round', () => {
  const { clock, repairBackoff, repaired } = bench();
  repaired('role', 2);
  expect([repairBackoff.isOn('role'), repairBackoff.pause('role')]).toStrictEqual([false, undefined]);
  repaired('role', 1);
  expect(repairBackoff.pause('role')?.remainingMs).toBe(15_000);
  clock.now += 15_000;
  expect(repairBackoff.pause('role')).toBeUndefined();
  repaired('role', 1);
  expect(repairBackoff.pause('role')?.remainingMs).toBe(30_000);
});

test('no pause is longer than half an hour', () => {
  const { repairBackoff, repaired } = bench();
  repaired('role', 9);
  expect(repairBackoff.pause('role')?.remainingMs).toBe(960_000);
  repaired('role', 50);
  expect(repairBackoff.pause('role')?.remainingMs).toBe(1_800_000);
});

test('who was blamed last is named until the object has been left alone', () => {
  const { clock, repairBackoff, repaired } = bench();
  repaired('role', 3);
  repairBackoff.blame('role', 'terraform');
  repaired('role', 1);
  expect(repairBackoff.pause('role')?.who).toBe('terraform');
  clock.now += HOUR_MS;
  repaired('role', 3);
  expect(repairBackoff.pause('role')?.who).toBeUndefined();
});

test('an object that stayed as it should for ten minutes beyond its pause is repaired at once again', () => {
  const { clock, repairBackoff, repaired } = bench();
  repaired('role', 3);
  clock.now += 10 * MINUTE_MS + 15_000;
  expect(repairBackoff.isOn('role')).toBe(true);
  clock.now += 1;
  expect(repairBackoff.isOn('role')).toBe(false);
});

test('an object that has been left alone is forgotten when another one is repaired, and one that is still changed back is not', () => {
  const { clock, repairBackoff, repaired } = bench();
  repaired('over', 3);
  clock.now += 10 * MINUTE_MS;
  repaired('on', 3);
  clock.now += MINUTE_MS;
  repaired('another', 1);
  expect([repairBackoff.isOn('over'), repairBackoff.isOn('on')]).toStrictEqual([false, true]);
});
