import { describe, expect, test } from '@jest/globals';
import { Breaker } from '../../../src/aws/pace/breaker.ts';

/** Makes this many calls fail at a time. */
function fail(breaker: Breaker, times: number, now = 0): boolean[] {
  return Array.from({ length: times }, () => breaker.failed(now));
}

function opened(): Breaker {
  const breaker = new Breaker(() => 1);
  fail(breaker, 10);
  return breaker;
}

describe('a service', () => {
  test('that fails nine times in a row is called on', () => {
    const breaker = new Breaker(() => 1);
    fail(breaker, 9);
    expect(breaker.admit(0)).toStrictEqual({ kind: 'go' });
  });

  test('that answers in between is called on, whatever the answer says', () => {
    const breaker = new Breaker(() => 1);
    for (let round = 1; round <= 10; round += 1) {
      breaker.answered();
      fail(breaker, 9, round * 60_000);
      expect(breaker.admit(round * 60_000)).toStrictEqual({ kind: 'go' });
    }
  });

  test('that fails ten times in a row is left alone, and then probed by one caller with growing pauses', () => {
    const breaker = opened();
    const pauses: number[] = [];
    let now = 0;
    for (let probe = 0; probe < 6; probe += 1) {
      const admission = breaker.admit(now);
      pauses.push(admission.kind === 'wait' ? admission.ms : 0);
      now += pauses.at(-1) ?? 0;
      expect(breaker.admit(now)).toStrictEqual({ kind: 'go' });
      expect(breaker.admit(now).kind).toBe('wait');
      breaker.failed(now);
    }
    expect(pauses).toStrictEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  });

  test('that answers the probe is open to all', () => {
    const breaker = opened();
    breaker.admit(1_000);
    expect(breaker.answered()).toBe(true);
    expect([breaker.admit(1_000), breaker.admit(1_000)]).toStrictEqual([{ kind: 'go' }, { kind: 'go' }]);
    expect(breaker.answered()).toBe(false);
  });

  test('is probed by the next caller when a probe ended without telling anything, or not at all', () => {
    const breaker = opened();
    breaker.admit(1_000);
    breaker.undecided();
    expect(breaker.admit(1_000).kind).toBe('go');
    expect(breaker.admit(35_999).kind).toBe('wait');
    expect(breaker.admit(36_000).kind).toBe('go');
  });

  test('is out of reach since the row of failures ended, not since its probe failed', () => {
    const breaker = new Breaker(() => 1);
    fail(breaker, 10, 60_000);
    breaker.admit(61_000);
    breaker.failed(61_000);
    expect(breaker.outageMs(65_000)).toBe(5_000);
  });

  test('is reported as out of reach when a probe has confirmed it, once, and until nobody knows any more', () => {
    const breaker = new Breaker(() => 1);
    expect(fail(breaker, 16)).not.toContain(true);
    expect(breaker.outageMs(0)).toBeUndefined();
    breaker.admit(1_000);
    expect(breaker.failed(1_000)).toBe(true);
    expect(breaker.failed(1_000)).toBe(false);
    expect(breaker.outageMs(5_000)).toBe(5_000);
    breaker.admit(3_000);
    expect(breaker.failed(3_000)).toBe(false);
    expect(breaker.outageMs(36_999)).toBe(36_999);
    expect(breaker.outageMs(37_000)).toBeUndefined();
  });
});
